"""How the house is built: what the core loads, who imports whom, and how long a file may get."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAMEWORKS = "torch transformers litestar pydantic sqlalchemy trafilatura".split()
MAX_LINES = 400
SOURCES = sorted((ROOT / "service").rglob("*.py"))


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter, where nothing is imported yet."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )


@pytest.mark.parametrize("room", ["domain", "lexis.dates", "stages.verify", "pipeline"])
def test_the_core_loads_no_framework_and_no_model_library(room: str) -> None:
    done = python(
        f"import sys, service.{room}; print(*sorted({set(FRAMEWORKS)!r} & set(sys.modules)))"
    )
    assert (done.stderr, done.stdout.strip()) == ("", "")


def test_a_framework_that_is_loaded_would_be_seen() -> None:
    assert python("import sys, pydantic; print('pydantic' in sys.modules)").stdout == "True\n"


def test_rooms_import_only_lower_rooms() -> None:
    done = python("from importlinter.cli import lint_imports; raise SystemExit(lint_imports())")
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < MAX_LINES
