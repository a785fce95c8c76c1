import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service.backends.fakes import FakeDrafter, fake_models
from service.jobs.fakes import fake_pipeline
from service.jobs.limits import Limits
from service.render import load_brief

ONE, TWO = {"content": "Rain fell on Monday."}, {"content": "The river rose.", "id": "two"}
WAIT = {"Prefer": "wait=20"}


def ended(client: Any, url: str) -> dict[str, Any]:
    """Return a brief once it has ended."""
    while True:
        brief: dict[str, Any] = client.get(url).json()
        if brief["status"] not in ("queued", "running"):
            return brief
        time.sleep(0.01)


def done(client: Any, sent: dict[str, Any] | None = None) -> str:
    """Return the address of a brief that is done."""
    answer = client.post("/v1/briefs", json=sent or {"documents": [ONE, TWO]}, headers=WAIT)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def test_an_accepted_brief_says_where_it_will_be_and_when_to_look(
    desk: Any, held_models: Any
) -> None:
    client = desk.open(models=held_models)
    answer = client.post("/v1/briefs", json={"documents": [ONE]})
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/briefs/{answer.json()['id']}"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["status"] in ("queued", "running")


def test_a_brief_is_made_of_documents_sent_and_documents_stored(client: Any) -> None:
    client.post("/v1/documents", json=TWO)
    url = done(client, {"documents": [ONE], "document_ids": ["two"]})
    brief = client.get(url).json()
    assert [s["text"] for s in brief["statements"]] == [ONE["content"], TWO["content"]]


def test_a_document_given_twice_counts_once(client: Any) -> None:
    url = done(client, {"documents": [TWO, TWO], "document_ids": []})
    assert len(client.get(url).json()["sources"]) == 1


def test_a_wait_that_is_long_enough_gives_the_finished_brief(client: Any) -> None:
    answer = client.post("/v1/briefs", json={"documents": [ONE]}, headers=WAIT)
    assert (answer.status_code, answer.json()["status"]) == (201, "done")
    assert answer.headers["preference-applied"] == "wait=20"
    assert answer.json()["finished_at"] == "2026-11-21T12:00:00Z"
    assert "retry-after" not in answer.headers


