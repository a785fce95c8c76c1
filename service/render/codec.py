"""The JSON of briefs and articles: the contract's shapes, both ways."""

import json
import math
import re
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from service.domain.brief import Brief
from service.domain.errors import AlteredBrief, BrokenBrief, InconsistentCitation
from service.render.times import rfc3339

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

# Escaped though JSON allows them as they are: a terminal obeys the first and the bidirectional
# controls reorder what a reader sees; a lone surrogate has no UTF-8.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FAULTS_TOLD = 5


def dump_brief(brief: Brief) -> str:
    """Return the brief as JSON, in the contract's order of keys, ending in a newline.

    Times are UTC; one without a zone is taken as UTC.
    """
    shape = asdict(brief)
    if shape["run"]:
        # Equal dictionaries may differ in order, and equal briefs must be equal bytes.
        for name, named in shape["run"].items():
            if isinstance(named, dict) and name != "options":
                shape["run"][name] = dict(sorted(named.items()))
    return _json(shape)


def json_line(value: object) -> str:
    """Return a value as JSON in one line, escaped as briefs are. Raises ValueError for NaN."""
    made = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _escaped(made)


def load_brief(text: str) -> Brief:
    """Return the brief that a JSON text holds, with every rule of its constructors checked.

    Raises `BrokenBrief` where the text has not the shape of a brief, and its subclass
    `AlteredBrief` where it has and a quote, marker or offset contradicts the rest.
    """
    from pydantic import ValidationError
    from pydantic_core import from_json

    json_bytes = text.encode("utf-8", "surrogatepass")
    try:
        brief = _adapter().validate_json(json_bytes, strict=True, extra="forbid")
    except ValidationError as error:
        faults = error.errors(include_url=False)
        if faults[0]["type"] == "json_invalid":
            reason = faults[0]["msg"].removeprefix("Invalid JSON: ")
            raise BrokenBrief(f"it is not JSON: {reason}") from error
        raise _told(faults, from_json(json_bytes)) from error
    _check_numbers(brief)
    return brief


@cache
def _adapter() -> "TypeAdapter[Brief]":
    """Build the validator once, and only where a brief is read: it costs what an import costs."""
    from pydantic import TypeAdapter

    return TypeAdapter(Brief)


def _json(shape: dict[str, object]) -> str:
    made = json.dumps(shape, ensure_ascii=False, indent=2, allow_nan=False, default=_plain)
    return _escaped(made) + "\n"


def _escaped(made: str) -> str:
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", made)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"no JSON for {value!r}")


def _check_numbers(brief: Brief) -> None:
    """Refuse what JSON text can say and RFC 3339 or RFC 8259 cannot."""
    times = {
        "created_at": brief.created_at,
        "finished_at": brief.finished_at,
        **{f"sources[{i}].published_at": s.published_at for i, s in enumerate(brief.sources)},
        **{f"stale[{i}].since": s.since for i, s in enumerate(brief.stale)},
    }
    for place, time in times.items():
        if time is not None and time.tzinfo is None:
            raise BrokenBrief(f"{place}: a time needs its zone, got {time.isoformat()!r}")
    for name, seconds in (brief.run.timings_s if brief.run else {}).items():
        if not math.isfinite(seconds):
            raise BrokenBrief(f"run.timings_s[{name!r}]: a number is needed, got {seconds}")


def _told(errors: "list[ErrorDetails]", shape: object) -> BrokenBrief:
    """Say in plain words where a shape is no brief, or which rule of a brief it breaks."""
    misshapen = [error for error in errors if error["type"] != "value_error"]
    if misshapen:
        told = [
            f"{_place(error['loc'], _statement_id(shape, error['loc']))}: {error['msg']}"
            for error in misshapen[:_FAULTS_TOLD]
        ]
        if more := len(misshapen) - len(told):
            told.append(f"and {more} more")
        return BrokenBrief("it is not a brief: " + "; ".join(told))
    return AlteredBrief([_fault(error, shape) for error in errors])


def _fault(error: "ErrorDetails", shape: object) -> tuple[str | None, str]:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, InconsistentCitation):
        return cause.statement_id, str(cause)
    statement_id = _statement_id(shape, error["loc"])
    reason = error["msg"].removeprefix("Value error, ")
    return statement_id, f"{_place(error['loc'], statement_id)}: {reason}"


def _place(loc: tuple[int | str, ...], statement_id: str | None) -> str:
    """Write a place as `statements[0].citations[1]`, after the id of the statement it is in."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    path = path.removeprefix(".") or "the brief"
    return path if statement_id is None else f"statement {statement_id!r} ({path})"


def _statement_id(shape: object, loc: tuple[int | str, ...]) -> str | None:
    """Return the id of the statement that a place lies in, or None where it lies in none."""
    found: str | None = None
    for at, step in enumerate(loc):
        if isinstance(shape, dict):
            shape = shape.get(step)
        elif isinstance(shape, list) and isinstance(step, int):
            shape = shape[step]
        in_list = at > 0 and loc[at - 1] == "statements"
        if isinstance(shape, dict) and (step in ("headline", "statement") or in_list):
            told = shape.get("id")
            found = told if isinstance(told, str) else None
    return found
