"""A brief as plain text, 80 columns wide, for a terminal or a mail."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from service.domain.brief import Brief
from service.render.outline import Entry, LeftOut, Outline, Said, outline, shortened

_COLUMNS = 80
_EXCERPT = 100
_EXCERPTS = 10


def render_text(brief: Brief) -> str:
    """Return the brief as plain text wrapped at 80 columns; wide characters count as two."""
    return "\n\n".join(_blocks(outline(brief))) + "\n"


def _blocks(laid_out: Outline) -> Iterator[str]:
    if laid_out.headline:
        headline = _wrapped(_said(laid_out.headline))
        yield f"{headline}\n{'=' * max(len(line) for line in headline.splitlines())}"
    if laid_out.state:
        yield _wrapped(laid_out.state)
    if laid_out.caution:
        yield _wrapped(laid_out.caution)
    yield from (_wrapped(_said(said)) for said in laid_out.statements)
    if laid_out.disagreements:
        yield _heading("Where sources disagree")
    for question, positions in laid_out.disagreements:
        told = [_wrapped(f"{value}: {_said(said)}", "- ") for value, said in positions]
        yield "\n".join([_wrapped(question), *told])
    if laid_out.timeline:
        yield _heading("Timeline")
        yield "\n".join(_wrapped(f"{date}: {_said(s)}", "- ") for date, s in laid_out.timeline)
    if laid_out.entries:
        yield _heading("Sources")
    yield from (_entry(entry) for entry in laid_out.entries)
    if laid_out.left_out:
        yield _heading("Left out")
        yield "\n".join(_left_out(left) for left in laid_out.left_out)
    if laid_out.warnings:
        yield _heading("About this run")
        yield "\n".join(_wrapped(warning, "- ") for warning in laid_out.warnings)
    yield _wrapped(laid_out.run)


def _heading(title: str) -> str:
    return f"{title}\n{'-' * len(title)}"


def _said(said: Said) -> str:
    notes = "; ".join(note for note in (said.note, said.stale) if note)
    return f"{said.text} {_markers(said.markers)}" + (f" ({notes})" if notes else "")


def _markers(markers: tuple[int, ...]) -> str:
    return "".join(f"[{marker}]" for marker in markers)


def _wrapped(text: str, lead: str = "") -> str:
    """Wrap a paragraph; the lines after the first are indented to the width of `lead`."""
    width = _COLUMNS - len(lead)
    lines = Text(text).wrap(Console(width=width, color_system=None), width, overflow="fold")
    return "\n".join(
        (lead if at == 0 else " " * len(lead)) + line.plain.rstrip()
        for at, line in enumerate(lines)
    )


def _entry(entry: Entry) -> str:
    lead = f"[{entry.marker}] "
    blank = " " * len(lead)
    lines = [_wrapped(" · ".join(entry.named), lead)]
    if entry.address:
        # An address is of use only whole, however wide.
        lines.append(blank + entry.address)
    if entry.copies:
        same = f"Not independent of {_markers(entry.copies)}: counted as one source."
        lines.append(_wrapped(same, blank))
    lines.extend(_wrapped(f"“{quote.text}”", blank) for quote in entry.quotes)
    return "\n".join(lines)


def _left_out(left: LeftOut) -> str:
    told = [
        f"“{shortened(text, _EXCERPT)}”" + (f" [{marker}]" if marker else "")
        for text, marker in left.texts[:_EXCERPTS]
    ]
    if more := len(left.texts) - len(told):
        told.append(f"and {more} more")
    return _wrapped(f"{left.reason}: {'; '.join(told)}", "- ")
