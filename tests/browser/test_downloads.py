"""A brief taken along: a file in which the evidence still opens, without the service."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import NARROW, WIDE, Look
from tests.browser.conftest import OpenWindow
from tests.browser.judges import in_every_look, overhang
from tests.browser.test_reading import everything, in_sight


def downloaded(page: Page, name: str, folder: Path) -> Path:
    """Click a download link, and return where the file is."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).click()
    place = folder / waiting.value.suggested_filename
    waiting.value.save_as(place)
    return place


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_every_sentence_of_the_file_opens_its_quote(
    open_window: OpenWindow, seeds: dict[str, Any], tmp_path: Path, size: tuple[int, int]
) -> None:
    page = open_window(f"/briefs/{seeds['id']}", Look(size=size))
    file = downloaded(page, "HTML", tmp_path)
    page.goto(file.as_uri())
    assert overhang(page) <= 0
    for number, statement in enumerate(everything(seeds)):
        page.locator("a.said").nth(number).click()
        quote = page.locator(":target")
        quotes = [span["quote"] for span in statement["citations"][0]["spans"]]
        assert quote.locator("p").first.text_content() in quotes
        assert in_sight(quote, page.locator("html"))


def test_the_file_has_no_serious_violation(
    open_window: OpenWindow, seeds: dict[str, Any], tmp_path: Path
) -> None:
    page = open_window(f"/briefs/{seeds['id']}")
    page.goto(downloaded(page, "HTML", tmp_path).as_uri())
    assert in_every_look(page) == {}


@pytest.mark.parametrize(
    ("name", "suffix"), [("Markdown", ".md"), ("HTML", ".html"), ("JSON", ".json")]
)
def test_a_file_is_named_after_its_brief_and_tells_it(
    open_window: OpenWindow, seeds: dict[str, Any], tmp_path: Path, name: str, suffix: str
) -> None:
    file = downloaded(open_window(f"/briefs/{seeds['id']}"), name, tmp_path)
    assert file.suffix == suffix
    assert seeds["statements"][1]["text"][:60] in file.read_text("utf-8")


def test_on_paper_a_brief_has_its_sources_and_no_controls(
    open_window: OpenWindow, seeds: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{seeds['id']}")
    page.emulate_media(media="print")
    assert not any(one.is_visible() for one in page.get_by_role("button").all())
    assert not page.locator("#panel").is_visible()
    assert page.locator(".sources li").first.is_visible()
