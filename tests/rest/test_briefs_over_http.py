from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from service.domain.brief import Brief
from service.domain.ports import Models
from service.domain.text import Article, text_sha256
from service.jobs.fakes import fake_pipeline
from service.jobs.limits import Limits
from service.jobs.parts import FailedCheck
from service.render import load_brief
from tests.rest.services import Client, HeldDrafter, Services, done, ended, until

ONE, TWO = {"content": "Rain fell on Monday."}, {"content": "The river rose.", "id": "two"}
HOOK = {"url": "https://a.example/hook", "secret": "password"}
BOTH = {"documents": [ONE, TWO]}
WAIT = {"Prefer": "wait=20"}


def test_an_accepted_brief_says_where_it_will_be_and_when_to_look(
    services: Services, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    answer = client.post("/v1/briefs", json={"documents": [ONE]})
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/briefs/{answer.json()['id']}"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["status"] in ("queued", "running")


def test_a_brief_is_made_of_documents_sent_and_documents_stored(client: Client) -> None:
    client.post("/v1/documents", json=TWO)
    url = done(client, {"documents": [ONE], "document_ids": ["two"]})
    brief = client.get(url).json()
    assert [s["text"] for s in brief["statements"]] == [ONE["content"], TWO["content"]]


def test_a_document_given_twice_counts_once(client: Client) -> None:
    url = done(client, {"documents": [TWO, TWO], "document_ids": []})
    assert len(client.get(url).json()["sources"]) == 1


def test_a_wait_that_is_long_enough_gives_the_finished_brief(client: Client) -> None:
    answer = client.post("/v1/briefs", json={"documents": [ONE]}, headers=WAIT)
    assert (answer.status_code, answer.json()["status"]) == (201, "done")
    assert answer.headers["preference-applied"] == "wait=20"
    assert answer.json()["finished_at"] == "2026-11-21T12:00:00Z"
    assert "retry-after" not in answer.headers


def test_a_wait_that_is_too_short_gives_the_brief_as_it_stands(
    services: Services, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    answer = client.post("/v1/briefs", json={"documents": [ONE]}, headers={"Prefer": "wait=0"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=0")


def test_a_running_brief_tells_how_far_it_is(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json={"documents": [ONE, TWO]}).headers["location"]
    assert held.busy.wait(20)
    until(lambda: client.get(url).json()["progress"] is not None)
    brief = client.get(url).json()
    assert brief["status"] == "running"
    assert brief["progress"] == {"stage": "draft", "done": 0, "total": 2}


def test_the_service_answers_while_a_model_holds_its_thread(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    client.post("/v1/briefs", json={"documents": [ONE]})
    assert held.busy.wait(20)
    assert client.get("/healthz").status_code == 200
    assert not held.let.is_set()


def test_a_bad_document_among_good_ones_is_told_in_the_brief(client: Client) -> None:
    url = done(client, {"documents": [ONE, {"id": "void", "content": " "}]})
    brief = client.get(url).json()
    assert [(d["document_id"], d["reason"]) for d in brief["dropped"]] == [("void", "it is empty")]


def test_a_document_too_large_does_not_sink_the_others(services: Services) -> None:
    client = services.open(services.app(limits=Limits(bytes_per_document=20)))
    url = done(client, {"documents": [ONE, {"id": "long", "content": "x" * 21}]})
    [dropped] = client.get(url).json()["dropped"]
    assert dropped["document_id"] == "long"
    assert "limit 20" in dropped["reason"]


def test_no_usable_document_is_a_problem_with_each_reason(client: Client) -> None:
    answer = client.post("/v1/briefs", json={"documents": [{"id": "void", "content": ""}]})
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/no-usable-document")
    assert answer.json()["documents"] == [{"document_id": "void", "reason": "it is empty"}]


def test_an_unknown_document_id_is_named(client: Client) -> None:
    answer = client.post("/v1/briefs", json={"documents": [ONE], "document_ids": ["gone"]})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/document_ids/0"]


def test_a_brief_is_made_of_the_text_that_is_sent_along(client: Client) -> None:
    client.post("/v1/documents", json=TWO)
    url = done(client, {"documents": [TWO | {"content": "Other."}]})
    assert [s["text"] for s in client.get(url).json()["statements"]] == ["Other."]


def test_one_id_for_two_documents_is_a_conflict_and_stores_nothing(client: Client) -> None:
    both = [ONE | {"id": "one"}, TWO, TWO | {"content": "Other."}]
    answer = client.post("/v1/briefs", json={"documents": both})
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/document-conflict")
    assert client.get("/v1/documents/one").status_code == 404


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "#"),
        ({"documents": [ONE], "webhook": {"url": "https://a.example"}}, "#/webhook/secret"),
        ({"documents": [ONE], "webhook": HOOK | {"secret": "seven.."}}, "#/webhook/secret"),
        ({"documents": [ONE], "webhook": HOOK | {"secret": "x" * 513}}, "#/webhook/secret"),
        ({"documents": [ONE], "webhook": HOOK | {"url": "ftp://a.example"}}, "#/webhook/url"),
        ({"documents": [ONE], "webhook": HOOK | {"url": "http://u:p@a.example"}}, "#/webhook/url"),
        ({"documents": [ONE], "webhook": HOOK | {"url": "http://127.0.0.1"}}, "#/webhook/url"),
        ({"documents": [ONE], "webhook": HOOK | {"more": 1}}, "#/webhook/more"),
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
def test_a_fault_in_an_order_names_its_field(client: Client, sent: object, pointer: str) -> None:
    answer = client.post("/v1/briefs", json=sent)
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/validation")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_webhook_is_kept_with_its_secret_sealed_and_shown_to_nobody(services: Services) -> None:
    client = services.open()
    url = done(client, {"documents": [ONE], "webhook": HOOK})
    brief_id = url.rpartition("/")[2]
    kept = services.with_store(lambda store: store.briefs.get("local", brief_id))
    assert kept.hook is not None
    assert (kept.hook.url, kept.hook.sealed_secret) == (HOOK["url"], "sealed drowssap")
    assert "hook" not in client.get(url).text


def test_a_limit_of_words_is_stated(client: Client) -> None:
    sent = {"documents": [ONE], "options": {"max_words": 5000}}
    assert "20 to 2000" in client.post("/v1/briefs", json=sent).json()["detail"]


def test_too_many_documents_are_told_the_limit(services: Services) -> None:
    client = services.open(services.app(limits=Limits(documents_per_brief=1)))
    answer = client.post("/v1/briefs", json={"documents": [ONE], "document_ids": ["two"]})
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/too-many-documents")
    assert answer.json()["limit"] == 1


def test_a_full_queue_is_a_429_at_once_and_reads_nothing(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models, limits=Limits(queued_briefs=1)))
    client.post("/v1/briefs", json={"documents": [ONE]})
    assert held.busy.wait(20)
    assert client.post("/v1/briefs", json={"documents": [ONE]}).status_code == 202
    answer = client.post("/v1/briefs", json={"documents": [TWO]})
    assert (answer.status_code, answer.json()["type"]) == (429, "/errors/queue-full")
    assert answer.json()["limit"] == 1
    assert int(answer.headers["retry-after"]) > 0
    assert client.get("/v1/documents/two").status_code == 404


def test_options_reach_the_run(client: Client) -> None:
    options = {"max_words": 20, "provenance": "open", "model": "fake", "seed": 7}
    url = done(client, {"documents": [ONE], "options": options})
    assert client.get(url).json()["run"]["options"] == options


def test_what_is_stored_is_a_brief_by_every_rule(client: Client) -> None:
    text = client.get(done(client, BOTH)).text
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
def test_the_form_the_client_likes_most_is_given(client: Client, accept: str, given: str) -> None:
    answer = client.get(done(client, BOTH), headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == given
    assert answer.headers["vary"] == "Accept"


def test_a_form_that_is_not_had_is_a_406_that_lists_those_that_are(client: Client) -> None:
    answer = client.get(done(client, BOTH), headers={"Accept": "image/png, text/html;q=0"})
    assert (answer.status_code, answer.json()["type"]) == (406, "/errors/not-acceptable")
    assert "text/markdown" in answer.json()["available"]


def test_a_page_may_load_nothing_and_be_framed_by_nobody(client: Client) -> None:
    answer = client.get(done(client, BOTH), headers={"Accept": "text/html"})
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_markup_in_a_source_is_shown_and_never_run(client: Client) -> None:
    url = done(client, {"documents": [{"content": "<script>alert(1)</script>"}]})
    page = client.get(url, headers={"Accept": "text/html"}).text
    assert "<script" not in page


def test_each_form_of_a_finished_brief_has_its_own_tag(client: Client) -> None:
    url = done(client, BOTH)
    tags = {
        client.get(url, headers={"Accept": f"text/{f}"}).headers["etag"] for f in ("html", "plain")
    }
    assert len(tags) == 2


@pytest.mark.parametrize("known", ["{tag}", 'W/{tag}, "x"', '"x", {tag}', "*"])
def test_a_client_that_has_the_brief_is_not_sent_it_again(client: Client, known: str) -> None:
    url = done(client, BOTH)
    tag = client.get(url).headers["etag"]
    answer = client.get(url, headers={"If-None-Match": known.format(tag=tag)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag


def test_a_tag_of_another_form_does_not_count(client: Client) -> None:
    url = done(client, BOTH)
    tag = client.get(url).headers["etag"]
    answer = client.get(url, headers={"If-None-Match": tag, "Accept": "text/plain"})
    assert answer.status_code == 200


def test_an_unfinished_brief_has_no_tag_and_no_text(
    services: Services, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert "etag" not in client.get(url).headers
    answer = client.get(url, headers={"Accept": "text/markdown"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/wrong-status")


def test_an_unknown_brief_is_a_404(client: Client) -> None:
    for answer in (
        client.get("/v1/briefs/none"),
        client.get("/v1/briefs/none/verification"),
        client.post("/v1/briefs/none/cancel"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (404, "/errors/unknown-brief")


def test_a_brief_that_holds_is_verified_statement_by_statement(client: Client) -> None:
    told = client.get(done(client, BOTH) + "/verification").json()
    assert (told["holds"], told["reasons"]) == (True, [])
    assert [(s["id"], s["holds"], s["reasons"]) for s in told["statements"]] == [
        ("h", True, []), ("s1", True, []), ("s2", True, [])
    ]  # fmt: skip


def test_a_statement_that_does_not_hold_is_named(services: Services) -> None:
    pipeline = fake_pipeline()

    def recheck(brief: Brief, articles: Mapping[str, Article]) -> Sequence[FailedCheck]:
        changed = {id: _shouted(article) for id, article in articles.items()}
        return pipeline.recheck(brief, changed)

    client = services.open(services.app(pipeline=replace(pipeline, recheck=recheck)))
    told = client.get(done(client, {"documents": [ONE]}) + "/verification").json()
    assert not told["holds"]
    assert [s["reasons"] for s in told["statements"]] == [["the quote is not in its document"]] * 2


def _shouted(article: Article) -> Article:
    text = article.text.upper()
    return replace(article, text=text, sha256=text_sha256(text))


def test_an_unfinished_brief_cannot_be_verified(services: Services, held_models: Models) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert client.get(url + "/verification").status_code == 409


def test_a_queued_brief_is_cancelled_and_never_made(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    client.post("/v1/briefs", json={"documents": [ONE]})
    assert held.busy.wait(20)
    url = client.post("/v1/briefs", json={"documents": [TWO]}).headers["location"]
    assert client.post(url + "/cancel").json()["status"] == "cancelled"
    last = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    held.let.set()
    assert ended(client, last)["status"] == "done"
    assert client.get(url).json()["status"] == "cancelled"
    assert held.calls == 2


def test_a_running_brief_is_cancelled_for_good(
    services: Services, held: HeldDrafter, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json={"documents": [ONE, TWO]}).headers["location"]
    assert held.busy.wait(20)
    answer = client.post(url + "/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    held.let.set()
    after = client.post("/v1/briefs", json={"documents": [ONE]}, headers=WAIT)
    assert after.json()["status"] == "done"
    assert client.get(url).json()["status"] == "cancelled"


def test_cancelling_again_changes_nothing(services: Services, held_models: Models) -> None:
    client = services.open(services.app(models=held_models))
    url = client.post("/v1/briefs", json={"documents": [ONE]}).headers["location"]
    assert client.post(url + "/cancel").json() == client.post(url + "/cancel").json()


def test_a_brief_that_is_done_cannot_be_cancelled(client: Client) -> None:
    answer = client.post(done(client, BOTH) + "/cancel")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/wrong-status")
