"""Where results go: stdout, or a file that is there whole or not at all."""

import os
import secrets
import shutil
import sys
from pathlib import Path

import click

from service.cli.exits import quieten
from service.render import FORMATS, Format

_SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
}


def format_for(named: str | None, output: Path | None) -> Format:
    """Return the format that was named, else the one the file's suffix tells, else Markdown."""
    for format in FORMATS:
        if format == named:
            return format
    return _SUFFIXES.get(output.suffix.lower(), "markdown") if output else "markdown"


def check_writable(output: Path | None) -> None:
    """Refuse a file that could not be written, before the work and not after it."""
    if output is None:
        return
    if output.is_dir():
        raise click.BadParameter(f"{str(output)!r} is a folder", param_hint="-o")
    if not os.access(_folder(output), os.W_OK):
        reason = f"nothing can be written in {str(_folder(output))!r}"
        raise click.BadParameter(reason, param_hint="-o")


def write_result(text: str, output: Path | None) -> None:
    """Write a text as UTF-8, whatever the locale; lone surrogates are replaced."""
    encoded = text.encode("utf-8", "replace")
    if output is None:
        _print(encoded)
        return
    try:
        if output.exists() and not output.is_file():
            # A device or a pipe is written to; replacing it by a file would break others.
            output.write_bytes(encoded)
        else:
            _replace(output.resolve(), encoded)
    except OSError as error:
        reason = f"{str(output)!r} could not be written: {error.strerror}"
        raise click.BadParameter(reason, param_hint="-o") from error


def _print(encoded: bytes) -> None:
    try:
        click.echo(encoded, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        quieten(sys.stdout.fileno)
        raise click.UsageError(f"the result could not be printed: {error.strerror}") from error


def _replace(target: Path, encoded: bytes) -> None:
    """Put the bytes in the file's place in one step, with the rights the file has or would get."""
    draft = target.with_name(f".brief-{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(encoded)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _folder(output: Path) -> Path:
    return output.resolve().parent
