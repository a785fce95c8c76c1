"""What somebody does on the pages, for the tests and the pictures alike."""

import re

from playwright.sync_api import Page


def sign_in(page: Page, key: str, path: str = "/") -> Page:
    """Ask for a page, and come to it by the key that is asked for instead."""
    page.goto(path)
    page.get_by_label("API key").fill(key)
    page.keyboard.press("Enter")
    # The address of the form ends in that of the page, too.
    page.wait_for_url(re.compile(rf"^[^?]*{re.escape(path)}$"))
    return page


def share(page: Page) -> str:
    """Share the brief that a page shows, and return the link."""
    for summary in page.locator("details:has(form[action$='/share']) > summary").all():
        summary.click()
    page.get_by_role("button", name="Make a link").click()
    return page.get_by_label("Link", exact=True).input_value()
