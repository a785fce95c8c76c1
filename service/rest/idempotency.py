"""Idempotency-Key: a request that is sent again is answered again, and not done again.

The answer is kept before it is sent. Where a process dies between doing and keeping, the request is
done again under the same key, and `idempotency_key` in the scope's state, which a brief carries,
finds the brief that is there already. It hashes the key with the whole request: a key that comes back
long after its answer was forgotten, with another request, must not find the old brief.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from litestar import Request
from litestar.datastructures import Headers, State
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from service.domain.errors import KeyInFlight, KeyReused, StoreUnavailable
from service.jobs.parts import Caller, Surroundings
from service.rest.problems import problem
from service.store.answers import AnswerStore
from service.store.records import Answer, Claimed, Lease

HEADER = "idempotency-key"
_BELOW = "/v1/"
# Visible ASCII.
_KEY = re.compile(r"[!-~]{1,255}")
# Hashing more than this takes long enough to be felt by other requests.
_LARGE_BYTES = 1_000_000
# By these nothing was done, and the same request may do better later; so it may after a 5xx.
_NOT_KEPT = frozenset({401, 403, 408, 425, 429})
# What belongs to one sending of an answer, and not to the answer.
_PASSING = frozenset({"connection", "content-length", "date", "server", "x-request-id"})

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request under a key of a tenant. `fingerprint` hashes all by which it does what it does.

    `of_documents`: it is answered with documents.
    """

    tenant: str
    key: str
    fingerprint: str
    owner: str
    of_documents: bool

    @property
    def name(self) -> str:
        """Return what stands for the key and the request together, in 64 characters."""
        return hashlib.sha256(f"{self.key}\n{self.fingerprint}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswers:
    """The answers that are given again, for `kept_s` seconds.

    Others wait `lease_s` seconds for a process that died while it answered.
    """

    answers: AnswerStore
    surroundings: Surroundings
    kept_s: float
    lease_s: float = 10.0

    async def claim(self, asked: Asked) -> Claimed:
        """Take a request to answer it, or return what stands under its key."""
        now = self.surroundings.now()
        return await self.answers.claim(
            asked.tenant,
            asked.key,
            asked.fingerprint,
            self._lease(asked),
            now,
            now - timedelta(seconds=self.kept_s),
            holds_documents=asked.of_documents,
        )

    @asynccontextmanager
    async def holding(self, asked: Asked) -> AsyncIterator[None]:
        """Keep others from answering a request while the block does, however long it takes."""
        answered = asyncio.Event()
        renewing = asyncio.create_task(self._renew(asked, answered))
        try:
            yield
        finally:
            answered.set()
            await renewing

    async def keep(self, asked: Asked, answer: Answer) -> None:
        try:
            await self.answers.keep(asked.tenant, asked.key, asked.owner, answer)
        except StoreUnavailable as failure:
            # It is done and may be told. Sent again, it would be done again, and find the same brief.
            _log.warning("answer_not_kept", error=str(failure))

    async def drop(self, asked: Asked) -> None:
        with suppress(StoreUnavailable):
            await self.answers.drop(asked.tenant, asked.key, asked.owner)

    async def _renew(self, asked: Asked, answered: asyncio.Event) -> None:
        while not answered.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(answered.wait(), self.lease_s / 3)
                return
            with suppress(StoreUnavailable):
                await self.answers.renew(asked.tenant, asked.key, self._lease(asked))

    def _lease(self, asked: Asked) -> Lease:
        until = self.surroundings.now() + timedelta(seconds=self.lease_s)
        return Lease(owner=asked.owner, until=until)


@dataclass(slots=True)
class _Held:
    """An answer that is held back until it is whole."""

    messages: list[Message] = field(default_factory=list)

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    def answer(self) -> Answer | None:
        """Return the answer to be kept, None where it is not to be."""
        status, headers, body = 500, dict[str, str](), b""
        for message in self.messages:
            if message["type"] == "http.response.start":
                status, headers = message["status"], _lasting(message["headers"])
            elif message["type"] == "http.response.body":
                body += message["body"]
        if status >= 500 or status in _NOT_KEPT:
            return None
        return Answer(status=status, headers=headers, body=body)


class Idempotency(ASGIMiddleware):
    """Answers a POST under the same Idempotency-Key once, and gives that answer again.

    It stands behind the check of who asks, as a key is the tenant's own.
    """

    def __init__(self, kept: KeptAnswers) -> None:
        self._kept = kept

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP or (key := _key(scope)) is None:
            await next_app(scope, receive, send)
            return
        asked = await self._asked(key, scope, receive)
        found = await self._kept.claim(asked)
        if not found.mine:
            await _send_again(found, asked, send)
            return
        scope["state"]["idempotency_key"] = asked.name
        for message in await self._answer(asked, scope, receive, next_app):
            await send(message)

    async def _asked(self, key: str, scope: HTTPScope, receive: Receive) -> Asked:
        caller: Caller = scope["state"]["caller"]
        # The framework keeps what is read here, within its limit, for the handler.
        body = await Request[None, None, State](scope, receive).body()
        sent = Headers.from_scope(scope).get("content-type", "").encode()
        parts = (scope["path"].encode(), scope["query_string"], sent, body)
        fingerprint = (
            await asyncio.to_thread(_hash, parts) if len(body) > _LARGE_BYTES else _hash(parts)
        )
        return Asked(
            tenant=caller.tenant,
            key=key,
            fingerprint=fingerprint,
            owner=self._kept.surroundings.new_owner(),
            of_documents=_steps(scope["path"])[:2] == ["v1", "documents"],
        )

    async def _answer(
        self, asked: Asked, scope: Scope, receive: Receive, next_app: ASGIApp
    ) -> list[Message]:
        held, answer = _Held(), None
        try:
            async with self._kept.holding(asked):
                await next_app(scope, receive, held.take)
            answer = held.answer()
        finally:
            # Also where the handler was stopped half way.
            if answer is None:
                await self._kept.drop(asked)
        if answer is not None:
            await self._kept.keep(asked, answer)
        return held.messages


def _key(scope: HTTPScope) -> str | None:
    """Return the key of a request, None where it needs none; raises the problem of a bad one."""
    if scope["method"] != "POST" or not scope["path"].startswith(_BELOW):
        return None
    sent = Headers.from_scope(scope).getall(HEADER, [])
    if not sent:
        return None
    if len(sent) > 1 or not _KEY.fullmatch(sent[0]):
        raise problem("bad-request", "Idempotency-Key is 1 to 255 visible ASCII characters, once")
    return sent[0]


def _steps(path: str) -> list[str]:
    # As the framework reads it, for which `//` is `/`.
    return [step for step in path.split("/") if step]


def _hash(parts: Iterable[bytes]) -> str:
    hashed = hashlib.sha256()
    for part in parts:
        # Told apart by their lengths, as each of them may hold anything.
        hashed.update(b"%d:" % len(part))
        hashed.update(part)
    return hashed.hexdigest()


def _lasting(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    named = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)
    return {name: value for name, value in named if name not in _PASSING}


async def _send_again(found: Claimed, asked: Asked, send: Send) -> None:
    if found.fingerprint != asked.fingerprint:
        raise KeyReused
    if found.answer is None:
        raise KeyInFlight
    answer = found.answer
    headers = [
        *(
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers.items()
        ),
        (b"content-length", str(len(answer.body)).encode()),
        (b"idempotent-replayed", b"true"),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
