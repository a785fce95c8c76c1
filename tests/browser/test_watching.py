"""A brief in the making, watched in a window while others work on it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from service.domain.brief import Progress
from tests.browser.chromium import Look
from tests.browser.conftest import OpenWindow
from tests.browser.site import CANCELLABLE, RUNNING, SEEDS, Site


def test_progress_is_shown_as_the_worker_tells_it(open_window: OpenWindow, site: Site) -> None:
    page = open_window(f"/briefs/{RUNNING}")
    expect(page.locator("[aria-current=step]")).to_contain_text("Draft")
    site.told(RUNNING, Progress(stage="draft", done=4, total=5))
    expect(page.locator("main progress")).to_have_js_property("value", 4)
    site.told(RUNNING, Progress(stage="verify", done=0, total=1))
    expect(page.locator("[aria-current=step]")).to_contain_text("Check")
    expect(page.get_by_role("status")).to_contain_text("Check")
    site.told(RUNNING, Progress(stage="draft", done=2, total=5))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(3, r"\d+ s"), (3540, r"59 min \d+ s"), (3600, "1 h 0 min"), (90_061, "25 h 1 min")],
)
def test_it_is_told_how_long_ago_the_brief_was_asked_for(
    open_window: OpenWindow, seconds: int, told: str
) -> None:
    page = open_window()

    def waited(route: Route) -> None:
        answer = route.fetch()
        body = re.sub(r'data-waited="\d+"', f'data-waited="{seconds}"', answer.text())
        route.fulfill(response=answer, body=body)

    page.route(f"**/briefs/{RUNNING}", waited)
    page.goto(f"/briefs/{RUNNING}")
    expect(page.locator("#waited")).to_have_text(re.compile(f"^, {told} ago$"))


def test_a_brief_is_cancelled_and_then_made_again(open_window: OpenWindow) -> None:
    page = open_window(f"/briefs/{CANCELLABLE}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("cancelled")
    page.get_by_role("button", name="Make it again").click()
    page.wait_for_url(re.compile(f"/briefs/(?!{CANCELLABLE})"))
    page.locator("a.said").first.wait_for(timeout=60_000)


def test_without_scripts_the_page_comes_to_the_brief_as_well(
    open_window: OpenWindow, site: Site
) -> None:
    brief = asked(site)
    page = open_window(f"/briefs/{brief['id']}", Look(scripts=False))
    page.locator("a.said").first.wait_for(timeout=60_000)


def asked(site: Site) -> dict[str, Any]:
    """Ask for a brief, and do not wait for it."""
    return site.asked({"content": SEEDS[0].read_text("utf-8")}, wait_s=0)
