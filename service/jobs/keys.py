"""API keys: making them, and telling by one who asks and what it may do."""

import hmac
import re
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from service.domain.errors import NoKey, NotAllowed, StoreUnavailable, TooManyRequests
from service.jobs.parts import Caller
from service.store import Store
from service.store.keys import KeyStore
from service.store.records import SCOPES, Key, Scope

_log = structlog.stdlib.get_logger(__name__)

# Letters and digits alone: the two parts are divided by what can be in neither.
ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH, _SECRET_LENGTH = 12, 43
_TOKEN = re.compile(rf"brief_([A-Za-z0-9]{{{_ID_LENGTH}}})_([A-Za-z0-9]{{{_SECRET_LENGTH}}})")
# What a key is compared with that is not there; no secret has this digest.
_NO_DIGEST = "0" * 64


class Prover(Protocol):
    """Turns the secret part of a key into what is kept of it, with what only the service knows."""

    def digests(self, secret: str) -> tuple[str, ...]:
        """Return the secret's digest under each secret of the service, the newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A new key. `token` is what its holder sends; it is kept nowhere."""

    key: Key
    token: str = field(repr=False)


def allows(held: Iterable[Scope], needed: Scope) -> bool:
    """Say whether one of the scopes held is the one needed, or one that implies it."""
    return any(SCOPES.index(one) >= SCOPES.index(needed) for one in held)


def parse_token(token: str) -> tuple[str, str] | None:
    """Return the id and the secret of a token, None for what is not one."""
    parsed = _TOKEN.fullmatch(token)
    return None if parsed is None else (parsed[1], parsed[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMaker:
    """Makes keys. `choose` picks one of the characters given, so that nobody can guess which."""

    keys: KeyStore
    prover: Prover
    now: Callable[[], datetime]
    choose: Callable[[str], str]

    async def make(self, name: str, tenant: str, scopes: frozenset[Scope]) -> MadeKey:
        """Make a key and store it. Only what is returned holds its token."""
        key_id, secret = self._chosen(_ID_LENGTH), self._chosen(_SECRET_LENGTH)
        key = Key(
            id=key_id,
            tenant=tenant,
            name=name,
            scopes=scopes,
            digest=self.prover.digests(secret)[0],
            created_at=self.now(),
        )
        await self.keys.add(key)
        return MadeKey(key=key, token=f"brief_{key_id}_{secret}")

    def _chosen(self, length: int) -> str:
        return "".join(self.choose(ALPHABET) for _ in range(length))


@dataclass(slots=True, kw_only=True)
class Door:
    """Lets in who has a key, and everyone as long as there never was one.

    `requests_per_minute` is for each key; 0 is no limit.
    """

    store: Store
    prover: Prover
    now: Callable[[], datetime]
    requests_per_minute: int
    _locked: bool = False

    async def is_locked(self) -> bool:
        """Say whether a key is needed. Once one is, it is for good."""
        if not self._locked:
            self._locked = await self.store.keys.any_ever()
        return self._locked

    async def identify(self, token: str | None) -> Caller:
        """Return who asks, or raise `NoKey`; whether it may is told by `admit`."""
        return await self._known(token) if await self.is_locked() else Caller()

    async def admit(self, caller: Caller, needed: Scope) -> None:
        """Let in who asks for something that needs the scope, and count the request.

        What may not is counted as well. Raises `TooManyRequests` and `NotAllowed`.
        """
        await self._count(caller)
        if not allows(caller.scopes, needed):
            raise NotAllowed(needed)

    async def still_valid(self, caller: Caller) -> bool:
        """Say whether who was let in before would be let in again."""
        if caller.key_id is None:
            return not await self.is_locked()
        key = await self.store.keys.find(caller.key_id)
        return key is not None and key.revoked_at is None

    async def _known(self, token: str | None) -> Caller:
        """Return whose key it is, or raise `NoKey`.

        An unknown, a revoked and a wrong key take the same steps, so that none tells them apart by
        the time it takes.
        """
        parsed = parse_token(token or "")
        if parsed is None:
            raise NoKey
        key_id, secret = parsed
        key = await self.store.keys.find(key_id)
        kept = _NO_DIGEST if key is None else key.digest
        # A list: all of them are compared, whichever fits.
        proven = [hmac.compare_digest(one, kept) for one in self.prover.digests(secret)]
        if key is None or key.revoked_at is not None or not any(proven):
            raise NoKey
        return Caller(tenant=key.tenant, key_id=key.id, scopes=key.scopes)

    async def _count(self, caller: Caller) -> None:
        if caller.key_id is None or self.requests_per_minute == 0:
            return
        try:
            wait_s = await self.store.rates.take(
                caller.key_id, self.now(), self.requests_per_minute
            )
        except StoreUnavailable as failure:
            # On a disk that is full nothing can be counted, and all can still be read.
            _log.warning("request_not_counted", key_id=caller.key_id, error=str(failure))
            return
        if wait_s > 0:
            raise TooManyRequests(wait_s, self.requests_per_minute)
