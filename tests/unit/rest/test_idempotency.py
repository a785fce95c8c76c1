import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

from service.domain.errors import StoreUnavailable
from service.jobs.parts import Surroundings
from service.rest.idempotency import Asked, KeptAnswers
from service.store.answers import AnswerStore
from service.store.records import Answer, Lease
from tests.conftest import NOON

ASKED = Asked(tenant="t", key="k", fingerprint="f", owner="me", of_documents=False)


@dataclass
class FakeAnswers:
    """Notes what is renewed; fails as often as told."""

    failures: int = 0
    renewed: asyncio.Queue[Lease] = field(default_factory=asyncio.Queue)
    tried: int = 0

    async def renew(self, tenant: str, key: str, lease: Lease) -> bool:
        assert (tenant, key) == ("t", "k")
        self.tried += 1
        if self.tried <= self.failures:
            raise StoreUnavailable("gone")
        self.renewed.put_nowait(lease)
        return True

    async def keep(self, *_: object) -> bool:
        raise StoreUnavailable("gone")

    async def drop(self, *_: object) -> bool:
        raise StoreUnavailable("gone")


def kept_answers(answers: FakeAnswers, now: datetime = NOON) -> KeptAnswers:
    return KeptAnswers(
        answers=cast("AnswerStore", answers),
        surroundings=Surroundings(
            now=lambda: now,
            clock_s=lambda: 0.0,
            new_brief_id=lambda: "b",
            new_owner=lambda: "o",
        ),
        kept_s=60,
        lease_s=0.03,
    )


def test_a_claim_is_renewed_for_as_long_as_its_answer_takes_even_where_that_fails_once() -> None:
    async def story() -> None:
        answers = FakeAnswers(failures=2)
        kept = kept_answers(answers)
        async with kept.holding(ASKED):
            leases = [await answers.renewed.get() for _ in range(3)]
        assert leases == [Lease(owner="me", until=NOON + timedelta(seconds=0.03))] * 3
        tried = answers.tried
        await asyncio.sleep(0.05)
        assert answers.tried == tried

    asyncio.run(story())


def test_an_answer_that_cannot_be_kept_is_no_failure_of_what_was_done() -> None:
    async def story() -> None:
        kept = kept_answers(FakeAnswers())
        await kept.keep(ASKED, Answer(status=202, headers={}, body=b""))
        await kept.drop(ASKED)

    asyncio.run(story())


def test_a_request_has_one_name_with_its_key_and_another_with_each_change() -> None:
    names = {
        replace(ASKED, key=key, fingerprint=fingerprint, owner=owner).name
        for key, fingerprint, owner in (
            ("k", "f", "a"),
            ("k", "f", "b"),
            ("kf", "", "a"),
            ("k", "g", "a"),
        )
    }
    assert len(names) == 3
    assert {len(name) for name in names} == {64}
