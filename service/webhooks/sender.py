"""Sending one message to one webhook, bounded in time, in size and in where it may lead."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin

import httpcore

from service import __version__
from service.domain.errors import BadAddress, NotDelivered
from service.webhooks.addresses import Endpoint, check_url
from service.webhooks.network import GuardedBackend, Resolver, SystemResolver

# Those that keep the method and the body. The others would turn the message into a GET.
_REDIRECTS = (307, 308)
_MOST_REDIRECTS = 3
# Read so that the receiver can end its answer in peace; nothing is made of it.
_MOST_ANSWER_BYTES = 65_536
_MOST_ANSWER_S = 2.0
_HEADERS = {
    "content-type": "application/json",
    "user-agent": f"wellsourced/{__version__}",
    "accept": "*/*",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a receiver answered: no word of it but these. `retry_after` is as it was sent."""

    status: int
    retry_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a sender keeps to. `timeout_s` is for all of one message, redirects included."""

    timeout_s: float = 15.0
    allow_private: bool = False
    at_once: int = 8


class Sender:
    """Sends messages, each over a connection of its own, whose address is checked anew.

    Nothing of the environment is asked: no proxy, no password file. No cookie is kept. `resolver`,
    `backend` and `tls` are the system's unless given.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        resolver: Resolver | None = None,
        backend: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._rules = rules
        self._resolver = resolver or SystemResolver()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpcore.default_ssl_context(),
            max_connections=rules.at_once,
            max_keepalive_connections=0,
            network_backend=GuardedBackend(
                self._resolver,
                allow_private=rules.allow_private,
                inner=backend or httpcore.AnyIOBackend(),
            ),
        )

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Post a message, and return what the webhook answers in the end, whatever it is.

        Raises `NotDelivered` where no answer comes that could be told.
        """
        try:
            async with asyncio.timeout(self._rules.timeout_s):
                return await self._followed(url, headers, body)
        except TimeoutError as error:
            raise NotDelivered(f"no answer within {self._rules.timeout_s:g} s") from error
        except BadAddress as error:
            raise NotDelivered(str(error)) from error
        except httpcore.TimeoutException as error:
            raise NotDelivered("no connection in time") from error
        except httpcore.ProtocolError as error:
            raise NotDelivered("what it answered is not HTTP") from error
        except (httpcore.NetworkError, OSError) as error:
            raise NotDelivered(_failure(error)) from error

    async def close(self) -> None:
        await self._pool.aclose()
        if isinstance(self._resolver, SystemResolver):
            self._resolver.close()

    async def _followed(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        endpoint = check_url(url, self._rules.allow_private)
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._exchanged(endpoint, headers, body)
            if answer.location is None:
                return answer.reply
            endpoint = self._next(endpoint, answer.location)
        raise NotDelivered(f"it redirected more than {_MOST_REDIRECTS} times")

    def _next(self, endpoint: Endpoint, location: str) -> Endpoint:
        try:
            led = check_url(urljoin(endpoint.url, location), self._rules.allow_private)
        except ValueError as error:
            raise NotDelivered("it redirected to an address that no webhook may have") from error
        if endpoint.scheme == "https" and led.scheme != "https":
            raise NotDelivered("it redirected to an address without TLS")
        return led

    async def _exchanged(
        self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes
    ) -> "_Answer":
        sent = {"host": endpoint.authority} | _HEADERS | dict(headers)
        address = httpcore.URL(
            scheme=endpoint.scheme.encode("ascii"),
            host=endpoint.host.encode("ascii"),
            port=endpoint.port,
            target=endpoint.target.encode("ascii"),
        )
        async with self._pool.stream(
            "POST", address, headers=list(sent.items()), content=body
        ) as answer:
            given = {name.lower(): value for name, value in answer.headers}
            await _read_some(answer)
        location = given.get(b"location") if answer.status in _REDIRECTS else None
        return _Answer(
            reply=Reply(status=answer.status, retry_after=_text(given.get(b"retry-after"))),
            location=_text(location),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    reply: Reply
    location: str | None


async def _read_some(answer: httpcore.Response) -> None:
    """Read what there is of the answer, within bounds; its status stands whatever becomes of it."""
    left = _MOST_ANSWER_BYTES
    with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError, OSError):
        async with asyncio.timeout(_MOST_ANSWER_S):
            async for part in answer.aiter_stream():
                left -= len(part)
                if left <= 0:
                    return


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _failure(error: Exception) -> str:
    # httpcore hands on what it caught as an argument, and cuts the chain of causes.
    if any(isinstance(one, ssl.SSLError) for one in (error, *error.args)):
        return "its certificate is not valid, or TLS failed"
    if isinstance(error, httpcore.ConnectError):
        return "no connection could be made"
    return "the connection broke"
