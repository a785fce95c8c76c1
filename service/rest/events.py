"""The events of a brief while it is made, as Server-Sent Events."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager

from anyio import CancelScope, create_task_group
from litestar import Controller, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Scope, Send

from service.domain.errors import StoreUnavailable, UnknownBrief
from service.jobs.desk import Desk
from service.jobs.parts import Caller
from service.jobs.watching import Watcher
from service.rest.answers import KnownHeaders, described_read, header
from service.rest.event_frames import (
    HEARTBEAT,
    MEDIA_TYPE,
    RETRY,
    Place,
    events_after,
    read_place,
)
from service.rest.negotiation import accept_of, best_offer
from service.rest.problems import problem
from service.rest.quotas import Quota

_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
# How long a client that does not read may hold up a process that ends.
_LET_GO_S = 1.0
Standing = Callable[[Caller], Awaitable[bool]]


class EventsOperation(KnownHeaders):
    """Says by which header a client goes on where it was cut off."""

    known = (header("Last-Event-ID", "The id of the last event that the client has."),)


class Streams:
    """The event streams of this process. `limit` is how many there may be at once.

    One tenant may have half of them. `still_valid` is asked every `heartbeat_s` seconds whether a
    caller may still see what it sees, whether there is news or not.
    """

    def __init__(
        self, desk: Desk, *, limit: int, heartbeat_s: float, still_valid: Standing
    ) -> None:
        self._desk, self._places = desk, Quota.halved(limit)
        self._heartbeat_s, self._still_valid = heartbeat_s, still_valid
        self._stopping = asyncio.Event()

    @property
    def open(self) -> int:
        return self._places.held

    @property
    def watcher(self) -> Watcher:
        return self._desk.watcher

    async def stop(self) -> None:
        """End every stream; clients come back, to another process or a later one."""
        self._stopping.set()
        await self.watcher.stop()

    def check_room(self, caller: Caller) -> None:
        """Raise `Overloaded` where there is no room for one more of the caller's."""
        self._places.check(caller.tenant)

    @contextmanager
    def counted(self, caller: Caller) -> Iterator[None]:
        """Take the room of a stream of the caller's for a block."""
        self._places.add(caller.tenant)
        try:
            yield
        finally:
            self._places.give_back(caller.tenant)

    async def told_to_stop(self) -> None:
        await self._stopping.wait()

    async def frames(
        self, caller: Caller, brief_id: str, last: Place | None
    ) -> AsyncGenerator[bytes, None]:
        """Yield what is sent, until the brief has ended or is gone, or the caller's key is."""
        yield RETRY
        clock_s = asyncio.get_running_loop().time
        due_s = clock_s() + self._heartbeat_s
        with self.watcher.watching(brief_id) as watch:
            while not self.watcher.stopped:
                try:
                    record = await self._desk.get(caller, brief_id)
                except (UnknownBrief, StoreUnavailable):
                    # Asking again, the client is told which.
                    return
                watch.saw(record.revision)
                for event in events_after(record, last):
                    last = event.place
                    yield event.frame()
                if record.finished:
                    return
                changed = False
                while not changed:
                    changed = await watch.change(due_s - clock_s())
                    if clock_s() < due_s:
                        continue
                    if not await self._may_see(caller):
                        return
                    due_s = clock_s() + self._heartbeat_s
                    if not changed:
                        yield HEARTBEAT

    async def _may_see(self, caller: Caller) -> bool:
        try:
            return await self._still_valid(caller)
        except StoreUnavailable:
            return False


class EventStream(ASGIStreamingResponse):
    """A stream that ends when its client leaves, when it is over, and when the process ends."""

    def __init__(
        self, streams: Streams, caller: Caller, frames: AsyncGenerator[bytes, None]
    ) -> None:
        super().__init__(iterator=frames, media_type=MEDIA_TYPE, headers=_HEADERS)
        self._streams, self._caller, self._frames = streams, caller, frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._streams.counted(self._caller):
            # Closed here, not by the garbage collector: what watches for it must end with it.
            async with aclosing(self._frames):
                await super().__call__(scope, receive, send)

    async def send_body(self, send: Send, receive: Receive) -> None:
        async with create_task_group() as group:
            group.start_soon(self._leave, receive, group.cancel_scope)
            group.start_soon(self._let_go, group.cancel_scope)
            await self._stream(send)
            group.cancel_scope.cancel()

    async def _leave(self, receive: Receive, streaming: CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        streaming.cancel()

    async def _let_go(self, streaming: CancelScope) -> None:
        await self._streams.told_to_stop()
        # By then it has ended by itself, unless its client does not read.
        await asyncio.sleep(_LET_GO_S)
        streaming.cancel()


class BriefEvents(Controller):
    """Following a brief while it is made."""

    path = "/v1/briefs"
    tags = ("briefs",)

    @get(
        "/{brief_id:str}/events",
        operation_id="followBrief",
        summary="Follow a brief while it is made",
        operation_class=EventsOperation,
        responses={
            200: ResponseSpec(
                str,
                description="Server-Sent Events, until the brief has ended",
                media_type=MEDIA_TYPE,
                generate_examples=False,
            ),
            204: ResponseSpec(
                None, description="The brief has ended, and the client has all of its events"
            ),
            **described_read("unknown-brief", "not-acceptable", "overloaded"),
        },
    )
    async def follow_brief(
        self,
        brief_id: FromPath[str],
        request: Request[None, None, State],
        desk: NamedDependency[Desk],
        streams: NamedDependency[Streams],
        caller: NamedDependency[Caller],
    ) -> ASGIResponse:
        """Tell what becomes of a brief, as it happens, wherever it is made.

        `queued`: it waits; once more where the worker that made it was lost. `progress`: how far it
        is. `statement`: once it is done, each of its statements in its order, the headline first;
        `part` says which it is. `done` or `failed` is the last, `failed` for a cancelled one as well.
        A client that was cut off goes on after `Last-Event-ID`, at any process and at any time; of
        progress it is told the last. Lines that begin with a colon only keep the connection alive.
        """
        if best_offer(accept_of(request), (MEDIA_TYPE,)) is None:
            raise problem(
                "not-acceptable", f"events are had as {MEDIA_TYPE}", available=[MEDIA_TYPE]
            )
        record = await desk.get(caller, brief_id)
        last = read_place(request.headers.get("last-event-id"))
        if record.finished and not events_after(record, last):
            # What an EventSource understands as: do not come back.
            return ASGIResponse(status_code=204)
        streams.check_room(caller)
        return EventStream(streams, caller, streams.frames(caller, brief_id, last))
