"""The interface as its own schema describes it: schemathesis, one operation after another and in chains."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Serving

# What a document must say to be usable no schema can tell, so sound data may still be refused.
CHECKS_LEFT_OUT = "positive_data_acceptance"
LIMIT_S = 600


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    made = Serving.on(tmp_path_factory.mktemp("schema"))
    made.start()
    yield made
    made.stop()


@pytest.mark.slow
@pytest.mark.parametrize("phases", ["examples,coverage,fuzzing", "stateful"])
def test_the_service_is_what_its_schema_says(service: Serving, phases: str, tmp_path: Path) -> None:
    service.until_ready()
    options = f"""
        --phases {phases} --checks all --exclude-checks {CHECKS_LEFT_OUT}
        --max-examples 12 --generation-deterministic
        --suppress-health-check all --warnings off --no-color
    """
    command = (sys.executable, "-m", "schemathesis.cli", "run", *options.split())
    made = subprocess.run(
        [*command, f"{service.url}/schema/openapi.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert made.returncode == 0, made.stdout[-6000:] + made.stderr[-2000:]
