"""Connections of clients that are slow on purpose: each has its time, and is closed after it."""

import asyncio
from typing import ClassVar

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class BoundedConnection(H11Protocol):
    """A connection that is closed where a request's head or the taking of an answer takes too long.

    A head is to be complete within `head_s` seconds of its first byte, the first one of the
    connection's opening. What waits to be sent, up to about 128 KiB, is to be taken within `taken_s`
    seconds; after that it is thrown away, since a close would wait for it, without an end. The size
    of a head is bounded by h11.
    """

    head_s: ClassVar[float] = 15.0
    taken_s: ClassVar[float] = 30.0

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # Made as the connection opens, and closed by this where nothing is ever asked.
        self._head: asyncio.TimerHandle | None = self.loop.call_later(self.head_s, self._close)
        self._taken: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """End with the connection."""
        self._head_is_here()
        self._all_is_taken()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Take what has arrived, be it a part of a head, or of a body."""
        super().handle_events()
        if self.conn.their_state is not h11.IDLE:
            self._head_is_here()
        elif self._head is None and self.conn.trailing_data[0]:
            self._head = self.loop.call_later(self.head_s, self._close)
        self._watch_closing()

    def on_response_complete(self) -> None:
        """Go on with the next request, if this was not the last."""
        super().on_response_complete()
        self._watch_closing()

    def pause_writing(self) -> None:
        """Wait until the client has taken what is buffered."""
        super().pause_writing()
        self._await_taking()

    def resume_writing(self) -> None:
        """Go on with what there is to send."""
        self._all_is_taken()
        super().resume_writing()
        self._watch_closing()

    def shutdown(self) -> None:
        """Close the connection once its request is answered."""
        super().shutdown()
        self._watch_closing()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing has been asked for long enough."""
        super().timeout_keep_alive_handler()
        self._watch_closing()

    def _close(self) -> None:
        self.transport.close()
        self._watch_closing()

    def _watch_closing(self) -> None:
        if self.transport.is_closing():
            self._head_is_here()
            self._await_taking()

    def _await_taking(self) -> None:
        if self._taken is None:
            self._taken = self.loop.call_later(self.taken_s, self.transport.abort)

    def _head_is_here(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _all_is_taken(self) -> None:
        if self._taken is not None:
            self._taken.cancel()
            self._taken = None
