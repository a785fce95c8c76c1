"""A short campaign, as it runs with the other tests; `python -m tests.chaos` is the long one."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import deployed
from tests.chaos.campaign import campaign
from tests.chaos.redis_server import installed
from tests.servers import missing

ROUNDS = 4


@pytest.mark.slow
@pytest.mark.parametrize(("database", "queue"), [("sqlite", "none"), ("postgres", "redis")])
def test_a_service_that_is_killed_again_and_again_keeps_every_promise(
    tmp_path: Path, database: str, queue: str
) -> None:
    if queue == "redis" and not installed():
        missing("redis-server")
    with deployed(database, queue, tmp_path) as deployment:
        tally = campaign(deployment, ROUNDS, seed=3)
    assert tally.faults == []
    assert tally.accepted > 0
    assert tally.verified == tally.accepted
