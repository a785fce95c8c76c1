import re
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from service.domain.brief import Brief
from service.render import FORMATS, Format, render, render_text
from service.render.outline import shortened, web_url
from service.render.times import readable_date

LONG = [
    "The harbour was closed for nine days after the storm tore three of its cranes away. " * 3,
    "港は火曜日に再開された。" * 20,
    "x" * 300,
]


@pytest.mark.parametrize("text", LONG)
def test_no_line_is_wider_than_80_columns(brief_of: Callable[[str], Brief], text: str) -> None:
    brief = brief_of(text.strip())
    addresses = {f"    {text.strip()}"}
    lines = set(render_text(brief).splitlines()) - addresses
    assert max(cell_len(line) for line in lines) <= 80


def test_wrapping_loses_no_word(brief_of: Callable[[str], Brief]) -> None:
    text = LONG[0].strip()
    assert f"{text} [1]" in " ".join(render_text(brief_of(text)).split())


def test_text_sends_a_terminal_nothing_but_text(brief_of: Callable[[str], Brief]) -> None:
    made = render_text(brief_of("red\x1b[31m \x9b2J\u202etxt \ud800now"))
    assert set(made) & set("\x1b\x9b\u202e\ud800\r") == set()
    assert "red[31m 2Jtxt now [1]" in made


@pytest.mark.parametrize("format", ["markdown", "html", "text"])
def test_markers_are_the_same_in_every_rendering(port_brief: Brief, format: Format) -> None:
    made = re.sub("<[^>]*>", "", render(port_brief, format))
    for statement in port_brief.all_statements():
        markers = "".join(f"[{cited.marker}]" for cited in statement.citations)
        assert f"{statement.text} {markers}" in " ".join(made.split())


@pytest.mark.parametrize("format", FORMATS)
def test_every_rendering_ends_in_one_newline(port_brief: Brief, format: Format) -> None:
    assert re.search(r"[^\n]\n\Z", render(port_brief, format))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025", "2025"),
        ("2025-04", "April 2025"),
        ("2025-04-07", "7 April 2025"),
        ("2025-13", "2025-13"),
        ("soon", "soon"),
    ],
)
def test_a_date_reads_as_precisely_as_it_is_known(written: str, read: str) -> None:
    assert readable_date(written) == read


@pytest.mark.parametrize(
    "url",
    [
        None,
        "javascript:alert(1)",
        "https://",
        "https://[::1",
        "ftp://host.example/",
        "https://host.example/a b",
        "https://host.example/\u202e",
        "https://host.example/<b>",
        "//host.example/",
        "https://name:password@host.example/",
        "https://www.paper.example@host.example/",
    ],
)
def test_what_is_no_plain_web_address_is_not_linked(url: str | None) -> None:
    assert web_url(url) is None


def test_a_web_address_is_linked_as_it_is() -> None:
    url = "HTTPS://host.example:8443/a%20b?x=1&y=(2)#é"
    assert web_url(url) == url


def test_a_long_text_is_cut_at_a_word_and_says_so() -> None:
    assert shortened("one two three four", 12) == "one two…"


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    assert shortened("港" * 20, 5) == "港港港港…"
