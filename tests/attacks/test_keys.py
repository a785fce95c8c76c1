"""Attacks on API keys: guessing, telling keys apart, reading them where they should not stand."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from structlog.testing import capture_logs

from service.bootstrap.secret import ServerSecret
from service.domain.errors import NoKey
from service.jobs.keys import ALPHABET, Door, KeyMaker, MadeKey
from service.store import Store
from tests.conftest import NOON
from tests.rest.services import SECRET, Services


@dataclass
class Counted:
    """A prover that tells how many digests it made."""

    inner: ServerSecret
    digests_made: int = field(default=0)

    def digests(self, secret: str) -> tuple[str, ...]:
        made = self.inner.digests(secret)
        self.digests_made += len(made)
        return made


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that any database is sent."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def other(character: str) -> str:
    return ALPHABET[(ALPHABET.index(character) + 1) % len(ALPHABET)]


def test_unknown_revoked_and_wrong_keys_take_the_same_steps(services: Services) -> None:
    revoked, good = services.key("desk"), services.key("desk")
    services.revoke(revoked.key.id)
    unknown = good.token.replace(good.key.id, other(good.key.id[0]) + good.key.id[1:])
    wrong = good.token[:-1] + other(good.token[-1])
    wrong_and_revoked = revoked.token[:-1] + other(revoked.token[-1])

    async def steps(store: Store, token: str) -> tuple[str, tuple[str, ...], int]:
        prover = Counted(ServerSecret(("n" * 32, "of the tests, and of nobody else.")))
        door = Door(store=store, prover=prover, now=lambda: NOON, requests_per_minute=9)
        await door.is_locked()
        with statements() as sent, pytest.raises(NoKey) as refused:
            await door.identify(token)
        return str(refused.value), tuple(sent), prover.digests_made

    async def all_steps(store: Store) -> set[tuple[str, tuple[str, ...], int]]:
        return {
            await steps(store, token)
            for token in (unknown, revoked.token, wrong, wrong_and_revoked)
        }

    [(_, sent, digests)] = services.with_store(all_steps)
    assert digests == 2
    assert sum("FROM keys" in one for one in sent) == 1


def test_every_answer_to_a_key_that_does_not_open_is_the_same(services: Services) -> None:
    client = services.open()
    good, revoked = services.key("desk"), services.key("desk")
    services.revoke(revoked.key.id)
    tokens = [
        revoked.token,
        good.token[:-1] + other(good.token[-1]),
        good.token.replace(good.key.id, "0" * 12),
        "garbage",
        "brief_" + "A" * 200_000,
        "brief_" + "_" * 1000,
        "é",
        "\0",
        "' OR 1=1 --",
    ]
    answers = [
        client.get("/v1/documents", headers={"Authorization": b"Bearer " + one.encode("latin-1")})
        for one in tokens
        if "\0" not in one
    ]
    assert {one.status_code for one in answers} == {401}
    assert len({one.content for one in answers}) == 1


@pytest.mark.parametrize(
    "path",
    [
        "//v1/documents",
        "/v1/documents/",
        "/v1//documents",
        "/schema/..%2fv1/documents",
        "/healthz/%2e%2e/v1/documents",
        "/errors/%2e%2e/%2e%2e/v1/documents",
        "/v1/documents;/healthz",
        "/v1/documents?/healthz",
        "/v1/documents#/healthz",
        "/V1/documents",
        "/v1/documents%00/healthz",
    ],
)
def test_no_spelling_of_an_address_goes_round_the_check(services: Services, path: str) -> None:
    client = services.open()
    services.key("desk")
    # 303: to where a key is asked for.
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in (303, 400, 401, 404)
    assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
    assert client.post(path, json={"content": "Rain."}).status_code in (400, 401, 404, 405)


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Original-URL", "X-Rewrite-URL"]
)
def test_no_header_makes_a_request_another_one(services: Services, header: str) -> None:
    client = services.open()
    sent = {"Authorization": f"Bearer {services.key('desk', 'read').token}"}
    for said in ("GET", "/healthz"):
        answer = client.post(
            "/v1/documents", json={"content": "Rain."}, headers=sent | {header: said}
        )
        assert answer.status_code == 403
        assert client.get("/v1/documents", headers={header: said}).status_code == 401


def test_neither_the_database_nor_the_log_nor_an_answer_holds_a_token(services: Services) -> None:
    with capture_logs() as logged:
        made = services.key("desk", "read")
        client = services.open()
        sent = {"Authorization": f"Bearer {made.token}"}
        wrong = {"Authorization": f"Bearer {made.token[:-1]}{other(made.token[-1])}"}
        answers = [
            client.get("/v1/documents", headers=sent),
            client.post("/v1/documents", json={"content": "Rain."}, headers=sent),
            client.get("/v1/documents", headers=wrong),
            client.get(f"/v1/documents/{made.token}", headers=sent),
        ]
    assert [one.status_code for one in answers] == [200, 403, 401, 404]
    secret = made.token.rpartition("_")[2]
    assert logged
    # The last repeats what was asked for; nothing else may.
    assert not any(secret in one.text for one in answers[:3])
    kept = b"".join(path.read_bytes() for path in services.folder.iterdir())
    assert made.key.digest.encode() in kept
    assert secret.encode() not in kept
    for told in (logged, made):
        assert secret[:-1] not in repr(told)


def test_what_the_database_holds_proves_nothing_without_the_services_secret(
    services: Services,
) -> None:
    made = services.key("desk")
    digest = made.key.digest
    client = services.open()
    for guess in (f"brief_{made.key.id}_{digest[:43]}", f"brief_{made.key.id}_{digest}"):
        answer = client.get("/v1/documents", headers={"Authorization": f"Bearer {guess}"})
        assert answer.status_code == 401
    secret = made.token.rpartition("_")[2]
    assert digest in SECRET.digests(secret)
    assert digest not in ServerSecret(("another secret of the same length",)).digests(secret)


def test_tokens_are_made_of_all_their_alphabet_and_never_twice(services: Services) -> None:
    async def many(store: Store) -> list[MadeKey]:
        maker = KeyMaker(keys=store.keys, prover=SECRET, now=lambda: NOON, choose=secrets.choice)
        return await asyncio.gather(*(maker.make("n", "t", frozenset({"read"})) for _ in range(30)))

    tokens = [one.token for one in services.with_store(many)]
    assert len(set(tokens)) == 30
    assert len({one.split("_")[1] for one in tokens}) == 30
    # 1,290 characters drawn from 62: that one is missing has odds of one in ten million.
    assert set("".join(one.split("_")[2] for one in tokens)) == set(ALPHABET)
