from dataclasses import replace
from datetime import UTC, datetime

from service.domain.brief import Brief, Stale
from service.render.spread import Evidence, evidence, find_citation, parts_of, spread

# The texts of the documents that the brief is made of.
A = "The port reopened on Tuesday. Officials counted 145 ships. Traffic was normal by evening."
B = "Harbour is open again\nThe port reopened on Tuesday. Officials counted 125 ships."
LONG = 200_001


def found_in(brief: Brief, statement_id: str, marker: int, text: str | None) -> Evidence:
    found = find_citation(brief, statement_id, marker)
    assert found is not None
    statement, cited = found
    parts = () if text is None else parts_of(text, statement, cited.document_id, excerpt=False)
    return evidence(brief, statement, cited, parts)


def test_copies_are_listed_with_the_report_they_copy(port_brief: Brief) -> None:
    markers = [[one.entry.marker for one in report] for report in spread(port_brief).reports]
    assert markers == [[1], [2, 3]]


def test_sentences_are_in_reading_order(port_brief: Brief) -> None:
    ids = [one.id for one in port_brief.all_statements()]
    assert [one.id for one in spread(port_brief).sentences] == ids


def test_a_citation_is_found_by_its_statement_and_marker(port_brief: Brief) -> None:
    statement, cited = find_citation(port_brief, "s1", 2) or (None, None)
    assert statement == port_brief.headline
    assert cited is not None
    assert cited.document_id == "b"


def test_what_is_not_cited_is_not_found(port_brief: Brief) -> None:
    assert find_citation(port_brief, "s2", 2) is None
    assert find_citation(port_brief, "s99", 1) is None


def test_words_are_used_from_the_first_source_only(port_brief: Brief) -> None:
    assert found_in(port_brief, "s1", 1, A).used
    assert not found_in(port_brief, "s1", 2, B).used


def test_all_sources_of_the_statement_are_told(port_brief: Brief) -> None:
    assert [entry.marker for entry in found_in(port_brief, "s1", 2, B).of] == [1, 2]


def test_a_document_that_is_gone_leaves_its_quotes(port_brief: Brief) -> None:
    told = found_in(port_brief, "s1", 2, None)
    assert (told.parts, told.quotes) == ((), ("The port reopened on Tuesday.",))


def test_a_long_article_is_shown_around_its_passages(port_brief: Brief) -> None:
    long = A + "\n" + "x " * LONG
    shown = [part for part in found_in(port_brief, "s1", 1, long).parts if part.runs]
    assert "".join(run.text for part in shown for run in part.runs).startswith(A)
    assert sum(part.end - part.start for part in shown) < LONG


def test_an_excerpt_is_about_a_thousand_characters_around_each_passage(port_brief: Brief) -> None:
    statement, cited = find_citation(port_brief, "s1", 1) or (None, None)
    assert statement is not None
    assert cited is not None
    found = parts_of(A + " x" * 2_000, statement, cited.document_id, excerpt=True)
    shown = "".join(run.text for part in found for run in part.runs)
    assert shown.startswith(A)
    assert 1_000 <= len(shown) - len("The port reopened on Tuesday.") < 1_100


def test_only_what_became_of_this_source_is_told(port_brief: Brief) -> None:
    stale = Stale(
        statement_id="s1",
        document_id="b",
        reason="deleted",
        since=datetime(2026, 11, 22, tzinfo=UTC),
        successor_id=None,
        quote_found=False,
    )
    changed = replace(port_brief, stale=(stale,))
    assert found_in(changed, "s1", 1, A).stale is None
    assert found_in(changed, "s1", 2, None).stale == stale
