"""A brief of 300 statements on 40 sources."""

from playwright.sync_api import Response

from tests.browser.conftest import OpenWindow
from tests.browser.stories import STATEMENTS

READING = "/briefs/brf_large"
WEIGHT = 150_000


def test_the_page_and_all_it_loads_weigh_less_than_150_kilobytes(open_window: OpenWindow) -> None:
    page = open_window()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(READING, wait_until="networkidle")
    weights = {one.url: len(one.body()) for one in answers}
    assert any(url.endswith(READING) for url in weights)
    assert sum(weights.values()) < WEIGHT, weights


def test_every_statement_is_there_and_the_last_one_opens(open_window: OpenWindow) -> None:
    page = open_window(READING)
    last = page.locator(f"a.said[href*='/s{STATEMENTS}/']")
    last.click()
    page.locator("#panel mark.passage").first.wait_for()
    assert page.locator("#panel mark.passage").first.text_content() == last.text_content()
    assert last.is_visible()
