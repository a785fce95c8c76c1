"""Every error this service raises on purpose.

BriefError
├── BadDocument            one document cannot be read; becomes an entry of `dropped`
├── NoUsableDocument       nothing is left to brief
├── InputTooLarge          a stated limit is exceeded
├── ModelError
│   ├── ModelNotFound      no such folder or hub name
│   └── ModelRefused       the model is there, and is not understood well enough to be trusted
├── BrokenBrief            a brief's JSON does not have the shape of a brief
│   └── AlteredBrief       it has the shape, and breaks a rule that every brief keeps
├── InconsistentCitation   a statement and the list of sources number a document differently
├── UnknownDocument        no stored document has that id
├── UnknownBrief           no stored brief has that id
├── DocumentConflict       a document's id is taken by other content
├── QueueFull              as many briefs wait as may
├── Overloaded             as many callers want the model as may
├── WrongStatus            the brief is not in a status that allows what was asked
├── StoreUnavailable       the database cannot be reached or refuses
├── NotReady               the models are still being loaded, or could not be
├── BadSettings            a setting cannot be used
├── BadCorpus              a set of documents to evaluate briefs on cannot be read
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


class AlteredBrief(BrokenBrief):
    """A brief's JSON has the shape of a brief and breaks a rule that every brief keeps.

    Each fault is the id of the statement it lies in, None for the brief as a whole, and the reason.
    """

    def __init__(self, faults: Sequence[tuple[str | None, str]]) -> None:
        super().__init__("; ".join(reason for _, reason in faults))
        self.faults = tuple(faults)


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


class UnknownDocument(BriefError):
    """No stored document has that id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"there is no document {document_id!r}")
        self.document_id = document_id


class UnknownBrief(BriefError):
    """No stored brief has that id."""

    def __init__(self, brief_id: str) -> None:
        super().__init__(f"there is no brief {brief_id!r}")
        self.brief_id = brief_id


class DocumentConflict(BriefError):
    """An id the client chose already names other content; documents never change."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"document {document_id!r} already exists with other content")
        self.document_id = document_id


class QueueFull(BriefError):
    """As many briefs are waiting as may; try again later."""

    def __init__(self, waiting: int, limit: int) -> None:
        super().__init__(f"{waiting} briefs are waiting, limit {limit}")
        self.waiting, self.limit = waiting, limit


class Overloaded(BriefError):
    """As many callers want something of the model as may at once; try again later."""

    def __init__(self, callers: int, limit: int) -> None:
        super().__init__(f"{callers} callers want the model, limit {limit}")
        self.callers, self.limit = callers, limit


class WrongStatus(BriefError):
    """The brief's status does not allow what was asked."""

    def __init__(self, brief_id: str, status: str, needed: str) -> None:
        super().__init__(f"brief {brief_id!r} is {status}, and would have to be {needed}")
        self.brief_id, self.status, self.needed = brief_id, status, needed


class StoreUnavailable(BriefError):
    """The database cannot be reached, or refuses; what was being written is not written."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database cannot be used ({reason})")
        self.reason = reason


class NotReady(BriefError):
    """The models are still being loaded, or could not be."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the models are not there: {reason}")
        self.reason = reason


class BadSettings(BriefError):
    """One setting or several cannot be used; each problem names its setting."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in problems))
        self.problems = tuple(problems)


class BadCorpus(BriefError):
    """A set of documents to evaluate briefs on is missing or malformed; figures need all of it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"corpus {name!r}: {reason}")
        self.name, self.reason = name, reason
