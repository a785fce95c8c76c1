"""Making a brief by the form, over HTTP."""

import re
from dataclasses import replace

from lxml import html

from service.domain.errors import BadDocument
from service.domain.ports import Models
from service.domain.text import Article, Document
from service.jobs.fakes import fake_pipeline
from service.jobs.limits import Limits
from service.rest.pages.kit import POLICY
from tests.attacks.payloads import PAYLOADS
from tests.rest.pages.forms import (
    OTHER,
    PERSON,
    PROBLEM,
    SCRIPT,
    STORY,
    WAITING,
    bearer,
    made,
    page_of,
    send,
    structure,
    text_in,
    text_of,
    token_of,
)
from tests.rest.services import Client, Services, ended


def test_the_page_has_a_form_whose_every_field_is_labelled(client: Client) -> None:
    answer = client.get("/", headers=PERSON)
    assert answer.headers["content-security-policy"] == POLICY
    page = page_of(answer)
    [form] = page.xpath("//form[@action='/briefs']")
    assert (form.get("method"), form.get("enctype")) == ("post", "multipart/form-data")
    labelled = set(page.xpath("//label/@for"))
    fields = form.xpath(".//input[not(@type='hidden')] | .//textarea")
    assert len(fields) > 15
    assert all(one.get("id") in labelled for one in fields)


def test_the_limits_of_the_service_are_those_of_the_page(services: Services) -> None:
    limits = Limits(min_words=30, max_words=90, documents_per_brief=7, bytes_per_document=2_500_000)
    page = page_of(services.open(services.app(limits=limits)).get("/", headers=PERSON))
    words = page.get_element_by_id("max_words")
    assert (words.get("min"), words.get("max")) == ("30", "90")
    hint = text_of(page.get_element_by_id("files-hint"))
    assert "At most 7 documents, 2.5 MB each" in hint


def test_each_page_has_a_token_of_its_own(client: Client) -> None:
    assert token_of(client) != token_of(client)


def test_files_and_pasted_articles_become_one_brief(client: Client) -> None:
    answer = send(
        client,
        ("a.txt", STORY),
        ("b.json", '{"content": "It was dry.", "publisher": "The Bell"}'),
        file_1_title="Rain",
        article_1_text=OTHER,
        article_1_publisher="The Post",
        article_1_date="2025-04-01",
    )
    brief = made(client, answer)
    assert brief["status"] == "done"
    found = client.get("/v1/documents").json()["documents"]
    told = {(one["title"], one["publisher"], one["published_at"]) for one in found}
    assert told == {
        ("Rain", None, None),
        (None, "The Bell", None),
        (None, "The Post", "2025-04-01T00:00:00Z"),
    }


def test_the_chosen_options_are_those_of_the_brief(client: Client) -> None:
    brief = made(client, send(client, article_1_text=STORY, max_words="44", provenance="lexical"))
    assert brief["run"]["options"]["max_words"] == 44
    assert brief["run"]["options"]["provenance"] == "lexical"


def test_a_file_that_cannot_be_read_is_told_in_the_brief(client: Client) -> None:
    brief = made(client, send(client, ("a.exe", STORY), ("b.txt", STORY), ("c.txt", b"\0")))
    assert brief["status"] == "done"
    told = {one["text"]: one["reason"] for one in brief["dropped"]}
    assert "its suffix is none of" in told["a.exe"]
    assert told["c.txt"] == "binary, not text"


def test_where_nothing_can_be_used_each_document_is_told_by_its_name(services: Services) -> None:
    def prepare(document: Document, _: Models) -> Article:
        raise BadDocument(document.id or document.content_id, "it has no text")

    pipeline = replace(fake_pipeline(), prepare=prepare)
    client = services.open(services.app(pipeline=pipeline))
    sent = [("a.txt", b"\0"), ("b.pdf", b"%PDF-broken")]
    answer = send(client, *sent, headers=SCRIPT, article_1_text=STORY)
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/no-usable-document")
    assert [(one["document_id"], one["reason"]) for one in answer.json()["documents"]] == [
        ("a.txt", "binary, not text"),
        ("b.pdf", "it has no text"),
        ("pasted article 1", "it has no text"),
    ]


