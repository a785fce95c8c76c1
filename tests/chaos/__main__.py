"""`python -m tests.chaos --rounds 100 --database sqlite`: a long campaign, from the command line."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.chaos.campaign import campaign
from tests.chaos.deployments import Deployment, on_postgres, on_sqlite, running
from tests.chaos.redis_server import own_redis
from tests.servers import fresh_postgres


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--queue", choices=["none", "redis", "postgres"], default="none")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        made = stack.enter_context(deployed(asked.database, asked.queue, Path(folder)))
        tally = campaign(made, asked.rounds, asked.seed)
        for fault in tally.faults[:20]:
            sys.stderr.write(f"{fault}\n")
    sys.stdout.write(f"{asked.database}, queue {asked.queue}, seed {asked.seed}: {tally}\n")
    return 1 if tally.faults else 0


@contextmanager
def deployed(database: str, queue: str, folder: Path) -> Iterator[Deployment]:
    """Give a running deployment; servers other than PostgreSQL are its own."""
    with ExitStack() as stack:
        if database == "sqlite" and queue == "none":
            yield stack.enter_context(running(on_sqlite(folder)))
            return
        url = stack.enter_context(contextmanager(fresh_postgres)())
        queue_url = stack.enter_context(own_redis()).url if queue == "redis" else None
        if queue == "postgres":
            queue_url = stack.enter_context(contextmanager(fresh_postgres)())
        yield stack.enter_context(running(on_postgres(folder, url, queue_url)))


if __name__ == "__main__":
    raise SystemExit(main())
