"""Attacks by other sites on who is signed in here: forms, scripts, planted cookies, false ways back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import pytest
from httpx import Response

from service.jobs.limits import Limits
from service.rest.pages.sessions import own_path
from tests.rest.services import Client, Services, done

HERE = "http://testserver.local"
NOTE = {"content": "Rain fell on Monday.", "id": "note"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What a browser says of a request that the page of another site makes it send.
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://evil.testserver.local"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://testserver.local"},
    {"Origin": f"{HERE}:8080"},
    {"Origin": f"{HERE}.evil.example"},
    {"Origin": ""},
)
OURS = ({"Sec-Fetch-Site": "same-origin"}, {"Origin": HERE})


@dataclass
class Victim:
    """A browser in which somebody is signed in, with a brief to lose."""

    client: Client
    services: Services
    ids: dict[str, str]

    def stored(self) -> list[str]:
        """Return all that the database holds, but for the signs of life of its processes."""
        with closing(sqlite3.connect(self.services.folder / "brief.db")) as database:
            return [one for one in database.iterdump() if '"workers"' not in one]

    def addresses(self, *methods: str) -> Iterator[tuple[str, str]]:
        """Give every method and address that the service answers to, of those methods."""
        for route in self.client.app.routes:
            for method in sorted(getattr(route, "methods", set()) & set(methods)):
                named = (part.partition(":")[0] for part in route.path.split("{")[1:])
                path = route.path
                for name in named:
                    kind = path.partition("{" + name)[2].partition("}")[0]
                    path = path.replace("{" + name + kind + "}", self.ids.get(name, "1"))
                yield method, path

    def send(self, method: str, path: str, headers: dict[str, str]) -> Response:
        told = {"Accept": "application/json"} | headers
        return self.client.request(method, path, headers=told, follow_redirects=False)


@pytest.fixture
def victim(services: Services) -> Victim:
    # Without a limit requests are not counted, which is all that asking changes.
    client = services.open(services.app(limits=Limits(requests_per_minute=0)))
    brief_id = done(client, {"documents": [NOTE]}).rpartition("/")[2]
    share = client.post(f"/v1/briefs/{brief_id}/shares").json()
    key = services.key("local").token
    client.post("/sign-in", data={"key": key}, headers=OURS[0], follow_redirects=False)
    assert client.get("/v1/briefs").status_code == 200
    ids = {
        "brief_id": brief_id,
        "document_id": "note",
        "share_id": share["id"],
        "token": share["url"].rpartition("/")[2],
        "statement_id": "s1",
        "marker": "1",
        "name": "pages.css",
        "slug": "validation",
    }
    return Victim(client, services, ids)


@pytest.mark.parametrize("said", FOREIGN)
def test_nothing_is_changed_for_another_site(victim: Victim, said: dict[str, str]) -> None:
    before = victim.stored()
    sent = list(victim.addresses("POST", "PUT", "PATCH", "DELETE"))
    assert len(sent) > 8
    for method, path in sent:
        answer = victim.send(method, path, said)
        assert answer.status_code == 403, (method, path)
        assert answer.json()["type"] == "/errors/cross-site"
    assert victim.stored() == before


@pytest.mark.parametrize("said", FOREIGN)
def test_another_site_is_refused_where_no_key_is_needed_as_well(
    client: Client, said: dict[str, str]
) -> None:
    answer = client.post("/v1/documents", json=NOTE, headers=said)
    assert (answer.status_code, answer.json()["type"]) == (403, "/errors/cross-site")
    assert client.get("/v1/documents").json()["documents"] == []


def test_nothing_that_is_got_changes_anything(victim: Victim) -> None:
    before = victim.stored()
    statuses = [
        victim.send(method, path, FOREIGN[0] | {"Accept": "text/html,*/*"}).status_code
        for method, path in victim.addresses("GET", "HEAD", "OPTIONS")
    ]
    # That much is there to be got.
    assert statuses.count(200) > 25
    assert victim.stored() == before


@pytest.mark.parametrize("said", OURS)
def test_a_page_of_ours_may_change_something(victim: Victim, said: dict[str, str]) -> None:
    path = f"/v1/briefs/{victim.ids['brief_id']}"
    assert victim.send("DELETE", path, said).status_code == 204


@pytest.mark.parametrize("said", [{}, {"Sec-Fetch-Site": "none"}, {"Referer": f"{HERE}/"}])
def test_a_cookie_alone_changes_nothing(victim: Victim, said: dict[str, str]) -> None:
    before = victim.stored()
    answer = victim.send("DELETE", f"/v1/briefs/{victim.ids['brief_id']}", said)
    assert (answer.status_code, answer.json()["type"]) == (403, "/errors/cross-site")
    assert victim.stored() == before


def test_a_program_with_a_key_says_nothing_of_where_it_is(services: Services) -> None:
    client = services.open()
    sent = {"Authorization": f"Bearer {services.key('desk').token}"}
    assert client.post("/v1/documents", json=NOTE, headers=sent).status_code == 201


def test_a_key_that_another_site_knows_changes_nothing_from_there(services: Services) -> None:
    client = services.open()
    sent = {"Authorization": f"Bearer {services.key('desk').token}"} | FOREIGN[0]
    assert client.post("/v1/documents", json=NOTE, headers=sent).status_code == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_a_form_that_looks_like_json_stores_nothing(victim: Victim, kind: str) -> None:
    before = victim.stored()
    for said in (FOREIGN[0], {"Origin": "null"}, {}):
        answer = victim.client.post(
            "/v1/documents",
            content='{"content": "Snow fell.", "id": "="}',
            headers={"Content-Type": kind} | said,
        )
        assert answer.status_code == 403
    assert victim.stored() == before


def test_nobody_is_signed_in_with_the_attackers_key_by_another_site(services: Services) -> None:
    client = services.open()
    attackers = services.key("attacker").token
    for said in FOREIGN:
        answer = client.post("/sign-in", data={"key": attackers}, headers=said)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_nobody_is_signed_out_by_another_site(victim: Victim) -> None:
    for said in FOREIGN:
        assert "set-cookie" not in victim.send("POST", "/sign-out", FORM | said).headers
    assert victim.client.get("/v1/briefs").status_code == 200


def test_a_cookie_planted_beside_the_real_one_makes_nobody_the_attacker(
    services: Services,
) -> None:
    client = services.open()
    values = []
    for tenant in ("victim", "attacker"):
        sent = {"key": services.key(tenant).token}
        answer = client.post("/sign-in", data=sent, headers=OURS[0], follow_redirects=False)
        [cookie] = SimpleCookie(answer.headers["set-cookie"]).values()
        values.append(cookie.value)
    client.cookies.clear()
    for first, second in (values, values[::-1]):
        both = {"Cookie": f'brief_session="{first}"; brief_session="{second}"'}
        assert client.get("/v1/documents", headers=both).status_code == 401


def test_signing_in_takes_no_cookie_that_was_there_before(services: Services) -> None:
    client = services.open()
    made = services.key("desk")
    planted = {"Cookie": "brief_session=planted"} | OURS[0]
    answer = client.post(
        "/sign-in", data={"key": made.token}, headers=planted, follow_redirects=False
    )
    [cookie] = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie.value not in ("", "planted")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "briefs",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\r\nSet-Cookie: a=b",
        "/\0/evil.example",
        "/\x7f/evil.example",
        "https://evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:///evil.example",
        "@evil.example",
        "/\u2215/evil.example",
        "/\uff0f/evil.example",
        "/a\\..\\..\\evil.example",
        "/" + "a" * 3000,
    ],
)
def test_signing_in_leads_to_no_other_place(services: Services, path: str) -> None:
    assert own_path(path) == "/"
    client = services.open()
    sent = {"key": services.key("desk").token, "next": path}
    answer = client.post("/sign-in", data=sent, headers=OURS[0], follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "path", ["/./", "/.//evil.example", "/..//evil.example", "/%5cevil", "/@e"]
)
def test_what_may_be_led_to_is_here_as_browsers_read_it(path: str) -> None:
    assert urlsplit(urljoin(f"{HERE}/sign-in", own_path(path))).netloc == "testserver.local"


def test_who_has_no_key_sends_no_more_than_a_form(services: Services) -> None:
    client = services.open()
    services.key("desk")
    for size, status in ((9_000, 401), (10_000, 413), (1_000_000, 413)):
        answer = client.post("/sign-in", content=b"a" * size, headers=FORM)
        assert answer.status_code == status
    told = FORM | {"Accept": "application/json"}
    unsaid = client.post("/sign-in", content=iter([b"key=", b"x"]), headers=told)
    assert (unsaid.status_code, unsaid.json()["limit"]) == (413, 9999)
