from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie

import pytest
from httpx import Response
from litestar.types import HTTPScope
from lxml import html

from service.bootstrap.secret import ServerSecret
from service.jobs.keys import MadeKey
from service.jobs.limits import Limits
from service.rest.cookies import LASTING, Sessions
from service.rest.pages.sessions import own_path
from tests.rest.services import Client, Services, Time

PERSON = {"Accept": "text/html"}
OURS = {"Sec-Fetch-Site": "same-origin"}
LASTING_S = LASTING.total_seconds()


@dataclass
class Desk:
    """A browser, and the key of whoever sits before it."""

    client: Client
    made: MadeKey

    def sign_in(self, key: str | None = None, **sent: str) -> Response:
        return self.client.post(
            "/sign-in",
            data={"key": self.made.token if key is None else key, **sent},
            headers=PERSON | OURS,
            follow_redirects=False,
        )


@pytest.fixture
def desk(services: Services) -> Desk:
    client = services.open()
    return Desk(client, services.key("desk"))


def cookie_of(answer: Response) -> Morsel[str]:
    """Return the one cookie that an answer sets."""
    [cookie] = SimpleCookie(answer.headers["set-cookie"]).values()
    return cookie


def scope_of(scheme: str, cookie: str) -> HTTPScope:
    return {"scheme": scheme, "headers": [(b"cookie", cookie.encode())]}  # type: ignore[typeddict-item]


