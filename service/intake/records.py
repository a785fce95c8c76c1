"""JSON and JSON Lines to documents, each fault with its place; the other records are still read."""

import json
import re
from collections.abc import Iterable, Iterator

from service.intake.limits import Tally, over
from service.intake.wire import document_in

_DOCUMENTS = "documents"
_JSON_OPENING = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")


class NotJson(ValueError):
    """The text is no JSON."""


def parse(text: str) -> object:
    """Return the JSON value of a text; raises `NotJson` saying where it breaks off."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJson(f"broken JSON at {place}: {error.msg}") from error
    except RecursionError as error:
        raise NotJson("JSON nested too deeply") from error
    except ValueError as error:
        raise NotJson(f"JSON with a number out of range ({error})") from error


def looks_like_json(text: str) -> bool:
    """Say whether a text opens as a JSON object or a list of values does."""
    return bool(_JSON_OPENING.match(text))


def take_json(tally: Tally, name: str, text: str) -> None:
    """Read a file that holds one document, a list, or {"documents": [...]}."""
    try:
        stated = parse(text)
    except NotJson as error:
        tally.problem(name, str(error))
        return
    take_value(tally, name, stated)


def take_json_or_lines(tally: Tally, name: str, text: str) -> None:
    """Read a text that is JSON, or whose first line is, and each other line by itself."""
    try:
        take_value(tally, name, parse(text))
    except NotJson as whole:
        lines = text.strip().split("\n")
        try:
            parse(lines[0])
        except NotJson:
            tally.problem(name, str(whole))
        else:
            take_lines(tally, name, text.split("\n"))


def take_value(tally: Tally, name: str, stated: object) -> None:
    """Read the documents of a JSON value."""
    listed = stated
    if isinstance(stated, dict) and _DOCUMENTS in stated and isinstance(stated[_DOCUMENTS], list):
        if unknown := sorted(set(stated) - {_DOCUMENTS}):
            tally.problem(name, f"unknown field {unknown[0]!r} beside {_DOCUMENTS!r}")
        listed = stated[_DOCUMENTS]
    if not isinstance(listed, list):
        _take(tally, name, listed)
        return
    if not listed:
        tally.problem(name, "it lists no document")
    for number, value in enumerate(listed, start=1):
        _take(tally, f"{name}: document {number}", value)


def take_lines(tally: Tally, name: str, lines: Iterable[str]) -> None:
    """Read JSON Lines; blank lines are passed over."""
    empty = True
    for number, line in _filled(lines):
        empty = False
        place = f"{name}: line {number}"
        try:
            stated = parse(line)
        except NotJson as error:
            # Within one line its number says nothing.
            tally.problem(place, str(error).replace("line 1, ", ""))
            continue
        _take(tally, place, stated)
    if empty:
        tally.problem(name, "it is empty")


def _filled(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _take(tally: Tally, place: str, stated: object) -> None:
    if not isinstance(stated, dict):
        tally.problem(place, "a document is a JSON object with a field 'content'")
        return
    try:
        document = document_in(stated)
    except ValueError as error:
        tally.problem(place, str(error))
        return
    size, limit = (
        len(document.content.encode("utf-8", "surrogatepass")),
        tally.limits.bytes_per_document,
    )
    if size > limit:
        tally.problem(place, over(size, limit, "a document"))
        return
    tally.add(place, document)
