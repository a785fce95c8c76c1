"""Claims that people judged against their sources, read from a folder that the user names.

SummEdits (Laban et al. 2023), BUMP (Ma et al. 2023) and WiCE (Kamoi et al. 2023) are no part of the
project; see `service.evaluation.corpus`.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.domain.errors import BadCorpus
from service.stages.segment import segment

SUMMEDITS, BUMP, WICE = "summedits_news.jsonl", "bump_pairs.jsonl.gz", "wice_claims.jsonl.gz"
_WICE_SUPPORTED = "supported"
_WICE_UNSUPPORTED = ("partially_supported", "not_supported")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """A claim, the sentences it is to be checked against, and whether people found it supported.

    `source` names what claims of one text share, so that halves of a set share none. `kinds` are the
    errors that were made in it, or how it was judged. `pair` is the id of the claim and its edit.
    """

    text: str
    sentences: tuple[str, ...]
    supported: bool
    source: str
    kinds: tuple[str, ...] = ()
    pair: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSet:
    """The claims of one file, one at least, and the hex SHA-256 of its bytes as they lie there."""

    name: str
    path: Path
    sha256: str
    claims: tuple[JudgedClaim, ...]


def read_summedits(folder: Path) -> ClaimSet:
    """Read summaries with and without edits; raises `BadCorpus` where their file is malformed."""
    return _read(folder / SUMMEDITS, "SummEdits news", _summedits)


def read_bump(folder: Path) -> ClaimSet:
    """Read summaries, each before and after one error; raises `BadCorpus` as above.

    What people wrote of a text is taken as supported; now and then it says more than the text.
    """
    return _read(folder / BUMP, "BUMP", _bump)


def read_wice(folder: Path) -> ClaimSet:
    """Read claims of an encyclopedia with the pages they cite; raises `BadCorpus` as above.

    A claim of which its page bears out a part only counts as not supported: a brief may not state it.
    """
    return _read(folder / WICE, "WiCE", _wice)


CLAIM_SETS: tuple[Callable[[Path], ClaimSet], ...] = (read_summedits, read_bump, read_wice)
_Rows = Callable[[Mapping[str, object]], Iterator[JudgedClaim]]


def _read(path: Path, name: str, rows: _Rows) -> ClaimSet:
    try:
        content = path.read_bytes()
        lines = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise BadCorpus(str(path), getattr(error, "strerror", None) or str(error)) from error
    claims = tuple(_claims(str(path), lines, rows))
    if not claims:
        raise BadCorpus(str(path), "it holds no claim")
    digest = hashlib.sha256(content).hexdigest()
    return ClaimSet(name=name, path=path, sha256=digest, claims=claims)


def _claims(name: str, lines: bytes, rows: _Rows) -> Iterator[JudgedClaim]:
    # As bytes: `str.splitlines` also ends a line at separators that JSON lets stand in a string.
    for number, line in enumerate(lines.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("a claim is no JSON object")
            yield from rows(row)
        except RecursionError as error:
            raise BadCorpus(name, f"line {number}: JSON nested too deeply") from error
        except ValueError as error:
            raise BadCorpus(name, f"line {number}: {error}") from error


def _summedits(row: Mapping[str, object]) -> Iterator[JudgedClaim]:
    label = row.get("label")
    if label not in (0, 1):
        raise ValueError(f"'label' is {label!r}, neither 0 nor 1")
    text = _text(row, "text")
    yield JudgedClaim(
        text=_text(row, "summary"),
        sentences=sentences_of(text),
        supported=label == 1,
        source=_digest(text),
        kinds=_texts(row, "edit_types"),
    )


def _bump(row: Mapping[str, object]) -> Iterator[JudgedClaim]:
    text = _text(row, "text")
    sentences, kind = sentences_of(text), _text(row, "error_type")
    for field, supported in (("reference_summary", True), ("edited_summary", False)):
        yield JudgedClaim(
            text=_text(row, field),
            sentences=sentences,
            supported=supported,
            source=_digest(text),
            kinds=(kind,),
            pair=_text(row, "id"),
        )


def _wice(row: Mapping[str, object]) -> Iterator[JudgedClaim]:
    label = _text(row, "label")
    if label not in (_WICE_SUPPORTED, *_WICE_UNSUPPORTED):
        raise ValueError(f"'label' is {label!r}, which is none of the set's")
    sentences = tuple(s.strip() for s in _texts(row, "evidence") if s.strip())
    if not sentences:
        raise ValueError("'evidence' is empty")
    yield JudgedClaim(
        text=_text(row, "claim"),
        sentences=sentences,
        supported=label == _WICE_SUPPORTED,
        source=_digest("\n".join(sentences)),
        kinds=(label,),
    )


def sentences_of(text: str) -> tuple[str, ...]:
    """Return a text's sentences, cut as those of an English article are."""
    parts = segment(text, has_title=False, language="en", fits=lambda _: True)
    return tuple(text[part.start : part.end] for part in parts)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(row: Mapping[str, object], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field!r} is missing, empty or no text")
    return value


def _texts(row: Mapping[str, object], field: str) -> tuple[str, ...]:
    value = row.get(field)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{field!r} is missing or no list of texts")
    return tuple(value)
