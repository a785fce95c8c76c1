"""The promise, seen: every sentence opens its article at the words it stands on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.chromium import Look
from tests.browser.conftest import OpenWindow
from tests.browser.site import SEEDS, Site

_MARKED = """(all) => {
  const quotes = {};
  for (const one of all) {
    const place = `${one.dataset.start}-${one.dataset.end}`;
    quotes[place] = (quotes[place] ?? '') + one.textContent;
  }
  return quotes;
}"""
# Words that two pieces use are of both.
_USED = """(all) => {
  const words = {};
  for (const one of all)
    for (const piece of one.dataset.piece.split(' ')) words[piece] = (words[piece] ?? '') + one.textContent;
  return words;
}"""
# By the name under which a word's place in its source is marked.
MARKED_WORDS = """(name) => [...(CSS.highlights.get(name) ?? [])].map((range) => {
  const inside = range.startContainer.parentElement;
  return [range.toString(), inside.closest('b.used, .said').matches('.said, .passage b')];
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One citation of a statement, and what is to be marked in its article."""

    statement_id: str
    marker: int
    quotes: dict[str, str]
    used: dict[str, str]


def everything(brief: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements in the order in which they are shown."""
    positions = [p["statement"] for d in brief["disagreements"] for p in d["positions"]]
    entries = [t["statement"] for t in brief["timeline"]]
    return [brief["headline"], *brief["statements"], *positions, *entries]


def citations(brief: dict[str, Any], texts: dict[str, str]) -> Iterator[Told]:
    """Return what the interface for programs says is to be marked."""
    for statement in everything(brief):
        for cited in statement["citations"]:
            document_id = cited["document_id"]
            yield Told(
                statement_id=statement["id"],
                marker=cited["marker"],
                quotes={f"{s['start']}-{s['end']}": s["quote"] for s in cited["spans"]},
                used={
                    str(at): texts[document_id][piece["source_start"] : piece["source_end"]]
                    for at, piece in enumerate(statement["provenance"])
                    if piece["document_id"] == document_id
                },
            )


def texts_of(site: Site, brief: dict[str, Any]) -> dict[str, str]:
    ids = [one["document_id"] for one in brief["sources"]]
    return {id_: site.ask(f"/v1/documents/{id_}")["text"] for id_ in ids}


def assert_marked(article: Locator, told: Told) -> None:
    """Check that the very quotes are marked in an article, and in them the very words used."""
    assert article.locator("mark.passage").evaluate_all(_MARKED) == told.quotes, told
    assert article.locator("mark.passage b.used").evaluate_all(_USED) == told.used, told


def opened(page: Page, told: Told) -> Locator:
    """Return the article of a citation, once it stands beside the brief."""
    which = f"[data-statement='{told.statement_id}'][data-marker='{told.marker}']"
    article = page.locator(f"#panel article.source{which}")
    article.wait_for()
    return article


def said(page: Page, statement_id: str) -> Locator:
    """Return the sentence that a statement is told by."""
    return page.locator(f"a.said[href*='/{statement_id}/']")


@pytest.fixture(scope="package", params=["seeds", "world"])
def brief(request: pytest.FixtureRequest, site: Site, seeds: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = seeds if request.param == "seeds" else site.ask("/v1/briefs/brf_world")
    return told


def test_files_are_uploaded_and_the_brief_is_watched_to_its_end(
    open_window: OpenWindow, site: Site
) -> None:
    page = open_window("/")
    page.locator("input[type=file]").set_input_files(SEEDS)
    page.get_by_role("button", name="Make the brief").click()
    page.wait_for_url(re.compile(r"/briefs/brf_"))
    page.locator("a.said").first.wait_for(timeout=60_000)
    brief = site.ask(f"/v1/briefs/{page.url.rpartition('/')[2].partition('#')[0]}")
    assert len(brief["sources"]) == len(SEEDS)
    shown = page.locator("a.said").all_text_contents()
    assert [one.strip() for one in shown] == [one["text"] for one in everything(brief)]


def test_every_sentence_opens_each_of_its_articles_at_the_words_quoted(
    open_window: OpenWindow, site: Site, brief: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{brief['id']}")
    panel = page.locator("#panel")
    for told in citations(brief, texts_of(site, brief)):
        markers = page.locator(f"[id='{told.statement_id}']").get_by_role("link")
        markers.and_(page.get_by_text(f"[{told.marker}]", exact=True)).click()
        assert_marked(opened(page, told), told)
        assert in_sight(panel.locator("mark.passage").first, panel)


def test_a_click_on_a_sentence_opens_its_first_source_and_does_not_move_the_page(
    open_window: OpenWindow, site: Site, brief: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{brief['id']}")
    texts = texts_of(site, brief)
    firsts = {one["id"]: one["citations"][0]["marker"] for one in everything(brief)}
    for told in citations(brief, texts):
        if told.marker != firsts[told.statement_id]:
            continue
        sentence = said(page, told.statement_id)
        sentence.scroll_into_view_if_needed()
        before = sentence.bounding_box()
        sentence.click()
        assert_marked(opened(page, told), told)
        after = sentence.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < 2


def test_without_scripts_sentences_lead_to_the_page_with_the_passage(
    open_window: OpenWindow, site: Site, brief: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{brief['id']}", Look(scripts=False))
    for told in citations(brief, texts_of(site, brief)):
        page.goto(f"/briefs/{brief['id']}")
        said(page, told.statement_id).click()
        page.wait_for_url(re.compile(rf"/{told.statement_id}/\d+#passage$"))
        # The sentence leads to one of its sources, and that to the others.
        if not page.url.endswith(f"/{told.marker}#passage"):
            page.locator(f"article.source nav a[href$='/{told.marker}#passage']").click()
            page.wait_for_url(re.compile(rf"/{told.statement_id}/{told.marker}#passage$"))
        assert_marked(page.locator("article.source"), told)
        assert in_sight(page.locator("#passage"), page.locator("html"))


def test_hovering_a_word_marks_that_very_word_in_its_source(
    open_window: OpenWindow, site: Site, brief: dict[str, Any]
) -> None:
    page = open_window(f"/briefs/{brief['id']}")
    for statement in everything(brief)[:4]:
        sentence = said(page, statement["id"])
        sentence.click(position={"x": 3, "y": 10})
        page.locator(f"#panel article[data-statement='{statement['id']}']").wait_for()
        for x, y in points_of_words(sentence):
            page.mouse.move(x, y)
            [[word, _]] = page.evaluate(MARKED_WORDS, "word")
            [[origin, in_passage]] = page.evaluate(MARKED_WORDS, "origin")
            assert word.casefold() == origin.casefold()
            assert in_passage
            assert page.locator("#tip").is_visible()


def points_of_words(sentence: Locator) -> list[list[float]]:
    """Return the middle of the first, the last and some other words of a sentence."""
    points: list[list[float]] = sentence.evaluate(
        """(said) => {
          const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) {
            for (const word of walker.currentNode.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
              const range = document.createRange();
              range.setStart(walker.currentNode, word.index);
              range.setEnd(walker.currentNode, word.index + word[0].length);
              const box = range.getBoundingClientRect();
              found.push([box.x + box.width / 2, box.y + box.height / 2]);
            }
          }
          return found.filter((_, at) => at % 3 === 0 || at === found.length - 1);
        }"""
    )
    return points


def in_sight(one: Locator, inside: Locator) -> bool:
    """Say whether the beginning of something is in sight within what scrolls it."""
    place, frame = one.bounding_box(), inside.bounding_box()
    if place is None or frame is None:
        return False
    return frame["y"] - 1 <= place["y"] <= frame["y"] + frame["height"]
