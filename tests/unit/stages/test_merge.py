from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from service.backends.fakes import FakeDrafter, FakeScorer
from service.domain.brief import Options, untiled_words
from service.domain.claims import Draft, DraftRequest
from service.domain.text import Article
from service.lexis.words import word_count
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.merge import Merger
from service.stages.order import Chosen
from service.stages.story import tell
from service.stages.writer import Writer
from tests.conftest import MakeArticle

CLOSED = "The port authority closed two quays on Monday."
OPENED = "The port authority opened a ferry terminal in May."
TOGETHER = "The port authority closed two quays on Monday and opened a ferry terminal in May."
OTHER = "Rain fell on the hills above the town all night."


class Scribe(FakeDrafter):
    """Writes one sentence whatever is asked, and keeps what was asked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.asked: list[DraftRequest] = []

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        self.asked += requests
        return [Draft(salience=(0.0,) * len(r.sentences), text=self.text) for r in requests]


class Doubter(FakeScorer):
    """Finds nothing entailed."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [0.0 for _ in pairs]


def told(*articles: Article) -> tuple[Merger, tuple[Chosen, ...]]:
    story = tell(articles)
    aligner = Aligner(story)
    found, _ = candidates(story, [], aligner)
    return Merger(story=story, aligner=aligner), tuple(Chosen(candidate=c) for c in found)


def texts(chosen: Sequence[Chosen]) -> list[str]:
    return [c.candidate.claim.text for c in chosen]


def writing(merger: Merger, scribe: Scribe, scorer: FakeScorer) -> Merger:
    options = Options(provenance="lexical")
    return replace(merger, writer=Writer(drafter=scribe, scorer=scorer, options=options))


def test_two_sentences_of_one_subject_become_one_that_is_shorter(
    make_article: MakeArticle,
) -> None:
    merger, chosen = told(make_article("a", f"{CLOSED} {OPENED} {OTHER}"))
    merged = merger.merged(chosen)
    assert texts(merged) == [TOGETHER, OTHER]
    claim = merged[0].candidate.claim
    assert word_count(TOGETHER) < word_count(CLOSED) + word_count(OPENED)
    assert untiled_words(claim.text, claim.pieces) == ""
    assert [p.document_id for p in claim.pieces] == ["a", None, "a"]
    assert len(claim.evidence) == 2


def test_sentences_of_two_reports_stay_apart_so_that_each_keeps_its_sources(
    make_article: MakeArticle,
) -> None:
    merger, chosen = told(make_article("a", CLOSED), make_article("b", OPENED))
    assert texts(merger.merged(chosen)) == [CLOSED, OPENED]


def test_what_another_report_bears_out_too_stays_apart(make_article: MakeArticle) -> None:
    merger, chosen = told(make_article("a", f"{CLOSED} {OPENED}"), make_article("b", OPENED))
    assert len(chosen[1].candidate.claim.evidence) == 2
    assert texts(merger.merged(chosen))[:2] == [CLOSED, OPENED]


def test_a_statement_behind_a_date_of_its_own_is_not_merged_into_the_one_before(
    make_article: MakeArticle,
) -> None:
    merger, chosen = told(make_article("a", f"{CLOSED} {OPENED}"))
    dated = (chosen[0], replace(chosen[1], lead_in="Earlier:"))
    assert texts(merger.merged(dated)) == [CLOSED, OPENED]


def test_a_merge_that_is_barred_is_not_made_again(make_article: MakeArticle) -> None:
    merger, chosen = told(make_article("a", f"{CLOSED} {OPENED}"))
    assert texts(replace(merger, barred=(TOGETHER,)).merged(chosen)) == [CLOSED, OPENED]


def test_what_a_model_writes_of_a_pair_is_taken_where_it_is_borne_out(
    make_article: MakeArticle,
) -> None:
    merger, chosen = told(make_article("a", f"{CLOSED} {OTHER} {OPENED}"))
    written = "The port authority closed two quays on Monday and rain fell on the hills all night."
    scribe = Scribe(written)
    merged = writing(merger, scribe, FakeScorer()).merged(chosen)
    assert texts(merged) == [written, OPENED]
    assert [r.task for r in scribe.asked] == ["merge"]
    assert [scribe.asked[0].text[s.start : s.end] for s in scribe.asked[0].sentences] == [
        CLOSED,
        OTHER,
    ]


@pytest.mark.parametrize(
    ("written", "scorer"),
    [
        (TOGETHER.replace("two", "three"), FakeScorer()),
        ("The port authority closed two quays on Monday in May.", Doubter()),
        (f"{CLOSED[:-1]} and {OPENED[0].lower()}{OPENED[1:-1]} on Monday in May.", FakeScorer()),
        ("", FakeScorer()),
    ],
    ids=["a number that is not there", "not borne out", "no shorter", "nothing"],
)
def test_what_a_model_writes_in_vain_gives_way_to_the_rule(
    make_article: MakeArticle, written: str, scorer: FakeScorer
) -> None:
    merger, chosen = told(make_article("a", f"{CLOSED} {OPENED}"))
    assert texts(writing(merger, Scribe(written), scorer).merged(chosen)) == [TOGETHER]
