import pytest

from service.bootstrap.secret import ServerSecret
from service.jobs.limits import Limits
from service.store.records import Scope
from tests.rest.services import Client, Services

NOTE = {"content": "Rain fell on Monday."}
OPEN = (
    "/healthz",
    "/readyz",
    "/errors",
    "/errors/validation",
    "/schema",
    "/schema/openapi.json",
    "/",
)
CLOSED = ("/v1/documents", "/v1/documents/one", "/v1/briefs", "/v1/briefs/one/events", "/metrics")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_without_any_key_everything_is_open(client: Client) -> None:
    assert client.post("/v1/documents", json=NOTE).status_code == 201
    assert client.get("/v1/documents", headers=bearer("whatever")).status_code == 200
    assert client.get("/metrics").status_code == 200


def test_from_the_first_key_on_nothing_of_anyones_is_open(services: Services) -> None:
    client = services.open()
    assert client.get("/v1/documents").status_code == 200
    services.key("desk")
    for path in CLOSED:
        answer = client.get(path)
        assert (answer.status_code, answer.json()["type"]) == (401, "/errors/unauthorized"), path
        assert answer.headers["www-authenticate"] == "Bearer"
        assert client.head(path).status_code == 401
    assert client.post("/v1/documents", json=NOTE).status_code == 401


@pytest.mark.parametrize("path", OPEN)
def test_what_tells_nothing_of_anyones_needs_no_key(services: Services, path: str) -> None:
    client = services.open()
    services.key("desk")
    assert client.get(path, follow_redirects=False).status_code < 400


def test_a_key_opens_and_a_revoked_one_does_not_ever_again(services: Services) -> None:
    client = services.open()
    made = services.key("desk")
    assert client.get("/v1/documents", headers=bearer(made.token)).status_code == 200
    services.revoke(made.key.id)
    assert client.get("/v1/documents", headers=bearer(made.token)).status_code == 401
    assert client.get("/v1/documents").status_code == 401
    again = services.open()
    assert again.get("/v1/documents").status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        "{token}",
        "Basic {token}",
        "Bearer",
        "Bearer ",
        "Bearer {token}x",
        "Bearer x{token}",
        "Bearer {token} {token}",
        "Bearer brief__",
        "Bearer {other_case}",
        "Token {token}",
    ],
)
def test_what_is_no_key_does_not_open(services: Services, sent: str) -> None:
    client = services.open()
    token = services.key("desk").token
    header = sent.format(token=token, other_case=token.swapcase())
    assert client.get("/v1/documents", headers={"Authorization": header}).status_code == 401


def test_two_keys_at_once_are_none(services: Services) -> None:
    client = services.open()
    header = f"Bearer {services.key('desk').token}"
    answer = client.get(
        "/v1/documents", headers=[("Authorization", header), ("Authorization", header)]
    )
    assert answer.status_code == 401


def test_the_scheme_is_read_in_any_case(services: Services) -> None:
    client = services.open()
    token = services.key("desk").token
    for scheme in ("bearer", "BEARER"):
        sent = {"Authorization": f"{scheme} {token}"}
        assert client.get("/v1/documents", headers=sent).status_code == 200


@pytest.mark.parametrize(
    ("scope", "reading", "writing", "operating"),
    [("read", 200, 403, 403), ("write", 200, 201, 403), ("admin", 200, 201, 200)],
)
def test_a_key_does_what_its_scope_allows(
    services: Services, scope: Scope, reading: int, writing: int, operating: int
) -> None:
    client = services.open()
    sent = bearer(services.key("desk", scope).token)
    assert client.get("/v1/documents", headers=sent).status_code == reading
    answer = client.post("/v1/documents", json=NOTE, headers=sent)
    assert answer.status_code == writing
    if writing == 403:
        assert answer.json()["type"] == "/errors/forbidden"
        assert "'write'" in answer.json()["detail"]
    assert client.get("/metrics", headers=sent).status_code == operating


