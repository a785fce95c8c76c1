"""A brief as Markdown: source text shows as the text it is, whatever Markdown it holds."""

import re
from collections.abc import Iterator

from service.domain.brief import Brief
from service.render.outline import Entry, LeftOut, Outline, Said, outline, shortened

# Escaped wherever they stand. `$` before a digit is money; only the others can close a formula.
_SPECIAL = re.compile(
    r"""[\\`*\[\]<|~\#^]
    | (?<![^\W_])_ | _(?![^\W_])  # between letters it opens no emphasis
    | \$(?!\d) | &(?=\#|\w+;)
    | @(?=\w) | :(?=//) | (?<=www)\.  # GitHub makes links of bare addresses
    """,
    re.IGNORECASE | re.VERBOSE,
)
# At the start of a line these open a list, a quote, a rule, a definition or an underlined heading;
# the match ends where the backslash goes.
_OPENING = re.compile(r"\A(?:(?=[-+>=:%])|\d+(?=[.)](?:\s|\Z)))")
_EXCERPT = 100
_EXCERPTS = 10


def render_markdown(brief: Brief) -> str:
    """Return the brief as CommonMark, each part of it under its own heading."""
    laid_out = outline(brief)
    return "\n\n".join(_blocks(laid_out)) + "\n"


def escape(text: str) -> str:
    """Return one line of Markdown that shows exactly this text, wherever the line starts."""
    return _OPENING.sub(r"\g<0>\\", _SPECIAL.sub(r"\\\g<0>", text))


def _blocks(laid_out: Outline) -> Iterator[str]:
    if laid_out.headline:
        yield f"# {_said(laid_out.headline)}"
    if laid_out.state:
        yield escape(laid_out.state)
    if laid_out.caution:
        yield f"> {escape(laid_out.caution)}"
    yield from (_said(said) for said in laid_out.statements)
    if laid_out.disagreements:
        yield "## Where sources disagree"
    for question, positions in laid_out.disagreements:
        yield f"### {escape(question)}"
        yield "\n".join(f"- {escape(value)}: {_said(said)}" for value, said in positions)
    if laid_out.timeline:
        yield "## Timeline"
        yield "\n".join(f"- {escape(date)}: {_said(said)}" for date, said in laid_out.timeline)
    if laid_out.entries:
        yield "## Sources"
    yield from (_entry(entry) for entry in laid_out.entries)
    if laid_out.left_out:
        yield "## Left out"
        yield "\n".join(_left_out(left) for left in laid_out.left_out)
    if laid_out.warnings:
        yield "## About this run"
        yield "\n".join(f"- {escape(warning)}" for warning in laid_out.warnings)
    yield "---"
    yield escape(laid_out.run)


def _said(said: Said) -> str:
    note = f" · {said.note}" if said.note else ""
    stale = f" · {escape(said.stale)}" if said.stale else ""
    return f"{escape(said.text)} {_markers(said.markers)}{note}{stale}"


def _markers(markers: tuple[int, ...]) -> str:
    return "".join(f"[{marker}]" for marker in markers)


def _entry(entry: Entry) -> str:
    named = " · ".join(escape(part) for part in entry.named)
    lines = [f"- [{entry.marker}] {named}"]
    if entry.url:
        lines.append(f"  <{entry.url}>")
    elif entry.address:
        lines.append(f"  {escape(entry.address)}")
    if entry.copies:
        lines.append(f"  Not independent of {_markers(entry.copies)}: counted as one source.")
    # Hard breaks, so that the address and the note keep lines of their own.
    block = "\\\n".join(lines)
    return "\n\n".join([block, *(f"  > {escape(quote.text)}" for quote in entry.quotes)])


def _left_out(left: LeftOut) -> str:
    told = [
        f"“{escape(shortened(text, _EXCERPT))}”" + (f" [{marker}]" if marker else "")
        for text, marker in left.texts[:_EXCERPTS]
    ]
    if more := len(left.texts) - len(told):
        told.append(f"and {more} more")
    return f"- {escape(left.reason)}: {'; '.join(told)}"
