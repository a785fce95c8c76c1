"""Reading what the user named or sent: every file that can be read is, and every other is told."""

import base64
import gzip
import io
import os
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from service.domain.text import Document, MediaType
from service.intake.decoding import NotText, decode
from service.intake.folders import (
    MANIFEST,
    STDIN,
    UNKNOWN_KIND,
    Search,
    fault_of,
    is_known,
    media_type_of,
    metadata_in,
    shown,
)
from service.intake.limits import Intake, IntakeLimits, Tally, over
from service.intake.records import looks_like_json, take_json, take_json_or_lines, take_lines

_DEFAULT_LIMITS = IntakeLimits()
_PDF_OPENING = b"%PDF-"
_HTML_OPENINGS = ("<!doctype html", "<html")
_HTML_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_EMPTY = "it is empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file that was sent: its name without folders, its bytes, and what is said of it besides."""

    name: str
    content: bytes
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where one document comes from, and what is said of it."""

    name: str
    media_type: MediaType
    metadata: dict[str, Any] = field(default_factory=dict)


def read_paths(
    paths: Sequence[str], *, stdin: BinaryIO, limits: IntakeLimits = _DEFAULT_LIMITS
) -> Intake:
    """Return the documents of files, folders and, for "-", of standard input, in their order.

    Files named twice are read once. Nothing is raised for what cannot be read: it is told.
    """
    tally = Tally(limits)
    search = Search(tally)
    order: list[str] = []
    for named in dict.fromkeys(paths):
        if named == STDIN:
            order.append(STDIN)
        else:
            before = len(search.files)
            search.add(Path(named))
            order += islice(search.files, before, None)
    for real in order:
        if real == STDIN:
            _read_stdin(tally, stdin)
        else:
            _read_file(tally, search.files[real], search.metadata.get(real, {}))
    return tally.closed()


def read_files(files: Sequence[SentFile], limits: IntakeLimits) -> Intake:
    """Return the documents of files that were sent, read as those of one folder are."""
    tally = Tally(limits)
    names = frozenset(file.name for file in files)
    stated: dict[str, dict[str, Any]] = {}
    for file in files:
        if file.name == MANIFEST:
            stated |= metadata_in(tally, file.name, file.content, names.__contains__)
    for file in files:
        if file.name == MANIFEST:
            continue
        if is_known(Path(file.name)):
            metadata = stated.get(file.name, {}) | file.metadata
            _read(tally, file.name, io.BytesIO(file.content), metadata)
        else:
            tally.problem(file.name, UNKNOWN_KIND)
    return tally.closed()


def _read_file(tally: Tally, path: Path, metadata: dict[str, Any]) -> None:
    try:
        with path.open("rb") as opened:
            _read(tally, shown(path), opened, metadata)
    except OSError as error:
        tally.problem(shown(path), fault_of(error))


def _read(tally: Tally, name: str, opened: BinaryIO, metadata: dict[str, Any]) -> None:
    """Read a file, as what its name says it is."""
    media_type = media_type_of(Path(name))
    try:
        if not tally.fits(name, _size(opened), is_document=media_type is not None):
            return
        content = _content(opened, tally.bytes_left, packed=name.lower().endswith(".gz"))
        if not content:
            tally.problem(name, _EMPTY)
        elif tally.fits(name, len(content), is_document=media_type is not None):
            tally.bytes_read += len(content)
            if media_type is None:
                _take_records(tally, name, content)
            else:
                source = _as_it_opens(tally, _Source(name, media_type, metadata), content)
                _take_document(tally, source, content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        tally.problem(name, f"damaged gzip ({fault_of(error)})")
    except (OSError, NotText) as error:
        tally.problem(name, fault_of(error))


def _as_it_opens(tally: Tally, source: _Source, content: bytes) -> _Source:
    """Return a source called plain text as what it is: a page or PDF that was saved as .txt."""
    if source.media_type != "text/plain":
        return source
    if content.startswith(_PDF_OPENING):
        tally.note(f"{source.name}: a PDF in spite of its suffix, read as one")
        return replace(source, media_type="application/pdf")
    if _HTML_MARKUP.match(content):
        tally.note(f"{source.name}: HTML in spite of its suffix, read as such")
        return replace(source, media_type="text/html")
    return source


def _size(opened: BinaryIO) -> int:
    """Return how many bytes a file says it has: not every file can be wound to its end."""
    if isinstance(opened, io.BytesIO):
        return opened.getbuffer().nbytes
    return os.fstat(opened.fileno()).st_size


def _content(opened: BinaryIO, limit: int, *, packed: bool) -> bytes:
    """Return a file's bytes, decompressed; one more than the limit where there are more.

    Never all of it: a file can grow while it is read, and a gzip of megabytes holds gigabytes.
    """
    if not packed:
        return opened.read(limit + 1)
    with gzip.GzipFile(fileobj=opened) as unpacked:
        return unpacked.read(limit + 1)


def _read_stdin(tally: Tally, stdin: BinaryIO) -> None:
    """Read standard input as what it opens like: PDF, JSON, JSON Lines, HTML or plain text."""
    try:
        content = stdin.read(tally.bytes_left + 1)
        if not tally.fits(STDIN, len(content), is_document=False):
            return
        tally.bytes_read += len(content)
        if content.startswith(_PDF_OPENING):
            _take_document(tally, _Source(STDIN, "application/pdf"), content)
            return
        opening = decode(content, declares=True).text
        if looks_like_json(opening):
            take_json_or_lines(tally, STDIN, _text(tally, STDIN, content))
            return
        html = opening.lstrip()[:14].lower().startswith(_HTML_OPENINGS)
        _take_document(tally, _Source(STDIN, "text/html" if html else "text/plain"), content)
    except (OSError, NotText) as error:
        tally.problem(STDIN, fault_of(error))


def _take_records(tally: Tally, name: str, content: bytes) -> None:
    text = _text(tally, name, content)
    if ".jsonl" in Path(name.lower()).suffixes[-2:]:
        # Not splitlines: a line separator may stand inside a JSON string.
        take_lines(tally, name, text.split("\n"))
    else:
        take_json(tally, name, text)


def _take_document(tally: Tally, source: _Source, content: bytes) -> None:
    """Take the one document that a file's bytes are; raises `NotText`."""
    limit = tally.limits.bytes_per_document
    if len(content) > limit:
        tally.problem(source.name, over(len(content), limit, "a document"))
        return
    if source.media_type == "application/pdf":
        text = base64.b64encode(content).decode("ascii")
    else:
        text = _text(tally, source.name, content, declares=source.media_type == "text/html")
    if not text.strip():
        tally.problem(source.name, _EMPTY)
        return
    document = Document(content=text, media_type=source.media_type, **source.metadata)
    tally.add(source.name, document)


def _text(tally: Tally, name: str, content: bytes, *, declares: bool = False) -> str:
    """Return the decoded bytes, an encoding other than Unicode's noted; raises `NotText`."""
    decoded = decode(content, declares=declares)
    if decoded.encoding is not None:
        tally.note(f"{name}: not UTF-8, read as {decoded.encoding}")
    return decoded.text
