"""The store as one: a database, and what is kept in it."""

from dataclasses import dataclass
from typing import Self

from service.store.answers import AnswerStore
from service.store.briefs import BriefStore
from service.store.database import Database
from service.store.deliveries import DeliveryStore
from service.store.documents import DocumentStore
from service.store.editions import EditionStore
from service.store.keys import KeyStore
from service.store.rates import RateStore
from service.store.shares import ShareStore
from service.store.workers import WorkerStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Everything that is kept, in one database."""

    database: Database
    documents: DocumentStore
    briefs: BriefStore
    deliveries: DeliveryStore
    editions: EditionStore
    keys: KeyStore
    answers: AnswerStore
    rates: RateStore
    shares: ShareStore
    workers: WorkerStore

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the store at a database's address; it is opened with `database.open()`."""
        return cls.over(Database(url))

    @classmethod
    def over(cls, database: Database) -> Self:
        """Return the store of a database."""
        return cls(
            database=database,
            documents=DocumentStore(database),
            briefs=BriefStore(database),
            deliveries=DeliveryStore(database),
            editions=EditionStore(database),
            keys=KeyStore(database),
            answers=AnswerStore(database),
            rates=RateStore(database),
            shares=ShareStore(database),
            workers=WorkerStore(database),
        )
