"""The real service in a process of its own, as whoever installs it runs it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

READY_S = 120.0
STOP_S = 30.0


def free_port() -> int:
    """Return a port of loopback that nobody listens on; another process may still take it first."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def pids_of_group(pgid: int) -> list[int]:
    """Return the processes of a process group, as /proc lists them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The name, in parentheses, may hold anything.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == pgid and fields[0] != "Z":
                    found.append(int(entry.name))
    return found


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds itself, 0 once it has ended."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        line = next(one for one in lines if one.startswith("RssAnon:"))
        return int(line.split()[1]) * 1024
    return 0


@dataclass(kw_only=True)
class Command:
    """A `brief` command in a process group of its own; what it logs goes to a file."""

    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        # Not settings of whoever runs the tests.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("BRIEF_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "service", *self.arguments],
                env=inherited | dict(self.environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def pids(self) -> list[int]:
        """Return the command's own process and those that it started."""
        return pids_of_group(self.pid)

    def kill(self) -> None:
        """End the command's own process at once, without a chance to do anything."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end; whatever is left of it after long enough is killed."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@dataclass(kw_only=True)
class Serving(Command):
    """`brief serve` on a port of loopback."""

    port: int

    @classmethod
    def on(cls, folder: Path, *arguments: str, **environment: str) -> "Serving":
        """Return the service over a database in a folder, not started yet."""
        port = free_port()
        settings = {"BRIEF_DATABASE_URL": f"sqlite:///{folder / 'brief.db'}"} | environment
        return cls(
            arguments=("serve", "--port", str(port), *arguments),
            log=folder / "serve.log",
            environment=settings,
            port=port,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def until_ready(self) -> None:
        """Wait until briefs can be made."""
        ends = time.monotonic() + READY_S
        while time.monotonic() < ends:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            if not self.alive:
                break
            time.sleep(0.05)
        raise TimeoutError(f"it is not ready; its log ends: {self.log.read_text()[-2000:]}")
