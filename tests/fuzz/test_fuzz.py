"""A short run of the fuzzer; the long one is `python -m tests.fuzz`."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.fuzz.campaign import run, until_quiet
from tests.serving import Serving

REQUESTS = 600


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    made = Serving.on(tmp_path_factory.mktemp("fuzz"))
    made.start()
    yield made
    made.stop()


@pytest.mark.slow
def test_no_request_whatever_it_is_makes_the_service_fail(service: Serving) -> None:
    service.until_ready()
    findings = asyncio.run(run(service, REQUESTS, seed=20261122))
    assert findings.faults == [], findings.told()
    assert findings.sent == REQUESTS
    assert until_quiet(service, 120) > 0
