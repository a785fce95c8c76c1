"""A Redis server of one test's own, which it may stop, empty and start again."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import redis

from tests.serving import free_port

WAIT_S = 10.0


@dataclass
class RedisServer:
    """`redis-server` on a port of loopback, keeping nothing on disk."""

    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends = time.monotonic() + WAIT_S
        while time.monotonic() < ends:
            with suppress(redis.ConnectionError), redis.Redis.from_url(self.url) as client:
                client.ping()
                return
            time.sleep(0.02)
        raise TimeoutError("redis-server does not answer")

    def stop(self) -> None:
        """End it with everything that it holds."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


def installed() -> bool:
    return shutil.which("redis-server") is not None


@contextmanager
def own_redis() -> Iterator[RedisServer]:
    """Give a running server of one's own."""
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
