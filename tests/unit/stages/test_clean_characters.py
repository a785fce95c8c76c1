"""Which characters reach an article."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.stages.characters import invisible_in, looks_binary, one_line, readable, shorten


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\f", "\v"])
def test_every_kind_of_line_break_is_one_kind(newline: str) -> None:
    assert readable(f"one{newline}two") == "one\ntwo"


@pytest.mark.parametrize(
    "invisible",
    [
        "\u200b",
        "\ufeff",
        "\u00ad",
        "\u2060",
        "\u202e",
        "\u2066",
        "\u2069",
        "\x07",
        "\x1b",
        "\ufffe",
    ],
)
def test_what_nobody_sees_is_taken_out(invisible: str) -> None:
    assert readable(f"bri{invisible}dge") == "bridge"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian is written with the non-joiner
        "क्\u200dष",
        "👩\u200d👧 ❤\ufe0f 🇫🇷",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "e\u0301 ﬁ ² Å",
        "\u200fשלום\u200f",
    ],
)
def test_what_a_script_or_an_emoji_needs_is_kept_as_it_is(text: str) -> None:
    assert readable(text) == text


def test_a_message_hidden_in_tag_characters_is_taken_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "ignore")
    assert readable(f"bridge{hidden} closed") == "bridge closed"


def test_a_lone_surrogate_is_replaced() -> None:
    assert readable("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\t", "\u3000", "  ", "\n"])
def test_white_space_on_one_line_is_single_spaces(space: str) -> None:
    assert one_line(f" 10{space}000 ") == "10 000"


def test_what_is_taken_out_can_be_told_without_showing_it() -> None:
    assert invisible_in("\ufeffa\u202eb\u200bc\u200b") == ("U+200B", "U+202E")


@pytest.mark.parametrize("text", ["a\0b", "\ufffd\ufffdPNG", "\x01\x02\x03ok text"])
def test_binary_content_is_known(text: str) -> None:
    assert looks_binary(text)


@pytest.mark.parametrize(
    "text", ["plain", "日本語", "tab\tand\nline", "😀", "one bad \ufffd of many"]
)
def test_text_is_not_taken_for_binary(text: str) -> None:
    assert not looks_binary(text)


def test_a_long_text_is_shortened_with_an_ellipsis() -> None:
    assert shorten("word " * 1000, 9) == "word word…"


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Zs"])))
def test_ordinary_characters_are_never_touched(text: str) -> None:
    assert readable(text) == text.replace("\ufffc", "")


@settings(max_examples=80, deadline=None)
@given(st.text())
def test_a_readable_text_is_left_as_it_is(text: str) -> None:
    assert readable(readable(text)) == readable(text)
