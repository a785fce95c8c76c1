"""Evaluation sets, read from a folder that the user names; they are no part of the project.

Topics are those of MultiLing 2011 on Wikinews (Giannakopoulos et al. 2011), events those of ECB+
(Cybulska and Vossen 2014).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from service.domain.errors import BadCorpus
from service.domain.text import Document

WIKINEWS, ECB_PLUS = "wikinews_mds.jsonl", "ecbplus_events.jsonl"
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Documents about one story, and what people wrote of them; there is one of each at least."""

    id: str
    documents: tuple[Document, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The topics of one file, one at least, and the hex SHA-256 of its bytes."""

    path: Path
    sha256: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Reports of one event, one at least; some are copies of others."""

    id: str
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The events of one file, one at least, and the hex SHA-256 of its bytes."""

    path: Path
    sha256: str
    clusters: tuple[Cluster, ...]


def read_corpus(folder: Path) -> Corpus:
    """Read a folder's topics; raises `BadCorpus` where their file is missing or malformed."""
    path = folder / WIKINEWS
    sha256, topics = _lines(path, _topic)
    if not topics:
        raise BadCorpus(str(path), "it holds no topic")
    return Corpus(path=path, sha256=sha256, topics=topics)


def read_clusters(folder: Path) -> Clusters:
    """Read a folder's reports of events; raises `BadCorpus` where their file is missing or malformed."""
    path = folder / ECB_PLUS
    sha256, rows = _lines(path, _report)
    if not rows:
        raise BadCorpus(str(path), "it holds no report")
    events: dict[str, list[Document]] = {}
    for event, report in rows:
        events.setdefault(event, []).append(report)
    return Clusters(
        path=path,
        sha256=sha256,
        clusters=tuple(Cluster(id=id_, documents=tuple(told)) for id_, told in events.items()),
    )


def _lines(path: Path, read: Callable[[object], _Row]) -> tuple[str, tuple[_Row, ...]]:
    """Return the hex SHA-256 of a file's bytes, and what is read of each of its lines."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadCorpus(str(path), error.strerror or str(error)) from error
    return hashlib.sha256(content).hexdigest(), tuple(_rows(str(path), content, read))


def _rows(name: str, content: bytes, read: Callable[[object], _Row]) -> Iterator[_Row]:
    # As bytes: `str.splitlines` also ends a line at separators that JSON lets stand in a string.
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = read(json.loads(line))
        except RecursionError as error:
            raise BadCorpus(name, f"line {number}: JSON nested too deeply") from error
        # What `json` raises for broken JSON, wrong UTF-8 and endless numbers is a ValueError too.
        except ValueError as error:
            raise BadCorpus(name, f"line {number}: {error}") from error
        yield row


def _report(row: object) -> tuple[str, Document]:
    """Return the event a report is about, and the report."""
    stated = _object(row, "a report")
    return _text(stated, "cluster_id"), _document(stated)


def _topic(row: object) -> Topic:
    stated = _object(row, "a topic")
    references = _list(stated, "references")
    return Topic(
        id=_text(stated, "id"),
        documents=tuple(_document(one) for one in _list(stated, "documents")),
        references=tuple(_filled(one, "a reference") for one in references),
    )


def _document(row: object) -> Document:
    stated = _object(row, "a document")
    return Document(
        id=_text(stated, "id"),
        content=_text(stated, "text"),
        title=_optional(stated, "title"),
        publisher=_optional(stated, "publisher"),
        published_at=_moment(_optional(stated, "date")),
        url=_optional(stated, "url"),
    )


def _moment(date: str | None) -> datetime | None:
    """Return the moment a date names, in UTC where it does not say."""
    if date is None:
        return None
    moment = datetime.fromisoformat(date)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no JSON object")
    return value


def _list(stated: Mapping[str, object], field: str) -> list[object]:
    value = stated.get(field)
    if not isinstance(value, list) or not value:
        raise ValueError(f"{field!r} is missing, empty or no list")
    return value


def _text(stated: Mapping[str, object], field: str) -> str:
    return _filled(stated.get(field), repr(field))


def _optional(stated: Mapping[str, object], field: str) -> str | None:
    return None if stated.get(field) is None else _text(stated, field)


def _filled(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} is missing, empty or no text")
    return value
