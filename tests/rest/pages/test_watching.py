import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from lxml import html

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import BriefError
from service.domain.ports import Models
from service.jobs.limits import Limits
from service.pipeline import STAGES
from service.rest.pages.kit import STATUS_WORDS
from service.rest.pages.steps import STEPS
from tests.rest.services import Client, HeldDrafter, Services, done, ended, until

ONE, TWO = {"content": "Rain fell on Monday."}, {"content": "The river rose.", "id": "two"}
HOSTILE = "<img src=x onerror=alert(1)>\u202e&lt;b"
SEEN = "<img src=x onerror=alert(1)>&lt;b"
PERSON = {"Accept": "text/html"}


@dataclass
class Failing(FakeDrafter):
    """Fails what has rain in it, with one reason."""

    reason: str

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        if any("Rain" in request.text for request in requests):
            raise BriefError(self.reason)
        return super().draft(requests, advance)


def failing(reason: str) -> Models:
    return replace(fake_models(), drafter=Failing(reason))


def asked(client: Client, *documents: dict[str, str]) -> str:
    """Return the address of the page of a brief just asked for."""
    answer = client.post("/v1/briefs", json={"documents": list(documents)})
    assert answer.status_code == 202, answer.text
    return str(answer.headers["location"]).removeprefix("/v1")


def shown(client: Client, path: str) -> html.HtmlElement:
    answer = client.get(path, headers=PERSON)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def main_of(page: html.HtmlElement) -> str:
    return text_of(page.get_element_by_id("content"))


def current_step(page: html.HtmlElement) -> str:
    [step] = page.xpath("//*[@aria-current='step']")
    return str(step.get("data-stage"))


def buttons(page: html.HtmlElement) -> list[str]:
    return [text_of(one) for one in page.xpath("//main//form | //main//button")]


