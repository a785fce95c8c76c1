"""On a screen 360 pixels wide."""

from typing import Any

import pytest

from tests.browser.chromium import NARROW, Look, Recorder
from tests.browser.conftest import OpenWindow
from tests.browser.judges import overhang
from tests.browser.places import OPEN, of_brief

PHONE = Look(size=NARROW)


@pytest.mark.parametrize("name", [*OPEN, "hostile"])
def test_a_page_does_not_scroll_sideways(open_window: OpenWindow, name: str) -> None:
    path = OPEN.get(name, "/briefs/brf_hostile")
    assert overhang(open_window(path, PHONE)) <= 0


@pytest.mark.parametrize("name", ["reading", "source", "article"])
def test_a_page_of_a_brief_does_not_scroll_sideways(
    open_window: OpenWindow, seeds: dict[str, Any], name: str
) -> None:
    assert overhang(open_window(of_brief(seeds)[name], PHONE)) <= 0


def test_an_error_does_not_scroll_sideways(open_window: OpenWindow, recorder: Recorder) -> None:
    recorder.expected.add(404)
    assert overhang(open_window(f"/briefs/{'x' * 300}", PHONE)) <= 0


def test_the_article_opens_below_the_sentence_which_stays_in_sight(
    open_window: OpenWindow, seeds: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{seeds['id']}", PHONE)
    said = page.locator("a.said").nth(3)
    said.click()
    passage = page.locator("#panel mark.passage").first
    passage.wait_for()
    page.wait_for_timeout(100)
    sentence, sheet = said.bounding_box(), page.locator("#panel").bounding_box()
    assert sentence is not None
    assert sheet is not None
    assert sentence["y"] >= 0
    assert sentence["y"] + sentence["height"] <= sheet["y"]
    assert sheet["height"] <= 0.62 * NARROW[1]
    marked = passage.bounding_box()
    assert marked is not None
    assert sheet["y"] <= marked["y"] <= NARROW[1]
    assert overhang(page) <= 0
