"""The README shows what really happens."""

import re
from pathlib import Path

from service.render import load_brief, render
from service.settings import Settings

README = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")


def shown(name: str) -> list[str]:
    block = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert block is not None
    return [line for line in block[1].splitlines() if line.strip(">` ") and "```" not in line]


def test_the_readme_shows_the_real_brief(seeds_json: str) -> None:
    real = render(load_brief(seeds_json), "markdown").splitlines()
    lines = shown("brief")
    assert len(lines) > 15
    assert [line for line in lines if line not in real] == []


def test_every_setting_of_the_readme_exists() -> None:
    named = set(re.findall(r"BRIEF_([A-Z_]+)", README))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)
