from dataclasses import replace

import pytest

from service.domain.brief import (
    Brief,
    Citation,
    Disagreement,
    Position,
    QuotedSpan,
    Source,
    Statement,
    TimelineEntry,
)
from service.domain.claims import Claim, DraftRequest, Piece
from service.domain.errors import InconsistentCitation
from service.domain.text import Article, Document, Sentence, Span, text_sha256
from tests.conftest import NOON


def statement(id_: str = "s1", marker: int = 1, document_id: str = "a") -> Statement:
    text = "Rain fell."
    return Statement(
        id=id_,
        text=text,
        independent_sources=1,
        citations=(
            Citation(
                marker=marker,
                document_id=document_id,
                spans=(QuotedSpan(start=0, end=len(text), quote=text),),
            ),
        ),
        provenance=(
            Piece(
                start=0,
                end=len(text),
                document_id=document_id,
                source_start=0,
                source_end=len(text),
            ),
        ),
    )


def source(marker: int = 1, document_id: str = "a") -> Source:
    return Source(
        marker=marker,
        document_id=document_id,
        title=None,
        publisher=None,
        published_at=None,
        url=None,
        sha256=text_sha256("Rain fell."),
        independent_group=1,
    )


def brief(**changes: object) -> Brief:
    made = Brief(
        id="b",
        status="done",
        created_at=NOON,
        headline=statement("h"),
        statements=(statement(),),
        sources=(source(),),
    )
    return replace(made, **changes)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2)])
def test_a_span_that_is_empty_or_backwards_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="start < end"):
        Span(start, end)


def test_an_article_whose_digest_is_not_its_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="sha256"):
        Article(id="a", sha256="0" * 64, text="Rain fell.")


def test_an_article_whose_sentence_leaves_its_text_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Article(
            id="a",
            sha256=text_sha256("Rain."),
            text="Rain.",
            sentences=(Sentence(index=0, start=0, end=6),),
        )


def test_the_same_text_from_two_publishers_is_two_documents() -> None:
    one, other = Document(content="x", publisher="A"), Document(content="x", publisher="B")
    assert one.content_id != other.content_id
    assert one.content_id == Document(content="x", publisher="A", id="mine").content_id


def test_a_quote_whose_length_is_not_its_spans_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        QuotedSpan(start=3, end=5, quote="abc")


def test_a_statement_without_citation_is_refused() -> None:
    with pytest.raises(ValueError, match="no citation"):
        replace(statement(), citations=())


def test_a_statement_with_a_word_nobody_said_is_refused() -> None:
    with pytest.raises(ValueError, match="no provenance for 'not'"):
        replace(statement(), text="Rain fell. not")


def test_a_statement_with_more_independent_sources_than_citations_is_refused() -> None:
    with pytest.raises(ValueError, match="2 independent sources"):
        replace(statement(), independent_sources=2)


def test_a_piece_needs_a_document_and_both_offsets_or_none() -> None:
    with pytest.raises(ValueError, match="both offsets"):
        Piece(start=0, end=1, document_id="a", source_start=0)


def test_pieces_that_overlap_are_refused() -> None:
    twice = (*statement().provenance, Piece(start=0, end=4))
    with pytest.raises(ValueError, match="no provenance"):
        replace(statement(), provenance=twice)


def test_a_claim_without_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="without evidence"):
        Claim(
            text="Rain fell.",
            pieces=(),
            article_id="a",
            sentence=0,
            salience=0.0,
            origin="draft",
            evidence=(),
        )


def test_a_draft_request_stays_inside_its_chunk() -> None:
    with pytest.raises(ValueError, match="outside the chunk"):
        DraftRequest(text="abc", sentences=(Span(0, 4),), max_sentences=1)
    with pytest.raises(ValueError, match="max_sentences"):
        DraftRequest(text="abc", sentences=(), max_sentences=0)


def test_a_finished_brief_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        brief(statements=())


def test_markers_run_from_one_without_gaps() -> None:
    with pytest.raises(ValueError, match=r"do not run 1\.\.1"):
        brief(sources=(source(marker=2),))


def test_a_source_nobody_cites_is_refused() -> None:
    with pytest.raises(ValueError, match="unused"):
        brief(sources=(source(), source(2, "b")))


def test_markers_not_in_order_of_first_use_are_refused() -> None:
    with pytest.raises(ValueError, match="order of first use"):
        brief(headline=statement("h", 2, "b"), sources=(source(), source(2, "b")))


def test_a_citation_under_another_marker_than_its_source_names_the_statement() -> None:
    with pytest.raises(InconsistentCitation) as caught:
        brief(statements=(statement("s7", marker=2),))
    assert caught.value.statement_id == "s7"


def test_a_disagreement_needs_two_positions() -> None:
    with pytest.raises(ValueError, match="position"):
        Disagreement(
            id="d1",
            kind="number",
            question="?",
            positions=(Position(value="1", statement=statement()),),
        )


@pytest.mark.parametrize(("date", "precision"), [("2024", "day"), ("2024-04-01", "year")])
def test_a_date_has_the_length_of_its_precision(date: str, precision: str) -> None:
    with pytest.raises(ValueError, match="precision"):
        TimelineEntry(date=date, precision=precision, statement=statement())


def test_statements_come_in_the_order_they_are_shown() -> None:
    entry = TimelineEntry(date="2024", precision="year", statement=statement("t1"))
    positions = tuple(Position(value=v, statement=statement(f"d1p{v}")) for v in "12")
    told = Disagreement(id="d1", kind="number", question="?", positions=positions)
    shown = brief(timeline=(entry,), disagreements=(told,)).all_statements()
    assert [s.id for s in shown] == ["h", "s1", "d1p1", "d1p2", "t1"]
