import re

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from service.domain.brief import untiled_words
from service.domain.text import Article, outside, text_sha256
from service.stages.losses import losable
from service.stages.segment import segment
from service.stages.surface import capitalised
from service.stages.trace import Trace, trace

REAL = (
    "However, Barry Vale, director of the harbour museum, was buried in Leeds on Tuesday.",
    "KABUL – The wife of the Iranian president was not killed in Kabul.",
    "Inspectors of the Atomic Energy Agency (AEA) may have found the old seals (pictured) broken.",
    "Police are investigating whether Smith killed his wife and the dog.",
)
TEXT = " ".join(REAL)


def article(text: str = TEXT, language: str | None = "en") -> Article:
    sentences = segment(text, has_title=False, language="en", fits=lambda _: True)
    return Article(
        id="a", sha256=text_sha256(text), text=text, language=language, sentences=sentences
    )


def traced(written: str, text: str = TEXT, language: str | None = "en") -> Trace:
    source = article(text, language)
    return trace(written, source, source.sentences)


@pytest.mark.parametrize(
    "written",
    [
        *REAL,
        "Barry Vale, director of the harbour museum, was buried in Leeds on Tuesday.",
        "However, Barry Vale was buried in Leeds on Tuesday.",
        "Barry Vale was buried in Leeds on Tuesday.",
        "The wife of the Iranian president was not killed in Kabul.",
        "Inspectors of the Atomic Energy Agency may have found the old seals broken.",
    ],
)
def test_a_sentence_is_traced_whole_or_without_what_it_may_lose(written: str) -> None:
    found = traced(written)
    assert (found.reason, found.text) == ("", written)
    assert untiled_words(written, found.pieces) == ""
    assert "".join(TEXT[p.source_start : p.source_end] for p in found.pieces) == written


def test_white_space_and_the_case_of_the_first_letter_are_the_sources() -> None:
    found = traced("barry  Vale was buried\nin Leeds on Tuesday.")
    assert found.text == "Barry Vale was buried in Leeds on Tuesday."


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (
            "Russia removed the Taliban from its list by decree.",
            "Russia removed the Taliban by its list by decree.",
        ),
        (
            "Voss, his biographer contends, took bribes.",
            "Voss and his biographer contends, took bribes.",
        ),
        ("Acme was bought by Zeta in May.", "Acme bought Zeta in May."),
        (
            "It borders neighboring Central Asian states.",
            "It borders neighboring Central states.",
        ),
        (
            "Police are investigating whether Smith killed his wife.",
            "Smith killed his wife.",
        ),
        (
            "The wife of the Iranian president was killed.",
            "The Iranian president was killed.",
        ),
        (
            "Fewer than half of the patients recovered.",
            "The patients recovered.",
        ),
        ("Voss, who left, was found.", "Voss), who left, was found."),
        ("Voss, who left, was found.", "Voss who left, was found."),
        ("The drug slowed memory loss in mice.", "The drug slowed memory loss."),
        ("A man was not able to leave.", "A man was notable to leave."),
    ],
)
def test_what_adds_or_leaves_out_a_word_or_a_mark_is_refused(source: str, written: str) -> None:
    found = traced(written, source)
    assert found.reason
    assert found.pieces == ()


def test_a_word_that_was_added_or_moved_is_named() -> None:
    told = "is not in the sentence it most resembles, or not in that order"
    assert (
        traced("Police are now investigating whether Smith killed his wife.").reason
        == f"'now' {told}"
    )
    assert (
        told in traced("Smith are investigating whether Police killed his wife and the dog.").reason
    )


def test_what_was_left_out_is_quoted() -> None:
    reason = traced("Smith killed his wife and the dog.").reason
    told = "which its sentence cannot lose"
    assert reason == f"it leaves out 'Police are investigating whether', {told}"


def test_a_part_that_may_be_lost_is_lost_whole_or_not_at_all() -> None:
    found = traced("Barry Vale, director of the museum, was buried in Leeds on Tuesday.")
    assert found.reason


def test_in_another_language_no_constituent_may_be_lost() -> None:
    assert traced("However, Barry Vale was buried in Leeds on Tuesday.", language="de").reason


def test_words_of_two_sentences_are_not_spliced() -> None:
    assert traced("Police are investigating whether the Iranian president was not killed.").reason


WORD = re.compile(r"\S+")
CHANGES = st.sampled_from(["drop", "repeat", "swap", "insert", "drop a run"])


@given(
    st.sampled_from(range(len(REAL))),
    st.lists(st.tuples(CHANGES, st.integers(0, 20), st.integers(0, 20)), max_size=3),
    st.data(),
)
def test_whatever_passes_is_its_sentence_without_parts_it_may_lose(
    which: int, changes: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    source = REAL[which]
    spare = losable(source, language="en", around=TEXT)
    lost = data.draw(st.lists(st.sampled_from(spare), unique=True).map(sorted)) if spare else []
    left = "".join(source[s.start : s.end] for s in outside(0, len(source), lost))
    spoken = WORD.findall(left)
    for change, a, b in changes:
        i, j = a % len(spoken), b % len(spoken)
        if change == "drop" and len(spoken) > 1:
            del spoken[i]
        elif change == "drop a run" and len(spoken) > abs(i - j):
            del spoken[min(i, j) : max(i, j)]
        elif change == "swap":
            spoken[i], spoken[j] = spoken[j], spoken[i]
        elif change == "repeat":
            spoken.insert(j, spoken[i])
        elif change == "insert":
            spoken.insert(i, "from")
    written = " ".join(spoken)
    found = traced(written)
    event("refused" if found.reason else "passed")
    if not found.reason:
        assert found.sentence is not None
        own = TEXT[found.sentence.start : found.sentence.end]
        kept = {capitalised(form) for form in _forms(own)}
        assert capitalised(written) in kept
        assert untiled_words(found.text, found.pieces) == ""
    elif not changes:
        raise AssertionError(found.reason)


def _forms(sentence: str) -> set[str]:
    forms = {sentence}
    for span in reversed(losable(sentence, language="en", around=TEXT)):
        forms |= {form[: span.start] + form[span.end :] for form in forms}
    return forms
