from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from service.domain.brief import Citation, QuotedSpan, Statement
from service.domain.claims import Piece
from service.domain.text import Span
from service.render.passages import Segment, segments

# Beyond the basic plane, joined, combining, right to left, white and unseen.
LETTERS = st.sampled_from(
    [*"ab .\n\t", "é", "e\u0301", "👩‍👩‍👧", "🇩🇪", "שלום", "مرحبا", "\u202e", "\x00"]
)
TEXTS = st.lists(LETTERS, min_size=1, max_size=40).map("".join)


def spans_in(text: str) -> st.SearchStrategy[list[Span]]:
    ends = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)))
    return st.lists(
        ends.filter(lambda one: one[0] < one[1]).map(lambda one: Span(*one)),
        min_size=1,
        max_size=4,
    )


@st.composite
def cited(draw: st.DrawFn) -> tuple[str, Statement]:
    """Draw a text and a statement that cites it, made of pieces of it."""
    text = draw(TEXTS)
    return text, statement_on(text, draw(spans_in(text)), draw(spans_in(text)))


def statement_on(text: str, spans: list[Span], used: list[Span]) -> Statement:
    told, pieces = "", []
    for span in used:
        start, told = len(told), told + text[span.start : span.end]
        pieces.append(
            Piece(
                start=start,
                end=len(told),
                document_id="a",
                source_start=span.start,
                source_end=span.end,
            )
        )
    return Statement(
        id="s1",
        text=told,
        independent_sources=1,
        citations=(Citation(marker=1, document_id="a", spans=tuple(map(quote(text), spans))),),
        provenance=tuple(pieces),
    )


def quote(text: str) -> Callable[[Span], QuotedSpan]:
    return lambda one: QuotedSpan(start=one.start, end=one.end, quote=text[one.start : one.end])


def raw(segment: Segment) -> str:
    return "".join(run.text for run in segment.runs)


@given(cited())
def test_segments_join_to_the_text(drawn: tuple[str, Statement]) -> None:
    text, statement = drawn
    found = segments(text, statement, "a")
    assert "".join(raw(one) for one in found) == text
    assert all(raw(one) == text[one.start : one.end] for one in found)


@given(cited())
def test_every_quote_stands_in_one_passage(drawn: tuple[str, Statement]) -> None:
    text, statement = drawn
    marked = [one for one in segments(text, statement, "a") if one.number]
    for span in statement.citations[0].spans:
        [around] = [one for one in marked if one.start <= span.start and span.end <= one.end]
        assert raw(around)[span.start - around.start : span.end - around.start] == span.quote


@given(cited())
def test_nothing_is_marked_outside_the_spans(drawn: tuple[str, Statement]) -> None:
    text, statement = drawn
    for one in segments(text, statement, "a"):
        spans = statement.citations[0].spans
        cited = {at for span in spans for at in range(span.start, span.end)}
        assert all((at in cited) == bool(one.number) for at in range(one.start, one.end))


@given(cited())
def test_the_runs_of_a_piece_join_to_its_words(drawn: tuple[str, Statement]) -> None:
    text, statement = drawn
    runs = [run for one in segments(text, statement, "a") for run in one.runs]
    for index, piece in enumerate(statement.provenance):
        words = "".join(run.text for run in runs if index in run.pieces)
        assert words == statement.text[piece.start : piece.end]


@given(cited(), st.integers(0, 5))
def test_a_clipped_text_shows_every_passage_and_tells_what_it_leaves_out(
    drawn: tuple[str, Statement], around: int
) -> None:
    text, statement = drawn
    long = f"{text}{'x' * 500}{text}"
    found = segments(long, statement, "a", around=around)
    assert sum(len(raw(one)) + one.left_out for one in found) == len(long)
    assert sum(one.left_out for one in found) > 0
    assert [raw(one) for one in found if one.number] == [
        raw(one) for one in segments(long, statement, "a") if one.number
    ]


def test_passages_are_numbered_from_one() -> None:
    made = statement_on("One. Two. Three.", [Span(10, 16), Span(0, 4)], [Span(0, 4)])
    numbers = [(one.number, raw(one)) for one in segments("One. Two. Three.", made, "a")]
    assert numbers == [(1, "One."), (0, " Two. "), (2, "Three.")]


def test_spans_that_overlap_or_hold_each_other_are_one_passage() -> None:
    spans = [Span(0, 9), Span(5, 14), Span(6, 8), Span(15, 21)]
    made = statement_on("One. Two. Three. Four.", spans, [Span(0, 4)])
    found = segments("One. Two. Three. Four.", made, "a")
    numbers = [(one.number, raw(one)) for one in found if one.number]
    assert numbers == [(1, "One. Two. Thre"), (2, ". Four")]


def test_spans_that_touch_are_passages_of_their_own() -> None:
    made = statement_on("One. Two.", [Span(0, 5), Span(5, 9)], [Span(0, 4)])
    numbers = [(one.number, raw(one)) for one in segments("One. Two.", made, "a")]
    assert numbers == [(1, "One. "), (2, "Two.")]


def test_a_text_is_clipped_between_words() -> None:
    text = "The river rose on Monday and fell on Tuesday again."
    made = statement_on(text, [Span(18, 24)], [Span(18, 24)])
    found = segments(text, made, "a", around=6)
    assert [raw(one) for one in found] == ["", " on ", "Monday", " and fell", ""]


def test_another_document_has_no_passages() -> None:
    made = statement_on("One.", [Span(0, 4)], [Span(0, 4)])
    [only] = segments("One.", made, "b")
    assert (only.number, [run.pieces for run in only.runs]) == (0, [()])
