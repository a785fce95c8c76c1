from datetime import datetime
from typing import Any

import pytest

from service.domain.ports import Models
from service.jobs.limits import Limits
from tests.rest.services import Client, HeldDrafter, Services, done

NOTE = {"content": "Rain fell on Monday."}
DAY_S = 86_400


@pytest.fixture
def shares_url(client: Client) -> str:
    """Where a brief that is done is shared."""
    return done(client, {"documents": [NOTE]}) + "/shares"


def shared(client: Client, shares_url: str, **sent: object) -> dict[str, Any]:
    answer = client.post(shares_url, json=sent) if sent else client.post(shares_url)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def lasting_s(share: dict[str, Any]) -> float:
    ends, begins = (datetime.fromisoformat(share[name]) for name in ("expires_at", "created_at"))
    return (ends - begins).total_seconds()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_share_tells_its_link_and_until_when_it_works(
    client: Client, services: Services, shares_url: str
) -> None:
    made = shared(client, shares_url)
    assert set(made) == {"id", "url", "created_at", "expires_at"}
    assert made["id"].startswith("shr_")
    assert datetime.fromisoformat(made["created_at"]) == services.time.now
    assert lasting_s(made) == 30 * DAY_S
    assert client.get(made["url"]).status_code == 200


def test_a_link_is_told_once(client: Client, shares_url: str) -> None:
    made = shared(client, shares_url)
    token = made.pop("url").rpartition("/")[2]
    answer = client.get(shares_url)
    assert answer.json() == {"shares": [made], "next_cursor": None}
    assert token not in answer.text


def test_no_two_links_are_the_same_and_none_can_be_guessed(client: Client, shares_url: str) -> None:
    urls = {shared(client, shares_url)["url"] for _ in range(3)}
    assert len(urls) == 3
    assert {len(url.removeprefix("/shared/")) for url in urls} == {43}


