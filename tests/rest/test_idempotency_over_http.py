import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx import Response
from sqlalchemy import select, update

from service.backends.fakes import fake_models
from service.domain.ports import Models
from service.jobs.chores import forget_answers
from service.jobs.limits import Limits
from service.store import Store
from service.store.tables import AnswerRow
from service.store.tenancy import EVERYONE
from tests.rest.services import QUICK, Client, HeldDrafter, Services, done
from tests.rest.test_keys_over_http import bearer

ONE, TWO = {"content": "Rain fell on Monday."}, {"content": "The river rose.", "id": "two"}
BRIEF, OTHER = {"documents": [ONE]}, {"documents": [ONE, TWO]}
KEY = {"Idempotency-Key": "3f6c-1"}


def briefs(client: Client) -> list[str]:
    return [one["id"] for one in client.get("/v1/briefs").json()["briefs"]]


def asserted_replay(first: Response, again: Response) -> None:
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("content-type", "location", "retry-after", "preference-applied"):
        assert again.headers.get(name) == first.headers.get(name), name


def test_a_brief_that_is_asked_for_again_is_answered_as_before_and_not_made_again(
    client: Client,
) -> None:
    first = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    done(client, OTHER)
    again = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    assert first.status_code == 202
    asserted_replay(first, again)
    assert len(briefs(client)) == 2


def test_an_answer_that_was_waited_for_is_given_again_with_the_finished_brief(
    client: Client,
) -> None:
    sent = KEY | {"Prefer": "wait=20"}
    first = client.post("/v1/briefs", json=BRIEF, headers=sent)
    again = client.post("/v1/briefs", json=BRIEF, headers=sent)
    assert (first.status_code, first.json()["status"]) == (201, "done")
    asserted_replay(first, again)


def test_documents_that_are_sent_again_are_told_as_new_again(client: Client) -> None:
    answers = [client.post("/v1/documents", json=ONE, headers=KEY) for _ in range(2)]
    assert answers[0].status_code == 201
    asserted_replay(*answers)
    assert client.post("/v1/documents", json=ONE).status_code == 200


