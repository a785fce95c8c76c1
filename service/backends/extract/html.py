"""HTML to paragraphs: trafilatura finds the main text, and what it leaves out is told."""

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import urlsplit

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from service.domain.ports import Extracted
from service.domain.text import Removal
from service.stages.characters import one_line, shorten

SCRIPT, STYLE, HIDDEN, OUTSIDE = "script", "style", "hidden text", "outside the main text"
CELLS = "; "
_UNSHOWN = frozenset(
    "head script style template noscript svg math iframe object select textarea".split()
)
_PAGE_FURNITURE = frozenset("nav header footer aside form button".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font hi i ins kbd label mark q ref s"
    " samp small span strike strong sub sup time tt u var wbr".split()
)
_ROWS = frozenset({"tr", "row"})
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_]|$)")
_WINDOW_WORDS = 4


class UnreadablePage(ValueError):
    """The page could not be parsed, or its main text could not be found."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the page says about itself."""

    title: str | None
    author: str | None
    publisher: str | None
    language: str | None


def extract_html(page: str) -> Extracted:
    """Return a page's main text and the metadata it states.

    Scripts, hidden text and all that is outside the main text are told as removed.
    Raises `UnreadablePage`.
    """
    tree = _parse(page)
    stated = _stated(deepcopy(tree), tree)
    removed = list(_take_out(tree))
    shown = list(_blocks(tree, _UNSHOWN))
    main = _main_text(tree, shown)
    removed += (Removal(reason=OUTSIDE, text=text) for text in _outside(shown, main))
    return Extracted(
        paragraphs=tuple(main),
        title=stated.title,
        author=stated.author,
        publisher=stated.publisher,
        language=stated.language,
        removed=tuple(removed),
    )


def _parse(page: str) -> HtmlElement:
    # Bytes with their encoding named: lxml refuses a str that declares one itself.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(page.encode(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadablePage("it holds no HTML that can be parsed") from error


def _stated(copy: HtmlElement, tree: HtmlElement) -> _Stated:
    try:
        metadata = trafilatura.extract_metadata(copy)
    except Exception as error:  # whatever it chokes on, the fault is one page's
        raise UnreadablePage(f"its metadata cannot be read ({error})") from error
    language = _LANGUAGE.match(tree.get("lang") or "")
    publisher = _or_none(metadata.sitename)
    # A site that names nobody is given its host for a name; that is not a statement.
    if publisher and publisher == urlsplit(metadata.url or "").hostname:
        publisher = None
    return _Stated(
        title=_or_none(metadata.title),
        author=_or_none(metadata.author),
        publisher=publisher,
        language=language.group(1).lower() if language else None,
    )


def _or_none(text: str | None) -> str | None:
    return one_line(text or "") or None


def _take_out(tree: HtmlElement) -> Iterator[Removal]:
    """Remove from the tree what is never shown, and yield it."""
    for element in list(tree.iter("script", "style")):
        reason = SCRIPT if element.tag == "script" else STYLE
        text = shorten(one_line((element.text or element.get("src") or "")[:1000]))
        _drop(element)
        if text:
            yield Removal(reason=reason, text=text)
    for element in list(tree.iterdescendants()):
        if element.tag != "body" and _is_hidden(element):
            text = " ".join(_blocks(element, _UNSHOWN))
            _drop(element)
            if text:
                yield Removal(reason=HIDDEN, text=text)


def _is_hidden(element: HtmlElement) -> bool:
    # A template is shown only once a script has made something of it.
    if element.tag == "template" or element.get("hidden") is not None:
        return True
    return bool(_HIDING.search(element.get("style") or ""))


def _drop(element: HtmlElement) -> None:
    # Inside a hidden parent that has gone already, it is out of the page.
    if element.getparent() is not None:
        element.drop_tree()


def _main_text(tree: HtmlElement, shown: Sequence[str]) -> list[str]:
    """Return the paragraphs of the main text; of a page too small for one, all but the furniture.

    Each is put as the page has it: trafilatura may set or lose a space around inline markup.
    Raises `UnreadablePage`.
    """
    try:
        found = trafilatura.bare_extraction(
            deepcopy(tree), include_comments=False, include_tables=True
        )
    except Exception as error:  # whatever it chokes on, the fault is one page's
        raise UnreadablePage(f"its main text cannot be found ({error})") from error
    as_shown = {"".join(block.split()): block for block in shown}
    paragraphs: list[str] = []
    if isinstance(found, trafilatura.settings.Document) and found.body is not None:
        paragraphs = list(_blocks(found.body, frozenset()))
    # Where it finds no main text it glues the whole page together: no block is then one of ours.
    if not any("".join(p.split()) in as_shown for p in paragraphs):
        return list(_blocks(tree, _UNSHOWN | _PAGE_FURNITURE))
    return [as_shown.get("".join(p.split()), p) for p in paragraphs]


def _blocks(root: HtmlElement, left_out: frozenset[str]) -> Iterator[str]:
    """Yield the text of each block, in order; the cells of a table's row make one."""
    walk = etree.iterwalk(root, events=("start", "end"))
    text: list[str] = []
    rows: list[list[str]] = []
    for event, element in walk:
        ends_block = element.tag not in _INLINE
        if ends_block and (block := one_line("".join(text))):
            if rows:
                rows[-1].append(block)
            else:
                yield block
        if ends_block:
            text.clear()
        if event == "start":
            if element.tag in _ROWS:
                rows.append([])
            if element.tag in left_out and element is not root:
                walk.skip_subtree()
            else:
                text.append(element.text or "")
        else:
            if element.tag in _ROWS and (row := CELLS.join(rows.pop())):
                yield row
            if element is not root:
                text.append(element.tail or "")


def _outside(shown: Iterable[str], main: Iterable[str]) -> Iterator[str]:
    """Yield the blocks of a page that its main text does not hold.

    Compared by runs of words, as the main text may join or part blocks.
    """
    paragraphs = set(main)
    held = {window for text in paragraphs for window in _windows(text)}
    for block in shown:
        if block not in paragraphs and not (held.issuperset(_windows(block)) and _windows(block)):
            yield block


def _windows(text: str) -> list[tuple[str, ...]]:
    """Return each run of four words; none of a shorter text, which could be anywhere by chance."""
    words = text.split()
    return [
        tuple(words[i : i + _WINDOW_WORDS]) for i in range(max(0, len(words) - _WINDOW_WORDS + 1))
    ]