def test_a_wait_that_is_too_short_gives_the_brief_as_it_stands(desk: Any, held_models: Any) -> None:
    client = desk.open(models=held_models)
    answer = client.post("/v1/briefs", json={"documents": [ONE]}, headers={"Prefer": "wait=0"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=0")


def test_a_running_brief_tells_how_far_it_is(desk: Any, held: Any, held_models: Any) -> None:
    client = desk.open(models=held_models)
    url = client.post("/v1/briefs", json={"documents": [ONE, TWO]}).headers["location"]
    assert held.busy.wait(20)
    while (brief := client.get(url).json())["progress"] is None:
        time.sleep(0.01)
    assert brief["status"] == "running"
    assert brief["progress"] == {"stage": "draft", "done": 0, "total": 2}


def test_the_service_answers_while_a_model_holds_its_thread(
    desk: Any, held: Any, held_models: Any
) -> None:
    client = desk.open(models=held_models)
    client.post("/v1/briefs", json={"documents": [ONE]})
    assert held.busy.wait(20)
    assert client.get("/healthz").status_code == 200
    assert not held.let.is_set()


def test_a_bad_document_among_good_ones_is_told_in_the_brief(client: Any) -> None:
    url = done(client, {"documents": [ONE, {"id": "void", "content": " "}]})
    brief = client.get(url).json()
    assert [(d["document_id"], d["reason"]) for d in brief["dropped"]] == [("void", "it is empty")]


def test_a_document_too_large_does_not_sink_the_others(desk: Any) -> None:
    client = desk.open(limits=Limits(bytes_per_document=20))
    url = done(client, {"documents": [ONE, {"id": "long", "content": "x" * 21}]})
    [dropped] = client.get(url).json()["dropped"]
    assert dropped["document_id"] == "long"
    assert "limit 20" in dropped["reason"]


def test_no_usable_document_is_a_problem_with_each_reason(client: Any) -> None:
    answer = client.post("/v1/briefs", json={"documents": [{"id": "void", "content": ""}]})
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/no-usable-document")
    assert answer.json()["documents"] == [{"document_id": "void", "reason": "it is empty"}]


def test_an_unknown_document_id_is_named(client: Any) -> None:
    answer = client.post("/v1/briefs", json={"documents": [ONE], "document_ids": ["gone"]})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/document_ids/0"]


def test_a_document_whose_id_names_other_content_is_a_conflict_and_stores_nothing(
    client: Any,
) -> None:
    client.post("/v1/documents", json=TWO)
    answer = client.post(
        "/v1/briefs", json={"documents": [ONE | {"id": "one"}, TWO | {"content": "Other."}]}
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/document-conflict")
    assert client.get("/v1/documents/one").status_code == 404


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "#"),
        ({"documents": [ONE], "webhook": {"url": "https://a.example"}}, "#/webhook"),
        ({"documents": [ONE], "more": 1}, "#/more"),
        ({"documents": [ONE], "options": {"max_words": 19}}, "#/options/max_words"),
        ({"documents": [ONE], "options": {"max_words": 2001}}, "#/options/max_words"),
        ({"documents": [ONE], "options": {"max_words": "many"}}, "#/options/max_words"),
        ({"documents": [ONE], "options": {"provenance": "none"}}, "#/options/provenance"),
        ({"documents": [ONE], "options": {"model": "elsewhere"}}, "#/options/model"),
        ({"documents": [ONE], "options": {"seed": -1}}, "#/options/seed"),
        ({"documents": [ONE], "options": {"colour": 1}}, "#/options/colour"),
        ({"document_ids": ["a/b"]}, "#/document_ids/0"),
        ({"documents": [{"text": "a", "content": "b"}]}, "#/documents/0/text"),
    ],
)
def test_a_fault_in_an_order_names_its_field(client: Any, sent: object, pointer: str) -> None:
    answer = client.post("/v1/briefs", json=sent)
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/validation")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_refused_webhook_is_told_apart_from_a_wrong_name(client: Any) -> None:
    sent = {"documents": [ONE], "webhook": {"url": "https://a.example"}}
    assert "not available in this version" in client.post("/v1/briefs", json=sent).text


def test_a_limit_of_words_is_stated(client: Any) -> None:
    sent = {"documents": [ONE], "options": {"max_words": 5000}}
    assert "20 to 2000" in client.post("/v1/briefs", json=sent).json()["detail"]


def test_too_many_documents_are_told_the_limit(desk: Any) -> None:
    client = desk.open(limits=Limits(documents_per_brief=1))
    answer = client.post("/v1/briefs", json={"documents": [ONE], "document_ids": ["two"]})
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/too-many-documents")
    assert answer.json()["limit"] == 1


def test_a_full_queue_is_a_429_at_once_and_reads_nothing(
    desk: Any, held: Any, held_models: Any
) -> None:
    client = desk.open(models=held_models, limits=Limits(queued_briefs=1))
    client.post("/v1/briefs", json={"documents": [ONE]})
    assert held.busy.wait(20)
    assert client.post("/v1/briefs", json={"documents": [ONE]}).status_code == 202
    answer = client.post("/v1/briefs", json={"documents": [TWO]})
    assert (answer.status_code, answer.json()["type"]) == (429, "/errors/queue-full")
    assert answer.json()["limit"] == 1
    assert int(answer.headers["retry-after"]) > 0
    assert client.get("/v1/documents/two").status_code == 404


def test_options_reach_the_run(client: Any) -> None:
    options = {"max_words": 20, "provenance": "open", "model": "fake", "seed": 7}
    url = done(client, {"documents": [ONE], "options": options})
    assert client.get(url).json()["run"]["options"] == options


