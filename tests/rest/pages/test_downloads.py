from datetime import UTC, datetime, timedelta, timezone

import pytest

from service.domain.ports import Models
from service.render import HTML_CSP
from service.rest.pages.downloads import attachment
from tests.rest.services import Client, Services, done

RAIN = {"content": "Rain fell on Monday.", "id": "rain"}
PERSON = {"Accept": "text/html"}
MEDIA_TYPES = {
    "markdown": "text/markdown",
    "html": "text/html",
    "json": "application/json",
    "text": "text/plain",
}
ENDINGS = {"markdown": "md", "html": "html", "json": "json", "text": "txt"}


@pytest.fixture
def brief_url(client: Client) -> str:
    """The address of the page of a brief that is done."""
    return done(client, {"documents": [RAIN]}).removeprefix("/v1")


def named(headline: str, made: datetime = datetime(2026, 11, 22, tzinfo=UTC)) -> tuple[str, str]:
    """Return the plain name and the encoded one."""
    kind, plain, encoded = attachment(made, headline, ".md").split("; ")
    assert kind == "attachment"
    return plain.removeprefix("filename="), encoded.removeprefix("filename*=UTF-8''")


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_download_is_what_the_interface_for_programs_gives(
    client: Client, brief_url: str, form: str
) -> None:
    answer = client.get(f"{brief_url}/download?as={form}")
    given = client.get(f"/v1{brief_url}", headers={"Accept": MEDIA_TYPES[form]})
    assert answer.status_code == 200
    assert answer.content == given.content
    assert answer.headers["content-type"] == given.headers["content-type"]


@pytest.mark.parametrize("form", ENDINGS)
def test_a_download_is_named_after_its_day_and_headline(
    client: Client, brief_url: str, form: str
) -> None:
    name = f"2026-11-21-Rain-fell-on-Monday.{ENDINGS[form]}"
    answer = client.get(f"{brief_url}/download?as={form}")
    told = answer.headers["content-disposition"]
    assert told == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"


def test_markdown_is_what_is_had_where_no_form_is_named(client: Client, brief_url: str) -> None:
    answer = client.get(f"{brief_url}/download", headers=PERSON)
    assert answer.headers["content-type"].startswith("text/markdown")


def test_a_download_is_taken_for_nothing_but_what_it_is(client: Client, brief_url: str) -> None:
    answer = client.get(f"{brief_url}/download?as=html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == HTML_CSP


def test_a_download_that_is_there_already_is_not_sent_again(client: Client, brief_url: str) -> None:
    tag = client.get(f"{brief_url}/download").headers["etag"]
    again = client.get(f"{brief_url}/download", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_download_tells_what_is_stale(client: Client, brief_url: str) -> None:
    client.post("/v1/documents", json={**RAIN, "content": "Snow fell on Monday."})
    assert "was changed since" in client.get(f"{brief_url}/download?as=text").text


@pytest.mark.parametrize("form", ["pdf", "", "HTML", "<b>"])
def test_a_form_that_there_is_not_is_a_mistake_of_who_asks(
    client: Client, brief_url: str, form: str
) -> None:
    answer = client.get(f"{brief_url}/download", params={"as": form}, headers=PERSON)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "a brief is had as markdown, html, json, text" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_brief_that_is_not_done_is_no_file_yet(
    services: Services, held_models: Models, form: str
) -> None:
    client = services.open(services.app(models=held_models))
    brief_id = client.post("/v1/briefs", json={"documents": [RAIN]}).json()["id"]
    answer = client.get(f"/briefs/{brief_id}/download?as={form}", headers=PERSON)
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("text/html")
    assert "content-disposition" not in answer.headers


def test_nobody_downloads_the_brief_of_another(services: Services) -> None:
    client = services.open()
    mine, theirs = (
        {"Authorization": f"Bearer {services.key(tenant).token}"} for tenant in ("me", "they")
    )
    brief = client.post(
        "/v1/briefs", json={"documents": [RAIN]}, headers={**theirs, "Prefer": "wait=20"}
    ).json()
    url = f"/briefs/{brief['id']}/download"
    assert client.get(url, headers=theirs).status_code == 200
    assert client.get(url, headers=mine).status_code == 404


def test_a_name_in_any_script_has_a_plain_one_beside_it() -> None:
    assert named("Größe") == ('"2026-11-22-Groe.md"', "2026-11-22-Gr%C3%B6%C3%9Fe.md")
    assert named("港口") == ('"2026-11-22-brief.md"', "2026-11-22-%E6%B8%AF%E5%8F%A3.md")


@pytest.mark.parametrize(
    "headline",
    ['a"; filename="b', "a\r\nSet-Cookie: b", "../../a/b", "..\\a\\b", "\u202ea\x00b", "⑴a%2fb⑵"],
)
def test_a_headline_brings_nothing_into_the_header_and_leads_to_no_folder(headline: str) -> None:
    plain, encoded = named(headline)
    for forbidden in ("\r", "\n", "\x00", "/", "\\", ";", "%2F", "%0", "..", "%E2%80%AE"):
        assert forbidden not in plain
        assert forbidden not in encoded
    assert plain.count('"') == 2


def test_a_headline_of_nothing_that_a_name_is_made_of_leaves_the_day() -> None:
    assert named("🚢 — !") == ('"2026-11-22-brief.md"', "2026-11-22-brief.md")


def test_an_apostrophe_parts_no_word() -> None:
    assert named("Russia’s court rules")[1] == "2026-11-22-Russias-court-rules.md"


def test_a_long_name_ends_with_a_whole_word() -> None:
    assert named("harbour " * 20)[1] == f"2026-11-22-{'-'.join(['harbour'] * 6)}.md"


def test_a_long_name_fits_a_file_system_in_any_script() -> None:
    encoded = named("\U00020000" * 300)[1]
    assert encoded.count("%") <= 255 - len("2026-11-22-.html")


def test_the_day_of_a_name_is_that_in_utc() -> None:
    made = datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=3)))
    assert named("Rain", made)[1] == "2026-11-21-Rain.md"
