from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import Response
from lxml import html

from service.domain.errors import BadDocument
from service.store.documents import DocumentStore
from tests.attacks.lines import PROSE, reading_models, real_pipeline
from tests.attacks.payloads import PAYLOADS, TERMINAL, assert_inert, assert_plain
from tests.rest.services import Client, Services, done

NOTE = {"id": "note", "content": "Rain fell on Monday.\nThe river rose.", "publisher": "The Bell"}
# A document with a NUL in it is refused as no text.
HOSTILE = (*PAYLOADS, *(one for one in TERMINAL if one != "\x00"))
PERSON = {"Accept": "text/html"}
LINK = "https://news.example.com/rain?a=1&b=2"


def shown(client: Client, path: str, status: int = 200) -> html.HtmlElement:
    answer = client.get(path, headers=PERSON)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return html.fromstring(answer.text)


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def main_of(page: html.HtmlElement) -> str:
    return text_of(page.get_element_by_id("content"))


def links_of(page: html.HtmlElement) -> list[str]:
    return [str(one.get("href")) for one in page.xpath("//main//a")]


def link_called(page: html.HtmlElement, name: str) -> str:
    [link] = {str(one.get("href")) for one in page.xpath("//main//a") if text_of(one) == name}
    return link


def article_text(page: html.HtmlElement) -> str:
    return "".join(one.text_content() for one in page.find_class("text"))


