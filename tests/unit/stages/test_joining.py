import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.brief import untiled_words
from service.domain.claims import Piece
from service.stages.joining import AND, Worded, join, joinable

SAFE = [
    ("Maria Voss was arrested in Lima on Monday.", "Maria Voss was released on Tuesday."),
    ("Russia sent 20 ships to the strait.", "Russia sank a tanker in May."),
    ("Angela Merkel has visited Kyiv.", "Angela Merkel has met President Vega."),
    ("The port authority closed two quays.", "The port authority opened a ferry terminal in May."),
    (
        "The Lima court sentenced Vega to five years.",
        "The Lima court fined Acme 2 million dollars.",
    ),
    ("President Vega vetoed the bill on Monday.", "President Vega was jeered in parliament."),
    ("Iran was fined by the union.", "Iran was barred from the games."),
    ("Storm Ada killed 12 people in Cork.", "Storm Ada left 300 homes in the dark."),
    ("Acme sold a mill and a quay.", "Acme bought a ship built in Oslo."),
    ("Maria Voss saw Ann losing a race.", "Maria Voss was released to doctors waiting in Lima."),
]


def worded(text: str, document_id: str) -> Worded:
    piece = Piece(
        start=0, end=len(text), document_id=document_id, source_start=7, source_end=7 + len(text)
    )
    return text, (piece,)


@pytest.mark.parametrize(("a", "b"), SAFE)
def test_two_plain_sentences_of_one_subject_are_told_as_one(a: str, b: str) -> None:
    span = joinable(a, b)
    assert span is not None
    assert span.start == 0
    assert a.startswith(b[: span.end])


UNSAFE = {
    "another subject": ("Maria Voss was arrested.", "Ann Voss was released in Lima."),
    "a part of the subject": ("Maria Voss was arrested.", "Maria was released in Lima."),
    "any man": ("The man was arrested in Lima.", "The man was released in Lima."),
    "some man": ("A man was arrested in Lima.", "A man was released in Lima."),
    "any residents": ("Residents fled the town.", "Residents returned on Monday."),
    "any police": ("Police arrested a driver.", "Police searched a house."),
    "a number": ("Two men were arrested.", "Two men were released."),
    "a pronoun": ("He was arrested in Lima.", "He was released on Tuesday."),
    "a day": ("Monday was cold in Lima.", "Monday was dry in Lima."),
    "a quotation": ("Maria Voss was “free”.", "Maria Voss was released."),
    "a speaker": ("Maria Voss said little.", "Maria Voss was released."),
    "a denial": ("Maria Voss was not charged.", "Maria Voss was released."),
    "a denial behind": ("Maria Voss was charged.", "Maria Voss was never released."),
    "a contraction": ("Maria Voss wasn’t charged.", "Maria Voss was released."),
    "a modal": ("Maria Voss was charged.", "Maria Voss would leave."),
    "a doubt": ("Maria Voss was allegedly bribed.", "Maria Voss was released."),
    "a clause": ("Maria Voss was held after riots.", "Maria Voss was released."),
    "a relative clause": ("Maria Voss met a man who fled.", "Maria Voss was released."),
    "a relative clause at the subject": (
        "The men arrested in Lima were charged.",
        "The men arrested in Lima were released.",
    ),
    "a semicolon": ("Maria Voss was held; Ann fled.", "Maria Voss was released."),
    "a comma": ("Maria Voss met Ann, a nurse.", "Maria Voss was released."),
    "a list": ("Maria Voss met Ann and Bo and Al.", "Maria Voss was released."),
    "a choice": ("Maria Voss met Ann or Bo.", "Maria Voss was released."),
    "a second verb": ("Maria Voss knew Ann was in Peru.", "Maria Voss was released."),
    "a participle": ("Acme sold seals found in Oslo.", "Acme tested a drug in Lima."),
    "another participle": ("Acme sold seals shown in Oslo.", "Acme tested a drug in Lima."),
    "another tense": ("Maria Voss was arrested.", "Maria Voss is in Lima."),
    "a perfect and a past": ("Maria Voss has won the race.", "Maria Voss lost the cup."),
    "a passive and a past": ("Maria Voss was arrested in Lima.", "Maria Voss charged a fee."),
    "a verb of two forms": ("Acme agreed to close a plant.", "Acme cut 300 jobs."),
    "a pronoun behind": ("Acme sold a unit to Zeta.", "Acme moved its seat to Lima."),
    "something that refers": ("Acme sold a unit to Zeta.", "Acme fired both owners."),
    "a question": ("Was Maria Voss arrested?", "Maria Voss was released."),
    "an abbreviation": ("Maria Voss was held by Acme Inc.", "Maria Voss was released."),
    "an end": ("Maria Voss died in 2006.", "Maria Voss won the cup in 2001."),
    "the same": ("Maria Voss was released.", "Maria Voss was released."),
    "an opening": ("On Monday Maria Voss was held.", "On Monday Maria Voss was released."),
    "a verb in the subject": (
        "The police report blamed the driver.",
        "The police report cleared the owner.",
    ),
}


@pytest.mark.parametrize("why", UNSAFE)
def test_what_could_change_a_meaning_is_not_joined(why: str) -> None:
    assert joinable(*UNSAFE[why]) is None


def test_the_text_and_its_places_are_those_of_both() -> None:
    made = join(worded(SAFE[0][0], "a"), worded(SAFE[0][1], "b"))
    assert made is not None
    text, pieces = made
    assert text == "Maria Voss was arrested in Lima on Monday and was released on Tuesday."
    assert untiled_words(text, pieces) == ""
    assert [p.document_id for p in pieces] == ["a", None, "b"]


SUBJECTS = st.sampled_from(
    ["Maria Voss", "Russia", "The port authority", "The Lima court", "Residents", "The man", "He"]
)
VERBS = st.sampled_from(
    ["was", "has", "is", "were", "closed", "opened", "cut", "sold", "may", "said"]
)
RESTS = st.lists(
    st.sampled_from(
        "arrested fined Lima Monday two ships the a of in on and who its not , Acme to after".split()
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@given(SUBJECTS, st.tuples(VERBS, RESTS), st.tuples(VERBS, RESTS))
def test_whatever_is_joined_is_the_first_less_its_stop_and_the_second_less_its_subject(
    subject: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    a, b = (f"{subject} {verb} {rest}." for verb, rest in (first, second))
    made = join(worded(a, "a"), worded(b, "b"))
    if made is None:
        return
    text, pieces = made
    assert text == f"{a[:-1]} {AND} {b.removeprefix(subject + ' ')}"
    assert untiled_words(text, pieces) == ""
    for piece in pieces:
        said = text[piece.start : piece.end]
        if piece.document_id is None:
            assert said == AND
            continue
        assert piece.source_start is not None
        assert piece.source_end is not None
        source = {"a": a, "b": b}[piece.document_id]
        assert said == source[piece.source_start - 7 : piece.source_end - 7]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_are_joined_at_a_common_start_or_not_at_all(a: str, b: str) -> None:
    span = joinable(a, b)
    assert span is None or a.startswith(b[: span.end])
