"""HTTP by hand: a sound client's library would not send what is sent here."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

ANSWER_S = 60.0
MOST_READ = 8_000_000
_PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request, byte for byte, in the pieces it is sent in, with a pause after each.

    `hangs_up`: the client leaves when it has sent all, without waiting for an answer.
    """

    name: str
    pieces: tuple[bytes, ...]
    pause_s: float = 0.0
    hangs_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back; status 0 where the connection was closed without an answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    timed_out: bool = False

    @property
    def is_problem(self) -> bool:
        return self.headers.get("content-type", "").startswith(_PROBLEM)


def request(
    method: str,
    target: str,
    *,
    headers: Sequence[tuple[str, str | bytes]] = (),
    body: bytes = b"",
    length: int | None = None,
) -> bytes:
    """Return a request as bytes; `length` is what Content-Length says, that of the body if None."""
    lines = [f"{method} {target} HTTP/1.1".encode("utf-8", "surrogatepass")]
    named = {name.lower() for name, _ in headers}
    if "host" not in named:
        lines.append(b"Host: 127.0.0.1")
    if "connection" not in named:
        lines.append(b"Connection: close")
    if method not in ("GET", "HEAD") and not named & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body) if length is None else length}".encode())
    for name, value in headers:
        told = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        lines.append(name.encode("utf-8", "surrogatepass") + b": " + told)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def send(port: int, case: Case) -> Reply:
    """Send a case over a connection of its own, and return what came back."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return Reply()
    answer = b""
    timed_out = False
    try:
        async with asyncio.timeout(ANSWER_S):
            with suppress(ConnectionError):
                for piece in case.pieces:
                    writer.write(piece)
                    await writer.drain()
                    if case.pause_s:
                        await asyncio.sleep(case.pause_s)
            if not case.hangs_up:
                with suppress(ConnectionError):
                    answer = await reader.read(1)
                    while answer and len(answer) < MOST_READ:
                        part = await reader.read(65_536)
                        if not part or b"text/event-stream" in answer[:2000]:
                            answer += part
                            break
                        answer += part
    except TimeoutError:
        timed_out = True
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await writer.wait_closed()
    return _parsed(answer, loop.time() - began, timed_out)


def _parsed(answer: bytes, seconds: float, timed_out: bool) -> Reply:
    head, _, body = answer.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 1") and body:
        # "Go on" is said before the answer.
        head, _, body = body.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ", 2)
    if len(parts) < 2 or not parts[1].isdigit():
        return Reply(seconds=seconds, timed_out=timed_out)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Reply(
        status=int(parts[1]), headers=headers, body=body, seconds=seconds, timed_out=timed_out
    )
