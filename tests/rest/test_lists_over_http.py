import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.errors import BadCursor
from service.domain.ports import Models
from service.rest.lists import read_cursor, write_cursor
from service.store.records import Cursor
from tests.rest.services import Client, Services, done

LISTS = ("documents", "briefs")


def stored(services: Services, client: Client, count: int) -> None:
    for at in range(count):
        services.time.pass_by(1)
        client.post("/v1/documents", json={"id": f"d{at}", "content": f"Rain fell {at} times."})


def pages(client: Client, first: str, name: str) -> list[list[dict[str, Any]]]:
    found, path = [], first
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        found.append(answer.json()[name])
        following = answer.links.get("next", {}).get("url", "")
        assert bool(following) == (answer.json()["next_cursor"] is not None)
        path = following
    return found


def test_documents_are_listed_newest_first_without_their_texts(services: Services) -> None:
    client = services.open()
    stored(services, client, 3)
    answer = client.get("/v1/documents").json()
    assert [one["id"] for one in answer["documents"]] == ["d2", "d1", "d0"]
    assert answer["next_cursor"] is None
    assert list(answer["documents"][0]) == [
        "id", "version", "sha256", "title", "publisher", "author", "url", "published_at",
        "language", "created_at", "changed_at", "superseded_by", "duplicate_of",
    ]  # fmt: skip
    assert answer["documents"][0]["created_at"] == "2026-11-21T12:00:03Z"


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 200])
def test_pages_hold_everything_once_and_lead_to_each_other(services: Services, limit: int) -> None:
    client = services.open()
    stored(services, client, 7)
    found = pages(client, f"/v1/documents?limit={limit}", "documents")
    assert [one["id"] for page in found for one in page] == [f"d{at}" for at in reversed(range(7))]
    assert all(len(page) == limit for page in found[:-1])


def test_what_is_added_meanwhile_moves_nothing_on_later_pages(services: Services) -> None:
    client = services.open()
    stored(services, client, 4)
    first = client.get("/v1/documents?limit=2")
    services.time.pass_by(60)
    client.post("/v1/documents", json={"id": "late", "content": "Rain again."})
    second = client.get(first.links["next"]["url"])
    assert [one["id"] for one in second.json()["documents"]] == ["d1", "d0"]


def test_briefs_are_listed_with_how_they_stand(services: Services) -> None:
    client = services.open()
    url = done(client, {"documents": [{"content": "Rain fell on Monday."}]})
    [brief] = client.get("/v1/briefs").json()["briefs"]
    assert brief == {
        "id": url.rpartition("/")[2],
        "status": "done",
        "created_at": "2026-11-21T12:00:00Z",
        "finished_at": "2026-11-21T12:00:00Z",
        "progress": brief["progress"],
        "headline": "Rain fell on Monday.",
        "error": None,
        "rebuild_of": None,
    }


def test_briefs_are_filtered_by_status_and_time_and_links_keep_the_filter(
    services: Services, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    urls = []
    for at in range(4):
        services.time.pass_by(60)
        sent = {"documents": [{"content": f"Rain {at}."}]}
        urls.append(client.post("/v1/briefs", json=sent).headers["location"])
    client.post(urls[3] + "/cancel")

    def ids(query: str) -> list[str]:
        found = pages(client, f"/v1/briefs?limit=1&{query}", "briefs")
        return [one["id"] for page in found for one in page]

    names = [url.rpartition("/")[2] for url in urls]
    assert ids("status=cancelled") == names[3:]
    assert ids("status=done") == []
    assert ids("since=2026-11-21T12:03:00Z") == names[:1:-1]
    assert ids("since=2026-11-21T13:03:00%2B01:00&status=cancelled") == names[3:]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("status=finished", "status"),
        ("since=yesterday", "since"),
        ("since=0001-01-01T00:00:00%2B23:00", "since"),
        ("since=2026-11-21T12:00:00+01:00", "since"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, query: str, named: str) -> None:
    answer = client.get(f"/v1/briefs?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/errors/bad-request")
    assert named in answer.json()["detail"]


def test_unknown_parameters_are_left_alone(client: Client) -> None:
    assert client.get("/v1/briefs?colour=red").status_code == 200


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "AAAA",
        "é",
        "a" * 5000,
        base64.urlsafe_b64encode(b"0 ").decode(),
        base64.urlsafe_b64encode(b"0 a\x00b").decode(),
        base64.urlsafe_b64encode(b"9" * 40 + b" a").decode(),
        base64.urlsafe_b64encode(b"999999999999999999 a").decode().rstrip("="),
        base64.urlsafe_b64encode(b"-0 a").decode().rstrip("="),
        base64.urlsafe_b64encode(b"0 \xff\xfe").decode().rstrip("="),
        "MCBh=",
        "MCBi\n",
    ],
)
def test_a_cursor_that_no_page_gave_is_a_client_s_mistake(
    client: Client, name: str, cursor: str
) -> None:
    answer = client.get(f"/v1/{name}", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (400, "/errors/bad-cursor")


@given(
    sent=st.text(max_size=40)
    | st.binary(max_size=40).map(base64.urlsafe_b64encode).map(bytes.decode)
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_cursor_is_more_than_a_list_can_take(client: Client, sent: str) -> None:
    answer = client.get("/v1/documents", params={"cursor": sent})
    assert answer.status_code in (200, 400)


@given(
    created_at=st.datetimes(timezones=st.just(UTC)),
    id=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=128
    ),
)
def test_a_cursor_is_read_as_it_was_written(created_at: datetime, id: str) -> None:
    cursor = Cursor(created_at=created_at, id=id)
    sent = write_cursor(cursor)
    assert read_cursor(sent) == cursor
    with pytest.raises(BadCursor):
        read_cursor(sent + "=")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_did_not_change_is_not_sent_again(client: Client, name: str) -> None:
    first = client.get(f"/v1/{name}")
    assert first.headers["etag"].startswith('W/"')
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get(f"/v1/{name}", headers=known).status_code == 304
    done(client, {"documents": [{"content": "Rain fell on Monday."}]})
    assert client.get(f"/v1/{name}", headers=known).status_code == 200
