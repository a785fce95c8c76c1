import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpcore
import pytest

from service.domain.errors import NotDelivered
from service.webhooks.network import GuardedBackend, SystemResolver
from service.webhooks.sender import Reply, Rules, Sender
from tests.unit.webhooks.certificates import certificates
from tests.unit.webhooks.receivers import PUBLIC, Network, Receiver, answer
from tests.unit.webhooks.sending import BODY, HOOK, NAMES, SIGNED, Serve, sent


def dripping(first: bytes, then: bytes) -> Serve:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(then)
            await writer.drain()
            await asyncio.sleep(0.01)

    return serve


async def _silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def _closed(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize(
    "serve",
    [
        _silent,
        dripping(b"HTTP/1.1 200 OK\r\n", b"x-more: y\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_receiver_that_never_ends_its_head_is_left_when_the_time_is_over(serve: Serve) -> None:
    told, _, _ = sent(HOOK, serve, rules=Rules(timeout_s=0.3))
    assert told in ("no answer within 0.3 s", "what it answered is not HTTP")


def test_a_name_server_that_never_answers_is_left_when_the_time_is_over() -> None:
    class Silent(Network):
        async def addresses(self, host: str, port: int) -> list[str]:
            await asyncio.sleep(3600)
            return []

    async def run() -> None:
        network = Silent(port=1, names={})
        sender = Sender(Rules(timeout_s=0.05), resolver=network, backend=network)
        try:
            await sender.send(HOOK, SIGNED, BODY)
        finally:
            await sender.close()

    with pytest.raises(NotDelivered, match=r"no answer within 0\.05 s"):
        asyncio.run(run())


def test_a_status_stands_although_the_answer_never_ends() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    told, _, _ = sent(HOOK, dripping(head, b"1\r\nx\r\n"))
    assert told == Reply(status=200)


def test_a_status_stands_although_the_answer_breaks_off() -> None:
    told, _, _ = sent(HOOK, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this")
    assert told == Reply(status=200)


def test_of_an_endless_answer_little_is_read() -> None:
    written = 0

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        while written < 1_000_000_000:
            writer.write(bytes(65_536))
            await writer.drain()
            written += 65_536

    told, _, _ = sent(HOOK, flood)
    assert told == Reply(status=200)
    # What the network's own buffers took, beside what was read.
    assert written < 50_000_000


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx" + b"y" * 200_000,
    ],
)
def test_what_is_not_http_is_told_without_a_word_of_it(said: bytes) -> None:
    assert sent(HOOK, said)[0] == "what it answered is not HTTP"


def test_a_receiver_that_says_nothing_and_closes_is_told_so() -> None:
    told, _, _ = sent(HOOK, _closed)
    assert told in ("what it answered is not HTTP", "the connection broke")


@asynccontextmanager
async def _secure(
    folder: Path, name: str, trusted: bool, *answers: bytes
) -> AsyncIterator[tuple[Sender, Receiver, Network]]:
    made = certificates(folder, name)
    async with Receiver(answers=list(answers)).open(made.server()) as receiver:
        network = Network(port=receiver.port, names=NAMES)
        tls = made.client() if trusted else httpcore.default_ssl_context()
        sender = Sender(Rules(), resolver=network, backend=network, tls=tls)
        try:
            yield sender, receiver, network
        finally:
            await sender.close()


def test_the_certificate_is_checked_for_the_name_and_not_the_address(tmp_path: Path) -> None:
    async def run() -> None:
        async with _secure(tmp_path, "hooks.example.com", True, answer(204)) as (
            sender,
            _,
            network,
        ):
            assert await sender.send("https://hooks.example.com/", SIGNED, BODY) == Reply(
                status=204
            )
            assert network.connected == [(PUBLIC, 443)]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "trusted"), [("hooks.example.com", False), ("else.example", True)]
)
def test_a_certificate_that_is_not_valid_is_refused(
    tmp_path: Path, name: str, trusted: bool
) -> None:
    async def run() -> None:
        async with _secure(tmp_path, name, trusted, answer(204)) as (sender, receiver, _):
            with pytest.raises(NotDelivered, match="its certificate is not valid"):
                await sender.send("https://hooks.example.com/", SIGNED, BODY)
            assert receiver.received == []

    asyncio.run(run())


def test_a_redirect_never_leads_out_of_tls(tmp_path: Path) -> None:
    async def run() -> None:
        there = answer(307, "location: http://hooks.example.com/")
        async with _secure(tmp_path, "hooks.example.com", True, there) as (sender, _, network):
            with pytest.raises(NotDelivered, match="without TLS"):
                await sender.send("https://hooks.example.com/", SIGNED, BODY)
            assert len(network.connected) == 1

    asyncio.run(run())


def test_no_socket_of_this_machine_is_connected_to() -> None:
    network = Network(port=1, names={})
    guard = GuardedBackend(network, allow_private=True, inner=network)
    with pytest.raises(ValueError, match="public internet"):
        asyncio.run(guard.connect_unix_socket("/var/run/docker.sock"))


def test_the_system_resolves_loopback_to_loopback() -> None:
    async def run() -> list[str]:
        resolver = SystemResolver()
        try:
            return list(await resolver.addresses("localhost", 80))
        finally:
            resolver.close()

    assert set(asyncio.run(run())) <= {"127.0.0.1", "::1"}


def test_many_messages_are_sent_side_by_side() -> None:
    async def run() -> int:
        rules = replace(Rules(), at_once=4)
        async with Receiver(answers=[answer(204)]).open() as receiver:
            network = Network(port=receiver.port, names=NAMES)
            sender = Sender(rules, resolver=network, backend=network)
            await asyncio.gather(*(sender.send(HOOK, SIGNED, BODY) for _ in range(20)))
            await sender.close()
            return len(receiver.received)

    assert asyncio.run(run()) == 20
