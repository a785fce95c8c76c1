import re

import pytest

from service.jobs.limits import Limits
from tests.rest.services import Client, Services, done

NOTE = {"content": "Rain fell on Monday. The river rose by two metres.", "id": "note"}
PERSON = {"Accept": "text/html"}
OURS = {"Sec-Fetch-Site": "same-origin"}
GUESSES = ("A" * 43, "none", "a", "%00", "%ed%a0%80", "é", "x" * 2000)


@pytest.fixture
def desk(services: Services) -> Client:
    """A browser in which somebody of the desk is signed in."""
    client = services.open()
    sent = {"key": services.key("desk").token}
    client.post("/sign-in", data=sent, headers=OURS, follow_redirects=False)
    client.headers.update(PERSON | OURS)
    return client


@pytest.fixture
def stranger(services: Services, desk: Client) -> Client:
    """A browser that has nothing but what it is given."""
    client = services.open()
    client.headers.update(PERSON)
    return client


@pytest.fixture
def brief(desk: Client) -> str:
    """The address of the page of a brief that is done."""
    return done(desk, {"documents": [NOTE]}).removeprefix("/v1")


def linked(desk: Client, brief: str, days: str = "7") -> str:
    """Share a brief by its form, and return the link."""
    answer = desk.post(f"{brief}/share", data={"days": days})
    assert answer.status_code == 200, answer.text
    [link] = re.findall(r'<input id="link" value="([^"]+)" readonly', answer.text)
    return str(link)


def test_a_brief_is_shared_by_a_form_on_its_page(desk: Client, brief: str) -> None:
    page = desk.get(brief).text
    assert f'action="{brief}/share"' in page
    assert f'href="{brief}/shares"' in page


def test_where_there_are_no_keys_nothing_is_offered_to_be_shared(client: Client) -> None:
    url = done(client, {"documents": [NOTE]}).removeprefix("/v1")
    assert "/share" not in client.get(url, headers=PERSON).text


def test_who_may_only_read_is_not_offered_to_share_and_cannot(
    services: Services, desk: Client, brief: str
) -> None:
    linked(desk, brief)
    reader = services.open()
    sent = {"key": services.key("desk", "read").token}
    reader.post("/sign-in", data=sent, headers=OURS, follow_redirects=False)
    assert "/share" not in reader.get(brief, headers=PERSON).text
    assert reader.post(f"{brief}/share", data={"days": "7"}, headers=OURS).status_code == 403
    assert "<button>End" not in reader.get(f"{brief}/shares", headers=PERSON).text


def test_the_link_is_whole_and_works_without_a_key(
    desk: Client, stranger: Client, brief: str
) -> None:
    link = linked(desk, brief)
    assert re.fullmatch(r"http://testserver\.local/shared/[A-Za-z0-9_-]{43}", link)
    answer = stranger.get(link)
    assert answer.status_code == 200
    assert "Rain fell on Monday." in answer.text
    assert stranger.get(brief, follow_redirects=False).status_code == 303


def test_the_page_with_the_link_is_kept_by_no_cache(desk: Client, brief: str) -> None:
    answer = desk.post(f"{brief}/share", data={"days": "7"})
    assert answer.headers["cache-control"] == "no-store"
    assert "28 November 2026, 12:00 UTC" in answer.text


@pytest.mark.parametrize("days", ["", "0", "367", "-1", "1.5", "1e2", "²", "9" * 5000, "a"])
def test_a_time_that_no_link_has_is_refused(desk: Client, brief: str, days: str) -> None:
    assert desk.post(f"{brief}/share", data={"days": days}).status_code == 422
    assert "No link leads to this brief." in desk.get(f"{brief}/shares").text