def pressed(client: Client, path: str) -> str:
    """Return where a form's button leads to."""
    answer = client.post(path, headers=PERSON, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@pytest.fixture
def busy(services: Services, held: HeldDrafter, held_models: Models) -> tuple[Client, str]:
    """Return a client, and the page of a brief that a worker holds."""
    client = services.open(services.app(models=held_models))
    path = asked(client, ONE, TWO)
    assert held.busy.wait(20)
    return client, path


def test_every_stage_of_the_pipeline_is_told_in_its_order() -> None:
    assert tuple(step.stage for step in STEPS if step.stage != "queued") == STAGES


def test_a_brief_that_waits_says_so_and_of_how_much_it_is_made(busy: tuple[Client, str]) -> None:
    client, _ = busy
    page = shown(client, asked(client, TWO))
    assert current_step(page) == "queued"
    assert text_of(page.get_element_by_id("said")) == "Step 2 of 6: Wait"
    assert "Made of 1 document. Asked for" in main_of(page)
    assert buttons(page) == ["Cancel this brief"] * 2


def test_a_brief_at_work_shows_its_step_and_how_much_of_it_is_done(
    busy: tuple[Client, str],
) -> None:
    client, path = busy
    until(lambda: "0 of 2" in main_of(shown(client, path)))
    page = shown(client, path)
    assert current_step(page) == "draft"
    assert [text_of(one) for one in page.xpath("//*[@class='state']")] == [
        "done", "done", "now", "", "", "",
    ]  # fmt: skip
    bar = page.get_element_by_id("bar")
    assert (bar.tag, bar.get("value"), bar.get("max")) == ("progress", "0", "2")
    assert bar.get("aria-label") == "Draft"


def test_a_stage_of_one_unit_is_not_counted(services: Services, held_models: Models) -> None:
    client = services.open(services.app(models=held_models))
    path = asked(client, ONE)
    until(lambda: current_step(shown(client, path)) == "draft")
    page = shown(client, path)
    assert page.get_element_by_id("bar").get("value") is None
    assert text_of(page.get_element_by_id("count")) == ""


def test_the_time_since_it_was_asked_for_is_told(
    services: Services, busy: tuple[Client, str]
) -> None:
    client, path = busy
    services.time.pass_by(3)
    page = shown(client, path)
    assert "Asked for on 21 November 2026, 12:00 UTC." in main_of(page)
    assert page.get_element_by_id("making").get("data-waited") == "3"


def test_without_scripts_the_page_of_a_brief_at_work_comes_anew(busy: tuple[Client, str]) -> None:
    client, path = busy
    head, _, _ = client.get(path, headers=PERSON).text.partition("</head>")
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in head


def test_the_page_names_the_events_that_are_there_to_follow(busy: tuple[Client, str]) -> None:
    client, path = busy
    making = shown(client, path).get_element_by_id("making")
    client.post(path + "/cancel")
    events = client.get(making.get("data-events"))
    assert "event: failed" in events.text
    assert making.get("data-page") == path


def test_documents_that_could_not_be_used_are_counted_while_it_is_made(
    services: Services, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    page = shown(client, asked(client, ONE, {"content": "", "id": "void"}))
    assert "Made of 1 document. 1 more could not be used" in main_of(page)


@pytest.mark.parametrize("waiting", [False, True])
def test_a_brief_is_cancelled_and_its_page_tells_so(
    busy: tuple[Client, str], waiting: bool
) -> None:
    client, running = busy
    path = asked(client, TWO) if waiting else running
    assert pressed(client, path + "/cancel") == path
    page = shown(client, path)
    assert text_of(page.find(".//h1")) == "This brief was cancelled"
    assert not page.xpath("//*[@aria-current='step' or @http-equiv]")
    assert pressed(client, path + "/cancel") == path


def test_cancelling_a_brief_that_is_done_leads_to_it(client: Client) -> None:
    path = done(client, {"documents": [ONE]}).removeprefix("/v1")
    assert pressed(client, path + "/cancel") == path
    assert client.get("/v1" + path).json()["status"] == "done"


def test_a_failed_brief_tells_why_and_what_was_dropped_as_plain_text(services: Services) -> None:
    client = services.open(services.app(models=failing(HOSTILE)))
    path = asked(client, ONE, {"title": HOSTILE, "content": "", "id": "void"})
    ended(client, "/v1" + path)
    page = shown(client, path)
    assert text_of(page.find(".//h1")) == "This brief could not be made"
    assert SEEN in text_of(page.find(".//p[@class='note bad']"))
    [dropped] = page.xpath("//main//li")
    assert text_of(dropped).startswith(f"{SEEN}: ")
    assert not page.xpath("//main//img | //main//b")
    assert "\u202e" not in main_of(page)


def test_a_brief_that_came_to_nothing_is_made_again_once(services: Services) -> None:
    client = services.open(services.app(models=failing("no memory")))
    path = asked(client, ONE)
    ended(client, "/v1" + path)
    new = pressed(client, path + "/rebuild")
    assert client.get("/v1" + new).json()["rebuild_of"] == path.rpartition("/")[2]
    assert pressed(client, path + "/rebuild") == new


def test_a_stale_brief_is_made_anew_once_for_each_change(
    services: Services, client: Client
) -> None:
    path = done(client, {"documents": [ONE, TWO]}).removeprefix("/v1")
    made = []
    for content in ("The river fell.", "The river dried up."):
        services.time.pass_by(60)
        client.post("/v1/documents", json=TWO | {"content": content})
        made.append({pressed(client, path + "/rebuild") for _ in range(2)})
    assert [len(some) for some in made] == [1, 1]
    assert len({path}.union(*made)) == 3


def test_a_brief_at_work_is_not_made_again(busy: tuple[Client, str]) -> None:
    client, path = busy
    answer = client.post(path + "/rebuild", headers=PERSON)
    assert (answer.status_code, "text/html" in answer.headers["content-type"]) == (409, True)


def test_a_brief_is_deleted_only_after_a_page_that_asks(client: Client) -> None:
    path = done(client, {"documents": [ONE]}).removeprefix("/v1")
    page = shown(client, path + "/delete")
    [form] = page.xpath("//main//form")
    assert (form.get("method"), form.get("action")) == ("post", path + "/delete")
    assert client.get("/v1" + path).status_code == 200
    assert pressed(client, path + "/delete") == "/briefs"
    assert client.get("/v1" + path).status_code == 404


def test_the_list_is_empty_at_first_and_leads_to_the_start(client: Client) -> None:
    page = shown(client, "/briefs")
    assert "There are no briefs yet" in main_of(page)
    assert [one.get("href") for one in page.xpath("//main//p/a")] == ["/"]


def test_the_list_tells_how_briefs_stand_the_newest_first(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    running = asked(client, ONE, TWO)
    assert held.busy.wait(20)
    services.time.pass_by(60)
    waiting = asked(client, TWO)
    services.time.pass_by(60)
    cancelled = asked(client, TWO)
    client.post("/v1" + cancelled + "/cancel")
    until(lambda: "0 of 2" in main_of(shown(client, "/briefs")))
    page = shown(client, "/briefs")
    assert [
        (one.find("a").get("href"), text_of(one.find("a")), text_of(one.find(".//span")))
        for one in page.xpath("//*[@class='briefs']/li")
    ] == [
        (cancelled, "Cancelled before it was made", "cancelled"),
        (waiting, "Waiting for its turn", "waiting"),
        (running, "Draft: 0 of 2", "being made"),
    ]
    assert "21 November 2026, 12:01 UTC" in main_of(page)


def test_headlines_and_errors_are_listed_as_plain_text(services: Services) -> None:
    client = services.open(services.app(models=failing(HOSTILE)))
    done(client, {"documents": [{"content": HOSTILE}]})
    services.time.pass_by(60)
    ended(client, "/v1" + asked(client, ONE))
    page = shown(client, "/briefs")
    failed, made = (text_of(one) for one in page.xpath("//*[@class='briefs']//a"))
    assert failed.startswith("Not made: ")
    assert failed.endswith(SEEN)
    assert made == SEEN
    assert not page.xpath("//main//img | //main//b")


@pytest.mark.parametrize("status", STATUS_WORDS)
def test_the_list_is_filtered_by_status(
    services: Services, held_models: Models, status: str
) -> None:
    client = services.open(services.app(models=held_models))
    running, waiting = asked(client, ONE), asked(client, TWO)
    until(lambda: client.get("/v1" + running).json()["status"] == "running")
    expected = {"running": [running], "queued": [waiting]}.get(status, [])
    page = shown(client, f"/briefs?status={status}")
    assert [one.get("href") for one in page.xpath("//*[@class='briefs']//a")] == expected
    assert [one.get("href") for one in page.xpath("//main//*[@aria-current]")] == [
        f"/briefs?status={status}"
    ]


def test_older_leads_through_all_of_one_status_and_newest_back(
    services: Services, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    paths = []
    for _ in range(5):
        services.time.pass_by(60)
        paths.append(asked(client, ONE))
        client.post("/v1" + paths[-1] + "/cancel")
    found, following = [], "/briefs?status=cancelled&limit=2"
    while following:
        page = shown(client, following)
        found.append([str(one.get("href")) for one in page.xpath("//*[@class='briefs']//a")])
        assert bool(page.xpath("//a[.='Newest']")) == (len(found) > 1)
        following = "".join(one.get("href") for one in page.xpath("//a[@rel='next']"))
    assert found == [paths[:2:-1], paths[2:0:-1], paths[:1]]
    [newest] = page.xpath("//a[.='Newest']/@href")
    assert newest == "/briefs?status=cancelled&limit=2"


@pytest.mark.parametrize("query", ["cursor=nowhere", "status=finished", "limit=0"])
def test_a_wrong_address_of_the_list_is_a_page_that_says_so(client: Client, query: str) -> None:
    answer = client.get(f"/briefs?{query}", headers=PERSON)
    assert (answer.status_code, "<h1>" in answer.text) == (400, True)


def test_a_brief_of_another_tenant_is_not_there(services: Services, held_models: Models) -> None:
    client = services.open(services.app(models=held_models))
    one, other = services.key("one"), services.key("other")
    client.headers["Authorization"] = f"Bearer {one.token}"
    path = asked(client, ONE)
    client.headers["Authorization"] = f"Bearer {other.token}"
    for answer in [
        client.get(path, headers=PERSON),
        client.get(path + "/delete", headers=PERSON),
        *(client.post(f"{path}/{act}", headers=PERSON) for act in ("cancel", "rebuild", "delete")),
    ]:
        assert (answer.status_code, "<h1>No such brief</h1>" in answer.text) == (404, True)
    assert "There are no briefs yet" in main_of(shown(client, "/briefs"))


def test_a_key_that_may_only_read_sees_no_buttons_and_is_refused(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    writer, reader = services.key("desk"), services.key("desk", "read")
    client.headers["Authorization"] = f"Bearer {writer.token}"
    running, cancelled = asked(client, ONE), asked(client, TWO)
    client.post(f"/v1{cancelled}/cancel")
    client.headers["Authorization"] = f"Bearer {reader.token}"
    for path in (running, cancelled):
        page = shown(client, path)
        assert buttons(page) == []
        assert not page.xpath("//a[contains(@href, '/delete')]")
        assert client.get(path + "/delete", headers=PERSON).status_code == 403
        for act in ("cancel", "rebuild", "delete"):
            assert client.post(f"{path}/{act}", headers=PERSON).status_code == 403
    assert client.get("/v1" + running).json()["status"] in ("queued", "running")


@pytest.mark.parametrize("ending", ["", "/delete"])
def test_nothing_on_the_pages_is_inline(busy: tuple[Client, str], ending: str) -> None:
    client, path = busy
    text = client.get(path + ending, headers=PERSON).text
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", text)


def test_options_that_are_served_no_longer_are_told_and_nothing_is_made(services: Services) -> None:
    sent = {"documents": [ONE], "options": {"max_words": 90}}
    path = done(services.open(), sent).removeprefix("/v1")
    client = services.open(services.app(limits=Limits(min_words=100)))
    answer = client.post(path + "/rebuild", headers=PERSON)
    assert (answer.status_code, "90, must be 100 to" in answer.text) == (422, True)
    assert len(client.get("/v1/briefs").json()["briefs"]) == 1
