"""Paragraphs from lines of plain text: which line ends are breaks, and which are only wrapping."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from service.stages.characters import squeeze

# Lines longer than this are paragraphs; shorter than the minimum, nobody wraps.
MAX_WRAP_COLUMNS, MIN_WRAP_COLUMNS = 130, 36
MARKER = re.compile(r"(?:[•‣◦▪●·*>|+#]|[-–—](?=\s)|\(?\d{1,3}[.)](?=\s)|\(?[a-zA-Z]\)(?=\s))")
BULLET = re.compile(r"^(?:[•‣◦▪●·]\s*|[*+-]\s+)(?=\S)")
_CLOSERS = "\"'”’»)]"
_ENDS = tuple(".!?:…。؟۔।\uff01\uff1f\u0589")
# A hyphen before one of these hangs over: "pre- and post-war".
HANGING = frozenset("and or to und oder bis et ou y o e en of".split())


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indent: int


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The width, in columns, to which a text was wrapped."""

    columns: int

    def joins(self, line: _Line, following: _Line) -> bool:
        """Say whether the second line goes on with the first one's paragraph."""
        if MARKER.match(following.text):
            return False
        if ends_sentence(line.text) and following.indent > line.indent:
            return False
        if _is_full(line.text, following.text, self.columns):
            return True
        return not ends_sentence(line.text) and following.text[0].islower()


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a readable plain text; none is empty or holds a newline."""
    blocks = _blocks(text)
    wrapping = wrapping_of(blocks)
    groups: list[list[str]] = []
    for block in blocks:
        groups.append([block[0].text])
        for line, following in pairwise(block):
            if wrapping is not None and wrapping.joins(line, following):
                groups[-1].append(following.text)
            else:
                groups.append([following.text])
    return tuple(stripped for lines in groups if (stripped := BULLET.sub("", unwrap(lines), 1)))


def wrapping_of(blocks: list[list[_Line]]) -> Wrapping | None:
    """Return the width a text was wrapped to, or None when each line end is a break.

    Wrapped text shows itself by lines that could not have taken the next line's first word, that
    stop in mid-sentence, and that go on without a capital: lists, verse and headings do not.
    """
    pairs = [
        (line.text, following.text)
        for block in blocks
        for line, following in pairwise(block)
        if len(line.text) <= MAX_WRAP_COLUMNS
        and not MARKER.match(following.text)
        # An address that could not be broken says nothing of the width.
        and (" " in line.text or _unspaced(line.text[-1]))
    ]
    if not pairs:
        return None
    lengths = sorted(len(line) for line, _ in pairs)
    # Not the longest: a line edited later may stand out to the right.
    columns = lengths[(len(lengths) * 9) // 10]
    broken = [(line, following) for line, following in pairs if not ends_sentence(line)]
    full = sum(_is_full(line, following, columns) for line, following in pairs)
    cased = [following for _, following in broken if following[0].lower() != following[0].upper()]
    lower = sum(following[0].islower() for following in cased)
    wrapped = (
        columns >= MIN_WRAP_COLUMNS
        and 2 * full >= len(pairs)
        and 2 * len(broken) >= len(pairs)
        and 2 * lower >= len(cased)
    )
    return Wrapping(columns) if wrapped else None


def ends_sentence(line: str) -> bool:
    """Say whether a line ends where a sentence does."""
    return line.rstrip(_CLOSERS).endswith(_ENDS)


def unwrap(lines: Sequence[str]) -> str:
    """Return the lines of one paragraph as one line."""
    pieces = [lines[0]]
    for line, following in pairwise(lines):
        pieces += (glue(line, following), following)
    return "".join(pieces)


def glue(line: str, following: str) -> str:
    """Return what a line end stood for: a space, but none after a hyphen or between Han letters."""
    if line[-1] == "-" and line[-2:-1].isalpha() and following[0].isalpha():
        return " " if following.split(" ", 1)[0].lower() in HANGING else ""
    return "" if _unspaced(line[-1]) and _unspaced(following[0]) else " "


def _blocks(text: str) -> list[list[_Line]]:
    """Return the runs of lines between blank ones."""
    lines = [
        _Line(squeeze(raw), len(raw.expandtabs()) - len(raw.expandtabs().lstrip()))
        for raw in text.split("\n")
    ]
    return [list(run) for filled, run in groupby(lines, lambda x: bool(x.text)) if filled]


def _is_full(line: str, following: str, columns: int) -> bool:
    """Say whether the next line's first word would not have fitted on this one."""
    first = following[:1] if _unspaced(following[0]) else following.split(" ", 1)[0]
    return len(line) + 1 + len(first) > columns


def _unspaced(char: str) -> bool:
    """Say whether a character is of a script written without spaces: Han, kana, their marks."""
    return (
        "\u3001" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uff00" <= char <= "\uff60"
    )