def stored(client: Client, document: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/v1/documents", json=document)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(page: html.HtmlElement) -> list[str]:
    return [text_of(one) for one in page.xpath("//main//ol[@class='documents']/li/h2")]


def test_documents_are_listed_with_the_newest_first(services: Services) -> None:
    client = services.open()
    first = {"title": "Rain", "publisher": "The Bell", "published_at": "2026-11-20T08:00:00Z"}
    stored(client, NOTE | first | {"language": "en"})
    services.time.pass_by(60)
    stored(client, {"id": "later", "content": "The river fell.", "title": "Fair"})
    page = shown(client, "/documents")
    assert names(page) == ["Fair", "Rain"]
    assert link_called(page, "Rain") == "/documents/note"
    told = text_of(page.find_class("facts")[1])
    assert told == (
        "The Bell published 20 November 2026 language en added 21 November 2026, 12:00 UTC"
    )


def test_without_documents_the_list_leads_to_where_briefs_are_made(client: Client) -> None:
    page = shown(client, "/documents")
    assert link_called(page, "Make a brief") == "/"
    assert not page.find_class("turning")


def test_copies_and_what_was_superseded_are_marked_in_the_list(services: Services) -> None:
    client = services.open()
    stored(client, NOTE | {"url": LINK})
    services.time.pass_by(60)
    stored(client, NOTE | {"id": "copy"})
    stored(client, {"id": "newer", "content": "It was dry.", "url": LINK})
    page = shown(client, "/documents")
    marks = {text_of(one): one.find("a").get("href") for one in page.find_class("mark")}
    assert marks == {
        "Copy of note": "/documents/note",
        "Superseded by newer": "/documents/newer",
    }


def test_the_list_goes_on_where_a_page_ends(services: Services) -> None:
    client = services.open()
    for number in range(52):
        stored(client, {"content": f"Day {number}.", "title": f"Day {number} ends"})
        services.time.pass_by(1)
    newest = shown(client, "/documents")
    oldest = shown(client, link_called(newest, "Older"))
    days = [f"Day {number} ends" for number in reversed(range(52))]
    assert [names(newest), names(oldest)] == [days[:50], days[50:]]
    assert link_called(oldest, "Newest") == "/documents"
    assert "Older" not in main_of(oldest)


def test_a_cursor_that_no_page_gave_is_a_mistake_of_who_asks(client: Client) -> None:
    shown(client, "/documents?cursor=x", 400)


@pytest.mark.parametrize(
    "content",
    [
        NOTE["content"],
        "e\u0301 🚢👩\u200d👧  two spaces\n\nأعيد فتح الميناء. 145 ships.",
    ],
)
def test_the_article_is_shown_word_for_word(client: Client, content: str) -> None:
    made = stored(client, {"id": "a", "content": content})
    page = shown(client, "/documents/a")
    assert article_text(page) == made["text"]
    sentences = [one.text_content() for one in page.find_class("sentence")]
    assert sentences == [made["text"][s["start"] : s["end"]] for s in made["sentences"]]


def test_a_chunk_is_named_with_its_tokens_and_its_place(client: Client) -> None:
    made = stored(client, NOTE)
    [chunk] = made["chunks"]
    [label] = shown(client, "/documents/note").find_class("chunk")
    assert text_of(label) == f"Chunk 1 {chunk['tokens']} tokens · characters 0–{chunk['end']}"


def test_a_document_is_told_with_all_that_is_known_of_it(client: Client) -> None:
    told = {"title": "Rain", "author": "Ana Ruiz", "language": "en", "url": LINK}
    made = stored(client, NOTE | told | {"published_at": "2026-11-20T08:00:00+02:00"})
    page = shown(client, "/documents/note")
    facts = {text_of(one.find("dt")): text_of(one.find("dd")) for one in page.xpath("//dl/div")}
    assert facts == {
        "Publisher": "The Bell",
        "Author": "Ana Ruiz",
        "Published": "20 November 2026, 06:00 UTC",
        "Language": "en",
        "Added": "21 November 2026, 12:00 UTC",
        "Address": LINK,
        "Id": "note",
        "SHA-256 of the text": made["sha256"],
    }
    assert link_called(page, LINK) == LINK
    assert [text_of(one) for one in page.xpath("//h1")] == ["Rain"]
    assert "36 characters, 2 sentences, 1 chunk" in main_of(page)


def test_a_copy_leads_to_the_document_that_had_its_text_first(services: Services) -> None:
    client = services.open()
    stored(client, NOTE)
    services.time.pass_by(60)
    stored(client, NOTE | {"id": "copy"})
    copy, first = shown(client, "/documents/copy"), shown(client, "/documents/note")
    assert link_called(copy, "note") == "/documents/note"
    assert "/documents/copy" not in links_of(first)


def test_what_was_superseded_leads_to_what_stands_in_its_place(client: Client) -> None:
    stored(client, NOTE | {"url": LINK})
    stored(client, {"id": "newer", "content": "It was dry.", "url": LINK})
    assert link_called(shown(client, "/documents/note"), "newer") == "/documents/newer"
    assert not shown(client, "/documents/newer").find_class("note")


def test_a_document_without_a_title_is_listed_by_its_opening_words(client: Client) -> None:
    stored(client, NOTE)
    assert names(shown(client, "/documents")) == ["Rain fell on Monday. The river rose."]


def test_a_title_of_nothing_that_can_be_seen_is_none(client: Client) -> None:
    stored(client, NOTE | {"title": "\r\u202e"})
    assert names(shown(client, "/documents")) == ["Rain fell on Monday. The river rose."]


def test_an_untitled_document_that_is_deleted_while_it_is_listed_is_still_a_line(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    openings = DocumentStore.openings

    async def too_late(documents: DocumentStore, tenant: str, ids: Sequence[str]) -> dict[str, str]:
        for id in ids:
            await documents.delete(tenant, id, datetime(2026, 11, 21, tzinfo=UTC))
        return await openings(documents, tenant, ids)

    monkeypatch.setattr(DocumentStore, "openings", too_late)
    stored(client, NOTE)
    assert names(shown(client, "/documents")) == ["Without a title"]


def test_the_page_that_asks_calls_a_document_as_the_list_does(client: Client) -> None:
    stored(client, NOTE | {"title": "\u202e", "content": "Rain fell. " * 20})
    [name] = names(shown(client, "/documents"))
    assert [text_of(one) for one in shown(client, "/documents/note/delete").iter("strong")] == [
        name
    ]


def test_the_page_that_asks_does_not_read_the_article(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unread(*_: object) -> str:
        raise BadDocument("note", "it is too large to be read")

    stored(client, NOTE)
    monkeypatch.setattr(DocumentStore, "article_json", unread)
    assert "Rain fell on Monday." in main_of(shown(client, "/documents/note/delete"))
    shown(client, "/documents/note", 422)


def test_a_document_leads_to_the_briefs_made_of_it(client: Client) -> None:
    brief = done(client, {"documents": [NOTE]}).removeprefix("/v1")
    assert brief in links_of(shown(client, "/documents/note"))


def test_a_large_document_is_shown_in_parts_that_miss_nothing(client: Client) -> None:
    lines = "\n".join(f"Rain fell on day {day}." for day in range(12_000))
    made = stored(client, {"id": "large", "content": lines})
    page = shown(client, "/documents/large")
    assert "part 1 of 3" in main_of(page)
    read = [article_text(page)]
    for number in (2, 3):
        page = shown(client, "/documents/large" + link_called(page, "Next part"))
        assert f"part {number} of 3" in main_of(page)
        read.append(article_text(page))
    assert "".join(read) == made["text"]
    assert "Next part" not in main_of(page)
    before = shown(client, "/documents/large" + link_called(page, "Previous part"))
    assert article_text(before) == read[1]


def test_a_part_before_the_text_is_a_mistake_of_who_asks(client: Client) -> None:
    stored(client, NOTE)
    shown(client, "/documents/note?from=-1", 400)


@pytest.mark.parametrize("path", ["/documents/nobody", "/documents/nobody/delete"])
def test_a_document_that_is_not_there_is_a_page_that_says_so(client: Client, path: str) -> None:
    assert "nobody" in main_of(shown(client, path, 404))


def test_nobody_sees_or_deletes_the_document_of_another(services: Services) -> None:
    client = services.open()
    ours, theirs = (
        {"Authorization": f"Bearer {services.key(name).token}"} for name in ("ours", "theirs")
    )
    assert client.post("/v1/documents", json=NOTE, headers=ours).status_code == 201
    for path in ("/documents/note", "/documents/note/delete"):
        assert client.get(path, headers=PERSON | theirs).status_code == 404
    sent = client.post("/documents/note/delete", data={"force": "yes"}, headers=PERSON | theirs)
    assert sent.status_code == 404
    assert "note" not in client.get("/documents", headers=PERSON | theirs).text
    assert client.get("/documents/note", headers=PERSON | ours).status_code == 200


def test_who_may_only_read_is_not_offered_to_delete(services: Services) -> None:
    client = services.open()
    writer, reader = services.key("desk"), services.key("desk", "read")
    writing = {"Authorization": f"Bearer {writer.token}"} | PERSON
    reading = {"Authorization": f"Bearer {reader.token}"} | PERSON
    assert client.post("/v1/documents", json=NOTE, headers=writing).status_code == 201
    asking = "/documents/note/delete"
    assert asking in client.get("/documents/note", headers=writing).text
    assert asking not in client.get("/documents/note", headers=reading).text
    assert client.get(asking, headers=reading).status_code == 403
    assert client.post(asking, headers=reading).status_code == 403


def deleted(client: Client, form: dict[str, str]) -> Response:
    return client.post("/documents/note/delete", data=form, headers=PERSON, follow_redirects=False)


def form_of(page: html.HtmlElement) -> dict[str, str]:
    [form] = page.xpath("//main//form")
    return dict(form.form_values())


def test_a_document_is_deleted_after_the_page_that_asks(client: Client) -> None:
    stored(client, NOTE)
    page = shown(client, link_called(shown(client, "/documents/note"), "Delete this document"))
    assert "Rain fell on Monday." in main_of(page)
    answer = deleted(client, form_of(page))
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents")
    shown(client, "/documents/note", 404)


def test_the_page_that_asks_names_the_briefs_and_deletes_all_the_same(client: Client) -> None:
    brief = done(client, {"documents": [NOTE]}).removeprefix("/v1")
    page = shown(client, "/documents/note/delete")
    assert brief in links_of(page)
    assert deleted(client, form_of(page)).status_code == 303
    shown(client, "/documents/note", 404)


def test_a_brief_made_since_the_page_asked_is_told_before_anything_is_deleted(
    client: Client,
) -> None:
    stored(client, NOTE)
    form = form_of(shown(client, "/documents/note/delete"))
    brief = done(client, {"document_ids": ["note"]}).removeprefix("/v1")
    answer = deleted(client, form)
    assert answer.status_code == 409
    page = html.fromstring(answer.text)
    assert brief in links_of(page)
    shown(client, "/documents/note")
    assert deleted(client, form_of(page)).status_code == 303


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service that cleans documents as it does for people."""
    with ExitStack() as stack:
        services = Services(folder=tmp_path_factory.mktemp("service"), stack=stack)
        yield services.open(services.app(models=reading_models(), pipeline=real_pipeline()))


def with_payload(payload: str, id: str) -> dict[str, str]:
    sentence = f"The mayor of Passau wrote {payload} on the wall on Monday, the paper said."
    return {
        "id": id,
        "content": f"Photo: {payload} Reuters\n\n{sentence} {PROSE[0]}\n\n{PROSE[1]} {PROSE[2]}",
        "title": f"Rain {payload}",
        "publisher": f"The {payload} Times",
        "author": f"Ana {payload}",
        "url": f"{LINK}&id={id}",
    }


def pages_of(document_id: str) -> tuple[str, str, str]:
    return "/documents", f"/documents/{document_id}", f"/documents/{document_id}/delete"


def markup_of(page: html.HtmlElement) -> set[tuple[object, frozenset[object]]]:
    return {(one.tag, frozenset(one.attrib)) for one in page.iter()}


def told_in(page: html.HtmlElement) -> Iterator[str]:
    """Yield the elements of a page that hold text of documents, as pages of their own."""
    for told in page.xpath("//main//h1 | //main//bdi | //main//strong | //main//details"):
        yield f"<body>{html.tostring(told, encoding='unicode', with_tail=False)}</body>"
    for told in page.find_class("text"):
        yield f"<body>{html.tostring(told, encoding='unicode', with_tail=False)}</body>"


@pytest.fixture(scope="module")
def tame_markup(real: Client) -> set[tuple[object, frozenset[object]]]:
    """The elements with their attributes that pages of harmless documents have, a copy among them."""
    stored(real, with_payload("Monday", "tame"))
    stored(real, with_payload("Monday", "tame2"))
    stored(real, with_payload("Tuesday", "tame3") | {"url": f"{LINK}&id=tame2"})
    pages = [shown(real, path) for id in ("tame", "tame2") for path in pages_of(id)]
    return set().union(*map(markup_of, pages))


def test_what_was_removed_is_there_to_be_read_with_its_reason(real: Client) -> None:
    stored(real, with_payload("Mahdi Marizad /", "removed"))
    [removed] = shown(real, "/documents/removed").find_class("removed")
    assert text_of(removed) == "Photo credit (1) Photo: Mahdi Marizad / Reuters"


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=lambda number: repr(HOSTILE[number]))
def test_markup_in_any_field_of_a_document_is_shown_as_text(
    real: Client, tame_markup: set[tuple[object, frozenset[object]]], number: int
) -> None:
    made = stored(real, with_payload(HOSTILE[number], f"hostile{number}"))
    for path in pages_of(made["id"]):
        page = shown(real, path)
        assert markup_of(page) <= tame_markup
        assert_plain(page.get_element_by_id("content").text_content())
        for told in told_in(page):
            assert_inert(told, frozenset({made["url"]}))
    # Room in the list for the next one.
    assert real.delete(f"/v1/documents/{made['id']}").status_code == 204
