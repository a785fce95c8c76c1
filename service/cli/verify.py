"""`brief verify`: a brief checked again, offline and without a drafting model."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from service.cli.exits import Exit, tell
from service.cli.options import entailment_option
from service.cli.wiring import Wiring, pass_wiring
from service.domain.brief import Brief, Source
from service.domain.errors import AlteredBrief, BadDocument, BrokenBrief
from service.domain.ports import EntailmentScorer
from service.domain.text import Article

if TYPE_CHECKING:
    from service.stages.verify import Failure

_EPILOG = """\b
Example:
  brief run articles/ -o brief.json
  brief verify brief.json articles/
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Which article is which source's, and the articles that are no source's."""

    articles: Mapping[str, Article]
    spare: tuple[Article, ...]


@click.command(epilog=_EPILOG)
@click.argument("brief_path", metavar="BRIEF.json", type=click.Path(allow_dash=True))
@click.argument("documents", metavar="[DOCUMENT...]", nargs=-1)
@entailment_option
@pass_wiring
@click.pass_context
def verify(
    ctx: click.Context,
    wiring: Wiring,
    brief_path: str,
    documents: tuple[str, ...],
    entailment: str | None,
) -> None:
    """Check a brief again, against its documents where they are given.

    A brief made with an entailment model holds only where that model finds it again what it was.

    Prints the statements that do not hold, and exits 1 if there is one.
    """
    from service.stages.verify import recheck

    try:
        brief = _load(brief_path)
    except AlteredBrief as error:
        for statement_id, reason in error.faults:
            _say(f"{statement_id or 'the brief'} does not hold: {reason}")
        ctx.exit(Exit.CHECK_FAILED)
    except BrokenBrief as error:
        tell(f"{brief_path}: {error}")
        ctx.exit(Exit.UNREADABLE)
    articles, all_read = _read_articles(wiring, documents)
    matched = match(brief, articles)
    # Those that are not cited too: whose report is whose is told by all of a story's documents.
    given = {**{a.id: a for a in matched.spare}, **matched.articles}
    failures = recheck(brief, given, _scorer_for(brief, entailment))
    _report(brief, failures)
    _report_coverage(brief, matched, bool(documents))
    if failures:
        ctx.exit(Exit.CHECK_FAILED)
    if not all_read:
        ctx.exit(Exit.UNREADABLE)


def _scorer_for(brief: Brief, name: str | None) -> EntailmentScorer | None:
    """Load the entailment model, the setting's if None, for a brief that was made with one."""
    if brief.run is None or not brief.run.models.get("entailment"):
        return None
    from service.bootstrap.models import load_scorer
    from service.settings import Settings

    settings = Settings.read()
    return load_scorer(
        settings if name is None else settings.model_copy(update={"entailment": name})
    )


def match(brief: Brief, articles: Sequence[Article]) -> Matched:
    """Find each source's article by its id, else by its text, else by where it came from.

    The last finds a document that was changed after the brief was made: it has another id and
    another text, and is to be reported as changed, not as missing.
    """
    by_id = {article.id: article for article in articles}
    by_sha256 = {article.sha256: article for article in articles}
    found: dict[str, Article] = {}
    for source in brief.sources:
        if article := by_id.get(source.document_id) or by_sha256.get(source.sha256):
            found[source.document_id] = article
    spare = [article for article in articles if article not in found.values()]
    for source in brief.sources:
        if source.document_id not in found:
            same = [a for a in spare if _same_origin(brief, source, a)]
            if same:
                found[source.document_id] = same[0]
                spare.remove(same[0])
    return Matched(articles=found, spare=tuple(spare))


def _same_origin(brief: Brief, source: Source, article: Article) -> bool:
    if (source.publisher, source.url) != (article.publisher, article.url):
        return False
    quotes = (
        span.quote
        for statement in brief.all_statements()
        for cited in statement.citations
        if cited.document_id == source.document_id
        for span in cited.spans
    )
    same_title = source.title is not None and source.title == article.title
    return same_title or any(quote in article.text for quote in quotes)


def _load(path: str) -> Brief:
    """Read a brief's file. Raises `BrokenBrief` where there is none in it."""
    from service.render import load_brief

    try:
        with click.open_file(path, "rb") as file:
            text = file.read().decode("utf-8-sig")
    except OSError as error:
        raise BrokenBrief(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise BrokenBrief(f"it is not UTF-8 at byte {error.start}") from error
    brief = load_brief(text)
    if not brief.all_statements():
        raise BrokenBrief(f"the brief is {brief.status} and states nothing that could be checked")
    return brief


def _read_articles(wiring: Wiring, paths: Sequence[str]) -> tuple[list[Article], bool]:
    """Return the articles of the documents, and whether all could be read."""
    if not paths:
        return [], True
    from service.pipeline import read_article

    intake = wiring.read_paths(paths, sys.stdin.buffer)
    for note in intake.notes:
        tell(note)
    told = [f"{problem.text}: {problem.reason}" for problem in intake.problems]
    reader = wiring.load_reader()
    articles = []
    for document in intake.documents:
        try:
            articles.append(read_article(document, reader.extractor, reader.languages))
        except BadDocument as error:
            told.append(f"{document.origin or error.name}: {error.reason}")
    for line in told:
        tell(line)
    return articles, not told


def _report(brief: Brief, failures: Sequence["Failure"]) -> None:
    texts = {statement.id: statement.text for statement in brief.all_statements()}
    reasons: dict[str, list[str]] = {}
    for failure in failures:
        reasons.setdefault(failure.statement_id, []).append(failure.reason)
    if not reasons:
        count = len(brief.all_statements())
        _say(f"{count} statements hold." if count > 1 else "1 statement holds.")
    for statement_id, told in reasons.items():
        text = texts.get(statement_id)
        quoted = "" if text is None else f" “{text}”"
        _say(f"{statement_id if quoted else 'The brief as a whole'} does not hold:{quoted}")
        for reason in told:
            _say(reason, indent="  ")


def _report_coverage(brief: Brief, matched: Matched, given: bool) -> None:
    if not given:
        _say("Checked against the brief’s own quotes only: no document was given.")
        return
    for source in brief.sources:
        if source.document_id not in matched.articles:
            name = source.title or source.document_id
            _say(f"[{source.marker}] {name}: no document given; checked against its quotes only.")
    for article in matched.spare:
        _say(f"{article.title or article.id}: matches no source of the brief.")


def _say(line: str, indent: str = "") -> None:
    """Print one line of the result; a hostile text in it cannot drive the terminal."""
    from service.render import shown

    click.echo((indent + shown(line)).encode("utf-8", "replace"))
