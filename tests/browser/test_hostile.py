"""Articles that would take a page over are shown as text, on every page and by every way in."""

import re

import pytest
from playwright.sync_api import FilePayload, Page

from tests.attacks.payloads import PAYLOADS, SCRIPTS
from tests.browser.conftest import OpenWindow
from tests.browser.hostile import ALL
from tests.browser.site import Site

READING = "/briefs/brf_hostile"
PAGES = (
    READING,
    *(f"{READING}/s{number}/{number}" for number in (1, 3, 29, 33, len(ALL))),
    f"{READING}/delete",
    "/briefs",
    "/documents",
    *(f"/documents/doc_h{number}" for number in (0, 2, 28, 32, len(ALL) - 1)),
    "/documents/doc_h0/delete",
)
# What reorders lines or drives a terminal; line ends and tabs are none of it.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# The tip is moved to its word by a script of ours.
_FOREIGN = (
    "script:not([src^='/assets/']), iframe, object, embed, base, style, [style]:not(#tip), svg script,"
    " meta[http-equiv], link:not([href^='/assets/']), form:not([action^='/']):not(:not([action])),"
    " img:not([src^='/assets/'])"
)
_HANDLERS = (
    "() => [...document.querySelectorAll('*')].flatMap((one) =>"
    " [...one.attributes].filter((a) => a.name.startsWith('on')).map((a) => one.outerHTML))"
)
_LINKS = (
    "() => [...document.querySelectorAll('a[href], area[href]')]"
    ".filter((a) => !['http:', 'https:'].includes(a.protocol)).map((a) => a.outerHTML)"
)


def assert_harmless(page: Page) -> None:
    """Check that nothing on a page is there but what the service put there."""
    assert page.locator(_FOREIGN).evaluate_all("(all) => all.map((one) => one.outerHTML)") == []
    assert page.evaluate(_HANDLERS) == []
    assert page.evaluate(_LINKS) == []
    assert _UNSEEN.findall(page.content()) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_markup_as_text(open_window: OpenWindow, path: str) -> None:
    assert_harmless(open_window(path))


def test_the_markup_of_statements_is_there_to_be_read(open_window: OpenWindow) -> None:
    shown = open_window(READING).locator("main").inner_text()
    for payload in SCRIPTS[:10]:
        assert payload in shown


def test_opening_every_sentence_runs_nothing(open_window: OpenWindow) -> None:
    page = open_window(READING)
    for said in page.locator("a.said").all():
        said.click()
        page.locator("#panel mark.passage").first.wait_for()
    assert_harmless(page)


def test_articles_sent_by_the_form_run_nothing(open_window: OpenWindow) -> None:
    page = open_window("/")
    page.locator("input[type=file]").set_input_files(
        [
            FilePayload(
                name=f"<img src=x onerror=alert({number})>\u202etxt.{suffix}",
                mimeType="text/plain",
                buffer=content.encode(),
            )
            for number, (suffix, content) in enumerate(
                [("txt", told(0)), ("html", f"<p>{told(1)}</p>"), ("md", told(2)), ("pdf", "x")]
            )
        ]
    )
    page.locator("textarea").first.fill(told(3))
    for field in page.locator("#making input[name$=title], #making input[name$=publisher]").all():
        field.fill(f"{SCRIPTS[0]} {SCRIPTS[14]}")
    assert_harmless(page)
    page.get_by_role("button", name="Make the brief").click()
    page.wait_for_url(re.compile(r"/briefs/brf_"))
    page.locator("a.said").first.wait_for()
    page.locator("a.said").first.click()
    page.locator("#panel mark.passage").first.wait_for()
    assert_harmless(page)


def test_documents_sent_by_programs_run_nothing(open_window: OpenWindow, site: Site) -> None:
    brief = site.made(
        *(
            {
                "content": told(number, payload),
                "media_type": media_type,
                "title": payload,
                "publisher": payload,
                "author": payload,
            }
            for number, (payload, media_type) in enumerate(
                (payload, ("text/plain", "text/html", "text/markdown")[at % 3])
                for at, payload in enumerate(PAYLOADS)
            )
        )
    )
    assert_harmless(open_window(f"/briefs/{brief['id']}"))
    for one in brief["sources"][::6]:
        assert_harmless(open_window(f"/documents/{one['document_id']}"))


def told(
    number: int, payload: str = "<script>alert(1)</script><img src=x onerror=alert(1)>"
) -> str:
    """Return an article that quotes a payload, unlike the others."""
    return (
        f"The mayor of Passau wrote {payload} on wall number {number} on Monday, the paper said."
        f" Crews pumped water out of {20 + number} cellars before the evening, the police said."
    )
