"""A real server, and clients that speak to it byte by byte."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from service.bootstrap.connections import BoundedConnection

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
SMALL, LARGE = b"ok", 65_536
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class HastyConnection(BoundedConnection):
    """Waits for everything no longer than a test does."""

    head_s = 0.3
    taken_s = 0.3


class Patient(BoundedConnection):
    """Waits for a head longer than a test does, and for the taking of answers as well."""

    head_s = 60.0
    taken_s = 60.0


class Sized:
    """Answers `ok`, or to `/large` more than any socket buffers, piece by piece."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def __call__(self, scope: MutableMapping[str, Any], receive: object, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/large":
            for _ in range(1000):
                await send({"type": "http.response.body", "body": b"x" * LARGE, "more_body": True})
        await send({"type": "http.response.body", "body": SMALL, "more_body": False})
        self.ended.set()


class Line:
    """One connection of a client."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.loop = asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        await self.loop.sock_sendall(self.socket, data)

    async def answer(self) -> bytes:
        """Read one answer of the service, which is short."""
        got = b""
        while not got.endswith(b"0\r\n\r\n"):
            piece = await self.loop.sock_recv(self.socket, 65536)
            assert piece
            got += piece
        return got

    async def to_the_end(self) -> bytes:
        """Read until the server closes the connection."""
        got = b""
        with suppress(ConnectionError):
            while piece := await self.loop.sock_recv(self.socket, 1 << 20):
                got += piece
        return got


Scenario = Callable[[Line, Sized, uvicorn.Server], Coroutine[Any, Any, None]]


def served(protocol: type[BoundedConnection], scenario: Scenario) -> None:
    """Run a scenario against a server with one connection to it."""

    async def run() -> None:
        app = Sized()
        config = uvicorn.Config(
            app, http=protocol, ws="none", lifespan="off", log_config=None, timeout_keep_alive=60
        )
        server = uvicorn.Server(config)
        listening = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server._serve([listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        line = Line(listening.getsockname()[1])
        try:
            async with asyncio.timeout(20):
                await scenario(line, app, server)
        finally:
            line.socket.close()
            server.should_exit = True
            await serving
            listening.close()

    asyncio.run(run())


@pytest.mark.parametrize("sent", [b"", b"G", GET[:-2], b"GET / HTTP/1.1\r\n"])
def test_a_head_that_does_not_come_to_its_end_closes_the_connection(sent: bytes) -> None:
    async def scenario(line: Line, app: Sized, server: uvicorn.Server) -> None:
        if sent:
            await line.send(sent)
        assert await line.to_the_end() == b""

    served(HastyConnection, scenario)


def test_a_head_that_drips_closes_the_connection() -> None:
    async def scenario(line: Line, app: Sized, server: uvicorn.Server) -> None:
        async def drip() -> None:
            with suppress(ConnectionError):
                await line.send(GET[:-2])
                while True:
                    await line.send(b"a: b\r\n")
                    await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        assert await line.to_the_end() == b""
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)

    served(HastyConnection, scenario)


@pytest.mark.parametrize("together", [True, False])
def test_so_does_that_of_a_second_request(together: bool) -> None:
    async def scenario(line: Line, app: Sized, server: uvicorn.Server) -> None:
        if together:
            await line.send(GET + GET[:-2])
            assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
        else:
            await line.send(GET)
            assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
            await line.send(GET[:-2])
        assert await line.to_the_end() == b""

    served(HastyConnection, scenario)


def test_a_connection_that_is_kept_may_be_silent_for_longer_than_a_head_may_take() -> None:
    async def scenario(line: Line, app: Sized, server: uvicorn.Server) -> None:
        for _ in range(2):
            await line.send(GET)
            assert (await line.answer()).startswith(b"HTTP/1.1 200 ")
            await asyncio.sleep(2 * HastyConnection.head_s)

    served(HastyConnection, scenario)


def test_a_head_that_is_too_large_is_refused() -> None:
    async def scenario(line: Line, app: Sized, server: uvicorn.Server) -> None:
        await line.send(GET[:-2] + b"a: " + b"b" * 100_000)
        assert (await line.to_the_end()).startswith(b"HTTP/1.1 400 ")

    served(Patient, scenario)


def test_an_answer_that_nobody_takes_is_thrown_away() -> None:
    async def scenario(line: Line, app: Sized, server: uvicorn.Server) -> None:
        await line.send(GET.replace(b"/ ", b"/large ", 1))
        # Not a byte is read, and still the application and the connection come to their end.
        await app.ended.wait()
        while server.server_state.connections:
            await asyncio.sleep(0.01)

    served(HastyConnection, scenario)


def test_a_large_answer_that_is_taken_slowly_arrives_whole() -> None:
    async def scenario(line: Line, app: Sized, server: uvicorn.Server) -> None:
        await line.send(
            GET.replace(b"/ ", b"/large ", 1).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        await asyncio.sleep(0.1)
        got = await line.to_the_end()
        assert got.count(b"x") == 1000 * LARGE

    served(Patient, scenario)


class Stuck(asyncio.Transport):
    """A connection to a client that takes nothing, so that a close has no end."""

    def __init__(self) -> None:
        super().__init__()
        self.closing, self.aborted = False, asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it for ever."""

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.aborted.set()

    def pause_reading(self) -> None:
        """Have nothing to read."""

    def resume_reading(self) -> None:
        """Have nothing to read."""


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(GET[:-2] + b"Connection: close\r\n\r\n", id="the last answer"),
        pytest.param(GET, id="silence after an answer"),
        pytest.param(GET[:-2], id="half a head"),
        pytest.param(b"no request\r\n\r\n", id="no request"),
    ],
)
def test_a_close_does_not_wait_for_who_never_reads(sent: bytes) -> None:
    async def run() -> None:
        config = uvicorn.Config(
            Sized(), ws="none", lifespan="off", log_config=None, timeout_keep_alive=0
        )
        config.load()
        connection = HastyConnection(config, ServerState(), {})
        stuck = Stuck()
        connection.connection_made(stuck)
        connection.data_received(sent)
        async with asyncio.timeout(20):
            await stuck.aborted.wait()
        assert stuck.closing
        connection.connection_lost(None)

    asyncio.run(run())
