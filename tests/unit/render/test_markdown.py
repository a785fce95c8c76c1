import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.domain.brief import Brief
from service.render import render_markdown, shown
from service.render.markdown import escape

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = [
    "[x](javascript:alert(1))",
    "<script>alert(1)</script>",
    "# h #",
    "`code`",
    "```\nfence",
    "~~~",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "1. one",
    "12) twelve",
    "title\n===",
    "title\n---",
    "---",
    "***",
    "- a\n- b",
    "+ a",
    "> quoted",
    "    indented",
    "a\r\n\r\nb",
    "![i](https://evil.example/p.png)",
    "[1]: https://evil.example",
    "<https://evil.example>",
    "*a* **b** _c_ __d__ ~~e~~",
    "&lt;b&gt; &#60;i&#62;",
    "ends in a backslash \\",
    "\\[x](y)",
    "[^1]: note",
    "$$x$$",
]


def tokens(markdown: str) -> list[Token]:
    return [token for block in GITHUB.parse(markdown) for token in (block, *(block.children or ()))]


def visible(markdown: str) -> str:
    """Return what a reader sees of a text, in one line."""
    said = {"text": lambda t: t.content, "softbreak": lambda _: " ", "hardbreak": lambda _: " "}
    return "".join(said[t.type](t) for t in tokens(markdown) if t.type in said)


@pytest.mark.parametrize("text", HOSTILE)
def test_source_text_brings_no_markup_of_its_own(
    brief_of: Callable[[str], Brief], text: str
) -> None:
    def kinds(markdown: str) -> list[str]:
        return [token.type for token in tokens(markdown) if token.type != "text"]

    harmless = brief_of("plain words")
    assert kinds(render_markdown(brief_of(text))) == kinds(render_markdown(harmless))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_shows_as_it_is(text: str) -> None:
    assert visible(escape(shown(text))) == shown(text)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab1 .)(-+*_`#<>[]!|~=:/&;\\\"'$^@{}%\n\twW©é"), max_size=16))
def test_any_text_shows_as_one_paragraph_of_itself(text: str) -> None:
    escaped = escape(shown(text))
    assert visible(escaped) == shown(text)
    assert {t.type for t in tokens(escaped)} <= {
        "paragraph_open",
        "inline",
        "text",
        "paragraph_close",
    }


@pytest.mark.parametrize(
    "text", ["see https://evil.example", "see www.evil.example", "a@b.example"]
)
def test_a_bare_address_in_a_text_does_not_stand_as_one(text: str) -> None:
    assert re.search(r"(?<!\\)://|www\.|\w@", escape(text)) is None


def test_everyday_text_stays_readable() -> None:
    text = "It rose 1.5% to $145 billion (up from $3bn) - say A&B, in snake_case."
    assert escape(text) == text


def test_a_headline_is_the_only_first_heading(port_brief: Brief) -> None:
    headings = [t.tag for t in tokens(render_markdown(port_brief)) if t.type == "heading_open"]
    assert headings == ["h1", "h2", "h3", "h2", "h2", "h2", "h2"]


def test_only_a_web_address_becomes_a_link(port_brief: Brief) -> None:
    links = [
        t.attrGet("href") for t in tokens(render_markdown(port_brief)) if t.type == "link_open"
    ]
    assert links == ["https://ledger.example/port?id=1&x=2"]


def test_independent_sources_are_told_where_there_are_several(port_brief: Brief) -> None:
    made = render_markdown(port_brief)
    assert made.startswith("# The port reopened on Tuesday. [1][2] · 2 independent sources\n")
    assert "\nTraffic was normal by evening. [1]\n" in made


def test_copies_count_once_and_say_so(port_brief: Brief) -> None:
    made = render_markdown(port_brief)
    assert "- 125: Officials counted 125 ships. [2][3]\n" in made
    assert "Not independent of [3]: counted as one source." in made


def test_a_source_without_a_title_is_named_by_its_first_cited_words(port_brief: Brief) -> None:
    assert "- [1] The port reopened on Tuesday. · The Ledger" in render_markdown(port_brief)


def test_every_quote_stands_under_its_source(port_brief: Brief) -> None:
    _, sources = render_markdown(port_brief).split("## Sources")
    second = sources.split("- [2]")[1].split("- [3]")[0]
    assert re.findall("> (.*)", second) == [
        "The port reopened on Tuesday.",
        "Officials counted 125 ships.",
    ]


def test_what_was_left_out_is_told_with_its_reason(port_brief: Brief) -> None:
    made = render_markdown(port_brief)
    assert "- A number changed: “Ships sank.” [2]" in made
    assert "- No room was left: “It was windy.” [1]; “It rained.”" in made


def test_the_last_line_tells_the_run(port_brief: Brief) -> None:
    last = render_markdown(port_brief).splitlines()[-1]
    assert last.startswith("wellsourced 0.1.0 · model: draft compact")
    assert "provenance: strict" in last
