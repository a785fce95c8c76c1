"""Every folder of tests is in one of the two halves that continuous integration runs at once."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_no_folder_of_tests_is_left_out_or_run_twice() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    halves = re.findall(r"^OF_THE_\w+ := (.*)$", makefile, re.MULTILINE)
    named = [name for half in halves for name in half.split()]
    found = {path.relative_to(ROOT / "tests").parts[0] for path in ROOT.glob("tests/**/test_*.py")}
    there = sorted(f"tests/{name}" for name in found)
    assert len(halves) == 2
    assert sorted(named) == there
