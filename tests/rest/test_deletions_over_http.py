import json
from typing import Any

import pytest

from service.domain.ports import Models
from tests.rest.services import Client, HeldDrafter, Services, done, ended

PAGE = "https://a.example/page"
OLD = {"id": "k-a", "content": "Rain fell.", "url": PAGE}
NEW = {"id": "k-b", "content": "Snow fell.", "url": PAGE}
WAIT = {"Prefer": "wait=20"}


def held_back(client: Client, held: HeldDrafter) -> None:
    """Keep the only worker busy, so that what is asked for now waits."""
    client.post("/v1/briefs", json={"documents": [{"id": "other", "content": "It was cold."}]})
    assert held.busy.wait(20)


def brief_of(client: Client, *names: str) -> dict[str, Any]:
    url = done(client, {"document_ids": list(names)})
    made: dict[str, Any] = client.get(url).json()
    return made


def test_a_document_deleted_while_its_brief_waits_is_told(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    sent = [{"id": f"d{n}", "content": f"Rain fell {n} times."} for n in range(3)]
    client.post("/v1/documents", json={"documents": sent})
    held_back(client, held)
    asked = {"document_ids": ["d0", "d1", "d2"], "documents": [{"id": "void", "content": ""}]}
    url = client.post("/v1/briefs", json=asked).headers["location"]
    assert client.delete("/v1/documents/d1?force=true").status_code == 204
    held.let.set()
    brief = ended(client, url)
    assert brief["status"] == "done"
    assert [one["document_id"] for one in brief["sources"]] == ["d0", "d2"]
    assert [(one["document_id"], one["reason"]) for one in brief["dropped"]] == [
        ("void", "it is empty"),
        ("d1", "it was deleted"),
    ]


def test_a_brief_whose_documents_are_all_deleted_while_it_waits_fails_with_their_names(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    client.post("/v1/documents", json=OLD)
    held_back(client, held)
    asked = {"document_ids": ["k-a"], "documents": [{"id": "void", "content": ""}]}
    url = client.post("/v1/briefs", json=asked).headers["location"]
    client.delete("/v1/documents/k-a?force=true")
    held.let.set()
    brief = ended(client, url)
    assert brief["status"] == "failed"
    assert brief["error"] == ("no usable document ('void': it is empty; 'k-a': it was deleted)")


def test_what_a_deleted_correction_replaced_stands_again(services: Services) -> None:
    client = services.open()
    client.post("/v1/documents", json=OLD)
    client.post("/v1/documents", json=NEW)
    assert client.delete("/v1/documents/k-b").status_code == 204
    [listed] = client.get("/v1/documents").json()["documents"]
    assert (listed["id"], listed["superseded_by"]) == ("k-a", None)
    brief = brief_of(client, "k-a")
    assert (brief["stale"], brief["run"]["warnings"]) == ([], [])
    rebuilt = client.post(f"/v1/briefs/{brief['id']}/rebuild", headers=WAIT)
    assert rebuilt.status_code == 201
    assert [one["document_id"] for one in rebuilt.json()["sources"]] == ["k-a"]


def test_a_brief_of_a_superseded_document_says_so_in_its_warnings(client: Client) -> None:
    for one in (OLD, NEW, NEW | {"id": "k-c", "content": "Hail fell."}):
        client.post("/v1/documents", json=one)
    brief = brief_of(client, "k-a", "k-c")
    assert [one["document_id"] for one in brief["sources"]] == ["k-a", "k-c"]
    assert brief["run"]["warnings"] == [
        "document 'k-a' was superseded by 'k-c' before this brief was asked for"
    ]
    assert [one["document_id"] for one in brief["stale"]] == ["k-a", "k-a"]


def test_a_brief_that_is_made_anew_is_of_what_stands_and_warns_of_nothing(client: Client) -> None:
    client.post("/v1/documents", json=OLD)
    client.post("/v1/documents", json=NEW)
    brief = brief_of(client, "k-a")
    rebuilt = client.post(f"/v1/briefs/{brief['id']}/rebuild", headers=WAIT).json()
    assert [one["document_id"] for one in rebuilt["sources"]] == ["k-b"]
    assert (rebuilt["run"]["warnings"], rebuilt["stale"]) == ([], [])


def test_a_document_out_tells_what_it_is_a_duplicate_of(services: Services) -> None:
    client = services.open()
    first = client.post("/v1/documents", json=OLD)
    assert first.json()["duplicate_of"] is None
    services.time.pass_by(1)
    copy = {"id": "copy", "content": "Rain fell.", "published_at": "2026-03-03T22:00:00+09:00"}
    second = client.post("/v1/documents", json=copy)
    assert second.json()["duplicate_of"] == "k-a"
    assert second.json()["published_at"] == "2026-03-03T13:00:00Z"
    read = client.get("/v1/documents/copy")
    assert read.content == second.content == client.post("/v1/documents", json=copy).content
    listed = client.get("/v1/documents").json()["documents"]
    assert [(one["id"], one["duplicate_of"]) for one in listed] == [("copy", "k-a"), ("k-a", None)]
    client.delete("/v1/documents/k-a")
    again = client.get("/v1/documents/copy", headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.json()["duplicate_of"]) == (200, None)


def test_documents_of_one_request_may_be_duplicates_of_each_other(client: Client) -> None:
    texts = {"b": "Rain fell.", "a": "Rain fell.", "c": "Snow fell."}
    sent = [{"id": id, "content": text} for id, text in texts.items()]
    answer = client.post("/v1/documents", json={"documents": sent}).json()
    assert [(one["id"], one["duplicate_of"]) for one in answer["documents"]] == [
        ("b", "a"),
        ("a", None),
        ("c", None),
    ]


def test_an_ended_brief_shows_no_progress_wherever_it_is_shown(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    sent = {"documents": [OLD]}
    urls = [client.post("/v1/briefs", json=sent).headers["location"]]
    assert held.busy.wait(20)
    client.post(urls[0] + "/cancel")
    held.let.set()
    urls.append(done(client, sent))
    shown = [ended(client, url) for url in urls]
    assert [one["status"] for one in shown] == ["cancelled", "done"]
    listed = client.get("/v1/briefs").json()["briefs"]
    assert [one["progress"] for one in (*shown, *listed)] == [None] * 4


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/briefs"])
def test_the_schema_says_that_the_last_text_posted_stands(client: Client, path: str) -> None:
    [found] = [client.get(address) for address in ("/schema/openapi.json",)]
    described = json.loads(found.text)["paths"][path]["post"]["description"]
    said = "A document with a known id and another text is a new version of it; the last one that"
    assert said in " ".join(described.split())
