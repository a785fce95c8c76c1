"""A server that nothing may ever talk to, and an eye on every connection of this process."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_watchers: list["Canary"] = []


@dataclass(kw_only=True)
class Canary:
    """`visits` counts connections to the server; `asked` are what this process looked up or dialled.

    Names are noticed although they lead nowhere, and libraries written in C that make connections
    of their own although Python does not see them.
    """

    port: int = 0
    visits: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def silent(self) -> bool:
        return self.visits == 0 and not self.asked


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        for one in _watchers:
            one.asked.append(f"{event} {arguments}")


# Cannot be taken back, and so is there once.
sys.addaudithook(_listen)


@contextmanager
def watching() -> Iterator[Canary]:
    """Open a canary; what listens is closed at the end."""
    canary = Canary()
    server = socket.create_server(("127.0.0.1", 0))
    canary.port = server.getsockname()[1]

    def accept() -> None:
        with suppress(OSError):
            while True:
                visitor, _ = server.accept()
                canary.visits += 1
                visitor.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    _watchers.append(canary)
    try:
        yield canary
    finally:
        _watchers.remove(canary)
        # Wakes the thread, which closing alone does not everywhere.
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(timeout=5)
