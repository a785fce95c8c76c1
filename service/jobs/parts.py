"""What the jobs are made of and do not make themselves: the pipeline, the models, clock and ids."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from service.domain.brief import Brief, Dropped, Options
from service.domain.errors import NotReady
from service.domain.ports import Models, Watch
from service.domain.text import Article, Document
from service.jobs.bell import Bell
from service.jobs.limits import Limits
from service.store.briefs import BriefStore
from service.store.database import Database
from service.store.documents import DocumentStore


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
class Store:
    """Where documents and briefs are kept."""

    database: Database
    documents: DocumentStore
    briefs: BriefStore

    @classmethod
    def at(cls, url: str) -> "Store":
        """Return the store of a database, which is not opened yet."""
        database = Database(url)
        return cls(
            database=database, documents=DocumentStore(database), briefs=BriefStore(database)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Everything that intake, desk and workers share."""

    pipeline: Pipeline
    codec: Codec
    store: Store
    limits: Limits
    surroundings: Surroundings
    default_model: str | None = None
    models: ModelShelf = field(default_factory=ModelShelf)
    bell: Bell = field(default_factory=Bell)

    def model_names(self) -> frozenset[str]:
        """Return the names under which the loaded model may be asked for, or raise `NotReady`."""
        names = {self.models.get().drafter.name, self.default_model}
        return frozenset(name for name in names if name is not None)
