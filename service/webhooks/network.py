"""The way out: connections to public addresses only, and to exactly the address that was checked."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import httpcore

from service.domain.errors import BadAddress
from service.webhooks.addresses import is_public

# A name server that does not answer holds a thread; it must be none that others wait for.
_RESOLVERS = 8
# How long one address may take where there are others.
_CONNECT_S = 5.0
SocketOption = httpcore.SOCKET_OPTION


class Resolver(Protocol):
    """Looks names up."""

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host, the best first; raises `OSError` where it has none."""
        ...


class SystemResolver:
    """Asks the system, in threads of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._pool, _looked_up, host, port)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name itself, and connects only where every address it stands for may be reached.

    One private address among public ones is enough to refuse: a name that has both is made to get
    past a check that looks at the first.
    """

    def __init__(
        self, resolver: Resolver, *, allow_private: bool, inner: httpcore.AsyncNetworkBackend
    ) -> None:
        self._resolver, self._allow_private, self._inner = resolver, allow_private, inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers.

        Raises `BadAddress` before any connection is made, and the errors of httpcore.
        """
        addresses = await self._checked(host, port)
        for at, address in enumerate(addresses, start=1):
            last = at == len(addresses)
            try:
                # An address and no name: nothing is looked up a second time, with another answer.
                return await self._inner.connect_tcp(
                    address,
                    port,
                    timeout=timeout if last else _CONNECT_S,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last:
                    raise
        raise httpcore.ConnectError("the host has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no message is for a program on this machine."""
        raise BadAddress("its host is not on the public internet")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._resolver.addresses(host, port)
        except OSError as error:
            raise httpcore.ConnectError("the host has no address") from error
        if not self._allow_private and not all(map(_is_public, addresses)):
            raise BadAddress("its host is not on the public internet")
        return addresses


def _looked_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _is_public(address: str) -> bool:
    return is_public(ipaddress.ip_address(address))
