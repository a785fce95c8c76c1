"""Check a finished brief again, from nothing but itself, the articles, and the model that it names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from service.domain.brief import Brief, Citation, Source, Statement
from service.domain.claims import Piece
from service.domain.ports import EntailmentScorer
from service.domain.text import Article, text_sha256
from service.lexis.cues import addable, added_date, dated
from service.stages.answers import Answer, answers, fault_of
from service.stages.digest import brief_digest, statement_digest
from service.stages.gates import exactness
from service.stages.independence import distinct_reports
from service.stages.joining import AND
from service.stages.judged import Judge, judge_of, rewritten_faults
from service.stages.recount import miscounts
from service.stages.segment import segment
from service.stages.shape import shape_faults
from service.stages.surface import capitalised

WHOLE_BRIEF = "brief"
# Cut anew, a longer sentence may have been pieces of one that did not fit a model.
_SURELY_FITS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that does not hold; `statement_id` is "brief" where no one statement is at fault."""

    statement_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A brief, and what it is held against.

    `articles` are keyed by document id; `whole` are those with the text the brief was made from, in
    sentences. `answers` are what positions answer, by the id of their statement.
    """

    brief: Brief
    articles: Mapping[str, Article]
    whole: Mapping[str, Article | None]
    answers: Mapping[str, Answer]
    judge: Judge


def recheck(
    brief: Brief, articles: Mapping[str, Article], scorer: EntailmentScorer | None = None
) -> tuple[Failure, ...]:
    """Return everything that does not hold, statement by statement in reading order.

    Articles are keyed by document id. What is not among them is checked against the brief's own
    quotes only: that finds a changed statement, not a changed quote with its statement. What stands
    on the word of an entailment model does not hold without that model.
    """
    checked = _Checked(
        brief=brief,
        articles=articles,
        whole={s.document_id: _in_sentences(articles.get(s.document_id), s) for s in brief.sources},
        answers=answers(brief),
        judge=judge_of(brief, scorer),
    )
    failures: list[Failure] = []
    seen: set[str] = set()
    for statement in brief.all_statements():
        reasons = list(_statement_faults(checked, statement))
        if statement.id in seen:
            reasons.append("another statement has its id")
        seen.add(statement.id)
        failures += [Failure(statement_id=statement.id, reason=r) for r in dict.fromkeys(reasons)]
    failures += [
        Failure(statement_id=m.statement_id or WHOLE_BRIEF, reason=m.reason)
        for m in miscounts(brief, _as_read(brief, articles))
    ]
    failures += [
        Failure(statement_id=WHOLE_BRIEF, reason=r) for r in _brief_faults(brief, articles)
    ]
    return tuple(failures)


def _as_read(brief: Brief, articles: Mapping[str, Article]) -> dict[str, Article]:
    """Return the articles in the sentences in which they were read, as far as that is sure.

    What is cited is left out where its text is not the one that the brief was made from.
    """
    known = {s.document_id: s.sha256 for s in brief.sources}
    read: dict[str, Article] = {}
    for id_, article in articles.items():
        if article.sha256 != known.get(id_, article.sha256):
            continue
        cut = _cut(article)
        if cut is article or all(s.end - s.start <= _SURELY_FITS for s in cut.sentences):
            read[id_] = cut
    return read


def _in_sentences(article: Article | None, source: Source) -> Article | None:
    """Return an article with its sentences, None where its text is not the one the brief was made from."""
    if article is None or article.sha256 != source.sha256:
        return None
    return _cut(article)


def _cut(article: Article) -> Article:
    if article.sentences:
        return article
    sentences = segment(
        article.text,
        has_title=article.title is not None,
        language=article.language,
        fits=lambda _: True,
    )
    return replace(article, sentences=sentences)


def _statement_faults(checked: _Checked, statement: Statement) -> Iterator[str]:
    brief = checked.brief
    for cited in statement.citations:
        if article := checked.articles.get(cited.document_id):
            yield from _quote_faults(cited, article)
    yield from _origin_faults(checked, statement)
    yield from _support_faults(checked, statement)
    yield from _date_faults(brief, statement)
    groups = {s.document_id: s.independent_group for s in brief.sources}
    independent = distinct_reports(
        [(groups[c.document_id], s.quote) for c in statement.citations for s in c.spans]
    )
    if independent != statement.independent_sources:
        yield f"it counts {statement.independent_sources} independent sources, its citations {independent}"
    if answer := checked.answers.get(statement.id):
        yield from fault_of(answer)
    recorded = brief.run.statement_sha256.get(statement.id) if brief.run else None
    if recorded != statement_digest(statement):
        yield "it is not as it was written: its digest differs"


def _origin_faults(checked: _Checked, statement: Statement) -> Iterator[str]:
    """Say where a statement is neither its source's sentence nor what may be written of some."""
    shape = list(shape_faults(statement, checked.whole))
    if shape and checked.judge.may_rewrite:
        yield from rewritten_faults(statement, checked.whole, checked.judge)
        return
    quoted = {c.document_id: c for c in statement.citations}
    for piece in statement.provenance:
        yield from _piece_faults(statement, piece, quoted)
    yield from shape


