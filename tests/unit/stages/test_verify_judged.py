"""What stands on the word of an entailment model is checked again, and not without that model."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from service.backends.fakes import FakeScorer
from service.domain.brief import (
    Brief,
    Citation,
    Options,
    QuotedSpan,
    RunRecord,
    Source,
    Statement,
)
from service.domain.claims import Evidence, Piece, Provenance
from service.domain.ports import EntailmentScorer
from service.domain.text import Article
from service.stages.digest import sealed
from service.stages.rewrite import Rewritten, rewrite
from service.stages.surface import prefixed
from service.stages.verify import recheck
from tests.conftest import NOON, MakeArticle

STORM = "A storm had closed the port for nine days."
SHIPS = "Some 40 ships waited outside the harbour."
WRITTEN = "A storm had closed the port for nine days and some 40 ships waited outside."
MODELS = {"draft": "m", "entailment": "fake entailment", "entailment_revision": "0"}
NEEDED = "the entailment model fake entailment is needed to check it again"


@pytest.fixture
def articles(make_article: MakeArticle) -> dict[str, Article]:
    return {
        "a": make_article("a", f"Rain fell all week. {STORM}"),
        "b": make_article("b", f"{SHIPS} The harbour master was not there."),
        "c": make_article("c", "Forty of the vessels lay off the quays."),
    }


def written(articles: Mapping[str, Article], text: str = WRITTEN) -> Rewritten:
    union = [(a, s) for a in articles.values() for s in a.sentences]
    found = rewrite(text, union, FakeScorer(), "lexical")
    assert found.reason == ""
    return found


def brief_of(
    articles: Mapping[str, Article],
    found: Rewritten,
    *,
    provenance: Provenance = "lexical",
    models: Mapping[str, str] = MODELS,
    lead: str = "",
) -> Brief:
    """Make a brief whose headline is its own source's sentence and whose one statement is written."""
    text, pieces = (
        prefixed(f"{lead} ", found.text, found.pieces) if lead else (found.text, found.pieces)
    )
    cited = sorted({e.article_id for e in found.evidence})
    markers = {document_id: i for i, document_id in enumerate(cited, 1)}
    statement = Statement(
        id="s1",
        text=text,
        independent_sources=len(cited),
        citations=tuple(citation(articles, found.evidence, i, markers[i]) for i in cited),
        provenance=pieces,
    )
    return sealed(
        Brief(
            id="b",
            status="done",
            created_at=NOON,
            headline=headline(articles["a"], markers["a"]),
            statements=(statement,),
            sources=tuple(source(articles[i], marker) for i, marker in markers.items()),
            run=RunRecord(version="1", models=dict(models), options=Options(provenance=provenance)),
        )
    )


def citation(
    articles: Mapping[str, Article], evidence: tuple[Evidence, ...], document_id: str, marker: int
) -> Citation:
    spans = tuple(
        QuotedSpan(start=e.span.start, end=e.span.end, quote=articles[document_id].quote(e.span))
        for e in evidence
        if e.article_id == document_id
    )
    return Citation(marker=marker, document_id=document_id, spans=spans)


def headline(article: Article, marker: int) -> Statement:
    start = article.text.index(STORM)
    span = QuotedSpan(start=start, end=start + len(STORM), quote=STORM)
    piece = Piece(
        start=0, end=len(STORM), document_id=article.id, source_start=start, source_end=span.end
    )
    return Statement(
        id="h",
        text=STORM,
        independent_sources=1,
        citations=(Citation(marker=marker, document_id=article.id, spans=(span,)),),
        provenance=(piece,),
    )


def source(article: Article, marker: int) -> Source:
    return Source(
        marker=marker,
        document_id=article.id,
        title=article.title,
        publisher=article.publisher,
        published_at=article.published_at,
        url=article.url,
        sha256=article.sha256,
        independent_group=marker,
    )


def reasons(
    brief: Brief, articles: Mapping[str, Article], scorer: EntailmentScorer | None
) -> list[str]:
    found = recheck(brief, articles, scorer)
    assert {f.statement_id for f in found} <= {"s1"}
    return [f.reason for f in found]


def test_a_rewritten_statement_holds_with_its_model(articles: dict[str, Article]) -> None:
    brief = brief_of(articles, written(articles))
    assert reasons(brief, articles, FakeScorer()) == []
    assert reasons(brief, {}, FakeScorer()) == []


def test_without_its_model_it_does_not(articles: dict[str, Article]) -> None:
    assert reasons(brief_of(articles, written(articles)), articles, None) == [NEEDED]


def test_another_model_is_not_taken_for_it(articles: dict[str, Article]) -> None:
    other = FakeScorer()
    other.name, other.revision = "another", "1"
    [reason] = reasons(brief_of(articles, written(articles)), articles, other)
    assert reason.endswith("another of revision 1 is another")


def test_what_the_model_no_longer_finds_is_told(articles: dict[str, Article]) -> None:
    brief = brief_of(articles, written(articles))
    [reason] = reasons(brief, articles, FakeScorer({WRITTEN: 0.4}))
    assert "borne out at 0.40 of 1 only" in reason


