from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from service.domain.brief import Brief, Citation, QuotedSpan, Statement
from service.domain.claims import Piece
from service.render.outline import shown
from service.render.pieces import Words, sentence_of

WORDS = st.lists(
    st.text(st.sampled_from([*"ab.", "👩", "\u200d", "\u0301", "ש", "\u202e", "\n"]), min_size=1),
    min_size=1,
    max_size=5,
)


def stated(words: list[str], gap: str = " ") -> Statement:
    """Return a statement of which each word is a piece, by turns added and from a document."""
    text, pieces = gap.join(words), []
    at = 0
    for number, word in enumerate(words):
        source = {"document_id": "a", "source_start": at, "source_end": at + len(word)}
        pieces.append(Piece(start=at, end=at + len(word), **(source if number % 2 else {})))  # type: ignore[arg-type]
        at += len(word) + len(gap)
    span = QuotedSpan(start=0, end=1, quote="x")
    return Statement(
        id="s1",
        text=text,
        independent_sources=1,
        citations=(Citation(marker=4, document_id="a", spans=(span,)),),
        provenance=tuple(pieces),
    )


@given(WORDS, st.sampled_from(["", " ", " \n "]))
def test_words_join_to_the_text_as_shown(words: list[str], gap: str) -> None:
    made = stated(words, gap)
    assert shown("".join(one.text for one in sentence_of(made).words)) == shown(made.text)


@given(WORDS)
def test_each_piece_keeps_its_number(words: list[str]) -> None:
    found = [one.piece for one in sentence_of(stated(words)).words if one.piece is not None]
    assert found == list(range(len(words)))


def test_added_words_have_no_source_and_the_others_theirs() -> None:
    assert sentence_of(stated(["17 April:", "Rain\u202e fell."])).words == (
        Words(text="17 April:", piece=0),
        Words(text=" "),
        Words(text="Rain fell.", piece=1, marker=4),
    )


def test_a_sentence_leads_to_the_source_of_its_first_words(port_brief: Brief) -> None:
    assert port_brief.headline is not None
    [own] = port_brief.headline.provenance
    other = replace(own, document_id="b")
    turned = replace(port_brief.headline, provenance=(other,))
    assert [sentence_of(one).marker for one in (port_brief.headline, turned)] == [1, 2]


def test_a_sentence_of_added_words_only_leads_to_its_first_source() -> None:
    assert sentence_of(stated(["added"])).marker == 4


def test_a_sentence_of_one_piece_is_whole() -> None:
    assert sentence_of(stated(["one"])).whole
    assert not sentence_of(stated(["one", "two"])).whole
