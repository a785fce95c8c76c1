from collections.abc import Sequence

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.disagree.counts import counted
from service.stages.disagree.find import MOST_REPORTED, disagreements
from service.stages.disagree.rivals import Rivals
from service.stages.draft import draft
from service.stages.story import tell
from tests.conftest import MakeArticle

TOWNS = "Abren Beldo Corvin Dasku Elmar Fendo Gorvel Hesta Inzo Jorvik Kelmo Lurda Morvel Nesko"


def found(articles: Sequence[Article]) -> tuple[Rivals, ...]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    known, _ = candidates(story, drafts, Aligner(story))
    return disagreements(story, counted(story), {c.key: c for c in known})


def test_what_most_sources_bear_out_is_reported_and_no_more_than_can_be_read(
    make_article: MakeArticle,
) -> None:
    def opened(day: int, town: str) -> str:
        return f"The tunnel under Mount {town} was opened to lorries on {day} March 2019."

    towns = TOWNS.split()
    both = [
        make_article(id_, " ".join(opened(day, t) for t in towns), publisher=id_)
        for id_, day in (("a", 12), ("b", 14))
    ]
    borne_out = [
        make_article(id_, f"{opened(day, towns[-1])} {more}", publisher=id_)
        for id_, day, more in (
            ("c", 12, "Dancers in straw hats came by cart from every farm around the lake."),
            ("d", 14, "A choir sang while the rain soaked banners and flags above the gate."),
        )
    ]
    reported = found([*both, *borne_out])
    assert len(reported) == MOST_REPORTED
    assert any(towns[-1] in r.question for r in reported)
