import base64
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from lxml import html

from service.domain.brief import Brief
from service.domain.claims import Piece
from service.render import HTML_CSP, render_html
from tests.unit.render.conftest import BriefBuilder

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Reads a page into its elements, its attributes and the text of each element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def text_in(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style></title><b>",
        "{{ 7 * 7 }}{% raw %}",
        "javascript:alert(1)",
        'https://evil.example/"onmouseover="alert(1)',
        "data:text/html,<script>",
    ],
)
def test_source_text_brings_no_element_and_no_attribute(
    brief_of: Callable[[str], Brief], text: str
) -> None:
    def shape(html: str) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(attributes)) for tag, attributes in Page(html).elements]

    assert shape(render_html(brief_of(text))) == shape(render_html(brief_of("plain words")))


def test_source_text_shows_as_it_is(brief_of: Callable[[str], Brief]) -> None:
    text = "<b>{{ 7 * 7 }} &lt; </b>"
    assert Page(render_html(brief_of(text))).text_in("mark") == [text]


def test_the_policy_names_the_very_style_of_the_page(port_brief: Brief) -> None:
    [style] = Page(render_html(port_brief)).text_in("style")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ) == HTML_CSP


def test_a_page_loads_nothing_and_runs_nothing(port_brief: Brief) -> None:
    page = Page(render_html(port_brief))
    tags = {tag for tag, _ in page.elements}
    attributes = {name for _, found in page.elements for name in found}
    assert tags & {"script", "link", "img", "iframe", "object", "form", "base"} == set()
    assert attributes & {"style", "src", "srcset"} == set()


def test_only_web_addresses_leave_the_page(port_brief: Brief) -> None:
    away = [a for a in Page(render_html(port_brief)).all("a") if a["href"][:1] != "#"]
    assert away == [
        {
            "href": "https://ledger.example/port?id=1&x=2",
            "rel": "noopener noreferrer nofollow",
        }
    ]


def test_every_anchor_leads_to_one_place(port_brief: Brief) -> None:
    page = Page(render_html(port_brief))
    ids = Counter(found["id"] for _, found in page.elements if "id" in found)
    within = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    assert max(ids.values()) == 1
    assert within <= set(ids)


def test_statements_and_quotes_link_to_each_other(port_brief: Brief) -> None:
    page = html.fromstring(render_html(port_brief))
    [sentence] = page.get_element_by_id("statement-2").findall("a")
    assert sentence.get("href") == "#quote-1-3"
    assert sentence.text_content() == "Traffic was normal by evening. [1]"
    [back] = page.get_element_by_id("quote-1-3").findall("footer/a")
    assert back.get("href") == "#statement-2"


def test_each_further_source_of_a_sentence_has_a_link_of_its_own(port_brief: Brief) -> None:
    headline = html.fromstring(render_html(port_brief)).get_element_by_id("statement-1")
    links = [(link.get("href"), link.get("aria-label")) for link in headline.findall("a")]
    assert links == [("#quote-1-1", None), ("#quote-2-1", "Source 2, quote 1")]


def test_a_source_stands_with_those_it_is_not_independent_of(port_brief: Brief) -> None:
    page = html.fromstring(render_html(port_brief))
    [outer] = page.xpath("//section[@aria-labelledby='sources']/ol")
    assert [one.get("id") for one in outer.findall("li")] == ["source-1", "source-2"]
    assert [one.get("id") for one in page.xpath("//li[@id='source-2']/ol/li")] == ["source-3"]
    assert "Not independent of [2], and counted with it as one source" in outer.text_content()


def test_a_quote_is_told_by_its_source_and_runs_as_its_text_does(
    brief_of: Callable[[str], Brief],
) -> None:
    quote = html.fromstring(render_html(brief_of("\u05e9\u05dc\u05d5\u05dd"))).get_element_by_id(
        "quote-1-1"
    )
    assert quote.get("dir") == "auto"
    assert quote.find("footer").text_content().startswith("[1] \u05e9\u05dc\u05d5\u05dd")
    # One with a direction of its own would not count for the quote's.
    assert quote.find("p").get("dir") is None


def test_a_page_of_many_statements_and_sources_stays_light() -> None:
    told = {
        f"d{one}": [
            f"Harbour {one} counted {n} ships on Tuesday, officials told the press, before the last"
            " ferry of the evening left for the islands."
            for n in range(8)
        ]
        for one in range(40)
    }
    made = BriefBuilder(texts={name: " ".join(texts) for name, texts in told.items()})
    headline, *statements = [
        made.state(text, name) for name, texts in told.items() for text in texts
    ]
    brief = made.brief(headline=headline, statements=statements)
    assert (len(brief.all_statements()), len(brief.sources)) == (320, 40)
    assert len(render_html(brief).encode()) < 600_000


def test_the_style_loads_nothing(port_brief: Brief) -> None:
    [style] = Page(render_html(port_brief)).text_in("style")
    assert "url(" not in style
    assert "@import" not in style


def test_the_words_a_statement_used_are_marked_in_the_quote(port_brief: Brief) -> None:
    statement = port_brief.statements[0]
    [piece] = statement.provenance
    assert piece.source_start is not None
    # The last words are the service's own here, so the quote's last words were not used.
    cut = replace(piece, end=11, source_end=piece.source_start + 11)
    added = replace(piece, start=11, document_id=None, source_start=None, source_end=None)
    changed = replace(port_brief, statements=(replace(statement, provenance=(cut, added)),))
    assert "<mark>Traffic was</mark> normal by evening." in render_html(changed)


def test_added_words_are_told_from_those_of_a_source(port_brief: Brief) -> None:
    statement = port_brief.statements[0]
    [piece] = statement.provenance
    lead = "3 April 2024:"
    said = replace(
        statement,
        text=f"{lead} {statement.text}",
        provenance=(
            Piece(start=0, end=len(lead)),
            replace(piece, start=len(lead) + 1, end=len(lead) + 1 + piece.end),
        ),
    )
    page = html.fromstring(render_html(replace(port_brief, statements=(said,))))
    own = [one.text for one in page.xpath("//*[@class='own']")]
    assert own == ["Words like these", lead]
    [sentence] = page.get_element_by_id("statement-2").findall("a")
    assert sentence.text_content() == f"{said.text} [1]"


def test_a_page_without_added_words_does_not_explain_them(port_brief: Brief) -> None:
    assert 'class="own"' not in render_html(port_brief)


def test_a_brief_in_the_making_tells_how_far_it_is(port_brief: Brief) -> None:
    waiting = Brief(id="b", status="failed", created_at=port_brief.created_at, error="no <memory>")
    assert "This brief failed: no &lt;memory&gt;." in render_html(waiting)
