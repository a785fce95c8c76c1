"""What the scripts make of answers that are late or missing, and of what is typed and dropped."""

import json

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from service.render.outline import shown
from tests.browser.chromium import Look, Recorder
from tests.browser.conftest import OpenWindow
from tests.browser.places import OPEN
from tests.browser.site import RUNNING
from tests.browser.test_reading import MARKED_WORDS, points_of_words, said

WORLD = OPEN["reading-world"]
LARGE = OPEN["reading-large"]
_DROPPED = """(on, { text, file }) => {
  const dataTransfer = new DataTransfer();
  if (text) dataTransfer.setData('text/plain', text);
  if (file) dataTransfer.items.add(new File(['x'], file));
  return on.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
}"""


def held(page: Page, path: str) -> list[Route]:
    """Keep the first answer to a path back; it is in the list once it is asked for."""
    routes: list[Route] = []
    page.route(f"**{path}", lambda route: routes.append(route), times=1)
    return routes


def left(page: Page) -> list[str]:
    """Return the addresses that a window will have left its page for."""
    addresses: list[str] = []
    page.on("request", lambda it: addresses.append(it.url) if it.is_navigation_request() else None)
    return addresses


def beside(page: Page, statement_id: str) -> Locator:
    return page.locator(f"#panel article[data-statement='{statement_id}']")


def fail(page: Page, route: Route) -> None:
    """Let what was held back fail, and wait until the page knows."""
    with page.expect_response(route.request.url):
        route.fulfill(status=503)


@pytest.mark.parametrize("close", [False, True])
def test_a_source_that_fails_when_nobody_waits_for_it_changes_nothing(
    open_window: OpenWindow, recorder: Recorder, close: bool
) -> None:
    recorder.expected.add(503)
    page = open_window(WORLD)
    slow = held(page, f"{WORLD}/s1/1")
    said(page, "s2").click()
    beside(page, "s2").wait_for()
    addresses = left(page)
    said(page, "s1").click()
    if close:
        page.get_by_role("button", name="Close").click()
    else:
        said(page, "s3").click()
        beside(page, "s3").wait_for()
    fail(page, slow[0])
    said(page, "s4").click()
    beside(page, "s4").wait_for()
    assert addresses == []


def test_a_source_that_is_late_does_not_take_the_focus(open_window: OpenWindow) -> None:
    page = open_window(WORLD)
    slow = held(page, f"{WORLD}/s1/1")
    said(page, "s1").press("Enter")
    said(page, "s1").press("ArrowDown")
    beside(page, "s2").wait_for()
    with page.expect_response(slow[0].request.url):
        slow[0].continue_()
    page.keyboard.press("ArrowDown")
    beside(page, "s3").wait_for()
    expect(said(page, "s3")).to_be_focused()


def test_a_source_that_fails_is_asked_for_as_a_page(
    open_window: OpenWindow, recorder: Recorder
) -> None:
    recorder.expected.add(503)
    page = open_window(WORLD)
    page.route(f"**{WORLD}/s1/1", lambda route: route.fulfill(status=503), times=1)
    said(page, "s1").click()
    page.wait_for_url(f"**{WORLD}/s1/1#passage")


def test_another_source_of_the_sentence_that_fails_is_asked_for_as_a_page(
    open_window: OpenWindow, recorder: Recorder
) -> None:
    recorder.expected.add(503)
    page = open_window(LARGE)
    said(page, "s2").click()
    other = beside(page, "s2").locator(".others a:not([aria-current])")
    other.wait_for()
    path = str(other.get_attribute("href")).partition("#")[0]
    page.route(f"**{path}", lambda route: route.fulfill(status=503), times=1)
    other.click()
    page.wait_for_url(f"**{path}#passage")


def test_words_are_looked_for_in_the_article_of_their_sentence_alone(
    open_window: OpenWindow,
) -> None:
    page = open_window(WORLD)
    said(page, "s1").click()
    beside(page, "s1").wait_for()
    slow = held(page, f"{WORLD}/s2/1")
    said(page, "s2").click()
    x, y = points_of_words(said(page, "s2"))[0]
    page.mouse.move(x, y)
    [[word, _]] = page.evaluate(MARKED_WORDS, "word")
    assert page.evaluate(MARKED_WORDS, "origin") == []
    slow[0].continue_()
    beside(page, "s2").wait_for()
    [[origin, _]] = page.evaluate(MARKED_WORDS, "origin")
    assert origin == word


def test_text_is_dropped_into_fields_and_nothing_beside_them(open_window: OpenWindow) -> None:
    page = open_window(OPEN["making"])
    text, address = page.locator("textarea").first, page.locator("input[type=url]").first
    beside_them = page.locator("h1")
    file, words = {"file": "report.txt"}, {"text": "The dam held."}
    assert text.evaluate(_DROPPED, words)
    assert address.evaluate(_DROPPED, words)
    assert not beside_them.evaluate(_DROPPED, words)
    assert not text.evaluate(_DROPPED, file)
    assert not beside_them.evaluate(_DROPPED, file)


@pytest.mark.parametrize(
    ("field", "told"),
    [(None, "Choose files: "), ("article-1-title", "Article 1, Text: ")],
)
def test_a_fault_is_told_in_the_same_words_with_scripts_and_without(
    open_window: OpenWindow, recorder: Recorder, field: str | None, told: str
) -> None:
    recorder.expected.add(422)
    summaries = []
    for scripts in (True, False):
        page = open_window(OPEN["making"], Look(scripts=scripts))
        if field:
            page.locator(f"[name={field}]").fill("The dam held")
        page.get_by_role("button", name="Make the brief").click()
        page.locator("#problem li").first.wait_for()
        summaries.append(page.locator("#problem li").all_inner_texts())
    assert summaries[0] == summaries[1]
    assert summaries[0][0].startswith(told)


def test_scripts_show_of_a_text_what_the_server_shows(open_window: OpenWindow) -> None:
    page = open_window(OPEN["making"])
    made: list[str] = page.evaluate(
        """async () => {
          const script = document.querySelector('script[type=module]').src;
          const { shown } = await import(new URL('visible.js', script));
          return Array.from({ length: 0x10000 }, (_, at) => shown(`a${String.fromCharCode(at)}b `));
        }"""
    )
    told = [shown(f"a{chr(at)}b ") for at in range(0x10000)]
    assert [(at, one) for at, one in enumerate(made) if one != told[at]] == []


def test_a_statement_that_arrives_keeps_its_words_apart(open_window: OpenWindow) -> None:
    page = open_window()
    statement = json.dumps({"text": "The dam\nheld\u202e."})
    body = f"retry: 600000\nevent: statement\ndata: {statement}\n\n"
    page.route(
        f"**/v1/briefs/{RUNNING}/events",
        lambda route: route.fulfill(content_type="text/event-stream", body=body),
    )
    page.goto(OPEN["watching"])
    expect(page.locator("#statements li")).to_have_text("The dam held.")
