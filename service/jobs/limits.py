"""What one request may ask for, and all of them together."""

from dataclasses import dataclass

# How many of the largest requests are held at once.
_REQUESTS_HELD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits, each inclusive; bytes are those of the content as it is sent."""

    documents_per_brief: int = 100
    bytes_per_document: int = 5_000_000
    bytes_per_request: int = 20_000_000
    min_words: int = 20
    max_words: int = 2000
    queued_briefs: int = 100
    requests_at_once: int = 64
    body_timeout_s: float = 30.0
    streams: int = 200
    requests_per_minute: int = 600
    webhook_private: bool = False

    @property
    def bytes_at_once(self) -> int:
        """Bytes of bodies that are held at the same time, by one process."""
        return _REQUESTS_HELD * self.bytes_per_request