def test_a_key_that_may_only_read_cannot_delete_or_cancel(services: Services) -> None:
    client = services.open()
    sent = bearer(services.key("desk", "read").token)
    assert client.delete("/v1/documents/one", headers=sent).status_code == 403
    assert client.delete("/v1/briefs/one", headers=sent).status_code == 403
    assert client.post("/v1/briefs/one/cancel", headers=sent).status_code == 403
    assert client.post("/v1/briefs/one/rebuild", headers=sent).status_code == 403


def test_two_keys_of_one_tenant_reach_the_same(services: Services) -> None:
    client = services.open()
    old, new = services.key("desk"), services.key("desk")
    made = client.post("/v1/documents", json=NOTE, headers=bearer(old.token)).json()
    services.revoke(old.key.id)
    answer = client.get(f"/v1/documents/{made['id']}", headers=bearer(new.token))
    assert answer.json() == made


def test_what_was_stored_without_keys_is_reached_by_a_key_of_local(services: Services) -> None:
    client = services.open()
    made = client.post("/v1/documents", json=NOTE).json()
    for tenant, status in (("local", 200), ("desk", 404)):
        sent = bearer(services.key(tenant).token)
        assert client.get(f"/v1/documents/{made['id']}", headers=sent).status_code == status


def test_a_key_stands_as_long_as_the_secret_it_was_made_with_is_known(services: Services) -> None:
    old, new = "o" * 32, "n" * 32
    sent = bearer(services.key("desk", prover=ServerSecret((old,))).token)
    for known, status in (((new, old), 200), ((old,), 200), ((new,), 401)):
        client = services.open(services.app(prover=ServerSecret(known)))
        assert client.get("/v1/documents", headers=sent).status_code == status


def test_more_requests_than_a_key_may_send_are_a_429_that_says_when(services: Services) -> None:
    client = services.open(services.app(limits=Limits(requests_per_minute=3)))
    sent = bearer(services.key("desk").token)
    answers = [client.get("/v1/documents", headers=sent) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[3].json()["type"] == "/errors/rate-limited"
    assert answers[3].json()["limit"] == 3
    wait_s = int(answers[3].headers["retry-after"])
    assert 19 <= wait_s <= 20
    services.time.pass_by(wait_s)
    assert client.get("/v1/documents", headers=sent).status_code == 200


def test_the_requests_of_a_key_are_counted_over_all_processes(services: Services) -> None:
    limits = Limits(requests_per_minute=4)
    first, second = (services.open(services.app(limits=limits)) for _ in range(2))
    sent, other = (bearer(services.key("desk").token) for _ in range(2))
    statuses = [
        client.get("/v1/documents", headers=sent).status_code
        for client in (first, second, first, second, first, second)
    ]
    assert statuses == [200, 200, 200, 200, 429, 429]
    assert second.get("/v1/documents", headers=other).status_code == 200


def test_requests_without_a_key_are_not_counted(services: Services) -> None:
    client = services.open(services.app(limits=Limits(requests_per_minute=1)))
    assert [client.get("/v1/documents").status_code for _ in range(3)] == [200] * 3
    services.key("desk")
    assert [client.get("/v1/documents").status_code for _ in range(3)] == [401] * 3


def test_no_limit_is_no_limit(services: Services) -> None:
    client = services.open(services.app(limits=Limits(requests_per_minute=0)))
    sent = bearer(services.key("desk").token)
    statuses = {client.get("/v1/documents", headers=sent).status_code for _ in range(5)}
    assert statuses == {200}


def test_with_keys_any_host_name_is_answered_to(services: Services) -> None:
    client = services.open(services.app(host_names=frozenset({"testserver.local"})))
    elsewhere = {"Host": "briefs.example.org"}
    assert client.get("/v1/documents", headers=elsewhere).status_code == 421
    sent = bearer(services.key("desk").token)
    assert client.get("/v1/documents", headers=sent | elsewhere).status_code == 200
    assert client.get("/v1/documents", headers=elsewhere).status_code == 401


def test_the_schema_says_how_a_key_is_sent_and_that_there_may_be_none(client: Client) -> None:
    schema = client.get("/schema").json()
    assert schema["security"] == [{"key": []}, {}]
    key = schema["components"]["securitySchemes"]["key"]
    assert (key["type"], key["scheme"]) == ("http", "bearer")
