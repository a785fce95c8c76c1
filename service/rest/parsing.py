"""From the bytes of a body to a model, as plain functions that any process can run."""

import json
import re
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from service.rest.problems import Fault
from service.rest.schemas import BriefIn, DocumentIn, DocumentsIn, faults_of

# Telling each of more would take longer than anyone reads.
_MOST_FAULTS = 1000
_LISTS = ("documents", "document_ids")
# The largest brief has some thousand values. Beyond this, only what is wrong with it takes so long.
_MOST_VALUES = 200_000
# A string of JSON, also one that does not end. It gives nothing back: the time is that of one look.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a body is refused: the kind of problem, and what is wrong with which fields.

    `size` and `limit` count documents, where they are too many.
    """

    slug: str
    detail: str = ""
    faults: tuple[Fault, ...] = ()
    size: int = 0
    limit: int = 0


def parsed_brief(body: bytes, most: int) -> BriefIn | Refusal:
    """Return a brief to make; it may name `most` documents, sent and stored ones together."""
    shape = _shape(body)
    return shape if isinstance(shape, Refusal) else _checked(BriefIn, body, shape, most)


def parsed_documents(body: bytes, most: int) -> DocumentIn | DocumentsIn | Refusal:
    """Return one document, or under `documents` several, `most` at the most.

    A body is never tried as both, so that its faults are plain.
    """
    shape = _shape(body)
    if isinstance(shape, Refusal):
        return shape
    if shape.several:
        return _checked(DocumentsIn, body, shape, most)
    return _checked(DocumentIn, body, shape, most)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """How many documents a body names, and whether they stand under `documents`."""

    several: bool
    named: int


class _NotPlainJson(ValueError):
    """Readers of it would not agree on what it says."""


def _shape(body: bytes) -> _Shape | Refusal:
    """Look at a body before anything is made of what may be a million documents."""
    if _has_too_many_values(body):
        told = Fault(pointer="#", detail=f"it has more than {_MOST_VALUES} values")
        return Refusal(slug="validation", faults=(told,))
    try:
        told = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as fault:
        return Refusal(slug="malformed-json", detail=f"it is not UTF-8: {fault.reason}")
    except RecursionError:
        return Refusal(slug="malformed-json", detail="it is nested too deeply")
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno} column {fault.colno}"
        return Refusal(slug="malformed-json", detail=f"{fault.msg} at {place}")
    except _NotPlainJson as fault:
        return Refusal(slug="malformed-json", detail=str(fault))
    except ValueError:
        return Refusal(slug="malformed-json", detail="a number in it has too many digits")
    if not isinstance(told, dict):
        return _Shape(several=False, named=0)
    lists = [told.get(name) for name in _LISTS]
    named = sum(len(one) for one in lists if isinstance(one, list))
    return _Shape(several="documents" in told, named=named)


def _has_too_many_values(body: bytes) -> bool:
    """Count, before a parser makes something of each."""
    if _marks(body) <= _MOST_VALUES:
        # Most bodies, even with the marks within texts.
        return False
    # A member has two strings at the most.
    most_strings = 2 * _MOST_VALUES
    rest, strings = _STRING.subn(b"", body, count=most_strings)
    return strings == most_strings or _marks(rest) > _MOST_VALUES


def _marks(body: bytes) -> int:
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _checked(model: type[Model], body: bytes, shape: _Shape, most: int) -> Model | Refusal:
    if shape.named > most:
        return Refusal(slug="too-many-documents", size=shape.named, limit=most)
    try:
        return model.model_validate_json(body)
    except ValidationError as fault:
        if fault.error_count() > _MOST_FAULTS:
            told = Fault(pointer="#", detail=f"{fault.error_count()} fields are wrong")
            return Refusal(slug="validation", faults=(told,))
        first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            return Refusal(slug="malformed-json", detail=first["msg"])
        return Refusal(slug="validation", faults=tuple(faults_of(fault)))


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) < len(members):
        raise _NotPlainJson("an object in it names a member twice")
    return found


def _no_number(constant: str) -> None:
    raise _NotPlainJson(f"{constant} is no number of JSON")
