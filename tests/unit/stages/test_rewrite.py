import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.backends.fakes import FakeScorer
from service.domain.brief import untiled_words
from service.domain.claims import Provenance
from service.domain.text import Article, Sentence
from service.stages.align import ENTAILED
from service.stages.rewrite import Passage, Rewritten, is_form_of, kept_true, rewrite, traced
from tests.conftest import MakeArticle

PORT = "The port of Vega reopened on Tuesday, the harbour master said."
STORM = "A storm had closed the port for nine days."
SHIPS = "Some 40 ships waited outside the harbour."
LATER = "The port of Vega plans to close a quay in May."
SURE = FakeScorer()


class Doubtful(FakeScorer):
    """Finds nothing entailed."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [0.25 for _ in pairs]


def union(make_article: MakeArticle, *texts: str) -> list[tuple[Article, Sentence]]:
    articles = [make_article(chr(ord("a") + i), text) for i, text in enumerate(texts)]
    return [(article, sentence) for article in articles for sentence in article.sentences]


def rewritten(
    make_article: MakeArticle, written: str, *texts: str, provenance: Provenance = "lexical"
) -> Rewritten:
    return rewrite(written, union(make_article, *texts), SURE, provenance)


def test_words_of_one_sentence_may_stand_in_another_order(make_article: MakeArticle) -> None:
    found = rewritten(make_article, "For nine days a storm had closed the port.", STORM)
    assert found.reason == ""
    assert len(found.pieces) > 1
    assert untiled_words(found.text, found.pieces) == ""
    for piece in found.pieces:
        said = found.text[piece.start : piece.end]
        assert said.lower() == STORM[piece.source_start : piece.source_end].lower()


def test_a_sentence_may_be_made_of_several_articles(make_article: MakeArticle) -> None:
    written = "A storm had closed the port for nine days and some 40 ships waited outside."
    found = rewritten(make_article, written, STORM, f"Rain fell. {SHIPS}")
    assert found.reason == ""
    assert {p.document_id for p in found.pieces} == {"a", "b", None}
    assert [e.article_id for e in found.evidence] == ["a", "b"]
    # All words but "and", as the fake counts.
    assert {e.score for e in found.evidence} == {14 / 15}
    assert found.source == ("a", 0)


def test_what_gave_most_words_comes_first(make_article: MakeArticle) -> None:
    written = "Some 40 ships waited outside the harbour for nine days."
    found = rewritten(make_article, written, STORM, SHIPS)
    assert found.source == ("b", 0)
    assert [e.article_id for e in found.evidence] == ["b", "a"]


def test_no_more_sentences_are_cited_than_are_needed(make_article: MakeArticle) -> None:
    found = rewritten(make_article, "Some 40 ships waited.", SHIPS, SHIPS, STORM)
    assert [e.article_id for e in found.evidence] == ["a"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("The port of Vega reopened on Monday, the harbour master said.", "'Monday' is in none"),
        ("The port of Vega reopened on Tuesday.", "of its evidence|speaker"),
        ("Some 41 ships waited outside the harbour.", "'41' is in none"),
        ("Some ships waited outside the harbor.", "'harbor' is in none"),
        ("A storm closed the old port for nine days.", "'old' is in none"),
    ],
)
def test_what_is_new_or_loses_a_fact_does_not_stand(
    make_article: MakeArticle, written: str, told: str
) -> None:
    found = rewritten(make_article, written, f"{PORT} {STORM} {SHIPS}")
    assert found.reason
    assert not found.pieces
    assert re.search(told, found.reason)


def test_more_than_three_sentences_are_too_many(make_article: MakeArticle) -> None:
    texts = ("Alpha fell on.", "Beta fell on.", "Gamma fell on.", "Delta fell on.")
    assert rewritten(make_article, "Alpha Beta Gamma fell on.", *texts).reason == ""
    found = rewritten(make_article, "Alpha Beta Gamma Delta fell on.", *texts)
    assert "is in none of the sentences" in found.reason


def test_the_scorer_has_the_last_word(make_article: MakeArticle) -> None:
    found = rewrite("Some 40 ships waited.", union(make_article, SHIPS), Doubtful(), "lexical")
    assert found.reason == f"fake entailment finds it borne out at 0.25 of 1 only, least {ENTAILED}"


def test_under_strict_nothing_is_rewritten(make_article: MakeArticle) -> None:
    assert rewritten(make_article, SHIPS, SHIPS, provenance="strict").reason


@pytest.mark.parametrize(("provenance", "stands"), [("lexical", False), ("open", True)])
def test_only_open_provenance_allows_another_form_of_a_word(
    make_article: MakeArticle, provenance: Provenance, stands: bool
) -> None:
    written = "Some 40 ships wait outside the harbour."
    found = rewrite(written, union(make_article, SHIPS), FakeScorer({written: 1.0}), provenance)
    assert (found.reason == "") is stands


def test_a_plan_is_not_told_as_done(make_article: MakeArticle) -> None:
    assert kept_true("The port of Vega closed a quay in May.", [LATER])
    assert kept_true(LATER, [LATER]) == ""


@pytest.mark.parametrize(
    ("word", "other", "same"),
    [
        ("resigns", "resigned", True),
        ("hoping", "hope", True),
        ("ships", "ship", True),
        ("import", "important", False),
        ("universe", "university", False),
        ("new", "news", False),
        ("Ships", "Ship", False),
        ("is", "i", False),
    ],
)
def test_forms_of_a_word_differ_in_their_ending_alone(word: str, other: str, same: bool) -> None:
    assert is_form_of(word, other) is same
    assert is_form_of(other, word) is same


def test_runs_are_as_long_as_can_be(make_article: MakeArticle) -> None:
    found = rewritten(make_article, "Some 40 ships waited outside the harbour.", SHIPS)
    assert len(found.pieces) == 1


def test_a_part_of_a_word_or_number_is_no_source() -> None:
    passage = Passage(document_id="a", start=0, text="It was notable that 1945 men met.")
    assert traced("It was able.", [passage], "open").reason
    assert traced("It was 45.", [passage], "open").reason


def test_a_passage_that_gives_nothing_is_told() -> None:
    passages = [
        Passage(document_id="a", start=0, text=SHIPS),
        Passage(document_id="b", start=0, text="Rain fell."),
    ]
    assert traced(SHIPS, passages, "lexical").reason


WORDS = st.sampled_from(f"{PORT} {STORM} {SHIPS} and Bo 12".replace(",", " ,").split())


@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.sampled_from(["lexical", "open"]))
def test_whatever_is_traced_is_word_by_word_in_its_passages(
    text: str, provenance: Provenance
) -> None:
    passages = [
        Passage(document_id="a", start=5, text=PORT),
        Passage(document_id="b", start=9, text=STORM),
        Passage(document_id="b", start=99, text=SHIPS),
    ]
    places = {("a", 5): PORT, ("b", 9): STORM, ("b", 99): SHIPS}
    found = traced(text, passages, provenance)
    if found.reason:
        return
    assert untiled_words(text, found.pieces) == ""
    for piece in found.pieces:
        said = text[piece.start : piece.end]
        if piece.document_id is None or piece.source_start is None or piece.source_end is None:
            assert said == "and"
            continue
        start = max(s for d, s in places if d == piece.document_id and s <= piece.source_start)
        source = places[piece.document_id, start]
        given = source[piece.source_start - start : piece.source_end - start]
        assert said[1:] == given[1:] or provenance == "open"
        assert said[0].lower() == given[0].lower()
