from collections import Counter

import pytest

from service.domain.text import Document
from service.evaluation.syndication import COPY_KINDS, Syndicated, measure, syndicate
from tests.conftest import MakeArticle

FERRY = Document(
    title="Ferry runs aground off Brava",
    publisher="Island Post",
    content=(
        "A ferry with 9 crew ran aground off the island of Brava before dawn on Sunday. Fishermen"
        " reached the wreck first and pulled forty people from the cold water. The coast guard sent"
        " three boats from the mainland, which arrived an hour later in heavy rain. Two children were"
        " flown to a hospital in the capital with broken arms. The company that owns the vessel said"
        " that it would pay for the journeys home. Divers are to look at the hull on Monday, weather"
        " permitting."
    ),
)
INQUIRY = Document(
    title="Why did the ship turn?",
    content=(
        "Investigators are asking why a passenger ship left its course near Brava early on Sunday. All"
        " on board survived, though dozens had to swim. The radio had been out of order for a week,"
        " according to a member of the crew. Last year a court fined the owner for overloading another"
        " boat. A report is expected in autumn, and the harbour stays closed until the wreck is moved."
    ),
)


def by_kind(made: Syndicated, report: str = "000") -> dict[str, Document]:
    return {made.kinds[d.id or ""]: d for d in made.documents if made.truth[d.id or ""] == report}


def test_each_report_has_one_copy_of_each_kind_and_every_document_its_own_publisher() -> None:
    made = syndicate([FERRY, INQUIRY], seed=1)
    assert Counter(made.truth.values()) == {"000": 1 + len(COPY_KINDS), "001": 1 + len(COPY_KINDS)}
    assert len({d.publisher for d in made.documents}) == len(made.documents)
    assert FERRY.publisher not in {d.publisher for d in made.documents}


def test_the_same_seed_makes_the_same_and_another_seed_another_set() -> None:
    assert syndicate([FERRY, INQUIRY], seed=1) == syndicate([FERRY, INQUIRY], seed=1)
    assert syndicate([FERRY, INQUIRY], seed=1) != syndicate([FERRY, INQUIRY], seed=2)


def test_a_trimmed_copy_keeps_the_lede_and_loses_something() -> None:
    made = by_kind(syndicate([FERRY, INQUIRY], seed=3))
    assert made["trimmed"].content.startswith("A ferry with 9 crew")
    assert 40 <= len(made["trimmed"].content.split()) < len(FERRY.content.split())


def test_a_retitled_copy_has_the_text_and_another_title() -> None:
    made = by_kind(syndicate([FERRY, INQUIRY], seed=3))
    assert made["retitled"].content == FERRY.content
    assert made["retitled"].title != FERRY.title


def test_an_edited_copy_spells_numbers_and_changes_about_one_word_in_ten() -> None:
    changed = []
    for seed in range(20):
        edited = by_kind(syndicate([FERRY, INQUIRY], seed=seed))["edited"].content.split()
        assert "nine" in edited
        assert "9" not in edited
        changed.append(sum(a != b for a, b in zip(edited, FERRY.content.split(), strict=True)))
    words = len(FERRY.content.split())
    assert 0.05 * words < sum(changed) / len(changed) < 0.15 * words


def test_a_reordered_copy_has_the_same_sentences_after_the_same_lede() -> None:
    made = by_kind(syndicate([FERRY, INQUIRY], seed=3))
    sentences = made["reordered"].content.split("\n\n")
    assert " ".join(sentences) != FERRY.content
    assert all(sentence in FERRY.content for sentence in sentences)
    assert sum(map(len, sentences)) + len(sentences) - 1 == len(FERRY.content)


def test_a_credited_copy_names_its_agency_in_the_dateline() -> None:
    content = by_kind(syndicate([FERRY, INQUIRY], seed=3))["credited"].content
    assert content.split(")")[0] in {"(Reuters", "(AP", "(AFP", "(dpa"}


def test_one_report_is_no_test_of_what_is_to_be_kept_apart() -> None:
    with pytest.raises(ValueError, match="two reports"):
        syndicate([FERRY], seed=1)


def test_a_grouping_that_joins_everything_is_measured_as_half_precise(
    make_article: MakeArticle,
) -> None:
    made = syndicate([FERRY, INQUIRY], seed=1)
    articles = [make_article(d.id or "", d.content) for d in made.documents]
    found = measure(made, articles, lambda some: dict.fromkeys((a.id for a in some), 1))
    assert (found.precision, found.recall) == (0.5, 1.0)
