"""Markdown to paragraphs, by markdown-it-py's tokens."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.backends.extract.lines import unwrap
from service.domain.ports import Extracted
from service.domain.text import Removal
from service.stages.characters import one_line, shorten

MARKUP, FRONT_MATTER = "markup", "front matter"
CELLS = "; "
_FENCE = "---"
# The parser looks for the end of each open bracket anew: its time grows with their square.
_MAX_OPEN_BRACKETS = 500
_BRACKETS, _BLANK_LINES = re.compile(r"[\[\]]"), re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"[\w-]+:|\s|-\s|#")
_OPENS, _CLOSES = (
    re.compile(r"<(script|style)\b", re.IGNORECASE),
    re.compile(r"</(script|style)", re.IGNORECASE),
)


class UnreadableMarkdown(ValueError):
    """The Markdown would take a parser longer than its length can justify."""


def extract_markdown(text: str) -> Extracted:
    """Return the paragraphs and headings of readable Markdown; the first `#` heading is the title.

    Links give their text, pictures nothing, a table's row one line; raw HTML is told as removed.
    Raises `UnreadableMarkdown`.
    """
    matter, body = _front_matter(text)
    if any(_open_brackets(block) > _MAX_OPEN_BRACKETS for block in _BLANK_LINES.split(body)):
        raise UnreadableMarkdown(f"over {_MAX_OPEN_BRACKETS} brackets are open in one paragraph")
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    title = next((" ".join(_lines(content)) for content in _headings(tokens, "h1")), None)
    removed = [Removal(reason=FRONT_MATTER, text=matter)] if matter else []
    removed += _markup(tokens)
    return Extracted(
        paragraphs=tuple(filter(None, _paragraphs(tokens))), title=title, removed=tuple(removed)
    )


def _open_brackets(block: str) -> int:
    """Return how many of the brackets opened in a block are open at once, at most."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(block):
        depth = depth + 1 if bracket == "[" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _front_matter(text: str) -> tuple[str, str]:
    """Return a leading block of fields between two `---` lines, "" without one, and the rest."""
    first, _, rest = text.partition("\n")
    head, fence, body = rest.partition(f"\n{_FENCE}\n")
    if first.strip() != _FENCE or not fence:
        return "", text
    if all(_FIELD.match(line) for line in head.split("\n") if line):
        return head.strip(), body
    return "", text


def _headings(tokens: Sequence[Token], tag: str) -> Iterator[Token]:
    for head, content in pairwise(tokens):
        if head.type == "heading_open" and head.tag == tag:
            yield content


def _paragraphs(tokens: Sequence[Token]) -> Iterator[str]:
    row: list[str] | None = None
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield CELLS.join(filter(None, row or ()))
            row = None
        elif token.type in ("fence", "code_block"):
            yield from map(one_line, token.content.split("\n"))
        elif token.type == "inline":
            lines = list(_lines(token))
            if row is None:
                yield from lines
            else:
                row.append(" ".join(lines))


def _lines(inline: Token) -> Iterator[str]:
    """Yield an inline token's text, a line for each hard break; soft breaks are unwrapped."""
    rows: list[list[str]] = [[""]]
    in_script = False
    for child in inline.children or ():
        if child.type == "html_inline":
            in_script = not _CLOSES.match(child.content) and (
                in_script or bool(_OPENS.match(child.content))
            )
        elif child.type == "hardbreak":
            rows.append([""])
        elif child.type == "softbreak":
            rows[-1].append("")
        elif child.type in ("text", "code_inline") and not in_script:
            rows[-1][-1] += child.content
    for row in rows:
        if wrapped := [squeezed for line in row if (squeezed := one_line(line))]:
            yield unwrap(wrapped)


def _markup(tokens: Sequence[Token]) -> Iterator[Removal]:
    """Yield what raw HTML there is: a block whole, inline tags with the text they stand in."""
    for token in tokens:
        inline = any(child.type == "html_inline" for child in token.children or ())
        if token.type == "html_block" or inline:
            yield Removal(reason=MARKUP, text=shorten(token.content))
