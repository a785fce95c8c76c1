"""Answers sent no faster than they are taken, and only so many bytes of large ones at once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from litestar.enums import ScopeType
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Message,
    Receive,
    Scope,
    Send,
)

from service.domain.errors import Overloaded
from service.jobs.limits import Limits
from service.rest.problems import problem_of
from service.rest.quotas import Quota, bytes_held, tenant_of
from service.rest.refusing import tell_problem

_STATE = "answer"
# What a connection buffers before it asks to wait, and so the most that is lost on who never reads.
PIECE_BYTES = 65_536


@dataclass(slots=True, kw_only=True)
class _Answer:
    """One answer on its way. `start` is its head, held back until its first bytes are here.

    `expected` are the bytes counted for it before it is made.
    """

    scope: Scope
    send: Send
    held: Quota
    limits: Limits
    count_refused: Callable[[str], None]
    start: HTTPResponseStartEvent | None = None
    refused: bool = False
    expected: int = 0

    def expect(self, size: int) -> None:
        """Count the bytes of the answer that is to be made; raises `Overloaded` where they are too many."""
        if size > PIECE_BYTES:
            self.held.take(self._tenant, size)
            self.expected += size

    def settle(self) -> None:
        """Count no longer what was expected: it is here, or never will be."""
        expected, self.expected = self.expected, 0
        self.held.give_back(self._tenant, expected)

    async def pass_on(self, message: Message) -> None:
        """Send a message of the application's, in pieces, or a refusal instead of all of them."""
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            await self._pass_body(message)
        else:
            await self.send(message)

    async def _pass_body(self, message: HTTPResponseBodyEvent) -> None:
        # All of it is held until the last piece has been taken.
        size = len(message["body"]) if len(message["body"]) > PIECE_BYTES else 0
        self.settle()
        try:
            self._count(size)
        except Overloaded as failure:
            self.refused = True
            self.count_refused("overloaded")
            await tell_problem(problem_of(failure, self.limits), self.scope, self.send)
            return
        try:
            await self._begin()
            await self._send_pieces(message)
        finally:
            self._uncount(size)

    def _count(self, size: int) -> None:
        if self.start is None:
            # It has begun, and could not be refused any more; what comes next can.
            self.held.add(self._tenant, size)
        elif size:
            self.held.take(self._tenant, size)

    def _uncount(self, size: int) -> None:
        self.held.give_back(self._tenant, size)

    @property
    def _tenant(self) -> str:
        return tenant_of(self.scope["state"])

    async def _begin(self) -> None:
        if self.start is not None:
            start, self.start = self.start, None
            await self.send(start)

    async def _send_pieces(self, message: HTTPResponseBodyEvent) -> None:
        body = message["body"]
        last = max(0, len(body) - 1) // PIECE_BYTES
        for number in range(last + 1):
            at = number * PIECE_BYTES
            piece: HTTPResponseBodyEvent = {
                "type": "http.response.body",
                "body": body[at : at + PIECE_BYTES],
                "more_body": number < last or message["more_body"],
            }
            await self.send(piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The application within, whose large answers wait in memory only so many at once.

    A body of more than 64 KiB is sent in pieces of that size, each once the connection has room for
    it. Where too many bytes of such bodies are held already, what is answered is that the service
    is overloaded; `count_refused` is told of each. How long a client may leave a piece untaken is
    up to the connection.
    """

    app: ASGIApp
    limits: Limits
    count_refused: Callable[[str], None]
    held: Quota = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", bytes_held(self.limits))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        answer = _Answer(
            scope=scope,
            send=send,
            held=self.held,
            limits=self.limits,
            count_refused=self.count_refused,
        )
        scope["state"][_STATE] = answer
        try:
            await self.app(scope, receive, answer.pass_on)
        finally:
            answer.settle()


def expect_answer(scope: Scope, size: int) -> None:
    """Count the bytes of a large answer before it is made of what is loaded already.

    So many that wait to be made are in memory as much as those that wait to be taken. Raises
    `Overloaded` where too many bytes are held already.
    """
    answer = scope["state"].get(_STATE)
    if isinstance(answer, _Answer):
        answer.expect(size)