def test_only_its_place_is_wrong_with_the_services_own_words(articles: dict[str, Article]) -> None:
    brief = brief_of(articles, written(articles), lead="Earlier:")
    told = reasons(brief, articles, FakeScorer())
    assert told == ["'Earlier:' stands before the first statement"]


@pytest.mark.parametrize(
    ("provenance", "models"), [("strict", MODELS), ("lexical", {"draft": "m"})]
)
def test_it_may_stand_only_where_the_run_allows_it(
    articles: dict[str, Article], provenance: Provenance, models: dict[str, str]
) -> None:
    brief = brief_of(articles, written(articles), provenance=provenance, models=models)
    assert reasons(brief, articles, FakeScorer())


def changed(brief: Brief, old: str, new: str) -> Brief:
    [statement] = brief.statements
    assert len(old) == len(new)
    text = statement.text.replace(old, new)
    assert text != statement.text
    return sealed(replace(brief, statements=(replace(statement, text=text),)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("40", "41"),
        ("nine", "five"),
        ("had closed", "has closed"),
        ("port", "Port"),
        ("and", "but"),
    ],
)
def test_a_changed_word_is_found_whatever_the_model_thinks(
    articles: dict[str, Article], old: str, new: str
) -> None:
    brief = changed(brief_of(articles, written(articles)), old, new)
    sure = FakeScorer({brief.statements[0].text: 1.0})
    assert reasons(brief, articles, sure)


def test_a_piece_that_names_another_place_is_found(articles: dict[str, Article]) -> None:
    brief = brief_of(articles, written(articles))
    [statement] = brief.statements
    first, *rest = statement.provenance
    assert first.source_start is not None
    moved = replace(first, source_start=first.source_start + 1)
    faulty = replace(statement, provenance=(moved, *rest))
    told = reasons(sealed(replace(brief, statements=(faulty,))), articles, FakeScorer())
    assert told == ["its words are not where its provenance says"]


def test_a_citation_of_less_than_a_sentence_is_found(make_article: MakeArticle) -> None:
    long = "Nobody believes that a storm had closed the port for nine days."
    articles = {"a": make_article("a", f"{STORM} {long}"), "b": make_article("b", SHIPS)}
    found = written({"a": make_article("a", f"{STORM} {long}"), "b": articles["b"]})
    start = articles["a"].text.index("a storm had")
    by = start - found.evidence[0].span.start
    span = replace(found.evidence[0].span, start=start, end=len(articles["a"].text))
    moved = tuple(
        p
        if p.document_id != "a" or p.source_start is None or p.source_end is None
        else replace(p, source_start=p.source_start + by, source_end=p.source_end + by)
        for p in found.pieces
    )
    evidence = (replace(found.evidence[0], span=span), *found.evidence[1:])
    brief = brief_of(articles, replace(found, pieces=moved, evidence=evidence))
    told = reasons(brief, articles, FakeScorer())
    assert any("is not a whole sentence of its document" in reason for reason in told)


def with_further_source(articles: dict[str, Article]) -> Brief:
    """Cite for a source's own sentence another that only a model finds to say the same."""
    other = articles["c"].sentences[0].span
    own = articles["b"].sentences[0].span
    return brief_of(
        articles,
        Rewritten(
            text=SHIPS,
            pieces=(
                Piece(
                    start=0, end=len(SHIPS), document_id="b", source_start=0, source_end=len(SHIPS)
                ),
            ),
            evidence=(
                Evidence(article_id="b", span=own, score=1.0),
                Evidence(article_id="c", span=other, score=0.9),
                Evidence(article_id="a", span=articles["a"].sentences[1].span, score=0.9),
            ),
        ),
    )


def test_further_evidence_that_no_fact_bears_out_needs_no_model_to_be_refused(
    articles: dict[str, Article],
) -> None:
    told = reasons(with_further_source(articles), articles, FakeScorer({SHIPS: 1.0}))
    assert any(reason.endswith("does not support it") for reason in told)


def test_further_evidence_stands_on_the_models_word(make_article: MakeArticle) -> None:
    claim = "The port of Vega reopened on Tuesday after nine days."
    other = "Nine days after it was shut, traffic resumed on Tuesday in the port of Vega."
    articles = {"a": make_article("a", f"{STORM} {claim}"), "b": make_article("b", other)}
    start = articles["a"].text.index(claim)
    own = articles["a"].sentences[1].span
    end = start + len(claim)
    found = Rewritten(
        text=claim,
        pieces=(
            Piece(start=0, end=len(claim), document_id="a", source_start=start, source_end=end),
        ),
        evidence=(
            Evidence(article_id="a", span=own, score=1.0),
            Evidence(article_id="b", span=articles["b"].sentences[0].span, score=0.9),
        ),
    )
    brief = brief_of(articles, found)
    [reason] = reasons(brief, articles, None)
    assert reason == f"[2] does not support it by rule alone; {NEEDED}"
    assert reasons(brief, articles, FakeScorer({claim: 0.9})) == []
    assert reasons(brief, articles, FakeScorer({claim: 0.1})) == ["[2] does not support it"]