def test_where_no_key_is_needed_nobody_is_asked_for_one(client: Client) -> None:
    for answer in (
        client.get("/sign-in", follow_redirects=False),
        client.post("/sign-in", data={"key": "any"}, follow_redirects=False),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "set-cookie" not in answer.headers


def test_the_form_asks_for_a_key_and_remembers_where_it_was_needed(desk: Desk) -> None:
    answer = desk.client.get("/sign-in?next=/briefs", headers=PERSON)
    assert answer.status_code == 200
    assert '<input type="hidden" name="next" value="/briefs">' in answer.text
    assert 'type="password" autocomplete="off"' in answer.text


def test_a_page_that_needs_a_key_leads_to_the_form_and_from_there_back(desk: Desk) -> None:
    refused = desk.client.get("/briefs", headers=PERSON, follow_redirects=False)
    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in?next=/briefs")
    answer = desk.sign_in(next="/briefs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/briefs")
    assert desk.client.get("/briefs", headers=PERSON).status_code == 200


@pytest.mark.parametrize(
    "path", ["/briefs?status=done&limit=2", "/documents/a%20b%3Fc", "/documents/%C3%A9"]
)
def test_one_comes_back_to_the_very_address_that_needed_a_key(desk: Desk, path: str) -> None:
    refused = desk.client.get(path, headers=PERSON, follow_redirects=False)
    form = html.fromstring(desk.client.get(refused.headers["location"], headers=PERSON).text)
    [following] = form.xpath("//input[@name='next']/@value")
    assert desk.sign_in(next=following).headers["location"] == path


def test_who_signed_in_may_what_the_key_may(desk: Desk) -> None:
    desk.sign_in()
    note = {"content": "Rain fell on Monday."}
    assert desk.client.post("/v1/documents", json=note, headers=OURS).status_code == 201
    listed = desk.client.get("/v1/documents").json()["documents"]
    assert len(listed) == 1
    key = {"Authorization": f"Bearer {desk.made.token}"}
    desk.client.cookies.clear()
    assert desk.client.get("/v1/documents", headers=key).json()["documents"] == listed
    assert desk.client.get("/metrics", headers=key).status_code == 403


def test_the_cookie_is_for_this_service_and_for_no_script(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in())
    assert cookie.key == "brief_session"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert (cookie["domain"], cookie["secure"], cookie["max-age"]) == ("", "", str(int(LASTING_S)))


def test_by_https_the_cookie_goes_by_https_only_and_none_can_plant_it(desk: Desk) -> None:
    secure = "https://testserver.local"
    sent = {"key": desk.made.token}
    answer = desk.client.post(f"{secure}/sign-in", data=sent, follow_redirects=False)
    cookie = cookie_of(answer)
    assert (cookie.key, cookie["secure"], cookie["path"]) == ("__Host-brief_session", True, "/")
    assert desk.client.get(f"{secure}/v1/briefs").status_code == 200
    planted = {"Cookie": f"brief_session={cookie.value}"}
    desk.client.cookies.clear()
    assert desk.client.get(f"{secure}/v1/briefs", headers=planted).status_code == 401


def test_the_cookie_does_not_show_the_key(services: Services) -> None:
    sessions = Sessions(vault=ServerSecret(("s" * 32,)), now=services.time.read)
    token = services.key("desk").token
    value = sessions.begun(scope_of("http", ""), token).value
    assert value is not None
    assert token.rpartition("_")[2] not in value
    assert sessions.token(scope_of("http", f"brief_session={value}")) == token
    assert sessions.token(scope_of("http", f'a=b; brief_session="{value}"; c=d')) == token


@pytest.mark.parametrize(
    "key", ["", "wrong", "brief_AAAAAAAAAAAA_" + "A" * 43, "é", "\0", "x" * 5000]
)
def test_a_wrong_key_is_asked_for_again_and_not_repeated(desk: Desk, key: str) -> None:
    answer = desk.sign_in(key, next="/briefs")
    assert answer.status_code == 401
    assert "does not open anything" in answer.text
    assert 'name="next" value="/briefs"' in answer.text
    assert "set-cookie" not in answer.headers
    assert len(key) < 2 or key not in answer.text


def test_a_form_without_fields_is_a_wrong_key_and_one_of_another_kind_none(desk: Desk) -> None:
    assert desk.client.post("/sign-in", headers=PERSON).status_code == 401
    as_json = {"key": desk.made.token}
    assert desk.client.post("/sign-in", json=as_json, headers=PERSON).status_code == 415
    as_file = {"key": ("key.txt", desk.made.token.encode())}
    assert desk.client.post("/sign-in", files=as_file, headers=PERSON).status_code == 415


def test_white_space_around_a_pasted_key_does_not_matter(desk: Desk) -> None:
    assert desk.sign_in(f" {desk.made.token}\n").status_code == 303


def test_signing_out_ends_the_session_of_the_browser(desk: Desk) -> None:
    desk.sign_in()
    answer = desk.client.post("/sign-out", headers=OURS, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert cookie_of(answer)["max-age"] == "0"
    assert desk.client.get("/v1/briefs").status_code == 401


def test_who_is_not_signed_in_may_sign_out(desk: Desk) -> None:
    answer = desk.client.post("/sign-out", headers=OURS, follow_redirects=False)
    assert answer.status_code == 303


def test_a_session_ends_by_itself_whatever_the_browser_keeps(
    desk: Desk, services: Services
) -> None:
    value = cookie_of(desk.sign_in()).value
    desk.client.cookies.clear()
    kept = {"Cookie": f'brief_session="{value}"'}
    services.time.pass_by(LASTING_S - 1)
    assert desk.client.get("/v1/briefs", headers=kept).status_code == 200
    services.time.pass_by(1)
    assert desk.client.get("/v1/briefs", headers=kept).status_code == 401
    led = desk.client.get("/briefs", headers=kept | PERSON, follow_redirects=False)
    assert led.headers["location"] == "/sign-in?next=/briefs"


def test_with_a_key_ends_its_session_at_the_next_request(desk: Desk, services: Services) -> None:
    desk.sign_in()
    assert desk.client.get("/v1/briefs").status_code == 200
    services.revoke(desk.made.key.id)
    assert desk.client.get("/v1/briefs").status_code == 401


def test_a_key_that_is_sent_counts_and_not_the_cookie(desk: Desk, services: Services) -> None:
    desk.sign_in()
    other = {"Authorization": f"Bearer {services.key('other').token}"}
    desk.client.post("/v1/documents", json={"content": "Rain."}, headers=OURS)
    assert len(desk.client.get("/v1/documents").json()["documents"]) == 1
    assert desk.client.get("/v1/documents", headers=other).json()["documents"] == []
    wrong = {"Authorization": "Bearer wrong"}
    assert desk.client.get("/v1/documents", headers=wrong).status_code == 401


def test_signing_in_counts_as_a_request_of_the_key(services: Services) -> None:
    client = services.open(services.app(limits=Limits(requests_per_minute=2)))
    desk = Desk(client, services.key("desk"))
    assert [desk.sign_in().status_code for _ in range(3)] == [303, 303, 429]


@pytest.mark.parametrize(
    "value",
    ["", "garbage", "gAAAAA==", "é", "session 1 2", '"', "a b c", "x" * 4000, "session 9e9 x"],
)
def test_what_is_no_session_is_none_and_no_error(desk: Desk, value: str) -> None:
    sent = {"Cookie": b"brief_session=" + value.encode("latin-1")}
    assert desk.client.get("/v1/briefs", headers=sent).status_code == 401  # type: ignore[arg-type]


def test_a_session_sealed_by_another_secret_is_none() -> None:
    time = Time()
    ours, theirs = (
        Sessions(vault=ServerSecret((letter * 32,)), now=time.read) for letter in ("a", "b")
    )
    value = theirs.begun(scope_of("http", ""), "a_key").value
    assert ours.token(scope_of("http", f"brief_session={value}")) is None


def test_what_else_the_vault_seals_is_no_session() -> None:
    vault = ServerSecret(("a" * 32,))
    sessions = Sessions(vault=vault, now=Time().read)
    sealed = vault.seal("the secret of a webhook")
    assert sessions.token(scope_of("http", f"brief_session={sealed}")) is None


@pytest.mark.parametrize(
    "path", ["/", "/briefs", "/briefs/brf_1/s1/2#passage", "/briefs?status=done&cursor=a", "/a%2Fb"]
)
def test_one_comes_back_to_a_path_of_this_service(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in?next=/sign-in", "/sign-out"])
def test_one_does_not_come_back_to_the_form_itself(path: str) -> None:
    assert own_path(path) == "/"
