"""The steps on the way to a brief, and how a brief stands in one line."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.brief import Progress, Status
from service.store.records import BriefSummary

_WAITING = "queued"
_FIRST_AT_WORK = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step on the way to a brief. `stage` is the pipeline's name for it."""

    stage: str
    name: str
    does: str


# Documents are read before a brief is accepted, and so before it waits.
STEPS = (
    Step(
        stage="clean",
        name="Read the documents",
        does="Clean them, and find where their sentences begin and end.",
    ),
    Step(stage=_WAITING, name="Wait", does="Until it is this brief's turn."),
    Step(
        stage=_FIRST_AT_WORK,
        name="Draft",
        does="The model sums up every article, passage by passage.",
    ),
    Step(
        stage="align",
        name="Trace",
        does="Every sentence drafted is traced to the words of its article.",
    ),
    Step(
        stage="fuse",
        name="Put together",
        does="What sources share is said once; where they differ, each is told.",
    ),
    Step(stage="verify", name="Check", does="Every word is held against its source once more."),
)
_PLACES = {step.stage: at for at, step in enumerate(STEPS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A brief as a line of a list. `told` is its headline, or how it stands until it has one."""

    id: str
    told: str
    status: Status
    created_at: datetime


def place(status: Status, progress: Progress | None) -> int:
    """Return which of the steps a brief is at."""
    if status == "queued":
        return _PLACES[_WAITING]
    first = _PLACES[_FIRST_AT_WORK]
    # A worker of another version may be at a stage that is not known here.
    return first if progress is None else _PLACES.get(progress.stage, first)


def counted(status: Status, progress: Progress | None) -> Progress | None:
    """Return progress that is worth counting; a stage of one unit is at work or over."""
    return progress if status == "running" and progress and progress.total > 1 else None


def line_of(one: BriefSummary) -> Line:
    """Return how a brief stands."""
    return Line(id=one.id, told=_told(one), status=one.status, created_at=one.created_at)


def _told(one: BriefSummary) -> str:
    match one.status:
        case "done":
            return one.headline or "A brief without a headline"
        case "queued":
            return "Waiting for its turn"
        case "failed":
            return f"Not made: {one.error or 'the reason is not known'}"
        case "cancelled":
            return "Cancelled before it was made"
    name = STEPS[place(one.status, one.progress)].name
    some = counted(one.status, one.progress)
    return f"{name}: {some.done} of {some.total}" if some else name
