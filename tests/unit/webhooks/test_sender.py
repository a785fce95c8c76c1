import asyncio
from pathlib import Path

import pytest

from service.domain.errors import NotDelivered
from service.webhooks.sender import Reply, Rules, Sender
from tests.unit.webhooks.receivers import OTHER, PUBLIC, Network, Receiver, answer
from tests.unit.webhooks.sending import BODY, HOOK, NAMES, SIGNED, Names, sent


def test_a_message_is_posted_to_the_name_at_the_address_that_was_checked() -> None:
    told, receiver, network = sent(HOOK, answer(204))
    assert told == Reply(status=204)
    [one] = receiver.received
    assert one.line == "POST /brief?x=1 HTTP/1.1"
    assert one.body == BODY
    assert one.headers["host"] == "hooks.example.com"
    assert one.headers["content-type"] == "application/json"
    assert one.headers.items() >= SIGNED.items()
    assert network.asked == ["hooks.example.com"]
    assert network.connected == [(PUBLIC, 80)]


def test_nothing_of_the_environment_goes_along(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine hooks.example.com login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    told, receiver, network = sent(HOOK)
    assert told == Reply(status=204)
    assert network.connected == [(PUBLIC, 80)]
    assert not {"authorization", "cookie", "proxy-authorization"} & set(
        receiver.received[0].headers
    )


def test_a_cookie_is_not_kept() -> None:
    async def twice() -> Receiver:
        async with Receiver(answers=[answer(200, "set-cookie: a=b")]).open() as receiver:
            network = Network(port=receiver.port, names=NAMES)
            sender = Sender(Rules(), resolver=network, backend=network)
            await sender.send(HOOK, SIGNED, BODY)
            await sender.send(HOOK, SIGNED, BODY)
            await sender.close()
            return receiver

    assert all("cookie" not in one.headers for one in asyncio.run(twice()).received)


@pytest.mark.parametrize("status", [200, 202, 301, 302, 303, 304, 400, 410, 500, 503])
def test_an_answer_is_told_by_its_status(status: int) -> None:
    told, receiver, _ = sent(HOOK, answer(status, "location: /elsewhere", body=b"told"))
    assert told == Reply(status=status)
    assert len(receiver.received) == 1


def test_the_header_retry_after_is_told() -> None:
    told, _, _ = sent(HOOK, answer(503, "retry-after: 120"))
    assert told == Reply(status=503, retry_after="120")


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.1",
    "::1",
    "fd00:ec2::254",
    "fe80::1%eth0",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("beside", [[], [PUBLIC]])
def test_a_name_that_stands_for_a_private_address_is_never_connected_to(
    address: str, beside: list[str]
) -> None:
    for addresses in ([*beside, address], [address, *beside]):
        told, receiver, network = sent(HOOK, names={"hooks.example.com": [addresses]})
        assert "public internet" in str(told)
        assert network.connected == []
        assert receiver.received == []


def test_a_name_that_changes_its_address_after_the_check_is_not_asked_again() -> None:
    changing = {"hooks.example.com": [[PUBLIC], ["127.0.0.1"]]}
    told, _, network = sent(HOOK, names=changing)
    assert told == Reply(status=204)
    assert network.asked == ["hooks.example.com"]
    assert network.connected == [(PUBLIC, 80)]


def test_a_name_is_checked_anew_for_every_message() -> None:
    async def twice() -> tuple[list[tuple[str, int]], str]:
        async with Receiver(answers=[answer(204)]).open() as receiver:
            changing = {"hooks.example.com": [[PUBLIC], ["127.0.0.1"]]}
            network = Network(port=receiver.port, names=changing)
            sender = Sender(Rules(), resolver=network, backend=network)
            await sender.send(HOOK, SIGNED, BODY)
            with pytest.raises(NotDelivered) as raised:
                await sender.send(HOOK, SIGNED, BODY)
            await sender.close()
            return network.connected, str(raised.value)

    connected, why = asyncio.run(twice())
    assert connected == [(PUBLIC, 80)]
    assert "public internet" in why


def test_an_address_that_is_down_gives_way_to_the_next() -> None:
    two = {"hooks.example.com": [[OTHER, PUBLIC]]}
    told, _, network = sent(HOOK, names=two, down=frozenset({OTHER}))
    assert told == Reply(status=204)
    assert network.connected == [(OTHER, 80), (PUBLIC, 80)]


@pytest.mark.parametrize(
    ("names", "down"),
    [({}, frozenset()), ({"hooks.example.com": [[]]}, frozenset()), (NAMES, frozenset({PUBLIC}))],
)
def test_a_host_without_an_address_that_answers_is_told_so(
    names: Names, down: frozenset[str]
) -> None:
    told, _, _ = sent(HOOK, names=names, down=down)
    assert told == "no connection could be made"


def test_a_private_address_is_connected_to_where_that_is_allowed() -> None:
    inside = {"hooks": [["10.0.0.7"]]}
    told, _, network = sent("http://hooks/", names=inside, rules=Rules(allow_private=True))
    assert told == Reply(status=204)
    assert network.connected == [("10.0.0.7", 80)]


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://2130706433/", "file:///etc/passwd"])
def test_an_address_that_is_refused_by_its_form_is_not_even_looked_up(url: str) -> None:
    told, _, network = sent(url)
    assert str(told).startswith("not an address for a webhook")
    assert network.asked == []


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("location", ["http://other.example.com/next", "//other.example.com/next"])
def test_a_redirect_is_followed_with_the_same_message(status: int, location: str) -> None:
    told, receiver, network = sent(HOOK, answer(status, f"location: {location}"), answer(200))
    assert told == Reply(status=200)
    assert network.connected == [(PUBLIC, 80), (OTHER, 80)]
    first, second = receiver.received
    assert second.line == "POST /next HTTP/1.1"
    assert second.headers["host"] == "other.example.com"
    assert second.body == first.body
    assert second.headers["webhook-id"] == first.headers["webhook-id"]


def test_a_redirect_may_name_a_path_alone() -> None:
    _, receiver, _ = sent(HOOK, answer(307, "location: ../b"), answer(200))
    assert receiver.received[1].line == "POST /b HTTP/1.1"


def test_a_redirect_without_a_place_is_an_answer_like_others() -> None:
    assert sent(HOOK, answer(307))[0] == Reply(status=307)


def test_redirects_are_followed_three_times() -> None:
    there = answer(307, "location: /again")
    told, receiver, _ = sent(HOOK, there, there, there, answer(200))
    assert told == Reply(status=200)
    told, receiver, _ = sent(HOOK, there)
    assert told == "it redirected more than 3 times"
    assert len(receiver.received) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://other.example.com/",
        "http://user:secret@other.example.com/",
        "http://[broken/",
        "http://other.example.com:99999/",
    ],
)
def test_a_redirect_to_an_address_that_is_refused_ends_there(location: str) -> None:
    told, receiver, network = sent(HOOK, answer(307, f"location: {location}"), answer(200))
    assert told == "it redirected to an address that no webhook may have"
    assert len(receiver.received) == len(network.connected) == 1


def test_a_redirect_to_a_name_that_stands_for_a_private_address_ends_there() -> None:
    names = NAMES | {"inside.example.com": [["10.0.0.1"]]}
    told, _, network = sent(HOOK, answer(308, "location: http://inside.example.com/"), names=names)
    assert "public internet" in str(told)
    assert network.connected == [(PUBLIC, 80)]
