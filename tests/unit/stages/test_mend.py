from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.stages.align import Aligner
from service.stages.cite import Cited
from service.stages.claims import candidates
from service.stages.draft import draft
from service.stages.mend import self_contained
from service.stages.story import tell
from tests.conftest import MakeArticle

LEDE = "However, Lee met union leaders in Seoul on Monday."


def mended(article: Article, index: int) -> Cited | None:
    story = tell([article])
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return self_contained(story, article, article.sentences[index], {c.key: c for c in found})


def test_a_sentence_that_stands_alone_is_left_as_it_is(make_article: MakeArticle) -> None:
    told = mended(make_article("a", f"{LEDE} Prices in Korea rose by two percent."), 1)
    assert told is not None
    assert told.text == "Prices in Korea rose by two percent."


def test_a_sentence_that_leans_on_the_one_before_brings_it_along(
    make_article: MakeArticle,
) -> None:
    told = mended(make_article("a", f"{LEDE} He promised them higher wages for all."), 1)
    assert told is not None
    assert told.text == (
        "Lee met union leaders in Seoul on Monday. He promised them higher wages for all."
    )
    assert len(told.evidence) == 2


def test_a_sentence_that_leans_on_one_that_leans_cannot_be_mended(
    make_article: MakeArticle,
) -> None:
    article = make_article("a", "This was new to all of them. He promised them higher wages.")
    assert mended(article, 1) is None


def test_a_heading_before_a_sentence_is_nothing_to_lean_on(make_article: MakeArticle) -> None:
    article = make_article("a", "A surprise in Seoul", "He promised the unions higher wages.")
    assert mended(article, 1) is None


def test_the_first_sentence_has_nothing_before_it(make_article: MakeArticle) -> None:
    assert mended(make_article("a", "He promised the unions higher wages."), 0) is None


def test_a_sentence_that_cannot_be_stated_is_not_told(make_article: MakeArticle) -> None:
    assert mended(make_article("a", f"{LEDE} Too short."), 1) is None