@pytest.mark.parametrize("path", ["/v1/documents", "/v1//documents"])
def test_the_text_of_a_deleted_document_is_not_given_again(client: Client, path: str) -> None:
    one = {"content": "Rain fell on Monday.", "id": "d"}
    first = client.post(path, json=one, headers=KEY)
    assert client.delete("/v1/documents/d").status_code == 204
    again = client.post(path, json=one, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in again.headers


def test_each_post_has_idempotency(client: Client) -> None:
    url = done(client, BRIEF)
    for action in ("cancel", "rebuild"):
        sent = {"Idempotency-Key": action}
        asserted_replay(*(client.post(f"{url}/{action}", headers=sent) for _ in range(2)))
    assert len(briefs(client)) == 2


def test_without_a_key_the_same_request_is_two_requests(client: Client) -> None:
    for _ in range(2):
        assert client.post("/v1/briefs", json=BRIEF).status_code == 202
    assert len(set(briefs(client))) == 2


def test_another_request_under_the_same_key_is_a_422_and_does_nothing(client: Client) -> None:
    first = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    text = b'{"documents": [{"content": "Rain fell on Monday."}] }'
    json_text = KEY | {"Content-Type": "application/json"}
    for answer in (
        client.post("/v1/briefs", json=OTHER, headers=KEY),
        client.post("/v1/briefs", content=text, headers=json_text),
        client.post("/v1/briefs?a=1", json=BRIEF, headers=KEY),
        client.post("/v1/documents", json=BRIEF, headers=KEY),
        client.post(first.headers["location"] + "/cancel", headers=KEY),
    ):
        assert (answer.status_code, answer.json()["type"]) == (422, "/errors/idempotency-reused")
    assert briefs(client) == [first.json()["id"]]
    assert client.get("/v1/documents/two").status_code == 404


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\tb"])
def test_a_key_of_other_characters_or_too_long_is_a_400(client: Client, key: str) -> None:
    sent = {"Idempotency-Key": key.encode("latin-1")}
    answer = client.post("/v1/documents", json=ONE, headers=sent)
    assert (answer.status_code, answer.json()["type"]) == (400, "/errors/bad-request")
    assert "255" in answer.json()["detail"]


def test_two_keys_in_one_request_are_a_400(client: Client) -> None:
    sent = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert client.post("/v1/documents", json=ONE, headers=sent).status_code == 400


def test_the_longest_key_there_may_be_is_kept(client: Client) -> None:
    sent = {"Idempotency-Key": "~" * 255}
    asserted_replay(*(client.post("/v1/briefs", json=BRIEF, headers=sent) for _ in range(2)))


def test_reading_needs_no_key_and_ignores_one(client: Client) -> None:
    for _ in range(2):
        answer = client.get("/v1/documents", headers={"Idempotency-Key": "a b"})
        assert answer.status_code == 200
        assert "idempotent-replayed" not in answer.headers


def test_while_the_first_is_being_answered_the_same_is_a_409(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    # Either may make the brief: both hold it.
    here, there = (services.open(services.app(models=held_models)) for _ in range(2))
    sent = KEY | {"Prefer": "wait=20"}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(here.post, "/v1/briefs", json=BRIEF, headers=sent)
        assert held.busy.wait(20)
        for client in (here, there):
            answer = client.post("/v1/briefs", json=BRIEF, headers=sent)
            assert (answer.status_code, answer.json()["type"]) == (
                409,
                "/errors/idempotency-in-flight",
            )
            assert int(answer.headers["retry-after"]) > 0
            assert client.post("/v1/briefs", json=OTHER, headers=sent).status_code == 422
        held.let.set()
        told = first.result(20)
    assert told.status_code == 201
    asserted_replay(told, there.post("/v1/briefs", json=BRIEF, headers=sent))


def test_twenty_equal_requests_at_once_over_two_processes_make_one_brief(
    services: Services,
) -> None:
    clients = [services.open(), services.open()]
    begin = threading.Barrier(20)

    def post(n: int) -> Response:
        begin.wait(20)
        return clients[n % 2].post("/v1/briefs", json=BRIEF, headers=KEY)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert {one.status_code for one in answers} <= {202, 409}
    ids = {one.json()["id"] for one in answers if one.status_code == 202}
    assert len(ids) == 1
    assert briefs(clients[0]) == list(ids)
    asserted_replay(
        next(
            one
            for one in answers
            if one.status_code == 202 and "idempotent-replayed" not in one.headers
        ),
        clients[1].post("/v1/briefs", json=BRIEF, headers=KEY),
    )


def test_another_process_and_a_later_one_give_the_same_answer(services: Services) -> None:
    first = services.open().post("/v1/briefs", json=BRIEF, headers=KEY)
    asserted_replay(first, services.open().post("/v1/briefs", json=BRIEF, headers=KEY))
    services.stack.pop_all().close()
    later = services.open()
    asserted_replay(first, later.post("/v1/briefs", json=BRIEF, headers=KEY))
    assert briefs(later) == [first.json()["id"]]


def test_a_mistake_is_told_again(client: Client) -> None:
    sent = {"document_ids": ["two"]}
    first = client.post("/v1/briefs", json=sent, headers=KEY)
    assert first.status_code == 422
    assert first.headers["content-type"] == "application/problem+json"
    client.post("/v1/documents", json=TWO)
    asserted_replay(first, client.post("/v1/briefs", json=sent, headers=KEY))


def test_a_body_of_the_wrong_shape_does_nothing_and_leaves_its_key_free(client: Client) -> None:
    wrong = {"documents": [{"content": 7}]}
    assert client.post("/v1/briefs", json=wrong, headers=KEY).status_code == 422
    assert client.post("/v1/briefs", json=BRIEF, headers=KEY).status_code == 202
    assert client.post("/v1/briefs", json=wrong, headers=KEY).status_code == 422
    assert len(briefs(client)) == 1


def test_a_refusal_for_the_queue_is_not_kept(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models, limits=Limits(queued_briefs=1)))
    client.post("/v1/briefs", json=BRIEF)
    assert held.busy.wait(20)
    waiting = client.post("/v1/briefs", json=BRIEF).headers["location"]
    assert client.post("/v1/briefs", json=OTHER, headers=KEY).status_code == 429
    client.post(f"{waiting}/cancel")
    answer = client.post("/v1/briefs", json=OTHER, headers=KEY)
    assert answer.status_code == 202
    assert "idempotent-replayed" not in answer.headers


def test_a_service_that_is_not_ready_answers_better_later(services: Services) -> None:
    loaded = threading.Event()

    def load() -> Models:
        assert loaded.wait(20)
        return fake_models()

    client = services.open(services.app(load=load), ready=False)
    assert client.post("/v1/documents", json=ONE, headers=KEY).status_code == 503
    loaded.set()
    services.open(ready=True)
    while (answer := client.post("/v1/documents", json=ONE, headers=KEY)).status_code == 503:
        assert "idempotent-replayed" not in answer.headers
    assert answer.status_code == 201


def test_a_body_over_the_limit_is_a_413_and_the_key_stays_free(services: Services) -> None:
    client = services.open(services.app(limits=Limits(bytes_per_request=100)))
    answer = client.post("/v1/documents", json={"content": "a" * 100}, headers=KEY)
    assert answer.status_code == 413
    assert client.post("/v1/documents", json=ONE, headers=KEY).status_code == 201


def abandoned(services: Services) -> None:
    """Leave what was answered as a process does that dies before it keeps the answer."""

    async def changing(store: Store) -> None:
        left = {"status": None, "headers": None, "body": None, "owner": "dead"}
        until = services.time.now + timedelta(seconds=10)
        async with store.database.writing(EVERYONE) as session:
            await session.execute(update(AnswerRow).values(**left, locked_until=until))

    services.with_store(changing)


def test_a_process_that_died_before_it_answered_leaves_one_brief_and_the_same_request_finds_it(
    services: Services,
) -> None:
    client = services.open()
    first = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    abandoned(services)
    assert client.post("/v1/briefs", json=BRIEF, headers=KEY).status_code == 409
    services.time.pass_by(10)
    assert client.post("/v1/briefs", json=OTHER, headers=KEY).status_code == 422
    again = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    # It may be done by now.
    assert again.status_code in (201, 202)
    assert "idempotent-replayed" not in again.headers
    assert again.json()["id"] == first.json()["id"]
    assert briefs(client) == [first.json()["id"]]
    asserted_replay(again, client.post("/v1/briefs", json=BRIEF, headers=KEY))


IDLE = replace(QUICK, workers=0)


def test_a_brief_that_fills_the_queue_itself_is_found_again(services: Services) -> None:
    client = services.open(services.app(limits=Limits(queued_briefs=1), pace=IDLE))
    first = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    abandoned(services)
    services.time.pass_by(10)
    assert client.post("/v1/briefs", json=BRIEF).status_code == 429
    again = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])


