"""The pictures of docs/pages.md: `python -m tests.browser.screenshots [NAME ...]`."""

import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from playwright.sync_api import Browser, Page

from tests.browser.chromium import (
    NARROW,
    WIDE,
    Look,
    Recorder,
    Scheme,
    chromium_path,
    launched,
    window,
)
from tests.browser.places import OPEN, of_brief
from tests.browser.site import SEEDS, Site, finished, published, served, unfinished
from tests.browser.stories import editions, large, of_the_world
from tests.browser.visits import share, sign_in

FOLDER = Path(__file__).parent.parent.parent / "docs" / "screenshots"
SIZES = {"wide": (WIDE[0], 600), "narrow": (NARROW[0], 620)}
# Of the sample documents, in their order.
_REPORTED = (
    ("The Interpreter", "2025-04-17"),
    ("Kabul Post", "2025-04-16"),
    ("Moscow Wire", "2024-12-18"),
    ("Eurasia Desk", "2024-12-17"),
    ("Silk Road Review", "2024-04-01"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A page to take a picture of, and what is done on it first."""

    name: str
    path: str
    prepare: Callable[[Page], object] = lambda page: None


def opened(number: int) -> Callable[[Page], None]:
    """Return what opens the source of a sentence."""

    def open_it(page: Page) -> None:
        page.locator("p .said").nth(number).click()
        page.locator("#panel mark.passage").first.wait_for()
        page.mouse.move(0, 0)

    return open_it


def with_texts(page: Page) -> None:
    page.locator("textarea").first.fill(SEEDS[0].read_text("utf-8")[:600])
    page.locator("input[type=file]").set_input_files(SEEDS[1:3])
    page.evaluate("scrollTo(0, 0)")


def at(selector: str) -> Callable[[Page], None]:
    """Return what scrolls a page to a place."""

    def scroll(page: Page) -> None:
        page.locator(selector).evaluate("(one) => one.scrollIntoView({ block: 'start' })")

    return scroll


def shots(site: Site) -> tuple[Shot, ...]:
    """Return what is shown of a service without keys."""
    brief = site.made(
        *(
            {
                "content": path.read_text("utf-8"),
                "publisher": publisher,
                "published_at": f"{day}T09:00:00Z",
            }
            for path, (publisher, day) in zip(SEEDS, _REPORTED, strict=True)
        )
    )
    pages = of_brief(brief)
    return (
        Shot(name="making", path="/", prepare=with_texts),
        Shot(name="watching", path=OPEN["watching"]),
        Shot(name="reading", path=pages["reading"], prepare=opened(3)),
        Shot(name="disagreements", path=pages["reading"], prepare=at("#disagreements")),
        Shot(name="source", path=f"{pages['source']}#passage"),
        Shot(name="world", path=OPEN["reading-world"], prepare=opened(0)),
        Shot(name="briefs", path="/briefs"),
        Shot(name="failed", path=OPEN["failed"]),
        Shot(name="documents", path="/documents"),
        Shot(name="document", path=pages["article"]),
        Shot(name="editions", path="/editions"),
        Shot(name="edition", path=OPEN["edition"]),
    )


@contextmanager
def shown() -> Iterator[Site]:
    """Give the service with stories in it."""
    floods, world = large(), of_the_world()
    with (
        tempfile.TemporaryDirectory() as folder,
        served(
            Path(folder),
            finished(floods),
            finished(world),
            unfinished(floods.articles[:5]),
            published(*editions(floods, world)),
        ) as site,
    ):
        yield site


def take(browser: Browser, site: Site, wanted: Sequence[Shot], key: str | None = None) -> None:
    """Take pictures of pages, each in light and dark, wide and narrow, as much as a window shows."""
    looks = itertools.product(SIZES.items(), get_args(Scheme))
    for (size, pixels), scheme in looks:
        page = window(browser, Recorder(site.url), Look(size=pixels, scheme=scheme))
        if key is not None:
            sign_in(page, key)
        for shot in wanted:
            page.goto(shot.path, wait_until="networkidle" if shot.name != "watching" else "load")
            shot.prepare(page)
            page.wait_for_timeout(200)
            page.screenshot(path=FOLDER / f"{shot.name}-{size}-{scheme}.png")
        page.context.close()


def main() -> None:
    path = chromium_path()
    assert path is not None, "there is no Chromium on this machine"
    FOLDER.mkdir(exist_ok=True)
    with launched(path) as browser, shown() as site:
        wanted = [one for one in shots(site) if not sys.argv[1:] or one.name in sys.argv[1:]]
        take(browser, site, wanted)
        key = site.locked()
        take(browser, site, [Shot(name="sign-in", path="/sign-in")])
        take(browser, site, [Shot(name="shared", path="/briefs/brf_world", prepare=share)], key)


if __name__ == "__main__":
    main()
