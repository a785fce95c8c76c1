import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from service.domain.edition import Edition
from service.store.records import LOCAL
from tests.rest.services import Client, Services
from tests.unit.domain.editions import MADE_AT, TODAY, YESTERDAY, edition, statement, story, whole

LISTED = "/v1/editions"
ONE = f"{LISTED}/{TODAY}"


def put(services: Services, *made: Edition, tenant: str = LOCAL) -> None:
    for one in made:
        assert services.with_store(lambda store, one=one: store.editions.put(tenant, one))


def test_the_json_of_an_edition_tells_all_of_it(services: Services, client: Client) -> None:
    put(services, whole())
    answer = client.get(ONE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    told = answer.json()
    assert list(told) == [
        "date", "created_at", "changed_at", "previous", "stories", "gone", "skipped", "articles",
        "duplicates",
    ]  # fmt: skip
    assert (told["date"], told["previous"]) == ("2026-11-21", "2026-11-20")
    assert told["created_at"] == "2026-11-21T06:00:00.123456Z"
    assert (told["articles"], told["duplicates"]) == (9, 2)
    assert told["gone"] == [
        {"id": "vote", "headline": "The council voted.", "last": "2026-11-20"},
    ]
    assert told["skipped"] == [
        {"text": "menu.html", "document_id": "d9", "reason": "it has no text"},
    ]


def test_the_json_of_a_story_can_be_read_without_its_brief(
    services: Services, client: Client
) -> None:
    put(services, whole())
    rain = client.get(ONE).json()["stories"][0]
    assert list(rain) == [
        "id", "state", "section", "brief_id", "headline", "lede", "sources", "independent_sources",
        "documents", "changes",
    ]  # fmt: skip
    assert (rain["state"], rain["section"], rain["brief_id"]) == (
        "updated", "Weather", "brief of rain",
    )  # fmt: skip
    assert rain["lede"]["citations"][1] == {
        "marker": 2,
        "document_id": "d2",
        "spans": [{"start": 0, "end": 21, "quote": "It rained until noon."}],
    }
    assert [(one["kind"], one["before"], one["statement"]["text"]) for one in rain["changes"]] == [
        ("new", None, "A dam broke."),
        ("changed", "Two roads are closed.", "Four roads are closed."),
        ("corrected", "The mayor was there.", "The mayor was not there."),
    ]
    assert [one["marker"] for one in rain["sources"]] == [1, 2, 3]


def test_an_edition_that_did_not_change_is_not_sent_again(
    services: Services, client: Client
) -> None:
    put(services, whole())
    known = {"If-None-Match": client.get(ONE).headers["etag"]}
    assert client.get(ONE, headers=known).status_code == 304
    later = MADE_AT + timedelta(hours=1)
    services.with_store(
        lambda store: store.editions.put(
            LOCAL, replace(whole(), created_at=later, changed_at=later)
        )
    )
    assert client.get(ONE, headers=known).status_code == 304
    put(services, replace(whole(), articles=10, changed_at=later))
    assert client.get(ONE, headers=known).status_code == 200


@pytest.mark.parametrize(
    "date",
    [
        "2026-11-20",
        "2026-02-30",
        "20261121",
        "2026-W47-6",
        "today",
        "2026-11-21T00:00",
        "a\0b",
        "é",
    ],
)
def test_a_date_without_an_edition_is_told_apart_from_nothing_else(
    services: Services, client: Client, date: str
) -> None:
    put(services, whole())
    answer = client.get(f"{LISTED}/{quote(date)}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/errors/unknown-edition")


def test_editions_are_listed_the_latest_days_first_in_pages(
    services: Services, client: Client
) -> None:
    put(services, edition(date=YESTERDAY, previous=None), whole())
    first = client.get(f"{LISTED}?limit=1")
    assert first.json()["editions"] == [
        {
            "date": "2026-11-21",
            "created_at": "2026-11-21T06:00:00.123456Z",
            "changed_at": "2026-11-21T06:00:00.123456Z",
            "stories": 2,
            "headline": "Rain fell.",
        }
    ]
    second = client.get(first.links["next"]["url"]).json()
    assert [one["date"] for one in second["editions"]] == ["2026-11-20"]
    assert (second["editions"][0]["headline"], second["next_cursor"]) == (None, None)


def test_another_lists_cursor_is_no_cursor_of_editions(services: Services, client: Client) -> None:
    for n in range(2):
        client.post("/v1/documents", json={"content": f"Note {n}."})
    cursor = client.get("/v1/documents?limit=1").json()["next_cursor"]
    answer = client.get(LISTED, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (400, "/errors/bad-cursor")


def test_what_reorders_text_is_escaped_as_in_briefs(services: Services, client: Client) -> None:
    text = "Rain \u202efell\u2066."
    put(services, edition(story(headline=statement("h", text))))
    body = client.get(ONE).text
    assert "\u202e" not in body
    assert json.loads(body)["stories"][0]["headline"]["text"] == text


def test_the_schema_describes_an_edition(client: Client) -> None:
    schema = client.get("/schema").json()
    told = schema["paths"][f"{LISTED}/{{date}}"]["get"]
    assert told["tags"] == ["editions"]
    ref = told["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    shape = schema["components"]["schemas"][ref.rpartition("/")[2]]["properties"]
    assert set(shape) == {
        "date", "created_at", "changed_at", "previous", "stories", "gone", "skipped", "articles",
        "duplicates",
    }  # fmt: skip
    assert "No such edition" in told["responses"]["404"]["description"]
