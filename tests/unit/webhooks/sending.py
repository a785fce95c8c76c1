"""Sending one message to a receiver of one's own."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence

from service.domain.errors import NotDelivered
from service.webhooks.sender import Reply, Rules, Sender
from tests.unit.webhooks.receivers import OTHER, PUBLIC, Network, Receiver, answer

HOOK = "http://hooks.example.com/brief?x=1"
NAMES = {"hooks.example.com": [[PUBLIC]], "other.example.com": [[OTHER]]}
SIGNED = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,AA=="}
BODY = b'{"type":"brief.done"}'

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[object, object, None]]
Names = Mapping[str, Sequence[Sequence[str]]]


async def send(
    url: str,
    *answers: bytes | Serve,
    names: Names = NAMES,
    rules: Rules | None = None,
    down: frozenset[str] = frozenset(),
) -> tuple[Reply | str, Receiver, Network]:
    """Send a message to a receiver; return its reply or why it was not delivered."""
    async with Receiver(answers=list(answers) or [answer(204)]).open() as receiver:
        network = Network(port=receiver.port, names=names, down=down)
        sender = Sender(rules or Rules(), resolver=network, backend=network)
        try:
            told: Reply | str = await sender.send(url, SIGNED, BODY)
        except NotDelivered as fault:
            told = str(fault)
        finally:
            await sender.close()
        return told, receiver, network


def sent(
    url: str,
    *answers: bytes | Serve,
    names: Names = NAMES,
    rules: Rules | None = None,
    down: frozenset[str] = frozenset(),
) -> tuple[Reply | str, Receiver, Network]:
    return asyncio.run(send(url, *answers, names=names, rules=rules, down=down))
