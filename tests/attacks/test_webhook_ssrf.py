"""A webhook is no way to reach what only this service can reach."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from service.domain.errors import NotDelivered
from service.jobs.deliveries import Deliveries, Rounds
from service.jobs.parts import Background, Shop
from service.webhooks.sender import Rules, Sender
from tests.attacks.canary import Canary, watching
from tests.rest.services import Client, Services, done, until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
RAIN = {"content": "Rain fell on Saturday.", "id": "rain"}
# Addresses that the service, and nobody outside, could reach something at.
INSIDE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.1",
    "10.0.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.100.100.200",
    "169.254.169.254",
    "198.18.0.1",
    "224.0.0.251",
    "255.255.255.255",
    "::1",
    "::",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
)


@dataclass
class Names:
    """Gives a name its addresses in turn, as a name server in an attacker's hands does."""

    turns: Sequence[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.turns[min(len(self.asked), len(self.turns)) - 1]


@pytest.fixture
def canary() -> Iterator[Canary]:
    with watching() as opened:
        yield opened


def sending(services: Services, names: Names) -> Client:
    def begin(shop: Shop) -> tuple[Background, ...]:
        return (
            Deliveries(
                store=shop.store.deliveries,
                # The real way out: what is connected to, is connected to.
                post=Sender(Rules(timeout_s=2.0), resolver=names),
                vault=shop.vault,
                surroundings=shop.surroundings,
                metrics=shop.metrics,
                chance=lambda: 0.5,
                rounds=Rounds(poll_s=0.02, grace_s=1.0),
            ),
        )

    return services.open(services.app(background=begin))


def told(client: Client, url: str) -> dict[str, Any]:
    """Have a message sent there; return what became of the first attempt."""
    done(client, {"documents": [RAIN], "webhook": {"url": url, "secret": SECRET}})
    listed = "/v1/webhooks/deliveries"
    until(lambda: client.get(listed).json()["deliveries"][0]["last_error"] is not None)
    found: dict[str, Any] = client.get(listed).json()["deliveries"][0]
    return found


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_connected_to(
    services: Services, canary: Canary, address: str
) -> None:
    names = Names([[address]])
    client = sending(services, names)
    found = told(client, f"http://inside.example.com:{canary.port}/")
    assert found["last_error"] == (
        "not an address for a webhook: its host is not on the public internet"
    )
    assert names.asked == ["inside.example.com"]
    assert canary.silent, canary.asked


def test_one_address_inside_among_public_ones_is_enough_to_refuse(
    services: Services, canary: Canary
) -> None:
    client = sending(services, Names([["93.184.215.14", "127.0.0.1"]]))
    assert "public internet" in told(client, f"http://two.example.com:{canary.port}/")["last_error"]
    assert canary.silent, canary.asked


def test_a_name_that_changes_between_attempts_is_checked_at_each(
    services: Services, canary: Canary
) -> None:
    names = Names([["10.0.0.1"], ["127.0.0.1"]])
    client = sending(services, names)
    told(client, f"http://turning.example.com:{canary.port}/")
    services.time.pass_by(10)
    until(lambda: len(names.asked) == 2)
    listed = "/v1/webhooks/deliveries"
    until(lambda: client.get(listed).json()["deliveries"][0]["attempts"] == 2)
    assert canary.silent, canary.asked


def test_nothing_tells_an_open_port_inside_from_a_closed_one(
    services: Services, canary: Canary
) -> None:
    client = sending(services, Names([["127.0.0.1"]]))
    opened = told(client, f"http://inside.example.com:{canary.port}/")
    services.time.pass_by(1)
    closed = told(client, "http://inside.example.com:1/")
    assert opened["last_error"] == closed["last_error"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://localhost:{port}/",
        "http://127。0。0。1:{port}/",
        "http://127.0.0.1.:{port}/",
        "http://anyone@127.0.0.1:{port}/",
        "http://example.com:80@127.0.0.1:{port}/",
        "http://example.com#@127.0.0.1:{port}/",
        "http://example.com\\@127.0.0.1:{port}/",
        "gopher://127.0.0.1:{port}/_x",
        "file:///etc/passwd",
        "unix:///var/run/docker.sock",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "http://[fe80::1%25lo]:{port}/",
    ],
)
def test_an_address_inside_is_refused_before_anything_is_stored(
    client: Client, canary: Canary, url: str
) -> None:
    hook = {"url": url.replace("{port}", str(canary.port)), "secret": SECRET}
    answer = client.post("/v1/briefs", json={"documents": [RAIN], "webhook": hook})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/webhook/url"
    assert client.get("/v1/webhooks/deliveries").json()["deliveries"] == []
    assert canary.silent, canary.asked


def test_the_same_way_out_reaches_the_canary_where_that_is_allowed(
    canary: Canary,
) -> None:
    async def send() -> None:
        sender = Sender(Rules(timeout_s=5.0, allow_private=True), resolver=Names([["127.0.0.1"]]))
        with pytest.raises(NotDelivered):
            await sender.send(f"http://inside.example.com:{canary.port}/", {}, b"{}")
        await sender.close()

    asyncio.run(send())
    until(lambda: canary.visits == 1)
