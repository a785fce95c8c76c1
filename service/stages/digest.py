"""Digests of what a brief says, so that no part of it can be changed unnoticed."""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime

from service.domain.brief import Brief, RunRecord, Statement

_NOT_SAID = (
    "id",
    "status",
    "created_at",
    "finished_at",
    "progress",
    "error",
    "rebuild_of",
    "stale",
)


def digest(value: object) -> str:
    """Return the hex SHA-256 of a value's canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain
    )
    return hashlib.sha256(text.encode()).hexdigest()


def statement_digest(statement: Statement) -> str:
    """Return the first 16 hex digits of a statement's digest."""
    return digest(asdict(statement))[:16]


def brief_digest(brief: Brief) -> str:
    """Return the digest of all that a brief says, and of how it was made.

    Left out are what is no part of its meaning (ids, times, progress, timings), what became of its
    documents since, and the digests.
    """
    run = replace(
        brief.run or RunRecord(version=""), output_sha256="", statement_sha256={}, timings_s={}
    )
    said = asdict(replace(brief, run=run))
    for key in _NOT_SAID:
        del said[key]
    return digest(said)


def sealed(brief: Brief) -> Brief:
    """Return the brief with its digests in its run record."""
    if brief.run is None:
        raise ValueError(f"brief {brief.id!r} has no run record")
    run = replace(
        brief.run,
        output_sha256=brief_digest(brief),
        statement_sha256={s.id: statement_digest(s) for s in brief.all_statements()},
    )
    return replace(brief, run=run)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"no canonical form for {value!r}")
