"""No page has what keeps people with other ways of reading out, in any of its looks."""

from typing import Any

import pytest

from tests.browser.chromium import Recorder
from tests.browser.conftest import OpenWindow
from tests.browser.judges import in_every_look, serious
from tests.browser.places import OPEN, of_brief


@pytest.mark.parametrize("name", [one for one in OPEN if one != "reading-large"])
def test_a_page_has_no_serious_violation(open_window: OpenWindow, name: str) -> None:
    assert in_every_look(open_window(OPEN[name])) == {}


def test_a_large_brief_has_no_serious_violation(open_window: OpenWindow) -> None:
    # Its thousand links take long to look at; each of its parts is on smaller pages, too.
    assert in_every_look(open_window(OPEN["reading-large"]), looks=2) == {}


@pytest.mark.parametrize("name", ["reading", "source", "article"])
def test_a_page_of_a_brief_has_no_serious_violation(
    open_window: OpenWindow, seeds: dict[str, Any], name: str
) -> None:
    assert in_every_look(open_window(of_brief(seeds)[name])) == {}


def test_an_open_source_has_no_serious_violation(
    open_window: OpenWindow, seeds: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{seeds['id']}")
    page.locator("a.said").nth(1).click()
    page.locator("#panel mark.passage").first.wait_for()
    assert in_every_look(page) == {}


def test_an_error_has_no_serious_violation(open_window: OpenWindow, recorder: Recorder) -> None:
    recorder.expected.add(404)
    assert in_every_look(open_window("/briefs/brf_none")) == {}


def test_axe_finds_a_picture_without_a_text(open_window: OpenWindow) -> None:
    page = open_window("/briefs")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any(fault.startswith("image-alt") for fault in serious(page))
