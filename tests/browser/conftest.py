from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import (
    NAMES,
    WIDE_LIGHT,
    Look,
    Recorder,
    chromium_path,
    launched,
    window,
)
from tests.browser.hostile import hostile
from tests.browser.site import SEEDS, Site, finished, published, served, unfinished
from tests.browser.stories import editions, large, of_the_world
from tests.servers import missing

OpenWindow = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Not for the session: while it runs no other test could run a loop of its own in this thread.
    path = chromium_path()
    if path is None:
        missing(f"Chromium: none of {', '.join(NAMES)}, nor BRIEF_TEST_CHROMIUM")
    assert path is not None
    with launched(path) as browser:
        yield browser


@pytest.fixture(scope="package")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service without keys, with the stories of the tests stored in it."""
    floods, world = large(), of_the_world()
    stories = (
        *(finished(one) for one in (floods, world, hostile())),
        unfinished(floods.articles[:5]),
        published(*editions(floods, world)),
    )
    with served(tmp_path_factory.mktemp("site"), *stories) as site:
        yield site


@pytest.fixture(scope="package")
def seeds(site: Site) -> dict[str, Any]:
    """The brief of the sample documents."""
    return site.made(*({"content": one.read_text("utf-8")} for one in SEEDS))


@pytest.fixture
def recorder(site: Site) -> Iterator[Recorder]:
    """What must not have happened in any window once the test has ended."""
    recorder = Recorder(site.url)
    yield recorder
    assert recorder.seen == []


@pytest.fixture
def open_window(chromium: Browser, recorder: Recorder) -> Iterator[OpenWindow]:
    """Open windows on the service, closed when the test ends."""
    opened: list[Page] = []

    def opening(path: str | None = None, look: Look = WIDE_LIGHT) -> Page:
        page = window(chromium, recorder, look)
        opened.append(page)
        if path is not None:
            answer = page.goto(path)
            assert answer is not None
            assert answer.ok or answer.status in recorder.expected, answer.status
        return page

    yield opening
    for page in opened:
        page.context.close()
