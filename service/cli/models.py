"""`brief models`: which models there are, bringing another one, and trying one."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING

import click

from service.cli.exits import Exit, tell
from service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from service.backends.trial import Report
    from service.bootstrap.models import Listed

_COLUMNS = ("name", "family", "engine", "licence", "size", "where")
_MEGABYTE = 1_000_000
_EPILOG = """\b
Example:
  brief models add google/flan-t5-small --name flan
  brief models check flan
  brief run articles/ --model flan --provenance lexical
"""


def _named(ctx: click.Context, param: click.Parameter, source: str) -> str:
    # Nothing would be the working folder.
    if not source.strip():
        raise click.BadParameter("it is empty", ctx=ctx, param=param)
    return source


@click.group(epilog=_EPILOG)
def models() -> None:
    """List the models there are, add one, or try one."""


@models.command(name="list", epilog="\b\nExample:\n  brief models list --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@pass_wiring
@click.pass_context
def list_models(ctx: click.Context, wiring: Wiring, as_json: bool) -> None:
    """List the model in the box, and those added by name.

    A damaged entry is told on stderr, and the exit code is 1.
    """
    found = wiring.load_catalogue().listed()
    listed = [model for model in found if model.fault is None]
    if as_json:
        _say_json([_described(model) for model in listed])
    elif sys.stdout.isatty():
        draw(listed)
    else:
        for row in (_COLUMNS, *map(_cells, listed)):
            _echo("\t".join(row))
    damaged = [model for model in found if model.fault is not None]
    for model in damaged:
        tell(f"brief: model {model.name!r}: {model.fault}")
    if damaged:
        ctx.exit(Exit.CHECK_FAILED)


@models.command(
    epilog="""\b
Example:
  brief models add facebook/bart-large-cnn --revision main
  brief models add ~/models/ours --name ours
"""
)
@click.argument("source", metavar="SOURCE", callback=_named)
@click.option("--name", metavar="NAME", help="What to call it.  [default: from SOURCE]")
@click.option("--revision", metavar="REVISION", help="Branch, tag or commit on the hub.")
@click.option("--force", is_flag=True, help="Replace another model of that name.")
@pass_wiring
@click.pass_context
def add(
    ctx: click.Context,
    wiring: Wiring,
    source: str,
    name: str | None,
    revision: str | None,
    force: bool,
) -> None:
    """Bring a model from a folder, or from the hub (org/name).

    It is opened, converted, compared with transformers and timed, and pinned to these very weights.
    Only safetensors are read, and no code of the model's is run.

    Exits 1 where the model is refused or something does not hold, and 2 where there is no such model
    or it cannot have that name.
    """
    from service.domain.errors import ModelRefused

    try:
        added = wiring.load_catalogue().add(source, name=name, revision=revision, force=force)
    except ModelRefused as refusal:
        tell(f"brief: {refusal}")
        ctx.exit(Exit.CHECK_FAILED)
    called, report = added
    _say_report(report)
    if report.faults:
        tell(f"{called} was not added")
        ctx.exit(Exit.CHECK_FAILED)
    _say(f"Added. Use it with --model {called} or BRIEF_MODEL={called}.")


@models.command(epilog="\b\nExample:\n  brief models check flan --json")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
@pass_wiring
@click.pass_context
def check(ctx: click.Context, wiring: Wiring, name: str | None, as_json: bool) -> None:
    """Try a model in a fresh process.

    Tells how far its numbers are from transformers', how fast it is, what memory it takes and what
    it writes. Without a NAME it is the model that settings name.

    Exits 1 where the model is refused or something does not hold, and 2 where there is no such model.
    """
    from service.domain.errors import ModelRefused

    try:
        report = wiring.load_catalogue().check(name)
    except ModelRefused as refusal:
        tell(f"brief: {refusal}")
        ctx.exit(Exit.CHECK_FAILED)
    if as_json:
        _say_json(report.model_dump(mode="json"))
    else:
        _say_report(report)
    if report.faults:
        ctx.exit(Exit.CHECK_FAILED)


def _described(model: "Listed") -> dict[str, object]:
    """Return a sound model's fields, for programs."""
    return {name: value for name, value in asdict(model).items() if name != "fault"}


def _cells(model: "Listed") -> list[str]:
    """Return a model's cells in order of the columns."""
    from service.render import shown

    name, family, engine, licence, size_bytes, where, _ = astuple(model)
    told = (name, family, engine, licence, _size(size_bytes), where)
    return [shown(cell) for cell in told]


def draw(listed: Sequence["Listed"]) -> None:
    """Print a table for a person at a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*_COLUMNS, box=None, pad_edge=False, header_style="bold")
    for model in listed:
        # As text: what others wrote must not be read as markup.
        table.add_row(*(Text(cell) for cell in _cells(model)))
    Console().print(table)


def _say_report(report: "Report") -> None:
    _say(f"{report.name} {report.revision}")
    for what, told in _facts(report):
        _say(told, before=f"  {what:<13}")
    for what, text in report.samples.items():
        _say(f"{what}: {text or '(nothing)'}", before="  ")
    for note in report.notes:
        _say(f"note: {note}", before="  ")
    for fault in report.faults:
        _say(f"does not hold: {fault}", before="  ")


def _facts(report: "Report") -> list[tuple[str, str]]:
    parity = report.parity
    compared = "runs on transformers itself"
    if parity is not None:
        compared = (
            f"scores deviate by {parity.logits:.2g} (limit {parity.most_logits:.2g}),"
            f" attention by {parity.attention:.2g} (limit {parity.most_attention:.2g})"
        )
    return [
        ("family", report.family),
        ("engine", report.engine),
        ("languages", ", ".join(report.languages) or "unknown"),
        ("weights", _size(report.size_bytes)),
        ("parity", compared),
        ("loads in", f"{report.load_s:.2f} s"),
        ("strict", f"{report.strict_chunks_per_s:.1f} chunks/s"),
        ("free", f"{report.free_chunks_per_s:.1f} chunks/s"),
        ("peak memory", "unknown" if report.peak_mb is None else f"{report.peak_mb} MB"),
    ]


def _size(size_bytes: int) -> str:
    return f"{size_bytes / _MEGABYTE:.1f} MB"


def _say_json(told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=True, indent=2))


def _say(line: str, before: str = "") -> None:
    """Print one line of the result; what a model wrote cannot drive the terminal."""
    from service.render import shown

    _echo(before + shown(line))


def _echo(line: str) -> None:
    click.echo(line.encode("utf-8", "replace"))
