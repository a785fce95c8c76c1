"""The real service as it is deployed: a server with its own worker, or one with workers beside it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.ledgers import Ledger, PostgresLedger, SqliteLedger
from tests.serving import Command, Serving

# A short lease, so that what a dead worker held is soon had again; a short queue, soon worked off.
SETTINGS = {
    "BRIEF_LEASE_S": "2",
    "BRIEF_GRACE_S": "2",
    "BRIEF_THREADS": "1",
    "BRIEF_QUEUE_LIMIT": "30",
}


@dataclass(kw_only=True)
class Deployment:
    """A server, and workers of their own where a queue is shared; `ledger` sees its database."""

    server: Serving
    workers: list[Command] = field(default_factory=list)
    ledger: Ledger

    def start(self) -> None:
        """Start everything, and wait until briefs can be made."""
        self.server.start()
        for worker in self.workers:
            worker.start()
        self.server.until_ready()

    def stop(self) -> None:
        for command in (self.server, *self.workers):
            command.stop()

    def kill_server(self) -> None:
        """Kill the server alone, and start it again at once, as a service manager does."""
        self.server.kill()
        self.server.start()

    def kill_worker(self, chosen: int) -> None:
        """Kill a worker; one of its own is started again by the server itself."""
        if self.workers:
            worker = self.workers[chosen % len(self.workers)]
            worker.kill()
            worker.start()
            return
        children = supervised(self.server.pid)
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[chosen % len(children)], signal.SIGKILL)

    def kill_all(self) -> None:
        """Kill everything in the same moment, as where a machine loses its power."""
        pids = [*supervised(self.server.pid), *(one.pid for one in self.workers), self.server.pid]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for command in (self.server, *self.workers):
            command.kill()
            command.start()


def supervised(parent: int) -> list[int]:
    """Return the workers that a server started, by what /proc says of its children."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                told = (entry / "cmdline").read_bytes()
                if int(fields[1]) == parent and b"--supervised" in told:
                    found.append(int(entry.name))
    return sorted(found)


def on_sqlite(folder: Path, **settings: str) -> Deployment:
    """Return a server with its own worker, over an SQLite file."""
    server = Serving.on(folder, **_settings(folder, settings))
    return Deployment(server=server, ledger=SqliteLedger(folder / "brief.db"))


def on_postgres(
    folder: Path, database_url: str, queue_url: str | None, workers: int = 2, **settings: str
) -> Deployment:
    """Return a server and workers beside it, over PostgreSQL and a queue; None is the database."""
    both = _settings(folder, settings) | {"BRIEF_DATABASE_URL": database_url}
    if queue_url is not None:
        both["BRIEF_QUEUE_URL"] = queue_url
    server = Serving.on(folder, "--workers", "0", **both)
    beside = [
        Command(arguments=("worker",), log=folder / f"worker{i}.log", environment=both)
        for i in range(workers)
    ]
    return Deployment(server=server, workers=beside, ledger=PostgresLedger(database_url))


@contextmanager
def running(deployment: Deployment) -> Iterator[Deployment]:
    """Give a deployment that is ready, whose briefs' ends are counted; stop it afterwards."""
    try:
        deployment.start()
        deployment.ledger.install()
        yield deployment
    finally:
        deployment.stop()


def _settings(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    # A secret of its own, not that of whoever runs this.
    return SETTINGS | {"BRIEF_SECRET_FILE": str(folder / "secret")} | settings
