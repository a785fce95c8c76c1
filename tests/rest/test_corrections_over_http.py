import sqlite3
from contextlib import closing
from typing import Any

import pytest

from service.domain.ports import Models
from service.jobs.limits import Limits
from service.render import load_brief
from tests.rest.services import Client, HeldDrafter, Services, done, ended

RAIN = {"id": "rain", "content": "Rain fell on Monday.\nIt was cold."}
RIVER = {"id": "river", "content": "The river rose.", "url": "https://a.example/river"}
BOTH = {"documents": [RAIN, RIVER]}
WAIT = {"Prefer": "wait=20"}


def made(client: Client) -> str:
    return done(client, BOTH)


def stale(client: Client, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(url).json()["stale"]
    return found


def test_a_brief_whose_documents_stand_has_nothing_stale(client: Client) -> None:
    brief = client.get(made(client)).json()
    assert (brief["stale"], brief["rebuild_of"]) == ([], None)
    assert list(brief)[-3:] == ["run", "rebuild_of", "stale"]


def test_a_changed_document_makes_its_statements_stale(services: Services) -> None:
    client = services.open()
    url = made(client)
    services.time.pass_by(60)
    client.post("/v1/documents", json=RIVER | {"content": "The river fell."})
    assert stale(client, url) == [
        {
            "statement_id": "s2",
            "document_id": "river",
            "reason": "changed",
            "since": "2026-11-21T12:01:00Z",
            "successor_id": "river",
            "quote_found": False,
        }
    ]


def test_a_quote_that_still_stands_is_found_again_wherever_it_is(client: Client) -> None:
    url = made(client)
    client.post("/v1/documents", json=RIVER | {"content": "A correction.\nThe river rose."})
    assert [one["quote_found"] for one in stale(client, url)] == [True]


def test_a_headline_can_be_stale_as_well(client: Client) -> None:
    url = made(client)
    client.post("/v1/documents", json=RAIN | {"content": "Snow fell on Monday."})
    assert [one["statement_id"] for one in stale(client, url)] == ["h", "s1"]


def test_another_document_under_the_url_succeeds_the_one_before(client: Client) -> None:
    url = made(client)
    later = {"id": "later", "content": "The river fell.", "url": RIVER["url"]}
    client.post("/v1/documents", json=later)
    assert [(one["reason"], one["successor_id"]) for one in stale(client, url)] == [
        ("changed", "later")
    ]


def test_the_same_text_described_anew_is_not_stale(client: Client) -> None:
    url = made(client)
    assert client.post("/v1/documents", json=RIVER | {"title": "Floods"}).status_code == 201
    assert stale(client, url) == []


def test_a_document_that_has_its_old_text_again_is_not_stale(client: Client) -> None:
    url = made(client)
    client.post("/v1/documents", json=RIVER | {"content": "The river fell."})
    client.post("/v1/documents", json=RIVER)
    assert stale(client, url) == []


def test_a_cited_document_is_not_deleted_unless_it_must_be(client: Client) -> None:
    url = made(client)
    answer = client.delete("/v1/documents/river")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/document-cited")
    assert answer.json()["briefs"] == [url.rpartition("/")[2]]
    assert stale(client, url) == []
    forced = client.delete("/v1/documents/river?force=true")
    assert (forced.status_code, forced.content) == (204, b"")
    assert client.get("/v1/documents/river").status_code == 404
    [told] = stale(client, url)
    assert (told["reason"], told["successor_id"], told["quote_found"]) == ("deleted", None, False)


def test_a_document_that_nothing_cites_is_deleted_once(client: Client) -> None:
    client.post("/v1/documents", json=RAIN)
    assert client.delete("/v1/documents/rain").status_code == 204
    answer = client.delete("/v1/documents/rain")
    assert (answer.status_code, answer.json()["type"]) == (404, "/errors/unknown-document")
    assert client.get("/v1/documents").json()["documents"] == []


@pytest.mark.parametrize("force", ["maybe", "2", ""])
def test_a_force_that_is_neither_true_nor_false_deletes_nothing(client: Client, force: str) -> None:
    client.post("/v1/documents", json=RAIN)
    assert client.delete(f"/v1/documents/rain?force={force}").status_code == 400
    assert client.get("/v1/documents/rain").status_code == 200


def test_what_is_stale_changes_the_tag_and_nothing_else_of_the_brief(client: Client) -> None:
    url = made(client)
    before = client.get(url)
    client.post("/v1/documents", json=RIVER | {"content": "The river fell."})
    after = client.get(url, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert {**after.json(), "stale": []} == before.json()
    assert load_brief(after.text).stale[0].document_id == "river"
    client.post("/v1/documents", json=RIVER)
    assert client.get(url).content == before.content


@pytest.mark.parametrize("accept", ["text/markdown", "text/html", "text/plain"])
def test_what_is_stale_is_told_in_every_form(client: Client, accept: str) -> None:
    url = made(client)
    assert "changed or deleted" not in client.get(url, headers={"Accept": accept}).text
    client.post("/v1/documents", json=RIVER | {"content": "The river fell."})
    text = " ".join(client.get(url, headers={"Accept": accept}).text.split())
    assert "1 statement stands on documents that were changed or deleted since" in text
    assert "was changed since" in text


def test_a_stale_brief_holds_against_what_it_was_made_of(client: Client) -> None:
    url = made(client)
    client.post("/v1/documents", json=RIVER | {"content": "The river fell."})
    assert client.get(url + "/verification").json()["holds"]


def test_statements_of_a_deleted_document_do_not_hold(client: Client) -> None:
    url = made(client)
    client.delete("/v1/documents/river?force=true")
    told = client.get(url + "/verification").json()
    assert not told["holds"]
    [failed] = [one for one in told["statements"] if not one["holds"]]
    assert failed["id"] == "s2"
    assert failed["reasons"] == ["document 'river' was deleted, and cannot be checked against"]


def test_a_brief_is_made_anew_of_what_stands_now(services: Services) -> None:
    client = services.open()
    url = made(client)
    client.post("/v1/documents", json=RAIN | {"content": "Snow fell."})
    client.post(
        "/v1/documents", json={"id": "later", "content": "The river fell.", "url": RIVER["url"]}
    )
    answer = client.post(url + "/rebuild", headers=WAIT)
    assert answer.status_code == 201
    brief = answer.json()
    assert answer.headers["location"] == f"/v1/briefs/{brief['id']}"
    assert brief["rebuild_of"] == url.rpartition("/")[2]
    assert [one["document_id"] for one in brief["sources"]] == ["rain", "later"]
    assert [one["text"] for one in brief["statements"]] == ["Snow fell.", "The river fell."]
    assert client.get(answer.headers["location"]).json() == brief
    listed = client.get("/v1/briefs").json()["briefs"]
    assert brief["rebuild_of"] in [one["rebuild_of"] for one in listed]
    assert stale(client, url)


def test_a_brief_made_anew_keeps_options_and_webhook(services: Services) -> None:
    client = services.open()
    options = {"max_words": 20, "provenance": "open", "model": None, "seed": 7}
    hook = {"url": "https://a.example/hook", "secret": "password"}
    url = done(client, BOTH | {"options": options, "webhook": hook})
    brief = client.post(url + "/rebuild", headers=WAIT).json()
    assert brief["run"]["options"] == options
    kept = [
        services.with_store(lambda store, id=id: store.briefs.get("local", id)).hook
        for id in (url.rpartition("/")[2], brief["id"])
    ]
    assert kept[0] == kept[1] is not None


def test_deleted_documents_are_left_out_of_a_brief_made_anew_and_told(client: Client) -> None:
    url = made(client)
    client.delete("/v1/documents/river?force=true")
    brief = client.post(url + "/rebuild", headers=WAIT).json()
    assert [one["document_id"] for one in brief["sources"]] == ["rain"]
    assert brief["dropped"] == [{"text": "", "document_id": "river", "reason": "it was deleted"}]


def test_a_document_that_came_back_is_used_again(client: Client) -> None:
    url = made(client)
    client.delete("/v1/documents/river?force=true")
    client.post("/v1/documents", json=RIVER)
    brief = client.post(url + "/rebuild", headers=WAIT).json()
    assert [one["document_id"] for one in brief["sources"]] == ["rain", "river"]


def test_nothing_is_made_anew_of_documents_that_are_all_deleted(client: Client) -> None:
    url = made(client)
    for name in ("rain", "river"):
        client.delete(f"/v1/documents/{name}?force=true")
    answer = client.post(url + "/rebuild")
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/no-usable-document")
    assert [one["document_id"] for one in answer.json()["documents"]] == ["rain", "river"]


def test_only_a_brief_that_has_ended_is_made_anew(services: Services, held_models: Models) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json=BOTH).headers["location"]
    answer = client.post(url + "/rebuild")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/wrong-status")
    assert client.post("/v1/briefs/none/rebuild").status_code == 404
    client.post(url + "/cancel")
    assert client.post(url + "/rebuild").status_code == 202


def test_options_that_are_no_longer_served_are_told(services: Services) -> None:
    url = made(services.open())
    client = services.open(services.app(limits=Limits(max_words=100)))
    answer = client.post(url + "/rebuild")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (
        422, "#/options/max_words"
    )  # fmt: skip


def test_a_brief_made_anew_under_one_key_is_one_brief(client: Client) -> None:
    url = made(client)
    key = {"Idempotency-Key": "once"}
    first, again = (client.post(url + "/rebuild", headers=key) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert len(client.get("/v1/briefs").json()["briefs"]) == 2


def test_a_brief_is_deleted_with_what_was_kept_for_it(services: Services) -> None:
    client = services.open()
    hook = {"url": "https://a.example/hook", "secret": "password"}
    url = done(client, BOTH | {"webhook": hook})
    assert len(client.get("/v1/webhooks/deliveries").json()["deliveries"]) == 1
    assert client.delete(url).status_code == 204
    for answer in (client.get(url), client.delete(url), client.get(url + "/events")):
        assert (answer.status_code, answer.json()["type"]) == (404, "/errors/unknown-brief")
    assert client.get("/v1/webhooks/deliveries").json()["deliveries"] == []
    assert client.delete("/v1/documents/river").status_code == 204


def test_a_brief_that_is_being_made_is_stopped_when_it_is_deleted(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json=BOTH).headers["location"]
    assert held.busy.wait(20)
    assert client.delete(url).status_code == 204
    held.let.set()
    after = client.post("/v1/briefs", json={"documents": [RAIN]}).headers["location"]
    assert ended(client, after)["status"] == "done"
    assert client.get(url).status_code == 404


def test_a_body_from_before_there_was_anything_stale_is_told_with_it(services: Services) -> None:
    client = services.open()
    url = made(client)
    before = client.get(url).text
    older = before.replace(',\n  "rebuild_of": null,\n  "stale": []\n}', "\n}")
    assert older != before
    with closing(sqlite3.connect(services.folder / "brief.db")) as database, database:
        database.execute("UPDATE briefs SET body = ?", (older,))
    assert client.get(url).text == before
