"""Attacks of one tenant on what belongs to another: nothing is told, nothing is changed."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from httpx import Response

from service.store import Store
from service.store.tables import DeliveryRow
from tests.rest.services import Client, Services, done
from tests.unit.domain.editions import whole

NOTE = {"id": "note", "content": "Rain fell on Monday.", "url": "https://example.org/rain"}
OTHER = NOTE | {"content": "Rain fell on Tuesday, and the river rose."}
# What every call with an id in it is answered like where there is no such thing.
CALLS = (
    ("GET", "/v1/documents/{document_id}"),
    ("DELETE", "/v1/documents/{document_id}"),
    ("GET", "/v1/briefs/{brief_id}"),
    ("DELETE", "/v1/briefs/{brief_id}"),
    ("GET", "/v1/briefs/{brief_id}/verification"),
    ("GET", "/v1/briefs/{brief_id}/events"),
    ("POST", "/v1/briefs/{brief_id}/cancel"),
    ("POST", "/v1/briefs/{brief_id}/rebuild"),
    ("GET", "/v1/briefs/{brief_id}/shares"),
    ("POST", "/v1/briefs/{brief_id}/shares"),
    ("DELETE", "/v1/briefs/{brief_id}/shares/{share_id}"),
    ("GET", "/v1/webhooks/deliveries/{delivery_id}"),
    ("POST", "/v1/webhooks/deliveries/{delivery_id}/redeliver"),
    ("GET", "/v1/editions/{date}"),
)
LISTS = ("/v1/documents", "/v1/briefs", "/v1/webhooks/deliveries", "/v1/editions")


@dataclass
class Tenants:
    """The one who owns a document, a brief, a share, a message and an edition, and one who has nothing."""

    client: Client
    owner: dict[str, str]
    stranger: dict[str, str]
    ids: dict[str, str]

    def send(self, who: dict[str, str], method: str, path: str, **sent: object) -> Response:
        return self.client.request(method, path, headers=who, **sent)  # type: ignore[arg-type]

    def owned(self) -> list[bytes]:
        """Return all that the owner sees of what it owns."""
        paths = (
            f"/v1/documents/{self.ids['document_id']}",
            f"/v1/briefs/{self.ids['brief_id']}",
            f"/v1/briefs/{self.ids['brief_id']}/verification",
            f"/v1/briefs/{self.ids['brief_id']}/shares",
            f"/v1/webhooks/deliveries/{self.ids['delivery_id']}",
            f"/v1/editions/{self.ids['date']}",
            *LISTS,
        )
        answers = [self.send(self.owner, "GET", path) for path in paths]
        assert {one.status_code for one in answers} == {200}
        return [one.content for one in answers]


def message(services: Services, brief_id: str) -> Callable[[Store], object]:
    async def adding(store: Store) -> None:
        async with store.database.writing("owner") as session:
            session.add(
                DeliveryRow(
                    id="msg_1",
                    brief_id=brief_id,
                    event="brief.done",
                    url="https://example.org/hook",
                    secret="sealed",
                    body="{}",
                    status="dead",
                    next_at=services.time.now,
                    created_at=services.time.now,
                )
            )

    return adding


@pytest.fixture
def tenants(services: Services) -> Tenants:
    owner, stranger = (
        {"Authorization": f"Bearer {services.key(name, 'admin').token}"}
        for name in ("owner", "stranger")
    )
    client = services.open()
    client.headers.update(owner)
    client.post("/v1/documents", json=NOTE)
    url = done(client, {"document_ids": ["note"]})
    brief_id = url.rpartition("/")[2]
    share_id = client.post(f"{url}/shares").json()["id"]
    services.with_store(message(services, brief_id))
    services.with_store(lambda store: store.editions.put("owner", whole()))
    for name in owner:
        del client.headers[name]
    ids = {
        "document_id": "note",
        "brief_id": brief_id,
        "share_id": share_id,
        "delivery_id": "msg_1",
        "date": "2026-11-21",
    }
    return Tenants(client=client, owner=owner, stranger=stranger, ids=ids)


def test_the_calls_tried_here_are_all_that_name_something(tenants: Tenants) -> None:
    named = {
        (method, route.path_format)
        for route in tenants.client.app.routes
        for method in getattr(route, "methods", ())
        if route.path_format.startswith("/v1/") and "{" in route.path_format
    }
    assert {one for one in named if one[0] not in ("OPTIONS", "HEAD")} == set(CALLS)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_anothers_is_answered_like_what_is_not_there(
    tenants: Tenants, method: str, path: str
) -> None:
    before = tenants.owned()
    nothing = dict.fromkeys(tenants.ids, "nothing")
    theirs = tenants.send(tenants.stranger, method, path.format(**tenants.ids))
    absent = tenants.send(tenants.stranger, method, path.format(**nothing))
    assert theirs.status_code == absent.status_code == 404
    told = theirs.text
    for id_ in tenants.ids.values():
        told = told.replace(repr(id_), repr("nothing"))
    assert told == absent.text
    volatile = {"x-request-id", "content-length"}
    assert {k: v for k, v in theirs.headers.items() if k not in volatile} == {
        k: v for k, v in absent.headers.items() if k not in volatile
    }
    assert tenants.owned() == before


@pytest.mark.parametrize("path", ["/v1/documents/{document_id}?force=true"])
def test_force_reaches_no_further(tenants: Tenants, path: str) -> None:
    before = tenants.owned()
    answer = tenants.send(tenants.stranger, "DELETE", path.format(**tenants.ids))
    assert answer.status_code == 404
    assert tenants.owned() == before


@pytest.mark.parametrize("path", LISTS)
def test_lists_show_ones_own_only(tenants: Tenants, path: str) -> None:
    mine = tenants.send(tenants.owner, "GET", path).json()
    theirs = tenants.send(tenants.stranger, "GET", path).json()
    [entries] = [value for value in theirs.values() if isinstance(value, list)]
    assert entries == []
    assert [len(value) for value in mine.values() if isinstance(value, list)] == [1]


def test_anothers_cursor_leads_to_nothing_of_the_others(tenants: Tenants) -> None:
    for n in range(3):
        tenants.send(tenants.owner, "POST", "/v1/documents", json={"content": f"Note {n}."})
    page = tenants.send(tenants.owner, "GET", "/v1/documents?limit=1").json()
    assert page["next_cursor"]
    params = {"cursor": page["next_cursor"]}
    answer = tenants.send(tenants.stranger, "GET", "/v1/documents", params=params)
    assert answer.json()["documents"] == []


def test_no_brief_is_made_of_anothers_documents(tenants: Tenants) -> None:
    before = tenants.owned()
    answers = [
        tenants.send(tenants.stranger, "POST", "/v1/briefs", json={"document_ids": [id_]})
        for id_ in ("note", "nope")
    ]
    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].text.replace("note", "nope") == answers[1].text
    assert tenants.owned() == before


def test_the_same_id_and_url_name_another_document(tenants: Tenants) -> None:
    before = tenants.owned()
    answer = tenants.send(tenants.stranger, "POST", "/v1/documents", json=OTHER)
    assert answer.status_code == 201
    theirs = tenants.send(tenants.stranger, "GET", "/v1/documents/note")
    assert theirs.json()["text"] == OTHER["content"]
    assert tenants.owned() == before
    gone = tenants.send(tenants.stranger, "DELETE", "/v1/documents/note?force=true")
    assert gone.status_code == 204
    assert tenants.owned() == before


def test_the_very_same_document_is_new_to_who_did_not_store_it(tenants: Tenants) -> None:
    answer = tenants.send(tenants.stranger, "POST", "/v1/documents", json=NOTE)
    assert answer.status_code == 201
    [summary] = tenants.send(tenants.stranger, "GET", "/v1/documents").json()["documents"]
    assert summary["version"] == 1


def test_a_brief_of_ones_own_does_not_hold_anothers_document(tenants: Tenants) -> None:
    tenants.send(tenants.stranger, "POST", "/v1/documents", json=NOTE)
    answer = tenants.send(tenants.stranger, "DELETE", "/v1/documents/note")
    assert answer.status_code == 204
    assert tenants.send(tenants.owner, "DELETE", "/v1/documents/note").status_code == 409


def test_a_key_of_the_other_tenant_gives_no_answer_of_the_others(tenants: Tenants) -> None:
    again = {"Idempotency-Key": "guessed"}
    body = {"document_ids": ["note"]}
    mine = tenants.send(tenants.owner | again, "POST", "/v1/briefs", json=body)
    assert mine.status_code == 202
    theirs = tenants.send(tenants.stranger | again, "POST", "/v1/briefs", json=body)
    assert theirs.status_code == 422
    assert "idempotent-replayed" not in theirs.headers
    assert mine.json()["id"] not in theirs.text


@pytest.mark.parametrize("header", ["X-Tenant", "X-Forwarded-User", "Tenant", "X-Caller"])
def test_no_header_makes_one_another_tenant(tenants: Tenants, header: str) -> None:
    answer = tenants.send(tenants.stranger | {header: "owner"}, "GET", "/v1/documents")
    assert answer.json()["documents"] == []
