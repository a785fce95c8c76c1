"""Sharing a brief by a link: whoever has it may read that one brief, without a key."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from service.domain.errors import StoreUnavailable, TooManyRequests, UnknownShare, WrongStatus
from service.jobs.parts import Caller, Shop
from service.store.records import BriefRecord, Cursor, Page, Share

_log = structlog.stdlib.get_logger(__name__)

_TOKEN_BYTES = 32
# Nobody guesses it, and nothing is compared with it: it is found by its digest.
_new_token = partial(secrets.token_urlsafe, _TOKEN_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeShare:
    """A new share. `token` is what its link ends with; it is kept nowhere."""

    share: Share
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBrief:
    """A brief as it stands, and the share by which it is seen."""

    share: Share
    record: BriefRecord

    @property
    def viewer(self) -> Caller:
        """Return who looks at it: somebody of its tenant who may do nothing."""
        return Caller(tenant=self.share.tenant, scopes=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Makes shares of briefs that are done, ends them, and finds what a link shows."""

    shop: Shop
    new_token: Callable[[], str] = _new_token

    async def share(self, caller: Caller, brief_id: str, lasting: timedelta) -> MadeShare:
        """Share a brief for so long; raises `UnknownBrief`, and `WrongStatus` unless it is done."""
        record = await self.shop.store.briefs.get(caller.tenant, brief_id)
        if record.status != "done":
            raise WrongStatus(brief_id, record.status, "done")
        token, now = self.new_token(), self.shop.surroundings.now()
        share = Share(
            id=f"shr_{self.shop.surroundings.new_owner()}",
            tenant=caller.tenant,
            brief_id=brief_id,
            digest=_digest(token),
            created_at=now,
            expires_at=now + lasting,
        )
        await self.shop.store.shares.add(share)
        return MadeShare(share=share, token=token)

    async def list(
        self, caller: Caller, brief_id: str, *, limit: int, after: Cursor | None
    ) -> Page[Share]:
        """Return a brief's shares that are not over, the newest first.

        Raises `UnknownBrief` and `BadCursor`.
        """
        await self.shop.store.briefs.get(caller.tenant, brief_id)
        now = self.shop.surroundings.now()
        return await self.shop.store.shares.list(
            caller.tenant, brief_id, now, limit=limit, after=after
        )

    async def end(self, caller: Caller, brief_id: str, share_id: str) -> None:
        """End a share of a brief; raises `UnknownBrief` and `UnknownShare`."""
        await self.shop.store.briefs.get(caller.tenant, brief_id)
        now = self.shop.surroundings.now()
        await self.shop.store.shares.end(caller.tenant, brief_id, share_id, now)

    async def open(self, token: str) -> SharedBrief:
        """Return what a link shows, and count the request.

        Raises `UnknownShare` where that is nothing, or nothing any more, and `TooManyRequests`.
        """
        now = self.shop.surroundings.now()
        share = await self.shop.store.shares.find(_digest(token), now)
        if share is None:
            raise UnknownShare
        await self._count(share)
        record = await self.shop.store.briefs.get(share.tenant, share.brief_id)
        return SharedBrief(share=share, record=record)

    async def _count(self, share: Share) -> None:
        per_minute = self.shop.limits.requests_per_minute
        if per_minute == 0:
            return
        now = self.shop.surroundings.now()
        try:
            wait_s = await self.shop.store.rates.take_by_share(share.digest, now, per_minute)
        except StoreUnavailable as failure:
            # On a disk that is full nothing can be counted, and all can still be read.
            _log.warning("request_not_counted", share_id=share.id, error=str(failure))
            return
        if wait_s > 0:
            raise TooManyRequests(wait_s, per_minute)


def _digest(token: str) -> str:
    # Fast on purpose: of 256 random bits a slow one would guard nothing more.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
