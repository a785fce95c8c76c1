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
├── UnknownDelivery        no message to a webhook has that id
├── UnknownEdition         no edition has that date
├── UnknownShare           no brief is shared by that link, or is any more
├── BadAddress             an address that no webhook may have
├── NotDelivered           a message to a webhook did not arrive, or was refused there
├── DocumentConflict       two documents of one request have one id and other content
├── DocumentCited          a document that briefs stand on would be deleted
├── BadCursor              a cursor that no page gave
├── Refused
│   ├── NoKey              a key is needed, and none that is valid came along
│   ├── NotAllowed         the key has not the scope for it
│   └── TooManyRequests    the key has asked more often than it may
├── KeyReused              an Idempotency-Key came with another request before
├── KeyInFlight            the request of an Idempotency-Key is still being answered
├── QueueFull              as many briefs wait as may
├── Overloaded             as many callers want something done as may at once
├── WrongStatus            the brief is not in a status that allows what was asked
├── OtherTenant            code of the service reached for what belongs to another tenant
├── StoreUnavailable       the database cannot be reached or refuses
│   └── WrongDatabase      what is there will never do, however often it is tried
│       └── NewerTables    a later version of the service has changed its tables already
├── QueueUnavailable       the shared queue cannot be reached or refuses
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


class UnknownDelivery(BriefError):
    """No message to a webhook has that id."""

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"there is no delivery {delivery_id!r}")
        self.delivery_id = delivery_id


class UnknownShare(BriefError):
    """No brief is shared by that id or link, or none is any more; which of it is not told."""

    def __init__(self) -> None:
        super().__init__("nothing is shared here, or not any more")


class UnknownEdition(BriefError):
    """No edition has that date; what is no date at all has none either."""

    def __init__(self, date: str) -> None:
        super().__init__(f"there is no edition {date!r}")
        self.date = date


class BadAddress(BriefError, ValueError):
    """An address that no webhook may have; the reason names no part of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not an address for a webhook: {reason}")
        self.reason = reason


class NotDelivered(BriefError):
    """A message to a webhook did not arrive, or was refused there; it tells nothing of the answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DocumentConflict(BriefError):
    """One request gives one id to documents that differ; which one is meant cannot be told."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"document {document_id!r} is given twice, with different content")
        self.document_id = document_id


class DocumentCited(BriefError):
    """Briefs stand on the document; deleting it takes their ground away."""

    def __init__(self, document_id: str, brief_ids: Sequence[str]) -> None:
        super().__init__(f"document {document_id!r} is used by {len(brief_ids)} brief(s)")
        self.document_id, self.brief_ids = document_id, tuple(brief_ids)


class BadCursor(BriefError):
    """A cursor that no page gave."""

    def __init__(self) -> None:
        super().__init__("the cursor is not one that a page gave")


class Refused(BriefError):
    """Who asks may not."""


class NoKey(Refused):
    """A key is needed, and none that is valid came along; the reasons are not told apart."""

    def __init__(self) -> None:
        super().__init__("a valid API key is needed: Authorization: Bearer KEY")


class NotAllowed(Refused):
    """The key is valid, and has not the scope for what was asked."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"the key has not the scope {scope!r}")
        self.scope = scope


class TooManyRequests(Refused):
    """The key has asked more often than it may; `wait_s` seconds from now it may again."""

    def __init__(self, wait_s: float, limit: int) -> None:
        super().__init__(f"more than {limit} requests a minute")
        self.wait_s, self.limit = wait_s, limit


class KeyReused(BriefError):
    """An Idempotency-Key came before with another request."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for another request")


class KeyInFlight(BriefError):
    """The request of an Idempotency-Key is still being answered."""

    def __init__(self) -> None:
        super().__init__("the request with this Idempotency-Key is still being answered")


class QueueFull(BriefError):
    """As many briefs are waiting as may; try again later."""

    def __init__(self, waiting: int, limit: int) -> None:
        super().__init__(f"{waiting} briefs are waiting, limit {limit}")
        self.waiting, self.limit = waiting, limit


class Overloaded(BriefError):
    """As many callers want something done as may at once, or as much; try again later."""

    def __init__(self, callers: int, limit: int, unit: str = "callers") -> None:
        super().__init__(f"{callers} {unit} at once, limit {limit}")
        self.callers, self.limit, self.unit = callers, limit, unit


class WrongStatus(BriefError):
    """The brief's status does not allow what was asked."""

    def __init__(self, brief_id: str, status: str, needed: str) -> None:
        super().__init__(f"brief {brief_id!r} is {status}, and would have to be {needed}")
        self.brief_id, self.status, self.needed = brief_id, status, needed


class OtherTenant(BriefError):
    """The service's own code reached for rows of another tenant; nothing is read or written."""


class StoreUnavailable(BriefError):
    """The database cannot be reached, or refuses; what was being written is not written."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the database cannot be used ({reason})")
        self.reason = reason


class WrongDatabase(StoreUnavailable):
    """What the address names, or the address itself, will never do: trying again changes nothing."""


class NewerTables(WrongDatabase):
    """A later version of the service has changed the tables; this one must not begin on them."""

    def __init__(self, version: str, known: str) -> None:
        super().__init__(
            f"its tables are those of a later version of the service: {version}, not {known}"
        )
        self.version, self.known = version, known


class QueueUnavailable(BriefError):
    """The shared queue cannot be reached, or refuses; what it should tell stands in the database."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the queue cannot be used ({reason})")
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
