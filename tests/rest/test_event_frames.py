import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.brief import Brief, Options, Progress, RunRecord
from service.render import dump_brief
from service.rest.event_frames import Event, Place, events_after, read_place
from service.store.records import BriefRecord
from tests.unit.domain.test_values import brief, statement

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUEUED = BriefRecord(
    id="brf_1",
    tenant="local",
    status="queued",
    revision=1,
    created_at=NOW,
    finished_at=None,
    options=Options(),
    dropped=(),
    progress=None,
    attempts=0,
    error=None,
    body=None,
    headline=None,
    rebuild_of=None,
    traceparent=None,
    hook=None,
)


def made(statements: int) -> Brief:
    return brief(
        statements=tuple(statement(f"s{at}") for at in range(1, statements + 1)),
        run=RunRecord(version="1"),
    )


def done(statements: int, revision: int = 5) -> BriefRecord:
    body = dump_brief(made(statements))
    return replace(QUEUED, status="done", revision=revision, finished_at=NOW, body=body)


def told(events: tuple[Event, ...]) -> list[tuple[str, str]]:
    return [(str(event.place), event.name) for event in events]


def test_a_waiting_brief_is_queued() -> None:
    assert told(events_after(QUEUED, None)) == [("1-0", "queued")]


def test_a_brief_that_was_put_back_is_queued_once_more() -> None:
    back = replace(QUEUED, revision=4)
    assert told(events_after(back, Place(3, 0))) == [("4-0", "queued")]


def test_a_running_brief_tells_how_far_it_is() -> None:
    progress = Progress(stage="draft", done=1, total=2)
    running = replace(QUEUED, status="running", revision=3, progress=progress)
    events = events_after(running, None)
    assert told(events) == [("1-0", "queued"), ("3-0", "progress")]
    assert events[1].data == {"stage": "draft", "done": 1, "total": 2}


def test_a_brief_that_was_just_begun_tells_nothing_more() -> None:
    begun = replace(QUEUED, status="running", revision=2)
    assert told(events_after(begun, Place(1, 0))) == []


def test_a_finished_brief_tells_its_headline_its_statements_and_its_end() -> None:
    events = events_after(done(2), None)
    assert told(events) == [
        ("1-0", "queued"),
        ("5-0", "statement"),
        ("5-1", "statement"),
        ("5-2", "statement"),
        ("5-3", "done"),
    ]
    assert [event.data["part"] for event in events[1:4]] == ["headline", *["statements"] * 2]
    sent = json.loads(dump_brief(made(2)))
    assert events[2].data == {"part": "statements", **sent["statements"][0]}
    assert events[4].data == {
        "id": "brf_1",
        "status": "done",
        "finished_at": "2026-11-21T12:00:00Z",
        "url": "/v1/briefs/brf_1",
        "statements": 3,
    }


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_brief_that_came_to_nothing_says_so(status: str) -> None:
    ended = replace(QUEUED, status=status, revision=3, error="why", finished_at=NOW)  # type: ignore[arg-type]
    events = events_after(ended, Place(1, 0))
    assert told(events) == [("3-0", "failed")]
    assert events[0].data == {"id": "brf_1", "status": status, "error": "why"}


def test_a_frame_is_one_event_in_lines() -> None:
    event = Event(place=Place(2, 1), name="progress", data={"stage": "a\nb\u2028c", "é": 1})
    assert event.frame() == (
        b'id: 2-1\nevent: progress\ndata: {"stage":"a\\nb\\u2028c","\xc3\xa9":1}\n\n'
    )


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "1",
        "1-",
        "-1",
        "a-b",
        "01-0",
        "1-00",
        "0-0",
        "9" * 40 + "-1",
        "1-0-0",
        "1-0x",
        "٣-١",
    ],
)
def test_what_is_no_place_is_the_start(sent: str | None) -> None:
    assert read_place(sent) is None


@pytest.mark.parametrize("place", [Place(9, 0), Place(5, 4), Place(5, 999)])
def test_a_place_that_the_brief_never_had_is_the_start(place: Place) -> None:
    assert events_after(done(2), place) == events_after(done(2), None)


@given(statements=st.integers(1, 6), cut=st.integers(0, 8))
def test_going_on_after_any_event_gives_exactly_the_rest(statements: int, cut: int) -> None:
    whole = events_after(done(statements), None)
    had = whole[: min(cut, len(whole))]
    last = read_place(str(had[-1].place)) if had else None
    assert had + events_after(done(statements), last) == whole


running = st.builds(
    lambda at: ("running", None if at is None else Progress(stage="draft", done=at, total=9)),
    st.none() | st.integers(0, 9),
)
ends = st.sampled_from(["done", "failed", "cancelled"])


@given(
    between=st.lists(st.just(("queued", None)) | running, max_size=8),
    end=ends,
    looks=st.lists(st.booleans(), min_size=10, max_size=10),
)
def test_a_client_that_comes_and_goes_has_every_event_of_the_end_once(
    between: list[tuple[str, Progress | None]], end: str, looks: list[bool]
) -> None:
    states = [QUEUED]
    for revision, (status, progress) in enumerate(between, start=2):
        states.append(replace(QUEUED, status=status, revision=revision, progress=progress))  # type: ignore[arg-type]
    last_revision = len(states) + 1
    ended = replace(QUEUED, status=end, revision=last_revision, error="why")  # type: ignore[arg-type]
    states.append(done(2, last_revision) if end == "done" else ended)
    had: list[Event] = []
    for state, look in zip(states, [*looks[: len(states) - 1], True], strict=True):
        if look:
            had += events_after(state, had[-1].place if had else None)
    places = [event.place for event in had]
    assert places == sorted(set(places))
    final = [event for event in had if event.place.revision == last_revision]
    assert len(final) == (4 if end == "done" else 1)
    assert events_after(states[-1], places[-1]) == ()
