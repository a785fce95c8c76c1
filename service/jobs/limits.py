"""What one request may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits, each inclusive; bytes are those of the content as it is sent."""

    documents_per_brief: int = 100
    bytes_per_document: int = 10_000_000
    bytes_per_request: int = 50_000_000
    min_words: int = 20
    max_words: int = 2000
    queued_briefs: int = 100
