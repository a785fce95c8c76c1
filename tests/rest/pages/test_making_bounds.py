"""Forms that are refused, and the bounds within which they are read."""

from collections.abc import Callable

import pytest

from service.domain.errors import BadDocument, BriefError, NotReady
from service.domain.ports import Models
from service.jobs.desk import Desk
from service.jobs.limits import Limits
from service.jobs.reading.threads import ThreadReaders
from service.rest.pages.uploads import read_form
from tests.rest.pages.forms import (
    OTHER,
    PERSON,
    SCRIPT,
    STORY,
    WAITING,
    made,
    page_of,
    send,
    text_in,
    text_of,
)
from tests.rest.services import Client, Services


@pytest.mark.parametrize("headers", [PERSON, SCRIPT])
def test_a_form_of_another_kind_is_refused(client: Client, headers: dict[str, str]) -> None:
    sent = {"article-1-text": STORY}
    answer = client.post("/briefs", data=sent, headers=headers, follow_redirects=False)
    assert answer.status_code == 415
    told = client.post("/briefs", data=sent, headers=SCRIPT).json()
    assert told["type"] == "/errors/unsupported-media-type"


def test_a_packed_body_is_refused(client: Client) -> None:
    answer = send(client, headers={**SCRIPT, "Content-Encoding": "gzip"}, article_1_text=STORY)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\xff: \xfe\r\n\r\na\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n\r\n--y--"),
        ("multipart/form-data; boundary=" + "x" * 1000, b"--x--"),
    ],
)
def test_a_broken_form_is_the_senders_mistake(
    client: Client, content_type: str, body: bytes
) -> None:
    answer = client.post("/briefs", content=body, headers={**SCRIPT, "Content-Type": content_type})
    assert (answer.status_code, answer.json()["type"]) == (400, "/errors/bad-request")


def test_too_many_documents_are_refused_and_the_limit_is_told(services: Services) -> None:
    client = services.open(services.app(limits=Limits(documents_per_brief=2)))
    answer = send(client, ("a.txt", STORY), ("b.exe", ""), headers=SCRIPT, article_1_text=OTHER)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/errors/too-many-documents")
    assert problem["limit"] == 2


def test_a_body_over_the_limit_is_refused(services: Services) -> None:
    client = services.open(services.app(limits=Limits(bytes_per_request=2000)))
    answer = send(client, ("a.txt", "Rain. " * 1000), headers=SCRIPT)
    assert (answer.status_code, answer.json()["limit"]) == (413, 2000)


def test_a_file_over_the_limit_is_told_in_the_brief(services: Services) -> None:
    client = services.open(services.app(limits=Limits(bytes_per_document=50)))
    brief = made(client, send(client, ("a.txt", STORY), ("b.txt", "Rain. " * 10)))
    assert ("b.txt", "60 bytes, 10 over the limit of 50 a document") in {
        (one["text"], one["reason"]) for one in brief["dropped"]
    }


def test_a_form_takes_its_place_among_the_requests(services: Services) -> None:
    client = services.open(services.app(limits=Limits(requests_at_once=0)))
    answer = send(client, headers=SCRIPT, article_1_text=STORY)
    assert (answer.status_code, answer.json()["type"]) == (429, "/errors/overloaded")


def test_a_full_queue_is_told_with_what_was_typed_kept(services: Services) -> None:
    app = services.app(limits=Limits(queued_briefs=1), pace=WAITING)
    client = services.open(app, ready=False)
    assert send(client, article_1_text=STORY).status_code == 303
    answer = send(client, article_1_text=OTHER)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    page = page_of(answer)
    assert text_in(page, "article-1-text") == OTHER
    assert "Too many briefs are waiting" in text_of(page.get_element_by_id("problem"))


def test_before_the_models_are_loaded_nothing_typed_is_lost(services: Services) -> None:
    def load() -> Models:
        raise NotReady("they are being loaded")

    client = services.open(services.app(load=load), ready=False)
    answer = send(client, article_1_text=STORY)
    assert answer.status_code == 503
    assert text_in(page_of(answer), "article-1-text") == STORY


@pytest.mark.parametrize("headers", [PERSON, SCRIPT])
def test_a_defect_is_logged_and_no_fault_of_the_form(
    client: Client,
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def broken(*_: object) -> None:
        raise BriefError("a defect")

    monkeypatch.setattr(Desk, "accept", broken)
    answer = send(client, headers=headers, article_1_text=STORY)
    assert answer.status_code == 500
    assert "request_failed" in capsys.readouterr().out
    assert 'brief_refusals_total{reason="internal"} 1.0' in client.get("/metrics").text


def test_what_the_form_refuses_is_counted(client: Client) -> None:
    send(client, ("a.exe", STORY))
    assert 'brief_refusals_total{reason="no-usable-document"} 1.0' in client.get("/metrics").text


def test_a_form_is_read_beside_the_requests_and_within_its_bounds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute = ThreadReaders.compute

    async def bounded(
        readers: ThreadReaders, tenant: str, function: Callable[..., object], *args: object
    ) -> object:
        if function is read_form:
            raise BadDocument("request", "reading it took too much memory")
        return await compute(readers, tenant, function, *args)

    monkeypatch.setattr(ThreadReaders, "compute", bounded)
    answer = send(client, ("a.txt", STORY), headers=SCRIPT)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "reading it took too much memory"


def test_a_large_form_is_accepted(client: Client) -> None:
    answer = send(client, ("a.txt", f"{STORY}\n\n" * 6000))
    assert made(client, answer)["status"] == "done"
