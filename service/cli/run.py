"""`brief run`: documents in, one brief out."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.exits import Exit, tell
from service.cli.options import model_option, provenance_option
from service.cli.progress import watched
from service.cli.wiring import Wiring, pass_wiring
from service.domain.brief import Brief, Options
from service.domain.claims import Provenance
from service.domain.errors import NoUsableDocument
from service.domain.ports import Models
from service.domain.text import Document

if TYPE_CHECKING:
    from service.intake import Intake

_FORMATS = ("markdown", "json", "html", "text")
_EPILOG = """\b
Example:
  brief run report.pdf page.html notes/ --max-words 150
  cat article.txt | brief run - -o brief.html
"""


@click.command(epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to a file instead of the terminal; its suffix tells the format.",
)
@click.option("--format", type=click.Choice(_FORMATS), help="[default: markdown]")
@click.option(
    "--max-words",
    metavar="N",
    type=click.IntRange(1),
    default=Options().max_words,
    show_default=True,
    help="Length of the brief.",
)
@provenance_option
@model_option
@pass_wiring
@click.pass_context
def run(
    ctx: click.Context,
    wiring: Wiring,
    paths: tuple[str, ...],
    output: Path | None,
    format: str | None,
    max_words: int,
    provenance: Provenance,
    model: str | None,
) -> None:
    """Brief documents: files, folders, or - for standard input.

    Reads .txt, .md, .html, .pdf, .json and .jsonl. What cannot be read is told on stderr, the rest
    is briefed, and the exit code is 3.
    """
    from service.cli.output import check_writable, format_for, write_result
    from service.render import render

    target = None if output is None or str(output) == "-" else output
    check_writable(target)
    intake = wiring.read_paths(paths, sys.stdin.buffer)
    _tell_of(intake)
    options = Options(max_words=max_words, provenance=provenance, model=model)
    brief = _summarized(wiring, intake, options)
    write_result(render(brief, format_for(format, target)), target)
    unread = _unread(brief, intake)
    for name, reason in unread:
        tell(f"{name}: {reason}")
    if unread or intake.problems:
        ctx.exit(Exit.UNREADABLE)


def brief_id(documents: Sequence[Document], options: Options) -> str:
    """Return the id of a brief made by hand: the same documents and options give the same one."""
    from service.stages.digest import digest

    said = [sorted([d.id or "", d.content_id] for d in documents), asdict(options)]
    return f"brf_{digest(said)[:20]}"


def _tell_of(intake: "Intake") -> None:
    for note in intake.notes:
        tell(note)
    if not intake.documents:
        raise NoUsableDocument([(problem.text, problem.reason) for problem in intake.problems])
    for problem in intake.problems:
        tell(f"{problem.text}: {problem.reason}")


def _summarized(wiring: Wiring, intake: "Intake", options: Options) -> Brief:
    from service.pipeline import summarize

    try:
        with watched() as watch, _opened(wiring, options) as models:
            brief = summarize(
                intake.documents,
                models,
                options,
                brief_id=brief_id(intake.documents, options),
                created_at=datetime.now(UTC),
                dropped=intake.problems,
                watch=watch,
            )
    except NoUsableDocument as error:
        names = _names(intake.documents)
        told = [(names.get(name, name), reason) for name, reason in error.reasons]
        raise NoUsableDocument(told) from error
    return replace(brief, finished_at=datetime.now(UTC))


@contextmanager
def _opened(wiring: Wiring, options: Options) -> Iterator[Models]:
    """Give the models, and end the drafter's threads afterwards."""
    models = wiring.load_models(options.model)
    try:
        yield models
    finally:
        models.drafter.close(drain=False)


def _names(documents: Sequence[Document]) -> dict[str, str]:
    """Return what people call each document, its file's name, by its id."""
    return {d.id or d.content_id: d.origin for d in reversed(documents) if d.origin}


def _unread(brief: Brief, intake: "Intake") -> list[tuple[str, str]]:
    """Return the documents that were opened, and held nothing that could be read."""
    names = {document.origin for document in intake.documents}
    told = {problem.text for problem in intake.problems}
    return [(d.text, d.reason) for d in brief.dropped if d.text in names - told]
