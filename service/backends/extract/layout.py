"""Paragraphs from lines placed on pages: gaps, indents, sizes and full lines tell where they end."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from statistics import median

from service.backends.extract.lines import BULLET, HANGING, MARKER, ends_sentence, glue
from service.domain.text import Removal

FURNITURE = "page header or footer"
# A page's edge, as a share of its height, in which running heads and page numbers stand.
_MARGIN = 0.12
# Left edges this near, in points, belong to one column.
_COLUMN_POINTS = 40.0
_GAP, _SIZE_CHANGE, _SHORT_LINE = 1.35, 1.12, 0.85
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page|p\.|seite|стр\.)?\s*#(?:\s*(?:/|of|von|из)\s*#)?[-–—\s]*"
)
_DIGITS = re.compile(r"\d+")
_STEM = re.compile(r"([^\W\d_]+)-$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of text on a page, in points from its lower left corner; `size` is its height."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page in reading order; `height` in points."""

    lines: tuple[PlacedLine, ...]
    height: float


def without_furniture(pages: Sequence[Page]) -> tuple[list[Page], tuple[Removal, ...]]:
    """Return the pages less the running heads, feet and page numbers, and what was taken out.

    A head or foot is a line at a page's edge that other pages have too, whatever its digits.
    """
    edges = Counter(
        chain.from_iterable({_shape(x) for x in page.lines if _at_edge(x, page)} for page in pages)
    )
    # Left and right pages may carry different heads.
    repeats = {shape for shape, n in edges.items() if n >= max(2, 0.4 * len(pages))}
    kept: list[Page] = []
    removed: dict[str, None] = {}
    for page in pages:
        lines = []
        for line in page.lines:
            shape = _shape(line)
            if _at_edge(line, page) and (shape in repeats or _PAGE_NUMBER.fullmatch(shape)):
                removed.setdefault(line.text)
            else:
                lines.append(line)
        kept.append(Page(tuple(lines), page.height))
    return kept, tuple(Removal(reason=FURNITURE, text=text) for text in removed)


def paragraphs_of(pages: Sequence[Page]) -> tuple[str, ...]:
    """Return the paragraphs of the pages; one may run on over a page's end."""
    words = Counter(
        word.lower() for page in pages for line in page.lines for word in _WORD.findall(line.text)
    )
    groups: list[list[str]] = []
    last: PlacedLine | None = None
    last_right = 0.0
    for page in pages:
        rights, pitch = _column_rights(page), _pitch(page)
        for line in page.lines:
            if last is not None and _goes_on(last, line, last_right, pitch):
                groups[-1].append(line.text)
            else:
                groups.append([line.text])
            last, last_right = line, rights[_column(line)]
    return tuple(BULLET.sub("", _joined(lines, words), 1) for lines in groups)


def _goes_on(line: PlacedLine, following: PlacedLine, right: float, pitch: float) -> bool:
    """Say whether the next line goes on with the paragraph of this one."""
    if MARKER.match(following.text):
        return False
    if not 1 / _SIZE_CHANGE < following.size / line.size < _SIZE_CHANGE:
        return False
    ended = ends_sentence(line.text)
    full = line.right - line.left >= _SHORT_LINE * (right - line.left)
    drop = line.bottom - following.bottom
    if drop <= 0 or drop > 10 * pitch:  # at the top of another column or page
        return not ended and (full or following.text[0].islower())
    if drop > _GAP * pitch:
        return False
    if ended:
        return full and following.left - line.left < 0.6 * line.size
    return full or following.text[0].islower()


def _pitch(page: Page) -> float:
    """Return the usual distance from one line to the next, in points."""
    drops = [a.bottom - b.bottom for a, b in pairwise(page.lines)]
    return median([d for d in drops if 0 < d < page.height / 4] or [page.height])


def _column(line: PlacedLine) -> int:
    return round(line.left / _COLUMN_POINTS)


def _column_rights(page: Page) -> dict[int, float]:
    """Return how far to the right the lines of each column go."""
    by_column = sorted(page.lines, key=_column)
    return {column: max(x.right for x in xs) for column, xs in groupby(by_column, key=_column)}


def _at_edge(line: PlacedLine, page: Page) -> bool:
    edge = _MARGIN * page.height
    return line.bottom < edge or line.bottom > page.height - edge


def _shape(line: PlacedLine) -> str:
    return _DIGITS.sub("#", line.text.lower())


def _joined(lines: Sequence[str], words: Counter[str]) -> str:
    """Return the lines of one paragraph as one, words parted at a line's end put together."""
    pieces = [lines[0]]
    for line, following in pairwise(lines):
        if _parts_a_word(line, following, words):
            pieces[-1] = pieces[-1][:-1]
        else:
            pieces.append(glue(line, following))
        pieces.append(following)
    return "".join(pieces)


def _parts_a_word(line: str, following: str, words: Counter[str]) -> bool:
    """Say whether the hyphen at a line's end is only there for the line's sake.

    It is the word's own where the document has the word with it elsewhere, and never without.
    """
    stem, end = _STEM.search(line[-60:]), _WORD.match(following)
    if stem is None or end is None or not following[0].islower() or end.group() in HANGING:
        return False
    before, after = stem.group(1).lower(), end.group().lower()
    return words[before + after] > 0 or words[f"{before}-{after}"] == 0