def test_a_brief_is_found_again_although_its_document_was_deleted_meanwhile(
    services: Services,
) -> None:
    client = services.open(services.app(pace=IDLE))
    client.post("/v1/documents", json=TWO)
    asked = {"document_ids": ["two"]}
    first = client.post("/v1/briefs", json=asked, headers=KEY)
    assert client.delete("/v1/documents/two?force=true").status_code == 204
    abandoned(services)
    services.time.pass_by(10)
    assert client.post("/v1/briefs", json=asked).status_code == 422
    again = client.post("/v1/briefs", json=asked, headers=KEY)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])


def test_a_brief_made_anew_is_found_again_although_its_document_was_deleted_meanwhile(
    services: Services,
) -> None:
    client = services.open()
    url = done(client, {"documents": [TWO]})
    first = client.post(f"{url}/rebuild", headers=KEY)
    assert client.delete("/v1/documents/two?force=true").status_code == 204
    abandoned(services)
    services.time.pass_by(10)
    assert client.post(f"{url}/rebuild").status_code == 422
    again = client.post(f"{url}/rebuild", headers=KEY)
    assert again.json()["id"] == first.json()["id"]


def test_a_key_whose_answer_is_forgotten_is_a_new_one_for_another_request(
    services: Services,
) -> None:
    client = services.open()
    first = client.post("/v1/briefs", json=BRIEF, headers=KEY)
    services.time.pass_by(86_401)
    other = client.post("/v1/briefs", json=OTHER, headers=KEY)
    assert other.status_code == 202
    assert other.json()["id"] != first.json()["id"]
    assert len(briefs(client)) == 2


def test_what_is_not_given_again_is_deleted_now_and_then(services: Services) -> None:
    client = services.open()
    client.post("/v1/briefs", json=BRIEF, headers=KEY)
    services.time.pass_by(50)
    client.post("/v1/briefs", json=OTHER, headers={"Idempotency-Key": "later"})

    async def sweeping(store: Store) -> list[str]:
        await forget_answers(store, services.surroundings(), 40.0)()
        async with store.database.reading(EVERYONE) as session:
            return list(await session.scalars(select(AnswerRow.key)))

    assert services.with_store(sweeping) == ["later"]


def test_one_key_of_two_tenants_is_two_keys(services: Services) -> None:
    client = services.open()
    mine, theirs = (bearer(services.key(name).token) for name in ("mine", "theirs"))
    first = client.post("/v1/briefs", json=BRIEF, headers=mine | KEY)
    other = client.post("/v1/briefs", json=OTHER, headers=theirs | KEY)
    assert (first.status_code, other.status_code) == (202, 202)
    asserted_replay(first, client.post("/v1/briefs", json=BRIEF, headers=mine | KEY))


def test_who_may_not_write_is_refused_before_the_key_is_looked_at(services: Services) -> None:
    client = services.open()
    writer, reader = (bearer(services.key("desk", scope).token) for scope in ("write", "read"))
    client.post("/v1/briefs", json=BRIEF, headers=writer | KEY)
    assert client.post("/v1/briefs", json=BRIEF, headers=reader | KEY).status_code == 403
    assert client.post("/v1/briefs", json=BRIEF, headers=KEY).status_code == 401
    assert client.post("/v1/briefs", json=BRIEF, headers=writer | KEY).status_code == 202
