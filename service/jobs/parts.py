"""What the jobs are made of and do not make themselves: pipeline, models, queue, clock and ids."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar, TypeVarTuple

from service.domain.brief import Brief, Dropped, Options
from service.domain.errors import NotReady
from service.domain.ports import Models, Watch
from service.domain.text import Article, Document
from service.jobs.bell import Bell
from service.jobs.limits import Limits
from service.jobs.turnstile import Turnstile
from service.store import Store
from service.store.records import LOCAL, SCOPES, Filed, Scope
from service.telemetry.metrics import Metrics


class Summarize(Protocol):
    """Makes one brief of articles."""

    def __call__(
        self,
        articles: Sequence[Article],
        models: Models,
        options: Options,
        *,
        brief_id: str,
        created_at: datetime,
        dropped: Sequence[Dropped] = (),
        warnings: Sequence[str] = (),
        watch: Watch | None = None,
    ) -> Brief:
        """Return the brief; raises `NoUsableDocument` and `Cancelled`."""
        ...


class FailedCheck(Protocol):
    """One thing in a brief that does not hold."""

    @property
    def statement_id(self) -> str: ...

    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The only path from documents to a brief, and the check of one that was made."""

    prepare: Callable[[Document, Models], Article]
    summarize: Summarize
    recheck: Callable[[Brief, Mapping[str, Article]], Sequence[FailedCheck]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """Briefs to JSON and back."""

    dump: Callable[[Brief], str]
    load: Callable[[str], Brief]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Time and chance. `now` is aware, `clock_s` monotonic seconds; ids cannot be guessed."""

    now: Callable[[], datetime]
    clock_s: Callable[[], float]
    new_brief_id: Callable[[], str]
    new_owner: Callable[[], str]


@dataclass(slots=True)
class ModelShelf:
    """Where the models appear once they are loaded; until then it tells why they are not there."""

    _models: Models | None = field(default=None)
    _reason: str = field(default="they are being loaded")

    def put(self, models: Models) -> None:
        self._models = models

    def fail(self, reason: str) -> None:
        self._reason = reason

    def get(self) -> Models:
        """Return the models, or raise `NotReady`."""
        if self._models is None:
            raise NotReady(self._reason)
        return self._models


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: whose documents and briefs there are for it, and what it may do with them."""

    tenant: str = LOCAL
    key_id: str | None = None
    scopes: frozenset[Scope] = frozenset(SCOPES)


Asked = TypeVarTuple("Asked")
Given = TypeVar("Given")


class Readers(Protocol):
    """Does what takes long away from the event loop, within bounds of time and memory.

    Tenants get their turns one after another. What waits raises `Overloaded` where it is too much.
    """

    @property
    def width(self) -> int:
        """Return how many documents are read at the same time."""
        ...

    async def start(self) -> None:
        """Begin to get ready, and return at once; `model_names` tells when that is done."""
        ...

    async def stop(self) -> None:
        """End what was started, without raising; nothing is read any more."""
        ...

    async def compute(
        self, tenant: str, function: Callable[[*Asked], Given], *args: *Asked
    ) -> Given:
        """Return what a function of some module gives; arguments and result are copied.

        Raises what the function raises, `BadDocument` where it exceeds the bounds, and `NotReady`.
        """
        ...

    async def read(self, tenant: str, document: Document) -> Filed:
        """Return the document with its article, whose sentences may be in `article_json` alone.

        Raises `BadDocument` for one that cannot be read within the bounds, and `NotReady`.
        """
        ...

    async def recheck(
        self, tenant: str, body: str, article_jsons: Sequence[str]
    ) -> Sequence[FailedCheck]:
        """Return what of a finished brief, as JSON, does not hold against articles, as JSON.

        Raises `NotReady`.
        """
        ...

    def model_names(self) -> frozenset[str]:
        """Return the names under which the model that is served may be asked for, or raise `NotReady`."""
        ...


class Dispatch(Protocol):
    """Tells workers, wherever they are, that there is something to do; the store knows what."""

    async def announce(self, brief_id: str, attempts: int) -> None:
        """Tell of a brief that waits. Never raises: what is not heard is found in the store."""
        ...

    async def check(self) -> None:
        """Find out whether workers can be told now; raises `QueueUnavailable` where they cannot."""
        ...


class Background(Protocol):
    """Something that goes on beside the requests, for as long as the process lives.

    `stop` does not raise, and may be called where `start` failed.
    """

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Vault(Protocol):
    """Makes secrets unreadable for whoever sees the database, and readable again."""

    def seal(self, secret: str) -> str: ...

    def unseal(self, sealed: str) -> str:
        """Return what was sealed; raises `BadSettings` where the secret of the service is another."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Everything that intake, desk, workers and deliveries share."""

    codec: Codec
    store: Store
    limits: Limits
    surroundings: Surroundings
    readers: Readers
    dispatch: Dispatch
    vault: Vault
    metrics: Metrics
    bell: Bell = field(default_factory=Bell)
    turnstile: Turnstile = field(default_factory=Turnstile)
