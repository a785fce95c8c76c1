"""Which characters of a source text reach an article: all that can be read, and no others."""

import re
from collections import Counter
from unicodedata import category

# An unseparated run of these is what a reader sees as a new line.
LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
MAX_REPORTED = 300
_SPACES = re.compile(r"[^\S\n]+")

# Zero-width joiner and non-joiner, the direction marks and variation selectors stay: Persian, Indic
# scripts and emoji are written with them. What goes is invisible and changes no reader's text, or
# reorders it on the screen so that the eye reads another text than the machine.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # C0 and C1 controls
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff"  # soft hyphen, zero-width space, joiner, BOM
    "\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # embeddings, overrides, isolates
    "\ufff9-\ufffc\ufffe\uffff]"  # annotations, object placeholder, noncharacters
)
# Tag characters spell the flags of regions after a black flag; anywhere else they hide a message.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNREADABLE = frozenset({"Cc", "Cn", "Co", "Cs"})


def readable(text: str) -> str:
    """Return the text with one kind of line break and nothing invisible; the rest is kept as it is.

    A lone surrogate, which no encoding can carry, becomes U+FFFD.
    """
    text = LINE_BREAKS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _TAGS.sub(lambda found: found.group(1) or "", text)
    return _SURROGATE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Return the readable text on one line, words parted by single spaces, none at the ends."""
    return " ".join(readable(text).split())


def squeeze(line: str) -> str:
    """Return a line with each run of white space, no-break spaces included, as one space."""
    return _SPACES.sub(" ", line).strip()


def shorten(text: str, limit: int = MAX_REPORTED) -> str:
    """Return a text on one line for a report, with an ellipsis where it goes on past the limit."""
    # Twice the limit is enough of it to squeeze: a report of megabytes would cost as much again.
    start = squeeze(text[: 2 * limit].replace("\n", " "))
    return start if len(text) <= 2 * limit and len(start) <= limit else start[:limit] + "…"


def invisible_in(text: str) -> tuple[str, ...]:
    """Return the code points `readable` takes out, as U+XXXX in order of number.

    A byte order mark at the very start is no part of the text and is not told.
    """
    text = text.removeprefix("\ufeff")
    found = set(_INVISIBLE.findall(text))
    found |= {tag.group() for tag in _TAGS.finditer(text) if tag.group(1) is None}
    return tuple(f"U+{ord(char):04X}" for char in sorted(found))


def looks_binary(text: str) -> bool:
    """Say whether this is no text: it holds a NUL, or a tenth of it has no readable meaning."""
    if "\0" in text:
        return True
    counts = Counter(text)
    junk = sum(n for char, n in counts.items() if char == "\ufffd" or _has_no_meaning(char))
    return junk * 10 > len(text)


def _has_no_meaning(char: str) -> bool:
    return not char.isspace() and category(char) in _UNREADABLE
