"""Progress for a person at a terminal; nothing at all for a program."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from service.domain.brief import Progress as Report
from service.domain.ports import Watch

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_NAMES = {
    "load": "Loading the model",
    "clean": "Cleaning",
    "draft": "Drafting",
    "align": "Aligning",
    "fuse": "Fusing",
    "verify": "Verifying",
    "topics": "Briefing topics",
    "claims": "Checking claims",
    "errors": "Planting errors",
    "conflicts": "Planting conflicts",
    "sources": "Comparing copies",
}


@contextmanager
def watched() -> Iterator[Watch]:
    """Give a watch that draws one bar a stage on stderr while it is a terminal."""
    if not sys.stderr.isatty():
        yield Watch(clock_s=time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        bars = StageBars(drawn)
        bars.show(Report(stage="load", done=0, total=0))
        yield Watch(clock_s=time.monotonic, on_progress=bars.show)


class StageBars:
    """One bar a stage, in the order in which the stages begin."""

    def __init__(self, drawn: "Progress") -> None:
        self._drawn = drawn
        self._bars: dict[str, TaskID] = {}

    def show(self, report: Report) -> None:
        if report.stage not in self._bars:
            for begun in self._bars.values():
                self._finish(begun)
            name = _NAMES.get(report.stage, report.stage)
            self._bars[report.stage] = self._drawn.add_task(name, total=report.total or None)
        bar = self._bars[report.stage]
        self._drawn.update(bar, completed=report.done, total=report.total or None)

    def _finish(self, bar: "TaskID") -> None:
        """Fill the bar of a stage that another one follows."""
        total = next(task.total for task in self._drawn.tasks if task.id == bar) or 1
        self._drawn.update(bar, completed=total, total=total)
