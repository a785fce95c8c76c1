"""Bytes to text: a byte order mark, UTF-8, what a page declares, and last a guess that is told."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

_MARKS = (
    # The longer marks first: that of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_HEAD_BYTES = 4096
_GUESS_BYTES = 200_000
_WESTERN = "cp1252"
_LATIN_SCRIPT = ["cp1250", "cp1252", "cp1254", "cp1257", "mac_roman"]
_ASCII = bytes(range(0x80))
# The share of bytes beyond ASCII: measured, 0.02 to 0.17 in accented texts, 0.8 in other scripts.
_MAX_ACCENTED = 0.3


class NotText(ValueError):
    """The bytes are no text in any known encoding."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and the encoding if it had to be guessed or declared: None for Unicode's own."""

    text: str
    encoding: str | None = None


def decode(content: bytes, *, declares: bool = False) -> Decoded:
    """Return the text of the bytes; `declares` says that a page's own declaration is looked for.

    Raises `NotText`.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(_decoded_as(content, encoding, f"damaged {encoding.upper()}"))
    if b"\0" in content:
        raise NotText("binary, not text")
    try:
        return Decoded(content.decode())
    except UnicodeDecodeError:
        return (_declared(content) if declares else None) or _guessed(content)


def _declared(content: bytes) -> Decoded | None:
    """Return the text as the page declares it, or None where it declares nothing that holds."""
    found = _DECLARED.search(content[:_HEAD_BYTES])
    if found is None:
        return None
    try:
        encoding = codecs.lookup(found.group(1).decode("ascii")).name
        if encoding == "iso8859-1":
            # As browsers do: pages that say so have the quotes and dashes that only the other has.
            encoding = _WESTERN
        return Decoded(content.decode(encoding), encoding)
    except (LookupError, UnicodeError):
        return None


def _guessed(content: bytes) -> Decoded:
    # Cut at a line's end, so that no character of several bytes is cut in two.
    sample = content
    if len(content) > _GUESS_BYTES:
        sample = content[:_GUESS_BYTES].rpartition(b"\n")[0] or content[:_GUESS_BYTES]
    encoding = _likeliest(sample)
    if encoding is None:
        raise NotText("binary, or in an unknown encoding")
    return Decoded(_decoded_as(content, encoding, "in an unknown encoding"), encoding)


def _likeliest(sample: bytes) -> str | None:
    """Return the encoding that reads best, or None; of equals the Western one.

    Left alone, the guesser takes the first in the alphabet, and makes "Crème" "Crčme"; and a few
    accents make it read German as Chinese.
    """
    if len(sample.translate(None, _ASCII)) <= _MAX_ACCENTED * len(sample):
        western = from_bytes(sample, cp_isolation=[_WESTERN]).best()
        latin = from_bytes(sample, cp_isolation=_LATIN_SCRIPT).best()
        if western and (latin is None or western.chaos <= latin.chaos):
            return _WESTERN
        if latin:
            return latin.encoding
    best = from_bytes(sample).best()
    return best.encoding if best else None


def _decoded_as(content: bytes, encoding: str, fault: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        raise NotText(fault) from error