def test_what_is_stored_is_a_brief_by_every_rule(client: Any) -> None:
    text = client.get(done(client)).text
    assert load_brief(text).status == "done"


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/markdown", "text/markdown"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/plain;q=0.5, text/markdown;q=0.9", "text/markdown"),
        ("text/*;q=0.9, text/markdown;q=0.1, text/html;q=0", "text/plain"),
        ("application/json;q=0, */*;q=0.1", "text/markdown"),
    ],
)
def test_the_form_the_client_likes_most_is_given(client: Any, accept: str, given: str) -> None:
    answer = client.get(done(client), headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == given
    assert answer.headers["vary"] == "Accept"


def test_a_form_that_is_not_had_is_a_406_that_lists_those_that_are(client: Any) -> None:
    answer = client.get(done(client), headers={"Accept": "image/png, text/html;q=0"})
    assert (answer.status_code, answer.json()["type"]) == (406, "/errors/not-acceptable")
    assert "text/markdown" in answer.json()["available"]


def test_a_page_may_load_nothing_and_be_framed_by_nobody(client: Any) -> None:
    answer = client.get(done(client), headers={"Accept": "text/html"})
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_markup_in_a_source_is_shown_and_never_run(client: Any) -> None:
    url = done(client, {"documents": [{"content": "<script>alert(1)</script>"}]})
    page = client.get(url, headers={"Accept": "text/html"}).text
    assert "<script" not in page


def test_each_form_of_a_finished_brief_has_its_own_tag(client: Any) -> None:
    url = done(client)
    tags = {
        client.get(url, headers={"Accept": f"text/{f}"}).headers["etag"] for f in ("html", "plain")
    }
    assert len(tags) == 2


@pytest.mark.parametrize("known", ["{tag}", 'W/{tag}, "x"', '"x", {tag}', "*"])
def test_a_client_that_has_the_brief_is_not_sent_it_again(client: Any, known: str) -> None:
    url = done(client)
    tag = client.get(url).headers["etag"]
    answer = client.get(url, headers={"If-None-Match": known.format(tag=tag)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag


def test_a_tag_of_another_form_does_not_count(client: Any) -> None:
    url = done(client)
    tag = client.get(url).headers["etag"]
    answer = client.get(url, headers={"If-None-Match": tag, "Accept": "text/plain"})
    assert answer.status_code == 200


def test_an_unfinished_brief_has_no_tag_and_no_text(desk: Any, held_models: Any) -> None:
    client = desk.open(models=held_models)
    url = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert "etag" not in client.get(url).headers
    answer = client.get(url, headers={"Accept": "text/markdown"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/wrong-status")


def test_an_unknown_brief_is_a_404(client: Any) -> None:
    for answer in (
        client.get("/v1/briefs/none"),
        client.get("/v1/briefs/none/verification"),
        client.post("/v1/briefs/none/cancel"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "/errors/unknown-brief")


def test_a_brief_that_holds_is_verified_statement_by_statement(client: Any) -> None:
    told = client.get(done(client) + "/verification").json()
    assert (told["holds"], told["reasons"]) == (True, [])
    assert [(s["id"], s["holds"], s["reasons"]) for s in told["statements"]] == [
        ("h", True, []), ("s1", True, []), ("s2", True, [])
    ]  # fmt: skip


def test_a_statement_that_does_not_hold_is_named(desk: Any) -> None:
    pipeline = fake_pipeline()

    def recheck(brief: Any, articles: Any) -> Any:
        changed = {id: replace_text(article) for id, article in articles.items()}
        return pipeline.recheck(brief, changed)

    client = desk.open(pipeline=replace(pipeline, recheck=recheck))
    told = client.get(done(client, {"documents": [ONE]}) + "/verification").json()
    assert not told["holds"]
    assert [s["reasons"] for s in told["statements"]] == [["the quote is not in its document"]] * 2


def replace_text(article: Any) -> Any:
    from service.domain.text import text_sha256

    text = article.text.upper()
    return replace(article, text=text, sha256=text_sha256(text))


def test_an_unfinished_brief_cannot_be_verified(desk: Any, held_models: Any) -> None:
    client = desk.open(models=held_models)
    url = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert client.get(url + "/verification").status_code == 409


def test_a_queued_brief_is_cancelled_and_never_made(desk: Any, held: Any, held_models: Any) -> None:
    client = desk.open(models=held_models)
    client.post("/v1/briefs", json={"documents": [ONE]})
    assert held.busy.wait(20)
    url = client.post("/v1/briefs", json={"documents": [TWO]}).headers["location"]
    assert client.post(url + "/cancel").json()["status"] == "cancelled"
    last = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    held.let.set()
    assert ended(client, last)["status"] == "done"
    assert client.get(url).json()["status"] == "cancelled"
    assert held.calls == 2


def test_a_running_brief_is_cancelled_for_good(desk: Any, held: Any, held_models: Any) -> None:
    client = desk.open(models=held_models)
    url = client.post("/v1/briefs", json={"documents": [ONE, TWO]}).headers["location"]
    assert held.busy.wait(20)
    answer = client.post(url + "/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    held.let.set()
    after = client.post("/v1/briefs", json={"documents": [ONE]}, headers=WAIT)
    assert after.json()["status"] == "done"
    assert client.get(url).json()["status"] == "cancelled"


def test_cancelling_again_changes_nothing(desk: Any, held_models: Any) -> None:
    client = desk.open(models=held_models)
    url = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert client.post(url + "/cancel").json() == client.post(url + "/cancel").json()


def test_a_brief_that_is_done_cannot_be_cancelled(client: Any) -> None:
    answer = client.post(done(client) + "/cancel")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/wrong-status")


class Failing(FakeDrafter):
    """Fails once, with a text that no client may see."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = [OSError("secret of the engine")]

    def draft(self, requests: Any, advance: Callable[[int], None] = lambda _: None) -> Any:
        if self.failures:
            raise self.failures.pop()
        return super().draft(requests, advance)


def test_a_failure_is_told_without_its_secrets_and_the_next_brief_is_made(desk: Any) -> None:
    client = desk.open(models=replace(fake_models(), drafter=Failing()))
    failed = client.post("/v1/briefs", json={"documents": [ONE]}, headers=WAIT)
    assert failed.json()["status"] == "failed"
    assert "internal error" in failed.json()["error"]
    assert "secret" not in failed.text
    assert client.get(done(client)).json()["status"] == "done"


def test_a_failed_brief_keeps_what_the_intake_dropped(desk: Any) -> None:
    client = desk.open(models=replace(fake_models(), drafter=Failing()))
    sent = {"documents": [ONE, {"id": "void", "content": ""}]}
    failed = client.post("/v1/briefs", json=sent, headers=WAIT).json()
    assert [one["document_id"] for one in failed["dropped"]] == ["void"]


def test_what_a_dead_process_left_is_taken_up_and_done_once(
    desk: Any, held: Any, held_models: Any
) -> None:
    dead = desk.open(models=held_models)
    running = dead.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert held.busy.wait(20)
    queued = dead.post("/v1/briefs", json={"documents": [TWO]}).headers["location"]
    # Dead means: it renews no lease. Its thread may still come back, and must change nothing.
    desk.die(dead)
    desk.time.pass_by(60)
    drafter = Counting()
    client = desk.open(models=replace(fake_models(), drafter=drafter))
    first, second = ended(client, running), ended(client, queued)
    assert (first["status"], second["status"]) == ("done", "done")
    held.let.set()
    assert client.get(running).json() == first
    assert drafter.calls == 2


class Counting(FakeDrafter):
    """Counts what it drafts."""

    def __init__(self) -> None:
        super().__init__()
        self.calls, self._lock = 0, threading.Lock()

    def draft(self, requests: Any, advance: Callable[[int], None] = lambda _: None) -> Any:
        with self._lock:
            self.calls += 1
        return super().draft(requests, advance)
