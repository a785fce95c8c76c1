"""Every error this service raises on purpose.

BriefError
├── BadDocument            one document cannot be read; becomes an entry of `dropped`
├── NoUsableDocument       nothing is left to brief
├── InputTooLarge          a stated limit is exceeded
├── ModelError
│   ├── ModelNotFound      no such folder or hub name
│   └── ModelRefused       the model is there, and is not understood well enough to be trusted
├── BrokenBrief            a brief's JSON does not have the shape of a brief
├── InconsistentCitation   a statement and the list of sources number a document differently
└── Cancelled              the caller asked for the work to stop
"""

from collections.abc import Sequence


class BriefError(Exception):
    """The root of everything raised on purpose; its text is written for the user."""


class BadDocument(BriefError):
    """One document cannot be read; the others can still be briefed."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"document {name!r}: {reason}")
        self.name, self.reason = name, reason


class NoUsableDocument(BriefError):
    """Every document was empty, unreadable or a copy of nothing."""

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        told = "; ".join(f"{name!r}: {reason}" for name, reason in reasons) or "none was given"
        super().__init__(f"no usable document ({told})")
        self.reasons = tuple(reasons)


class InputTooLarge(BriefError):
    """A stated limit is exceeded; nothing is ever cut silently to fit it."""

    def __init__(self, what: str, size: int, limit: int, unit: str) -> None:
        super().__init__(f"{what}: {size} {unit}, limit {limit}")
        self.what, self.size, self.limit, self.unit = what, size, limit, unit


class ModelError(BriefError):
    """A model could not be used."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"model {name!r}: {reason}")
        self.name, self.reason = name, reason


class ModelNotFound(ModelError):
    """No folder of that path, and no hub name that could be loaded."""


class ModelRefused(ModelError):
    """The model is there, but its limits, tokenizer or weights are not understood."""


class BrokenBrief(BriefError):
    """A brief's JSON cannot be read as a brief."""


class InconsistentCitation(BriefError, ValueError):
    """A statement cites a document under another marker than the list of sources has."""

    def __init__(self, statement_id: str, document_id: str, marker: int) -> None:
        super().__init__(
            f"statement {statement_id!r} cites {document_id!r} as [{marker}],"
            " which the list of sources does not"
        )
        self.statement_id, self.document_id, self.marker = statement_id, document_id, marker


class Cancelled(BriefError):
    """The caller asked for the work to stop."""
