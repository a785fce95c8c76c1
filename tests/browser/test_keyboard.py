"""From the first Tab to a word's source, without a pointer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.places import OPEN
from tests.browser.site import SEEDS

_FOCUSED = "document.activeElement"
# Outlined, or inside something that is outlined for it; of a date the browser marks the part that is
# being typed. A heading that the focus was led to is no control, and stands on top of what it heads.
_SEEN = f"""() => {{
  const seen = (one) => {{
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  }};
  if ({_FOCUSED}.matches('input[type=date], h2')) return true;
  for (let one = {_FOCUSED}; one && one !== document.body; one = one.parentElement)
    if (seen(one)) return true;
  return false;
}}"""
_TABS = 120


def focused(page: Page, selector: str) -> bool:
    """Say whether what has the focus is what a selector means."""
    is_it: bool = page.evaluate(f"(selector) => {_FOCUSED}.matches(selector)", selector)
    return is_it


def assert_focus_is_seen(page: Page) -> None:
    assert not focused(page, "body"), "the focus is lost"
    assert page.evaluate(_SEEN), page.evaluate(f"{_FOCUSED}.outerHTML")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, which is to be seen all the way."""
    for _ in range(_TABS):
        page.keyboard.press("Tab")
        assert_focus_is_seen(page)
        if focused(page, selector):
            return
    raise AssertionError(f"{_TABS} times Tab do not lead to {selector}")


def test_the_first_tab_offers_to_skip_to_the_content(open_window: OpenWindow) -> None:
    page = open_window("/")
    page.keyboard.press("Tab")
    assert focused(page, "a.skip")
    assert_focus_is_seen(page)
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    tab_to(page, "main *")


def test_a_brief_is_made_and_read_by_keyboard_alone(open_window: OpenWindow) -> None:
    page = open_window("/")
    tab_to(page, "textarea")
    page.keyboard.insert_text(SEEDS[0].read_text("utf-8"))
    tab_to(page, "input[name*=title]")
    page.keyboard.insert_text("The first report")
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/briefs/brf_"))
    page.locator("a.said").first.wait_for(timeout=60_000)
    tab_to(page, "a.said")
    page.locator("#panel mark.passage").first.wait_for()
    assert_focus_is_seen(page)


def test_to_skip_to_the_content_of_a_brief_opens_no_source(
    open_window: OpenWindow, seeds: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{seeds['id']}")
    # Told after the page itself has been.
    page.evaluate("addEventListener('hashchange', () => { document.title = 'Skipped'; })")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Skipped")
    assert page.url.endswith("#content")
    assert page.locator("a.said[aria-current]").count() == 0


@pytest.mark.parametrize("key", ["ArrowDown", "j"])
def test_keys_walk_from_sentence_to_sentence(
    open_window: OpenWindow, seeds: dict[str, Any], key: str
) -> None:
    page = open_window(f"/briefs/{seeds['id']}")
    tab_to(page, "a.said")
    texts = page.locator("a.said").all_text_contents()
    for text in texts[1:6]:
        page.keyboard.press(key)
        assert page.evaluate(f"{_FOCUSED}.textContent") == text
        assert_focus_is_seen(page)
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{_FOCUSED}.textContent") == texts[4]


def test_enter_leads_into_the_article_and_escape_back_to_the_sentence(
    open_window: OpenWindow, seeds: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{seeds['id']}")
    tab_to(page, "p .said")
    said = page.evaluate(f"{_FOCUSED}.textContent")
    page.locator("#panel mark.passage").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#panel :focus")).to_have_count(1)
    assert_focus_is_seen(page)
    page.keyboard.press("Escape")
    expect(page.locator("#panel mark.passage")).to_have_count(0)
    assert page.evaluate(f"{_FOCUSED}.textContent") == said
    assert_focus_is_seen(page)


def test_a_brief_of_300_statements_is_walked_by_keyboard(open_window: OpenWindow) -> None:
    page = open_window(OPEN["reading-large"])
    tab_to(page, "p .said")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
        assert_focus_is_seen(page)
    page.locator("#panel article[data-statement=s13] mark.passage").first.wait_for()
    assert page.evaluate(f"{_FOCUSED}.closest('[id]').id") == "s13"


def test_arrows_walk_the_words_and_tell_the_source_of_each(
    open_window: OpenWindow, seeds: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{seeds['id']}")
    tab_to(page, "a.said")
    page.locator("#panel mark.passage").first.wait_for()
    said = page.evaluate(f"{_FOCUSED}.textContent")
    told = []
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        told.append(live(page))
        assert page.evaluate(f"{_FOCUSED}.textContent") == said
    page.keyboard.press("ArrowLeft")
    assert live(page) == told[1]
    first, second = re.findall(r"\w+", said)[:2]
    assert first in told[0]
    assert second in told[1]


def test_every_page_shows_where_the_focus_is(open_window: OpenWindow) -> None:
    page = open_window()
    for path in OPEN.values():
        page.goto(path)
        page.keyboard.press("Tab")
        reached = 0
        while not focused(page, "body") and reached < 40:
            assert_focus_is_seen(page)
            page.keyboard.press("Tab")
            reached += 1
        assert reached > 4, path


def live(page: Page) -> str:
    """Return what a screen reader was last told."""
    page.wait_for_timeout(150)
    told = page.locator("[role=status], [aria-live]").all_text_contents()
    return " ".join(one.strip() for one in told if one.strip())
