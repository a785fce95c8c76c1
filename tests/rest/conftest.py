from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from service.backends.fakes import fake_models
from service.domain.ports import Models
from tests.rest.services import Client, HeldDrafter, Services


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(folder=tmp_path, stack=stack)


@pytest.fixture
def client(services: Services) -> Client:
    return services.open()


@pytest.fixture
def held(services: Services) -> Iterator[HeldDrafter]:
    # Let go before the services close, which would wait for its thread.
    drafter = HeldDrafter()
    yield drafter
    drafter.let.set()


@pytest.fixture
def held_models(held: HeldDrafter) -> Models:
    return replace(fake_models(), drafter=held)
