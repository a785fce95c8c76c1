"""The Chromium of this machine, and what its windows did that no page of ours does."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    WebError,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
Scheme = Literal["light", "dark"]
WIDE, NARROW = (1280, 800), (360, 740)
# Tests run as root in containers, where the sandbox cannot start; it talks to loopback only.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Told on the console, where the recorder listens.
_TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`));
"""
_WAIT_MS = 10_000


def chromium_path() -> str | None:
    """Return where Chromium is on this machine, None where there is none."""
    named = os.environ.get("BRIEF_TEST_CHROMIUM")
    return named or next((at for at in map(shutil.which, NAMES) if at), None)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Give a browser without windows, which ends with the context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How somebody looks at the pages."""

    size: tuple[int, int] = WIDE
    scheme: Scheme = "light"
    scripts: bool = True


WIDE_LIGHT = Look()


@dataclass
class Recorder:
    """Takes down what must not happen: dialogs, errors, violations, requests to other hosts.

    Answers of the statuses in `expected` are no error.
    """

    origin: str
    seen: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def listen(self, context: BrowserContext) -> None:
        context.add_init_script(_TELL_OF_VIOLATIONS)
        context.on("dialog", self._dialog)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not self._is_expected(message.text):
            self.seen.append(f"console: {message.text}")

    def _is_expected(self, text: str) -> bool:
        failed = "Failed to load resource" in text
        return failed and any(f"status of {status} " in text for status in self.expected)

    def _error(self, error: WebError) -> None:
        self.seen.append(f"error: {error.error}")

    def _request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        # What was downloaded is opened as a file.
        if asked.scheme != "file" and asked.netloc != urlsplit(self.origin).netloc:
            self.seen.append(f"request: {request.url}")


def window(browser: Browser, recorder: Recorder, look: Look) -> Page:
    """Open a window on the service, in a profile of its own."""
    context = browser.new_context(
        base_url=recorder.origin,
        viewport={"width": look.size[0], "height": look.size[1]},
        color_scheme=look.scheme,
        reduced_motion="reduce",
        java_script_enabled=look.scripts,
        accept_downloads=True,
    )
    context.set_default_timeout(_WAIT_MS)
    recorder.listen(context)
    return context.new_page()