def _quote_faults(cited: Citation, article: Article) -> Iterator[str]:
    for span in cited.spans:
        if article.text[span.start : span.end] != span.quote:
            yield f"[{cited.marker}] does not say {span.quote!r} at [{span.start}, {span.end})"


def _piece_faults(
    statement: Statement, piece: Piece, quoted: Mapping[str, Citation]
) -> Iterator[str]:
    text = statement.text[piece.start : piece.end]
    if piece.document_id is None or piece.source_start is None or piece.source_end is None:
        # Where "and" may stand is for `shape_faults` to say.
        if not addable(text) and text != AND:
            yield f"{text!r} has no source, and is not a word the service may add"
        return
    cited = quoted.get(piece.document_id)
    if cited is None:
        yield f"{text!r} comes from {piece.document_id!r}, which is not cited"
        return
    for span in cited.spans:
        if span.start <= piece.source_start and piece.source_end <= span.end:
            source = span.quote[piece.source_start - span.start : piece.source_end - span.start]
            if not _same_words(text, source):
                yield f"{text!r} is {source!r} in its source"
            return
    yield f"{text!r} comes from outside the passages cited"


def _date_faults(brief: Brief, statement: Statement) -> Iterator[str]:
    published = list(_days(brief, statement))
    # A date without its year is of the year in which the first statement was reported.
    years = {day.year for day in _days(brief, brief.statements[0])} if brief.statements else set()
    days = {dated(day) for day in published}
    days |= {dated(day, known_year=day.year) for day in published if years == {day.year}}
    for piece in statement.provenance:
        text = statement.text[piece.start : piece.end]
        if piece.document_id is None and (day := added_date(text)) and day not in days:
            yield f"{text!r} is not when its source was published"


def _days(brief: Brief, statement: Statement) -> Iterator[date]:
    """Yield the days, in UTC, on which what a statement is made of was published."""
    own = {p.document_id for p in statement.provenance}
    yield from (day for document_id, day in brief.days().items() if document_id in own)


def _same_words(text: str, source: str) -> bool:
    """Say whether two texts are equal, the case of the first letter aside."""
    return text == source or capitalised(text) == capitalised(source)


def _support_faults(checked: _Checked, statement: Statement) -> Iterator[str]:
    said = _said(statement)
    own = {p.document_id for p in statement.provenance if p.document_id}
    quotes = [s.quote for c in statement.citations if c.document_id in own for s in c.spans]
    if fault := exactness(said, quotes):
        yield fault
    answer = checked.answers.get(statement.id)
    for cited in statement.citations:
        texts = [s.quote for s in cited.spans]
        if cited.document_id in own:
            continue
        # A position is cited from every report that answers as it does, in whatever words.
        if answer is not None and answer.is_given_by(texts, cited.document_id):
            continue
        if fault := checked.judge.unsupported(texts, said):
            yield f"[{cited.marker}] {fault}"


def _said(statement: Statement) -> str:
    """Return a statement without the words of the service's own before it."""
    first = next((p for p in statement.provenance if p.document_id), None)
    return statement.text[first.start :] if first else ""


def _brief_faults(brief: Brief, articles: Mapping[str, Article]) -> Iterator[str]:
    for source in brief.sources:
        article = articles.get(source.document_id)
        if article is None:
            continue
        if not source.sha256 == article.sha256 == text_sha256(article.text):
            yield f"the text of [{source.marker}] is not the one the brief was made from"
        for name in ("title", "publisher", "published_at", "url"):
            if getattr(article, name) != getattr(source, name):
                yield f"the {name} of [{source.marker}] is not the document's"
    if brief.run is None or brief.run.output_sha256 != brief_digest(brief):
        yield "it is not as it was written: its digest differs"
