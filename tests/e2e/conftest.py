"""The whole line, once: the real model, the sample documents, and the brief they become."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.backends.load import Runtime, load_models
from service.cli import main
from service.domain.ports import Models
from tests.conftest import SEEDS


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="session")
def models() -> Models:
    return load_models(None, runtime=Runtime(threads=2))


@pytest.fixture(scope="session")
def seeds_json() -> str:
    result = invoke("run", str(SEEDS), "--format", "json")
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture
def seeds_brief(seeds_json: str) -> dict[str, Any]:
    return json.loads(seeds_json)
