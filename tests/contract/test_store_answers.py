import asyncio

import pytest

from service.store.answers import AnswerStore
from service.store.database import Database
from service.store.documents import DocumentStore
from service.store.records import Answer, Claimed
from tests.contract.databases import Tell, database_url, later, lease, tell
from tests.contract.stores import filed

__all__ = ["database_url", "tell"]
ANSWER = Answer(status=202, headers={"location": "/v1/briefs/é"}, body=b"\x00\xff{}")
ASKED, OTHER = "a" * 64, "b" * 64
MINE = Claimed(mine=True, fingerprint=ASKED)
IN_FLIGHT = Claimed(mine=False, fingerprint=ASKED)
DAY_S = 86_400.0


async def claim(
    answers: AnswerStore,
    owner: str = "me",
    *,
    tenant: str = "t",
    fingerprint: str = ASKED,
    at_s: float = 0.0,
) -> Claimed:
    return await answers.claim(
        tenant, "key", fingerprint, lease(owner, at_s + 10), later(at_s), later(at_s - DAY_S)
    )


def test_an_answer_comes_back_byte_for_byte(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        assert await claim(answers) == MINE
        assert await answers.keep("t", "key", "me", ANSWER)
        assert await claim(answers, "you") == Claimed(mine=False, fingerprint=ASKED, answer=ANSWER)

    tell(story)


@pytest.mark.parametrize("in_flight", [False, True])
def test_answers_with_documents_go_when_one_is_deleted(tell: Tell, in_flight: bool) -> None:
    async def story(database: Database) -> None:
        answers, documents = AnswerStore(database), DocumentStore(database)
        for tenant, key, holds in (("t", "d", True), ("t", "b", False), ("u", "d", True)):
            await answers.claim(
                tenant, key, ASKED, lease("me"), later(0), later(-DAY_S), holds_documents=holds
            )
            assert in_flight or await answers.keep(tenant, key, "me", ANSWER)
        await documents.add("t", filed("doc"), later(1))
        await documents.delete("t", "doc", later(2))
        kept = [
            await answers.claim(tenant, key, OTHER, lease("you"), later(3), later(-DAY_S))
            for tenant, key in (("t", "d"), ("t", "b"), ("u", "d"))
        ]
        assert [one.mine for one in kept] == [True, False, False]
        # Whoever still makes one has it kept no more.
        assert not await answers.keep("t", "d", "me", ANSWER)

    tell(story)


def test_what_is_being_answered_is_nobody_elses(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        await claim(answers)
        assert await claim(answers, "you") == IN_FLIGHT
        assert await claim(answers, "me") == IN_FLIGHT
        assert not await answers.keep("t", "key", "you", ANSWER)
        assert not await answers.drop("t", "key", "you")
        assert await claim(answers, "you") == IN_FLIGHT

    tell(story)


def test_another_request_finds_what_was_asked_first_even_when_nobody_answers_that(
    tell: Tell,
) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        await claim(answers)
        for at_s in (1.0, 60.0):
            assert await claim(answers, "you", fingerprint=OTHER, at_s=at_s) == IN_FLIGHT

    tell(story)


def test_what_nobody_answers_any_more_is_taken_over_and_the_late_owner_refused(
    tell: Tell,
) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        await claim(answers)
        assert await claim(answers, "you", at_s=10.0) == MINE
        assert not await answers.renew("t", "key", lease("me", 99))
        assert not await answers.keep("t", "key", "me", ANSWER)
        assert await answers.keep("t", "key", "you", ANSWER)

    tell(story)


def test_a_renewed_claim_is_held_for_longer(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        await claim(answers)
        assert await answers.renew("t", "key", lease("me", 30))
        assert await claim(answers, "you", at_s=29.0) == IN_FLIGHT
        assert await claim(answers, "you", at_s=30.0) == MINE

    tell(story)


def test_a_claim_that_is_given_up_leaves_the_key_free_for_any_request(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        await claim(answers)
        assert await answers.drop("t", "key", "me")
        assert (await claim(answers, "you", fingerprint=OTHER)).mine

    tell(story)


def test_an_answer_that_is_too_old_is_no_answer(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        await claim(answers)
        await answers.keep("t", "key", "me", ANSWER)
        assert (await claim(answers, "you", at_s=DAY_S)).answer == ANSWER
        assert (await claim(answers, "you", fingerprint=OTHER, at_s=DAY_S + 1)).mine
        assert await claim(answers, "me", at_s=DAY_S + 2) == Claimed(mine=False, fingerprint=OTHER)

    tell(story)


def test_the_same_key_of_another_tenant_is_another_key(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        await claim(answers)
        assert await claim(answers, tenant="u", fingerprint=OTHER) == Claimed(
            mine=True, fingerprint=OTHER
        )
        assert not await answers.keep("u", "none", "me", ANSWER)
        assert await answers.keep("t", "key", "me", ANSWER)
        found = await claim(answers, "you", tenant="u", fingerprint=OTHER)
        assert found == Claimed(mine=False, fingerprint=OTHER)

    tell(story)


def test_old_answers_are_forgotten_and_what_is_being_answered_is_not(tell: Tell) -> None:
    async def story(database: Database) -> None:
        answers = AnswerStore(database)
        for tenant in ("old", "long", "left", "new"):
            await claim(answers, tenant=tenant, at_s=50.0 if tenant == "new" else 0.0)
        await answers.keep("old", "key", "me", ANSWER)
        await answers.renew("long", "key", lease("me", 90))
        assert await answers.forget(later(50)) == 2
        assert await answers.forget(later(50)) == 0
        assert await answers.keep("long", "key", "me", ANSWER)
        assert await answers.keep("new", "key", "me", ANSWER)
        assert not await answers.keep("left", "key", "me", ANSWER)

    tell(story)


def test_of_many_claims_at_the_same_time_one_is_given(tell: Tell, database_url: str) -> None:
    async def story(database: Database) -> None:
        other = Database(database_url)
        stores = (AnswerStore(database), AnswerStore(other))
        found = await asyncio.gather(*(claim(stores[n % 2], f"owner{n}") for n in range(20)))
        await other.close()
        assert sum(one.mine for one in found) == 1
        assert {one.answer for one in found} == {None}

    tell(story)
