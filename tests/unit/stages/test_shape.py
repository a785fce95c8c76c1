"""A statement whose digests were made anew is still held against the sentence it was cut from."""

from collections.abc import Sequence

import pytest

from service.domain.brief import Citation, QuotedSpan, Statement
from service.domain.claims import Piece
from service.domain.text import Article, Span
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
    return list(shape_faults(made, article))


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
