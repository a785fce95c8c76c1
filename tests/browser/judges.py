"""What is asked of every page, whatever it shows."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.chromium import NARROW, WIDE, Scheme

LOOKS: tuple[tuple[tuple[int, int], Scheme], ...] = (
    (WIDE, "light"),
    (NARROW, "dark"),
    (WIDE, "dark"),
    (NARROW, "light"),
)


def serious(page: Page) -> list[str]:
    """Return what axe-core finds that is serious or worse, a line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {' '.join(node['target'])}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def in_every_look(page: Page, looks: int = len(LOOKS)) -> dict[str, list[str]]:
    """Return what is serious in any look, by the look; the first two have each width and scheme."""
    found = {}
    for size, scheme in LOOKS[:looks]:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)
        if faults := serious(page):
            found[f"{size[0]} {scheme}"] = faults
    return found


def overhang(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    wide: int = page.evaluate(
        "() => { const root = document.documentElement;"
        " return Math.max(root.scrollWidth, document.body.scrollWidth) - root.clientWidth; }"
    )
    return wide
