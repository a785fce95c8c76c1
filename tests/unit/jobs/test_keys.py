import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import NoKey, NotAllowed, StoreUnavailable, TooManyRequests
from service.jobs.keys import ALPHABET, Door, KeyMaker, MadeKey, allows, parse_token
from service.jobs.parts import Caller
from service.store import Store
from service.store.keys import KeyStore
from service.store.records import Key, Scope
from tests.conftest import NOON

PARTS = st.text(ALPHABET, min_size=1)


class ReversedDigest:
    """Proves by what everyone could do."""

    def digests(self, secret: str) -> tuple[str, ...]:
        return (f"new {secret[::-1]}", f"old {secret[::-1]}")


@dataclass
class FakeKeys:
    keys: dict[str, Key] = field(default_factory=dict)
    asked_whether_any: int = 0

    async def add(self, key: Key) -> None:
        self.keys[key.id] = key

    async def any_ever(self) -> bool:
        self.asked_whether_any += 1
        return bool(self.keys)

    async def find(self, key_id: str) -> Key | None:
        return self.keys.get(key_id)


@dataclass
class FakeRates:
    """Makes those wait that are named, and notes who was counted."""

    waits: dict[str, float] = field(default_factory=dict)
    counted: list[tuple[str, datetime, int]] = field(default_factory=list)
    full: bool = False

    async def take(self, key_id: str, now: datetime, per_minute: int) -> float:
        if self.full:
            raise StoreUnavailable("OperationalError")
        self.counted.append((key_id, now, per_minute))
        return self.waits.get(key_id, 0.0)


@dataclass
class FakeStore:
    keys: FakeKeys = field(default_factory=FakeKeys)
    rates: FakeRates = field(default_factory=FakeRates)


def door_of(store: FakeStore, per_minute: int = 7) -> Door:
    return Door(
        store=cast("Store", store),
        prover=ReversedDigest(),
        now=lambda: NOON,
        requests_per_minute=per_minute,
    )


def make(store: FakeStore, *scopes: Scope, tenant: str = "desk") -> MadeKey:
    turn = itertools.cycle(ALPHABET[len(store.keys.keys) :])
    maker = KeyMaker(
        keys=cast("KeyStore", store.keys),
        prover=ReversedDigest(),
        now=lambda: NOON,
        choose=lambda _: next(turn),
    )
    return asyncio.run(maker.make("The desk", tenant, frozenset(scopes or ("read",))))


def admit(door: Door, token: str | None, needed: Scope = "read") -> Caller:
    async def admitting() -> Caller:
        caller = await door.identify(token)
        await door.admit(caller, needed)
        return caller

    return asyncio.run(admitting())


def test_a_key_is_kept_without_its_token_under_the_newest_secret() -> None:
    store = FakeStore()
    made = make(store, "read", "admin", tenant="news")
    parsed = parse_token(made.token)
    assert parsed is not None
    key_id, secret = parsed
    assert store.keys.keys == {key_id: made.key}
    assert made.key == Key(
        id=key_id,
        tenant="news",
        name="The desk",
        scopes=frozenset({"read", "admin"}),
        digest=f"new {secret[::-1]}",
        created_at=NOON,
    )
    assert (len(key_id), len(secret)) == (12, 43)


@given(PARTS, PARTS)
def test_only_a_token_of_the_right_lengths_is_one(key_id: str, secret: str) -> None:
    parsed = parse_token(f"brief_{key_id}_{secret}")
    fits = (len(key_id), len(secret)) == (12, 43)
    assert parsed == ((key_id, secret) if fits else None)


@given(st.text(ALPHABET, min_size=12, max_size=12), st.text(ALPHABET, min_size=43, max_size=43))
def test_a_token_gives_back_its_two_parts(key_id: str, secret: str) -> None:
    assert parse_token(f"brief_{key_id}_{secret}") == (key_id, secret)


@given(st.text(max_size=80))
def test_any_other_text_is_no_token(text: str) -> None:
    assert parse_token(text) is None
    assert parse_token(f"brief_{'a' * 12}_{'b' * 43}{text}") is None or not text


