"""A statement whose digests were made anew is still held against the sentence it was cut from."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from service.domain.brief import Citation, QuotedSpan, Statement
from service.domain.claims import Piece
from service.domain.text import Article, Span
from service.stages.joining import Worded, join
from service.stages.shape import shape_faults
from service.stages.surface import prefixed, surface
from tests.conftest import MakeArticle

DRUG = "A drug slowed memory loss in mice, researchers from Oslo reported."
BODY = (
    f"{DRUG} Fears rose of a militia known as ISIS-K. However, the group (pictured) is in Kabul."
    " The group (pictured) is in Kabul now. KABUL – Ann Moss, a nurse, won the race in Kabul."
    " On Monday, Bo Wu won the race again."
)


@pytest.fixture
def article(make_article: MakeArticle) -> Article:
    return make_article("a", BODY)


def places(article: Article, *parts: str) -> list[Span]:
    return [Span(article.text.index(p), article.text.index(p) + len(p)) for p in parts]


def statement(
    article: Article, parts: Sequence[str], cited: Sequence[str], id_: str = "s1", lead: str = ""
) -> Statement:
    text, pieces = surface(article, places(article, *parts))
    if lead:
        text, pieces = prefixed(f"{lead} ", text, pieces)
    return of(article, text, pieces, cited, id_)


def of(
    article: Article, text: str, pieces: tuple[Piece, ...], cited: Sequence[str], id_: str = "s1"
) -> Statement:
    spans = tuple(
        QuotedSpan(start=s.start, end=s.end, quote=article.quote(s))
        for s in sorted(places(article, *cited))
    )
    return Statement(
        id=id_,
        text=text,
        independent_sources=1,
        citations=(Citation(marker=1, document_id="a", spans=spans),),
        provenance=pieces,
    )


def faults(made: Statement, article: Article | None) -> list[str]:
    return list(shape_faults(made, {"a": article}))


WON = "KABUL – Ann Moss, a nurse, won the race in Kabul."
NOW = "The group (pictured) is in Kabul now."
MONDAY = "On Monday, Bo Wu won the race again."
FEARS = "Fears rose of a militia known as ISIS-K."
HOWEVER = "However, the group (pictured) is in Kabul."


@pytest.mark.parametrize("known", [True, False], ids=["with the document", "from quotes alone"])
@pytest.mark.parametrize(
    ("parts", "cited", "id_"),
    [
        ([DRUG], [DRUG], "s1"),
        ([WON], [WON], "s1"),
        (["Ann Moss, a nurse, won the race in Kabul."], [WON], "s1"),
        (["Ann Moss", " won the race in Kabul."], [WON], "s1"),
        (["the group", " is in Kabul."], [HOWEVER], "s1"),
        ([FEARS, HOWEVER], [FEARS, HOWEVER], "s1"),
        ([MONDAY], [MONDAY], "h"),
        (["Bo Wu won the race again"], [MONDAY], "h"),
        (["On Monday, Bo Wu won the race again"], [MONDAY], "h"),
    ],
)
def test_the_shapes_the_service_makes_hold(
    article: Article, parts: list[str], cited: list[str], id_: str, known: bool
) -> None:
    assert faults(statement(article, parts, cited, id_), article if known else None) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_group_may_be_called_by_the_name_the_sentence_before_gives(
    make_article: MakeArticle, known: bool
) -> None:
    article = make_article("a", f"{FEARS} {NOW}")
    for parts in (["ISIS-K", " (pictured) is in Kabul now."], ["ISIS-K", " is in Kabul now."]):
        made = statement(article, parts, ["known as ISIS-K.", NOW])
        assert faults(made, article if known else None) == []


def test_the_services_own_words_come_first_and_once(article: Article) -> None:
    assert faults(statement(article, [DRUG], [DRUG], lead="Earlier:"), article) == []


@pytest.mark.parametrize("known", [True, False], ids=["with the document", "from quotes alone"])
@pytest.mark.parametrize(
    ("parts", "cited", "told"),
    [
        (["researchers", "slowed memory loss in", "A drug", "reported."], [DRUG], "order"),
        (["A drug slowed memory loss", ", researchers from Oslo reported."], [DRUG], "'in mice'"),
        (["A drug slowed memory loss in mice"], [DRUG], "researchers"),
        (["researchers from Oslo reported."], [DRUG], "A drug"),
        (["A drug", " Bo Wu won the race again."], [DRUG, MONDAY], "follow"),
        ([DRUG, FEARS.removesuffix("known as ISIS-K.")], [DRUG, FEARS], "ISIS-K"),
        (["Ann Moss won"[:8], " the race in Kabul."], [WON], "won"),
        (["Bo Wu won the race again."], [MONDAY], "On Monday"),
    ],
)
def test_words_dropped_or_put_together_anew_are_found(
    article: Article, parts: list[str], cited: list[str], told: str, known: bool
) -> None:
    found = faults(statement(article, parts, cited), article if known else None)
    assert any(told in reason for reason in found)


def test_a_citation_that_leaves_out_words_of_its_sentence_is_found(article: Article) -> None:
    part = "researchers from Oslo reported."
    assert any("whole sentence" in f for f in faults(statement(article, [part], [part]), article))


def test_a_verdict_in_capitals_is_no_dateline_of_its_document(make_article: MakeArticle) -> None:
    text = "FALSE – Vaccines given to children in Kenya contain a chip."
    made_of = make_article("a", text)
    made = statement(made_of, [text.removeprefix("FALSE – ")], [text])
    assert any("'FALSE –'" in f for f in faults(made, made_of))


def test_a_space_put_into_a_word_is_found(article: Article) -> None:
    at = article.text.index(DRUG)
    text = DRUG.replace("memory", "me mory")
    cut = DRUG.index("mory")
    pieces = (
        Piece(start=0, end=cut, document_id="a", source_start=at, source_end=at + cut),
        Piece(
            start=cut + 1,
            end=len(text),
            document_id="a",
            source_start=at + cut,
            source_end=at + len(DRUG),
        ),
    )
    assert any("joined" in f for f in faults(of(article, text, pieces, [DRUG]), article))


# Two sentences of one subject, told as one.
HELD = "Maria Voss was held in Lima on Monday."
FREED = "Maria Voss was freed by a judge on Friday."
LONGER = "However, Maria Voss was flown (pictured) to Cusco on Friday."


@pytest.fixture
def two(make_article: MakeArticle) -> dict[str, Article | None]:
    return {
        "a": make_article("a", f"Rain fell all day. {HELD} Ann Moss was not there."),
        "b": make_article("b", f"{FREED} {LONGER} The judge was not named."),
    }


def worded(article: Article | None, *parts: str) -> Worded:
    assert article is not None
    return surface(article, places(article, *parts))


def cited(article: Article | None, marker: int, *quotes: str) -> Citation:
    assert article is not None
    spans = tuple(
        QuotedSpan(start=s.start, end=s.end, quote=article.quote(s))
        for s in sorted(places(article, *quotes))
    )
    return Citation(marker=marker, document_id=article.id, spans=spans)


def told_as_one(
    two: dict[str, Article | None], second: str = FREED, *parts: str, lead: str = ""
) -> Statement:
    joined = join(worded(two["a"], HELD), worded(two["b"], *(parts or (second,))))
    assert joined is not None
    text, pieces = prefixed(f"{lead} ", *joined) if lead else joined
    return Statement(
        id="s1",
        text=text,
        independent_sources=2,
        citations=(cited(two["a"], 1, HELD), cited(two["b"], 2, second)),
        provenance=pieces,
    )


@pytest.mark.parametrize("known", [True, False], ids=["with the documents", "from quotes alone"])
def test_two_sentences_of_one_subject_may_be_told_as_one(
    two: dict[str, Article | None], known: bool
) -> None:
    made = told_as_one(two)
    assert made.text == "Maria Voss was held in Lima on Monday and was freed by a judge on Friday."
    assert list(shape_faults(made, two if known else {})) == []


def test_a_joined_sentence_may_lose_what_it_may_lose_alone(two: dict[str, Article | None]) -> None:
    made = told_as_one(two, LONGER, "Maria Voss was flown", " to Cusco on Friday.")
    assert made.text.endswith("Monday and was flown to Cusco on Friday.")
    assert list(shape_faults(made, two)) == []


def test_a_joined_statement_may_have_its_day_before_it(two: dict[str, Article | None]) -> None:
    assert list(shape_faults(told_as_one(two, lead="12 July 2005:"), two)) == []


def with_second(made: Statement, of: str, start: int, end: int) -> Statement:
    """Return the statement with other words of its second document behind "and"."""
    *before, after = made.provenance
    changed = replace(after, end=after.start + end - start, source_start=start, source_end=end)
    text = made.text[: after.start] + of[start:end]
    return replace(made, text=text, provenance=(*before, changed))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("was freed by a judge", "cannot be told as one"),
        ("Maria Voss was freed by a judge on Friday.", "cannot be told as one"),
        ("freed by a judge on Friday.", "cannot be told as one"),
        ("was not named.", "outside the passages"),
    ],
)
def test_what_is_joined_otherwise_is_found(
    two: dict[str, Article | None], words: str, told: str
) -> None:
    assert two["b"] is not None
    text = two["b"].text
    start = text.index(words)
    made = with_second(told_as_one(two), text, start, start + len(words))
    assert any(told in fault for fault in shape_faults(made, two))


def test_the_word_that_joins_stands_between_two_sentences_only(
    two: dict[str, Article | None],
) -> None:
    made = told_as_one(two)
    *_, joint, last = made.provenance
    twice = replace(
        made,
        text=f"{made.text} and",
        provenance=(*made.provenance, Piece(start=last.end + 1, end=last.end + 1 + 3)),
    )
    first = replace(
        made,
        text=made.text[joint.start :],
        provenance=(
            Piece(start=0, end=3),
            replace(last, start=last.start - joint.start, end=last.end - joint.start),
        ),
    )
    assert list(shape_faults(twice, two))
    assert list(shape_faults(first, two))


def test_a_word_left_out_of_the_first_of_two_is_found(two: dict[str, Article | None]) -> None:
    made = told_as_one(two)
    whole, joint, rest = made.provenance
    by = len(" on Monday")
    assert whole.source_end is not None
    shorter = replace(
        made,
        text=made.text.replace(" on Monday", ""),
        provenance=(
            replace(whole, end=whole.end - by, source_end=whole.source_end - by),
            *(replace(p, start=p.start - by, end=p.end - by) for p in (joint, rest)),
        ),
    )
    assert any("it leaves out" in f for f in shape_faults(shorter, two))


def test_two_subjects_are_never_told_as_one(two: dict[str, Article | None]) -> None:
    other = "Ann Moss was not there."
    assert join(worded(two["a"], HELD), worded(two["a"], other)) is None
