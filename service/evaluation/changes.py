"""One change of a text, and choices that are the same on every machine."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What stands at [start, end) of a sentence gives way to `text`."""

    start: int
    end: int
    text: str

    def of(self, sentence: str) -> str:
        return sentence[: self.start] + self.text + sentence[self.end :]


def pick(choices: Sequence[T], key: str) -> T:
    """Return one of the choices, of which there is one at least."""
    return choices[draw(key) % len(choices)]


def draw(key: str) -> int:
    """Return a number below 2^48 that depends on the key alone."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:6], "big")


def replacing(
    pattern: re.Pattern[str], sentence: str, replacement: Callable[[re.Match[str]], str | None]
) -> Iterator[Change]:
    """Yield a change for each match that has a replacement; a lost start of a sentence is made good."""
    for match in pattern.finditer(sentence):
        text = replacement(match)
        if text is None:
            continue
        start, end = match.span()
        if start == 0 and not text and end < len(sentence):
            text, end = sentence[end].upper(), end + 1
        elif start == 0:
            text = text[:1].upper() + text[1:]
        yield Change(start=start, end=end, text=text)
