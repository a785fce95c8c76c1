"""What became of the documents of a brief since it was made, and what that means for it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.brief import Brief, Dropped, Stale
from service.jobs.parts import FailedCheck, Shop
from service.store.codec import load_article
from service.store.records import BriefRecord, Outdated

# How a brief ends that was written since there are these fields, and that nothing has befallen.
_UNTOUCHED = '"stale": []\n}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A statement that cannot be checked: a document that it cites is there no more."""

    statement_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """Finished briefs as they stand now: what was made, and which of it is stale."""

    shop: Shop

    async def json_of(self, record: BriefRecord) -> str:
        """Return the brief of a record as JSON."""
        if record.body is None:
            return self.shop.codec.dump(as_brief(record))
        outdated = await self._outdated(record)
        if not outdated and record.body.endswith(_UNTOUCHED):
            return record.body
        # Away from the event loop, which a long brief would hold up.
        return await asyncio.to_thread(self._composed_json, record, record.body, outdated)

    async def brief_of(self, record: BriefRecord) -> Brief:
        """Return the brief of a record."""
        if record.body is None:
            return as_brief(record)
        outdated = await self._outdated(record)
        return await asyncio.to_thread(self._composed, record, record.body, outdated)

    async def _outdated(self, record: BriefRecord) -> tuple[Outdated, ...]:
        return await self.shop.store.briefs.outdated(record.tenant, record.id)

    def _composed_json(self, record: BriefRecord, body: str, outdated: tuple[Outdated, ...]) -> str:
        return self.shop.codec.dump(self._composed(record, body, outdated))

    def _composed(self, record: BriefRecord, body: str, outdated: tuple[Outdated, ...]) -> Brief:
        brief = self.shop.codec.load(body)
        return replace(brief, rebuild_of=record.rebuild_of, stale=stale_of(brief, outdated))


def stale_of(brief: Brief, outdated: Iterable[Outdated]) -> tuple[Stale, ...]:
    """Return which statements stand on what is outdated, in reading order."""
    by_document = {one.document_id: one for one in outdated}
    texts = {
        one.document_id: load_article(one.article_json).text
        for one in by_document.values()
        if one.article_json is not None
    }
    stale: dict[tuple[str, str], Stale] = {}
    for statement in brief.all_statements():
        for cited in statement.citations:
            one = by_document.get(cited.document_id)
            if one is None:
                continue
            text = texts.get(cited.document_id)
            stale[statement.id, cited.document_id] = Stale(
                statement_id=statement.id,
                document_id=cited.document_id,
                reason="deleted" if text is None else "changed",
                since=one.since,
                successor_id=None if text is None else one.successor_id,
                quote_found=text is not None and all(s.quote in text for s in cited.spans),
            )
    return tuple(stale.values())


def gone_of(
    brief: Brief, outdated: Iterable[Outdated], article_jsons: Sequence[str]
) -> tuple[FailedCheck, ...]:
    """Return the statements that cannot be checked any more, as a text that they cite was deleted.

    The articles are those that are left of the brief's.
    """
    left = {load_article(text).id for text in article_jsons}
    gone = {one.document_id for one in outdated} - left
    cited = {
        (statement.id, cited.document_id): None
        for statement in brief.all_statements()
        for cited in statement.citations
        if cited.document_id in gone
    }
    return tuple(
        Gone(
            statement_id=statement_id,
            reason=f"document {document_id!r} was deleted, and cannot be checked against",
        )
        for statement_id, document_id in cited
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What there is now of the documents of a brief. `gone` are those that were deleted."""

    document_ids: tuple[str, ...]
    gone: tuple[str, ...]

    def dropped(self) -> tuple[Dropped, ...]:
        """Return what a brief made anew must tell of the documents that it is not made of."""
        return deleted(self.gone)


def deleted(document_ids: Iterable[str]) -> tuple[Dropped, ...]:
    """Return what a brief must tell of documents that it cannot be made of any more."""
    return tuple(
        Dropped(text="", document_id=document_id, reason="it was deleted")
        for document_id in document_ids
    )


def standing(document_ids: Sequence[str], outdated: Iterable[Outdated]) -> Standing:
    """Return the documents that stand where those of a brief stood, in the order of those."""
    changes: Mapping[str, Outdated] = {one.document_id: one for one in outdated}
    kept: dict[str, None] = {}
    gone: list[str] = []
    for document_id in document_ids:
        change = changes.get(document_id)
        if change is not None and change.article_json is None:
            gone.append(document_id)
        else:
            kept[(change and change.successor_id) or document_id] = None
    return Standing(document_ids=tuple(kept), gone=tuple(gone))


def as_brief(record: BriefRecord) -> Brief:
    """Return the brief that a record without a body stands for."""
    if record.status == "done":
        raise ValueError(f"brief {record.id!r} is done, and its body says all")
    return Brief(
        id=record.id,
        status=record.status,
        created_at=record.created_at,
        finished_at=record.finished_at,
        progress=record.progress,
        error=record.error,
        dropped=record.dropped,
        rebuild_of=record.rebuild_of,
    )
