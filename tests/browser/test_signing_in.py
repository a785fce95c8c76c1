"""Where there are keys: signing in, and sharing a brief with somebody who has none."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import NARROW, Look, Recorder
from tests.browser.conftest import OpenWindow
from tests.browser.judges import in_every_look, overhang
from tests.browser.site import Site, finished, served
from tests.browser.stories import of_the_world
from tests.browser.visits import share, sign_in

READING = "/briefs/brf_world"


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service of its own, which asks for keys."""
    with served(tmp_path_factory.mktemp("locked"), finished(of_the_world())) as site:
        yield site


@pytest.fixture(scope="module")
def key(site: Site) -> str:
    return site.locked()


def test_who_signs_in_comes_to_the_page_that_was_asked_for(
    open_window: OpenWindow, key: str
) -> None:
    page = open_window(READING)
    assert re.search(r"/sign-in\?next=/briefs/brf_world$", page.url)
    sign_in(page, key, READING)
    page.locator("a.said").first.click()
    page.locator("#panel mark.passage").first.wait_for()


def test_a_wrong_key_is_told_and_the_focus_can_go_on(
    open_window: OpenWindow, key: str, recorder: Recorder
) -> None:
    recorder.expected.add(401)
    page = open_window("/sign-in")
    page.get_by_label("API key").fill(f"{key}x")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    assert in_every_look(page) == {}


def test_who_signs_out_has_to_sign_in_again(open_window: OpenWindow, key: str) -> None:
    page = sign_in(open_window(), key, READING)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(READING)
    assert "/sign-in" in page.url


def test_a_shared_brief_is_read_without_a_key(open_window: OpenWindow, key: str) -> None:
    link = share(sign_in(open_window(), key, READING))
    page = open_window(link)
    page.locator("a.said").first.click()
    page.locator("#panel mark.passage").first.wait_for()
    addresses = page.locator("a[href^='/']").evaluate_all("(all) => all.map((one) => one.pathname)")
    assert {one for one in addresses if not one.startswith("/shared/")} <= {"/schema"}
    assert in_every_look(page) == {}


def test_a_shared_brief_is_read_without_a_key_and_without_scripts(
    open_window: OpenWindow, key: str
) -> None:
    link = share(sign_in(open_window(), key, READING))
    page = open_window(link, Look(scripts=False))
    page.locator("a.said").first.click()
    page.wait_for_url(re.compile("/shared/.*#passage$"))
    page.locator("mark.passage").first.wait_for()


@pytest.mark.parametrize("path", ["/sign-in", READING, f"{READING}/shares"])
def test_a_page_has_no_serious_violation_and_fits_a_phone(
    open_window: OpenWindow, key: str, path: str
) -> None:
    page = open_window(None, Look(size=NARROW))
    if path != "/sign-in":
        share(sign_in(page, key, READING))
    page.goto(path)
    assert overhang(page) <= 0
    assert in_every_look(page) == {}


def test_the_page_that_shows_a_link_has_no_serious_violation_and_fits_a_phone(
    open_window: OpenWindow, key: str
) -> None:
    page = sign_in(open_window(None, Look(size=NARROW)), key, READING)
    share(page)
    assert overhang(page) <= 0
    assert in_every_look(page) == {}