def test_links_are_listed_without_what_they_end_with_and_ended(
    desk: Client, stranger: Client, brief: str
) -> None:
    link = linked(desk, brief)
    listed = desk.get(f"{brief}/shares").text
    assert link.rpartition("/")[2] not in listed
    [end] = re.findall(rf'action="({brief}/shares/[^"]+/end)"', listed)
    answer = desk.post(end, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{brief}/shares")
    assert "No link leads to this brief." in desk.get(f"{brief}/shares").text
    assert stranger.get(link).status_code == 404


def test_each_link_of_a_shared_page_leads_to_the_same_share(
    desk: Client, stranger: Client, brief: str
) -> None:
    link = linked(desk, brief)
    base = link.removeprefix("http://testserver.local")
    led = set(re.findall(r'(?:href|action)="(/[^"]*)"', stranger.get(link).text))
    inside = {one for one in led if not one.startswith("/assets/")}
    assert inside
    assert {one for one in inside if not one.startswith((f"{base}/", f"{base}#"))} <= {base}
    for one in inside:
        assert stranger.get(one).status_code == 200, one


def test_what_a_statement_stands_on_is_shown_by_the_link(
    desk: Client, stranger: Client, brief: str
) -> None:
    answer = stranger.get(f"{linked(desk, brief)}/s1/1")
    assert answer.status_code == 200
    assert "The river rose by two metres." in answer.text
    assert "/documents/" not in answer.text
    assert "/briefs/" not in answer.text


def test_by_a_link_an_article_is_seen_only_around_its_passages(
    desk: Client, stranger: Client
) -> None:
    long = {
        "id": "long",
        "content": NOTE["content"] + "\n\nIt was dry again." + " x" * 2_000 + " END",
    }
    brief = done(desk, {"documents": [long]}).removeprefix("/v1")
    link = linked(desk, brief)
    assert "END" in desk.get(f"{brief}/s1/1").text
    page = stranger.get(f"{link}/s1/1").text
    assert '<mark class="passage"' in page
    assert "END" not in page
    assert "characters are not shown here." in page


def test_who_shares_is_told_how_much_of_an_article_the_link_shows(desk: Client, brief: str) -> None:
    for page in (desk.get(brief), desk.post(f"{brief}/share", data={"days": "7"})):
        assert "the passages it stands on with about 1,000 characters around each" in page.text


@pytest.mark.parametrize("form", ["markdown", "html", "json", "text"])
def test_a_shared_brief_can_be_downloaded(
    desk: Client, stranger: Client, brief: str, form: str
) -> None:
    answer = stranger.get(f"{linked(desk, brief)}/download?as={form}")
    assert answer.status_code == 200
    assert answer.content == desk.get(f"{brief}/download?as={form}").content


def test_a_shared_page_is_told_to_no_other_place_and_listed_nowhere(
    desk: Client, stranger: Client, brief: str
) -> None:
    link = linked(desk, brief)
    for path in (link, f"{link}/s1/1", f"{link}/download?as=html"):
        told = stranger.get(path).headers
        assert told["referrer-policy"] == "no-referrer"
        assert told["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert told["cache-control"] == "private, no-cache"


def test_a_shared_page_says_until_when_and_leads_nowhere_else(
    desk: Client, stranger: Client, brief: str
) -> None:
    link = linked(desk, brief)
    for path in (link, f"{link}/s1/1"):
        page = stranger.get(path).text
        assert "28 November 2026, 12:00 UTC" in page
        assert '<meta name="robots" content="noindex">' in page
        assert "<nav" not in page
        assert 'href="/briefs' not in page
        assert "<form" not in page


def test_by_a_link_nobody_is_signed_in_and_nobody_is_signed_out(desk: Client, brief: str) -> None:
    link = linked(desk, brief)
    seen = desk.get(link)
    assert "set-cookie" not in seen.headers
    assert "Sign out" not in seen.text
    assert "Sign out" in desk.get(brief).text


def test_unknown_ended_and_expired_links_are_answered_alike(
    desk: Client, stranger: Client, services: Services, brief: str
) -> None:
    ended = linked(desk, brief)
    [end] = re.findall(rf'action="({brief}/shares/[^"]+/end)"', desk.get(f"{brief}/shares").text)
    desk.post(end, follow_redirects=False)
    expired = linked(desk, brief, "1")
    services.time.pass_by(86_400)
    links = (ended, expired, *(f"/shared/{guess}" for guess in GUESSES))
    for below in ("", "/s1/1", "/download"):
        answers = [stranger.get(f"{link}{below}") for link in links]
        assert {one.status_code for one in answers} == {404}
        assert len({one.content for one in answers}) == 1
        volatile = {"x-request-id"}
        told = [{k: v for k, v in one.headers.items() if k not in volatile} for one in answers]
        assert all(one == told[0] for one in told)


def test_a_statement_that_is_not_there_is_as_a_link_that_is_not(
    desk: Client, stranger: Client, brief: str
) -> None:
    link = linked(desk, brief)
    assert stranger.get(f"{link}/s99/1").content == stranger.get("/shared/none").content


def test_a_link_opens_nothing_but_its_brief(desk: Client, stranger: Client, brief: str) -> None:
    link = linked(desk, brief)
    other = done(desk, {"documents": [NOTE | {"content": "Snow fell.", "id": "snow"}]})
    token = link.rpartition("/")[2]
    for path in (f"/v1{brief}", other, "/v1/documents/note", "/documents/note", "/briefs"):
        sent = {"Authorization": f"Bearer {token}", "Cookie": f"brief_session={token}"}
        answer = stranger.get(path, headers=sent, follow_redirects=False)
        assert answer.status_code in (303, 401), path
    for path in (f"{link}/share", f"{link}/cancel", f"{link}/shares", link):
        assert stranger.post(path, headers=OURS).status_code in (404, 405)


def test_one_tenants_brief_is_neither_shared_nor_its_links_seen_by_another(
    services: Services, desk: Client, brief: str
) -> None:
    link = linked(desk, brief)
    [share] = desk.get(f"/v1{brief}/shares").json()["shares"]
    other = services.open()
    sent = {"key": services.key("other", "admin").token}
    other.post("/sign-in", data=sent, headers=OURS, follow_redirects=False)
    other.headers.update(PERSON | OURS)
    assert other.post(f"{brief}/share", data={"days": "7"}).status_code == 404
    assert other.get(f"{brief}/shares").status_code == 404
    assert other.post(f"{brief}/shares/{share['id']}/end").status_code == 404
    assert other.get(link).status_code == 200


def test_a_link_that_is_asked_for_too_often_is_told_so(services: Services) -> None:
    client = services.open(services.app(limits=Limits(requests_per_minute=2)))
    url = done(client, {"documents": [NOTE]})
    link = client.post(f"{url}/shares").json()["url"]
    answers = [client.get(link, headers=PERSON) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "30"


def test_neither_the_database_nor_the_log_holds_what_a_link_ends_with(
    services: Services, desk: Client, brief: str, capfd: pytest.CaptureFixture[str]
) -> None:
    link = linked(desk, brief)
    assert desk.get(link).status_code == 200
    token = link.rpartition("/")[2]
    kept = b"".join(path.read_bytes() for path in services.folder.iterdir())
    assert token.encode() not in kept
    logged = capfd.readouterr()
    assert "/shared/{token" in logged.out + logged.err
    assert token not in logged.out + logged.err
