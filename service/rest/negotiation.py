"""The headers by which a client says what it wants: Accept, If-None-Match and Prefer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request

MAX_WAIT_S = 60

_ENTITY_TAG = re.compile(r'(?:W/)?("[^"]*")')
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_WAIT = re.compile(r'\s*wait\s*=\s*"?([0-9]{1,9})"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One entry of Accept; `quality` is in [0, 1]."""

    main: str
    sub: str
    quality: float

    def precision(self, offered: str) -> int | None:
        """Say how closely the range names a media type, 0 to 2; None where it does not."""
        main, _, sub = offered.partition("/")
        if (self.main, self.sub) == ("*", "*"):
            return 0
        if self.main != main:
            return None
        return 1 if self.sub == "*" else 2 if self.sub == sub else None


def accept_of(request: Request[Any, Any, Any]) -> str:
    """Return what a request accepts; the header may be sent in several lines."""
    return ",".join(request.headers.getall("accept", []))


def best_offer(accept: str, offers: Sequence[str]) -> str | None:
    """Return the offer the client likes most, the earlier of two equals; None where it likes none.

    The closest range decides on each offer (RFC 9110, 12.5.1); no header means anything.
    """
    if not accept.strip():
        return offers[0]
    ranges = [found for entry in accept.split(",") if (found := _media_range(entry))]
    liked = [(_quality(ranges, offer), -at) for at, offer in enumerate(offers)]
    quality, at = max(liked)
    return offers[-at] if quality > 0 else None


def is_known(if_none_match: str, entity_tag: str) -> bool:
    """Say whether the client has this very representation (weak comparison, RFC 9110, 13.1.2)."""
    return if_none_match.strip() == "*" or entity_tag in _ENTITY_TAG.findall(if_none_match)


def preferred_wait_s(prefer: Sequence[str]) -> int | None:
    """Return the first wait that the Prefer headers ask for, in seconds, at most 60 (RFC 7240)."""
    for preference in ",".join(prefer).split(","):
        stated, _, _ = preference.partition(";")
        if asked := _WAIT.fullmatch(stated):
            return min(int(asked[1]), MAX_WAIT_S)
    return None


def _media_range(entry: str) -> MediaRange | None:
    named, *parameters = (part.strip().lower() for part in entry.split(";"))
    main, slash, sub = named.partition("/")
    if not slash or not main or not sub:
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            quality = float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return MediaRange(main, sub, quality)


def _quality(ranges: Sequence[MediaRange], offer: str) -> float:
    fitting = [(p, r.quality) for r in ranges if (p := r.precision(offer)) is not None]
    return max(fitting, default=(0, 0.0))[1]
