"""Reading documents in threads of this process: for tests, and for a service inside another program."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

import structlog

from service.domain.errors import BadDocument, BriefError
from service.domain.ports import Models
from service.domain.text import Document
from service.jobs.parts import Codec, FailedCheck, ModelShelf, Pipeline
from service.jobs.reading.inside import UNREADABLE
from service.store.codec import dump_article, load_article
from service.store.records import Filed
from service.telemetry.places import where

Asked = TypeVarTuple("Asked")
Given = TypeVar("Given")

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReaders:
    """Reads with the models of a shelf, in the threads of a pool; `width` is how many it has.

    A thread cannot be stopped, and shares this process's memory: here, there are no such bounds, and
    whoever comes first is served first, whatever the tenant.
    """

    pipeline: Pipeline
    codec: Codec
    shelf: ModelShelf
    pool: Executor
    default_model: str | None = None
    width: int = 1

    async def start(self) -> None:
        """Need nothing: others fill the shelf."""

    async def stop(self) -> None:
        """Hold nothing: the pool is its maker's."""

    async def compute(
        self, tenant: str, function: Callable[[*Asked], Given], *args: *Asked
    ) -> Given:
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)

    async def read(self, tenant: str, document: Document) -> Filed:
        return await self.compute(tenant, self._prepare, document, self.shelf.get())

    async def recheck(
        self, tenant: str, body: str, article_jsons: Sequence[str]
    ) -> Sequence[FailedCheck]:
        return await self.compute(tenant, self._recheck, body, article_jsons)

    def model_names(self) -> frozenset[str]:
        names = {self.shelf.get().drafter.name, self.default_model}
        return frozenset(name for name in names if name is not None)

    def _prepare(self, document: Document, models: Models) -> Filed:
        try:
            article = self.pipeline.prepare(document, models)
        except BriefError:
            raise
        except Exception as failure:
            # A parser may break in its own way on a hostile page; that is the page's fault here.
            _log.error("document_broke_a_reader", error=type(failure).__name__, at=where(failure))
            raise BadDocument(document.id or document.content_id, UNREADABLE) from failure
        return Filed(
            document=document,
            article=article,
            article_json=dump_article(article),
            content_id=document.content_id,
        )

    def _recheck(self, body: str, article_jsons: Sequence[str]) -> Sequence[FailedCheck]:
        articles = {article.id: article for article in map(load_article, article_jsons)}
        return self.pipeline.recheck(self.codec.load(body), articles)