@pytest.mark.parametrize("seconds", [60, 366 * DAY_S])
def test_a_share_lasts_as_long_as_it_was_asked_to(
    client: Client, services: Services, shares_url: str, seconds: int
) -> None:
    made = shared(client, shares_url, expires_in_s=seconds)
    assert lasting_s(made) == seconds
    services.time.pass_by(seconds - 1)
    assert client.get(made["url"]).status_code == 200
    services.time.pass_by(1)
    assert client.get(made["url"]).status_code == 404
    assert client.get(shares_url).json()["shares"] == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"expires_in_s": 59}', "validation"),
        ('{"expires_in_s": 31622401}', "validation"),
        ('{"expires_in_s": "60"}', "validation"),
        ('{"expires_in_s": null}', "validation"),
        ('{"expires_in_s": 1e400}', "validation"),
        ('{"lasting": 60}', "validation"),
        ("[]", "validation"),
        ("null", "validation"),
        ("{", "malformed-json"),
        ("[" * 100_000, "malformed-json"),
        (b"\xff", "malformed-json"),
    ],
)
def test_a_body_that_is_none_of_a_share_is_refused(
    client: Client, shares_url: str, body: str | bytes, kind: str
) -> None:
    answer = client.post(shares_url, content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["type"] == f"/errors/{kind}"
    assert client.get(shares_url).json()["shares"] == []


def test_a_body_that_says_it_is_other_than_json_is_refused(client: Client, shares_url: str) -> None:
    answer = client.post(shares_url, content="{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_shares_are_listed_in_pages(client: Client, services: Services, shares_url: str) -> None:
    ids = []
    for _ in range(3):
        ids.append(shared(client, shares_url)["id"])
        services.time.pass_by(1)
    first = client.get(f"{shares_url}?limit=2").json()
    rest = client.get(f"{shares_url}?limit=2&cursor={first['next_cursor']}").json()
    listed = [one["id"] for one in (*first["shares"], *rest["shares"])]
    assert (listed, rest["next_cursor"]) == (ids[::-1], None)


def test_an_ended_share_shows_nothing_and_is_not_listed(client: Client, shares_url: str) -> None:
    ended, left = (shared(client, shares_url) for _ in range(2))
    assert client.delete(f"{shares_url}/{ended['id']}").status_code == 204
    assert client.get(ended["url"]).status_code == 404
    assert client.get(left["url"]).status_code == 200
    assert [one["id"] for one in client.get(shares_url).json()["shares"]] == [left["id"]]
    again = client.delete(f"{shares_url}/{ended['id']}")
    assert (again.status_code, again.json()["type"]) == (404, "/errors/unknown-share")


def test_a_share_is_ended_under_its_own_brief_only(client: Client, shares_url: str) -> None:
    made = shared(client, shares_url)
    other = done(client, {"documents": [NOTE]})
    answer = client.delete(f"{other}/shares/{made['id']}")
    assert answer.json()["type"] == "/errors/unknown-share"
    assert client.get(made["url"]).status_code == 200


def test_with_a_brief_its_shares_end(client: Client, shares_url: str) -> None:
    made = shared(client, shares_url)
    client.delete(shares_url.removesuffix("/shares"))
    assert client.get(made["url"]).status_code == 404
    assert client.get(shares_url).json()["type"] == "/errors/unknown-brief"


def test_a_brief_that_is_not_there_has_no_shares(client: Client) -> None:
    for answer in (
        client.post("/v1/briefs/none/shares"),
        client.get("/v1/briefs/none/shares"),
        client.delete("/v1/briefs/none/shares/one"),
    ):
        assert answer.json()["type"] == "/errors/unknown-brief"


def test_a_brief_is_shared_once_it_is_done(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json={"documents": [NOTE]}).headers["location"]
    assert held.busy.wait(20)
    early = client.post(f"{url}/shares")
    assert (early.status_code, early.json()["type"]) == (409, "/errors/wrong-status")
    client.post(f"{url}/cancel")
    assert client.post(f"{url}/shares").json()["type"] == "/errors/wrong-status"
    assert client.get(f"{url}/shares").json()["shares"] == []


def test_reading_lists_shares_and_writing_makes_and_ends_them(services: Services) -> None:
    client = services.open()
    writer, reader = (bearer(services.key("desk", one).token) for one in ("write", "read"))
    client.headers.update(writer)
    url = done(client, {"documents": [NOTE]}) + "/shares"
    made = shared(client, url)
    client.headers.update(reader)
    assert len(client.get(url).json()["shares"]) == 1
    assert client.post(url).status_code == 403
    assert client.delete(f"{url}/{made['id']}").status_code == 403
    client.headers.update(writer)
    assert client.delete(f"{url}/{made['id']}").status_code == 204


def test_a_share_outlives_the_key_that_made_it(services: Services) -> None:
    client = services.open()
    first, second = services.key("desk"), services.key("desk")
    client.headers.update(bearer(first.token))
    url = done(client, {"documents": [NOTE]}) + "/shares"
    made = shared(client, url)
    services.revoke(first.key.id)
    assert client.get(url).status_code == 401
    assert client.get(made["url"]).status_code == 200
    client.headers.update(bearer(second.token))
    assert client.delete(f"{url}/{made['id']}").status_code == 204
    assert client.get(made["url"]).status_code == 404


def test_a_request_that_is_sent_again_makes_no_second_link(client: Client, shares_url: str) -> None:
    sent = {"Idempotency-Key": "share-it-once"}
    first, again = (client.post(shares_url, headers=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(client.get(shares_url).json()["shares"]) == 1


def test_an_answer_with_a_link_is_kept_by_no_cache(client: Client, shares_url: str) -> None:
    assert client.post(shares_url).headers["cache-control"] == "no-store"


def test_requests_by_one_link_are_counted_and_the_others_are_not(services: Services) -> None:
    client = services.open(services.app(limits=Limits(requests_per_minute=3)))
    url = done(client, {"documents": [NOTE]}) + "/shares"
    busy, quiet = (shared(client, url)["url"] for _ in range(2))
    assert [client.get(busy).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get(quiet).status_code == 200
    services.time.pass_by(20)
    assert client.get(busy).status_code == 200


def test_the_schema_tells_that_the_body_may_be_left_out(client: Client) -> None:
    schema = client.get("/schema").json()
    path = schema["paths"]["/v1/briefs/{brief_id}/shares"]
    asked = path["post"]["requestBody"]
    assert asked.get("required") is not True
    assert asked["content"]["application/json"]["schema"]["properties"]["expires_in_s"]
    assert [one["name"] for one in path["post"]["parameters"]] == ["brief_id", "Idempotency-Key"]