def test_a_form_sent_twice_makes_one_brief(client: Client) -> None:
    token = token_of(client)
    first, second = (send(client, ("a.txt", STORY), token=token) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(client.get("/v1/briefs").json()["briefs"]) == 1


def test_the_page_of_before_with_another_text_makes_another_brief(client: Client) -> None:
    token = token_of(client)
    first = send(client, token=token, article_1_text=STORY)
    second = send(client, token=token, article_1_text=OTHER)
    assert first.headers["location"] != second.headers["location"]


def test_the_same_token_of_another_tenant_is_another_brief(services: Services) -> None:
    client = services.open()
    one, other = (services.key(tenant).token for tenant in ("one", "other"))
    answers = [
        send(client, headers=bearer(key), token="t", article_1_text=STORY) for key in (one, other)
    ]
    assert answers[0].headers["location"] != answers[1].headers["location"]


def test_a_fault_answers_with_the_form_as_it_was_typed(client: Client) -> None:
    answer = send(
        client,
        token="mine",
        article_1_text="\nTyped <b>at length</b>.",
        article_1_address="nowhere",
        article_5_title="Only a title",
        max_words="7",
        provenance="open",
    )
    assert answer.status_code == 422
    page = page_of(answer)
    assert text_in(page, "article-1-text") == "\nTyped <b>at length</b>."
    assert page.get_element_by_id("article-5-title").value == "Only a title"
    assert page.get_element_by_id("max_words").value == "7"
    assert page.get_element_by_id("provenance-open").checked
    assert page.xpath("//input[@name='token']/@value") == ["mine"]


def test_faults_are_summed_up_and_told_beside_their_fields(client: Client) -> None:
    page = page_of(send(client, article_1_text=STORY, article_1_address="nowhere", max_words="7"))
    summary = page.get_element_by_id("problem")
    assert (summary.get("tabindex"), summary.get("role")) == ("-1", "alert")
    assert "autofocus" in summary.attrib
    assert summary.xpath(".//a/@href") == ["#article-1-address", "#max_words"]
    for name, told in (("article-1-address", "http or https"), ("max_words", "must be 20 to 2000")):
        field = page.get_element_by_id(name)
        assert field.get("aria-invalid") == "true"
        assert told in text_of(page.get_element_by_id(field.get("aria-describedby")))


def test_files_that_a_browser_does_not_keep_are_asked_for_again(client: Client) -> None:
    page = page_of(send(client, ("a.txt", STORY), max_words="7"))
    assert "choose the files again" in text_of(page.get_element_by_id("problem"))


def test_a_form_without_anything_asks_for_something(client: Client) -> None:
    answer = send(client, article_1_text=" ")
    assert answer.status_code == 422
    problem = page_of(answer).get_element_by_id("problem")
    assert "choose a file, or paste an article" in text_of(problem)


def test_a_script_is_told_the_problem_itself(client: Client) -> None:
    answer = send(client, headers=SCRIPT, article_2_text=STORY, article_2_date="soon")
    assert answer.headers["content-type"] == PROBLEM
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == "#/article-2-date"


def test_the_newest_briefs_are_listed(client: Client) -> None:
    address = send(client, article_1_text=STORY).headers["location"]
    brief = ended(client, f"/v1{address}")
    page = page_of(client.get("/", headers=PERSON))
    [link] = page.xpath(f"//a[@href='{address}']")
    assert text_of(link) == brief["headline"]["text"]
    assert "done" in text_of(link.getparent())
    assert page.xpath("//section//a[@href='/briefs']")


def test_a_brief_is_called_the_same_here_and_in_the_list(services: Services) -> None:
    client = services.open(services.app(pace=WAITING), ready=False)
    address = send(client, article_1_text=STORY).headers["location"]
    called = [
        text_of(page_of(client.get(path, headers=PERSON)).xpath(f"//a[@href='{address}']")[0])
        for path in ("/", "/briefs")
    ]
    assert called == ["Waiting for its turn"] * 2


def test_five_briefs_are_listed_and_none_of_another_tenant(services: Services) -> None:
    client = services.open(services.app(pace=WAITING), ready=False)
    mine, other = (services.key(tenant).token for tenant in ("mine", "other"))
    for number in range(6):
        send(client, headers=bearer(mine), article_1_text=f"Rain fell on {number}.")
    hers = send(client, headers=bearer(other), article_1_text=STORY).headers["location"]
    page = page_of(client.get("/", headers=bearer(mine)))
    listed = page.xpath("//ul[@class='newest']//a/@href")
    assert len(listed) == 5
    assert hers not in listed


def test_a_key_that_may_only_read_is_told_so_and_sees_no_form(services: Services) -> None:
    client = services.open()
    token = services.key("desk", "read").token
    page = page_of(client.get("/", headers=bearer(token)))
    assert "Your key may only read" in text_of(page.get_element_by_id("content"))
    assert not page.xpath("//form[@action='/briefs']")
    assert send(client, headers=bearer(token), article_1_text=STORY).status_code == 403


def test_without_a_key_where_one_is_needed_one_is_asked_for(services: Services) -> None:
    client = services.open()
    services.key("desk")
    answer = client.get("/", headers=PERSON, follow_redirects=False)
    assert answer.headers["location"].startswith("/sign-in")
    assert send(client, article_1_text=STORY).status_code == 401


def test_what_is_typed_and_what_files_are_called_is_shown_as_text(client: Client) -> None:
    def refused(typed: str) -> html.HtmlElement:
        return page_of(send(client, article_1_title=typed, article_1_text=" "))

    def unusable(name: str) -> html.HtmlElement:
        return page_of(send(client, (f"{name}.exe", "")))

    typed_plainly, named_plainly = structure(refused("plain")), structure(unusable("plain"))
    for payload in PAYLOADS:
        page = refused(payload)
        assert structure(page) == typed_plainly
        assert page.get_element_by_id("article-1-title").value == payload
        # No file has a line break or a slash in its name.
        assert structure(unusable(re.sub(r"[\n/\\]", " ", payload))) == named_plainly


def test_an_encoding_that_was_guessed_is_told_in_the_brief(client: Client) -> None:
    page = '<meta charset="windows-1252"><p>The café opened on Monday.</p>'.encode("cp1252")
    brief = made(client, send(client, ("café.html", page)))
    [told] = [one for one in brief["run"]["warnings"] if "café.html" in one]
    assert "cp1252" in told