@pytest.mark.parametrize("ending", ["\n", " ", "\0", "_"])
def test_nothing_may_follow_a_token(ending: str) -> None:
    assert parse_token(f"brief_{'a' * 12}_{'b' * 43}{ending}") is None


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        ((), set()),
        (("read",), {"read"}),
        (("write",), {"read", "write"}),
        (("admin",), {"read", "write", "admin"}),
        (("read", "admin"), {"read", "write", "admin"}),
    ],
)
def test_a_scope_implies_those_below_it(held: tuple[Scope, ...], allowed: set[Scope]) -> None:
    scopes: tuple[Scope, ...] = ("read", "write", "admin")
    assert {one for one in scopes if allows(held, one)} == allowed


def test_as_long_as_there_is_no_key_everyone_is_local_and_may_do_everything() -> None:
    door = door_of(FakeStore())
    assert admit(door, None, "admin") == Caller()
    assert admit(door, "garbage", "admin") == Caller()


def test_the_first_key_locks_the_door_at_once_and_for_good() -> None:
    store = FakeStore()
    door = door_of(store)
    admit(door, None)
    make(store)
    with pytest.raises(NoKey):
        admit(door, None)
    store.keys.keys.clear()
    with pytest.raises(NoKey):
        admit(door, None)
    assert store.keys.asked_whether_any == 2


def test_a_key_tells_who_asks() -> None:
    store = FakeStore()
    made = make(store, "write", tenant="news")
    assert admit(door_of(store), made.token) == Caller(
        tenant="news", key_id=made.key.id, scopes=frozenset({"write"})
    )


def test_a_key_made_with_an_older_secret_still_opens() -> None:
    store = FakeStore()
    made = make(store)
    kept = store.keys.keys[made.key.id]
    store.keys.keys[made.key.id] = Key(
        id=kept.id,
        tenant=kept.tenant,
        name=kept.name,
        scopes=kept.scopes,
        digest=kept.digest.replace("new", "old"),
        created_at=kept.created_at,
    )
    assert admit(door_of(store), made.token).key_id == made.key.id


def test_a_key_without_the_scope_is_refused_and_counted() -> None:
    store = FakeStore()
    token = make(store, "read").token
    with pytest.raises(NotAllowed) as refused:
        admit(door_of(store), token, "write")
    assert refused.value.scope == "write"
    assert len(store.rates.counted) == 1


def test_each_request_of_a_key_is_counted_and_too_many_are_refused() -> None:
    store = FakeStore()
    made = make(store)
    door = door_of(store)
    admit(door, made.token)
    store.rates.waits[made.key.id] = 2.5
    with pytest.raises(TooManyRequests) as refused:
        admit(door, made.token)
    assert (refused.value.wait_s, refused.value.limit) == (2.5, 7)
    assert store.rates.counted == [(made.key.id, NOON, 7)] * 2


def test_who_cannot_be_counted_is_let_in() -> None:
    store = FakeStore()
    made = make(store)
    store.rates.full = True
    assert admit(door_of(store), made.token).key_id == made.key.id


def test_no_limit_counts_nothing() -> None:
    store = FakeStore()
    admit(door_of(store, per_minute=0), make(store).token)
    assert store.rates.counted == []


def test_who_was_let_in_stays_valid_until_its_key_is_revoked() -> None:
    store = FakeStore()
    door = door_of(store)
    assert asyncio.run(door.still_valid(Caller()))
    made = make(store)
    caller = admit(door, made.token)
    assert asyncio.run(door.still_valid(caller))
    assert not asyncio.run(door.still_valid(Caller()))
    key = made.key
    store.keys.keys[key.id] = Key(
        id=key.id,
        tenant=key.tenant,
        name=key.name,
        scopes=key.scopes,
        digest=key.digest,
        created_at=NOON,
        revoked_at=NOON,
    )
    assert not asyncio.run(door.still_valid(caller))
    store.keys.keys.clear()
    assert not asyncio.run(door.still_valid(caller))
