"""Events of a brief, told from how it stands: nothing is kept for them but the brief."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.render import json_line
from service.render.times import rfc3339
from service.store.records import BriefRecord

MEDIA_TYPE = "text/event-stream"
RETRY = b"retry: 2000\n\n"
HEARTBEAT = b": still here\n\n"
# Every brief was accepted as its first revision.
_ACCEPTED = 1
_ID = re.compile(r"([1-9][0-9]{0,17})-(0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an event stands among all of a brief's: a revision, and the event's number in it."""

    revision: int
    index: int

    def __str__(self) -> str:
        return f"{self.revision}-{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event; `data` is a JSON object."""

    place: Place
    name: str
    data: dict[str, Any]

    def frame(self) -> bytes:
        """Return the event as it is sent (HTML standard, 9.2.5)."""
        return f"id: {self.place}\nevent: {self.name}\ndata: {json_line(self.data)}\n\n".encode()


def read_place(last_event_id: str | None) -> Place | None:
    """Return the place after which a client wants to go on; None for the start, and for no place."""
    found = _ID.fullmatch((last_event_id or "").strip())
    return None if found is None else Place(int(found[1]), int(found[2]))


def events_after(record: BriefRecord, last: Place | None) -> tuple[Event, ...]:
    """Return what a client that had the event of that place has not had, of a brief as it stands.

    All of it where the place is one that the brief cannot have had.
    """
    events = tuple(_events(record))
    if last is None or not _can_have_been(last, record, events):
        return events
    return tuple(event for event in events if event.place > last)


def _can_have_been(last: Place, record: BriefRecord, events: tuple[Event, ...]) -> bool:
    if last.revision == record.revision:
        return any(event.place == last for event in events)
    return last.revision < record.revision


def _events(record: BriefRecord) -> Iterator[Event]:
    if record.status != "queued":
        yield _queued(record, Place(_ACCEPTED, 0))
    if record.status == "queued":
        yield _queued(record, Place(record.revision, 0))
    elif record.status == "running":
        if record.progress is not None:
            at = record.progress
            told = {"stage": at.stage, "done": at.done, "total": at.total}
            yield Event(place=Place(record.revision, 0), name="progress", data=told)
    elif record.body is None:
        told = {"id": record.id, "status": record.status, "error": record.error}
        yield Event(place=Place(record.revision, 0), name="failed", data=told)
    else:
        yield from _of_finished(record, record.body)


def _queued(record: BriefRecord, place: Place) -> Event:
    return Event(place=place, name="queued", data={"id": record.id, "status": "queued"})


def _of_finished(record: BriefRecord, body: str) -> Iterator[Event]:
    """Yield the headline and the statements in their order, then the end."""
    brief = json.loads(body)
    told = [
        {"part": "headline", **brief["headline"]},
        *({"part": "statements", **statement} for statement in brief["statements"]),
    ]
    for index, statement in enumerate(told):
        yield Event(place=Place(record.revision, index), name="statement", data=statement)
    end = {
        "id": record.id,
        "status": record.status,
        "finished_at": record.finished_at and rfc3339(record.finished_at),
        "url": f"/v1/briefs/{record.id}",
        "statements": len(told),
    }
    yield Event(place=Place(record.revision, len(told)), name="done", data=end)
