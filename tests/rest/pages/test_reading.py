from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html

from service.domain.brief import Brief, Dropped, Omitted, Source
from service.domain.claims import Piece
from service.domain.errors import BadDocument
from service.domain.ports import Models
from service.jobs.limits import Limits
from service.jobs.parts import Caller
from service.jobs.reading.threads import ThreadReaders
from service.render.outline import shown, visible
from service.render.spread import spread
from service.rest.pages.kit import assets, rendered
from service.rest.pages.reading import Place
from service.stages.fuse import LEANS_ON_OTHERS
from tests.attacks.payloads import PAYLOADS, TERMINAL
from tests.rest.pages.finished import keep, long_brief
from tests.rest.services import Client, Services, done

RAIN = {"id": "rain", "content": "Rain fell on Monday.\nIt was cold.", "publisher": "The Ledger"}
RIVER = {"id": "river", "content": "The river rose.", "url": "https://a.example/river"}
BOTH = {"documents": [RAIN, RIVER]}
MIXED = "مرحبا 👩‍👩‍👧 بالعالم.\nThe second line e\u0301nds here 🇩🇪."
PERSON = {"Accept": "text/html"}
SAID = "//a[@class='said']"
MARKERS = f"{SAID}/following-sibling::a"
NOTE = "//*[@role='note']"


def made(client: Client, sent: dict[str, Any] = BOTH) -> str:
    """Return the address of the page of a brief that is done."""
    return done(client, sent).removeprefix("/v1")


def seen(client: Client, path: str) -> html.HtmlElement:
    answer = client.get(path, headers=PERSON)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def found(page: html.HtmlElement, path: str) -> list[Any]:
    elements: list[Any] = page.xpath(path)
    return elements


def texts(page: html.HtmlElement, path: str) -> list[str]:
    return [text_of(one) for one in found(page, path)]


def links(page: html.HtmlElement, path: str) -> list[str]:
    return [one.get("href") for one in found(page, path)]


def read(services: Services, brief: Brief, documents: dict[str, str]) -> html.HtmlElement:
    """Return the page of a brief written by hand, kept before any worker could take it."""
    base = services.with_store(lambda store: keep(store, brief, documents))
    return seen(services.open(), base)


def test_each_sentence_leads_to_its_source(client: Client) -> None:
    base = made(client)
    page = seen(client, base)
    assert texts(page, SAID) == [
        "Rain fell on Monday.",
        "Rain fell on Monday.",
        "The river rose.",
    ]
    assert links(page, SAID) == [f"{base}/{place}#passage" for place in ("h/1", "s1/1", "s2/2")]


def test_each_marker_leads_to_a_source_of_the_list(client: Client) -> None:
    page = seen(client, made(client))
    assert texts(page, MARKERS) == ["[1]", "[1]", "[2]"]
    for link in links(page, MARKERS):
        assert page.get_element_by_id(link.removeprefix("#")).tag == "li"


def test_the_words_cited_are_marked_in_the_article(client: Client) -> None:
    base = made(client)
    page = seen(client, f"{base}/s1/1")
    [passage] = found(page, "//mark[@class='passage']")
    assert passage.text_content() == "Rain fell on Monday."
    assert (passage.get("data-start"), passage.get("data-end")) == ("0", "20")
    assert passage.get("id") == "passage"
    assert found(page, "//*[@class='text']")[0].text_content() == RAIN["content"]


def test_the_words_used_say_of_which_piece_they_are(client: Client) -> None:
    [used] = found(seen(client, f"{made(client)}/s1/1"), "//mark/b[@class='used']")
    assert (used.text_content(), used.get("data-piece")) == ("Rain fell on Monday.", "0")


def test_a_source_is_told_with_its_publisher_and_its_address(client: Client) -> None:
    base = made(client)
    assert texts(seen(client, f"{base}/s1/1"), "//*[@class='from']") == ["The Ledger"]
    addresses = links(seen(client, f"{base}/s2/2"), "//*[@class='address']/a")
    assert addresses == ["https://a.example/river", "/documents/river"]


def test_offsets_are_code_points_whatever_the_letters(client: Client) -> None:
    base = made(client, {"documents": [{"content": MIXED}]})
    brief = client.get(f"/v1{base}").json()
    for statement in brief["statements"]:
        for cited in statement["citations"]:
            page = seen(client, f"{base}/{statement['id']}/{cited['marker']}")
            marked = [one.text_content() for one in found(page, "//mark[@class='passage']")]
            assert marked == [span["quote"] for span in cited["spans"]]


@pytest.mark.parametrize(
    "path", ["s1/2", "s1/0", "s9/1", "s1/-1", "s1/99999999999999999999", "x%00/1"]
)
def test_what_the_brief_does_not_cite_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"{made(client)}/{path}", headers=PERSON).status_code == 404


def test_a_brief_of_others_is_not_found(services: Services) -> None:
    client = services.open()
    ours, theirs = services.key("us"), services.key("them")
    client.headers["Authorization"] = f"Bearer {ours.token}"
    base = made(client)
    client.headers["Authorization"] = f"Bearer {theirs.token}"
    for path in (base, f"{base}/s1/1"):
        assert client.get(path, headers=PERSON).status_code == 404


def test_a_changed_document_is_told_and_the_old_text_shown(client: Client) -> None:
    base = made(client)
    client.post("/v1/documents", json=RIVER | {"content": "The river fell."})
    page = seen(client, base)
    assert "[2] changed on" in text_of(found(page, NOTE)[0])
    assert texts(page, "//*[@id='s2']/*[@class='stale']") == ["[2] was changed since"]
    source = seen(client, f"{base}/s2/2")
    assert texts(source, "//mark[@class='passage']") == ["The river rose."]
    assert links(source, "//*[contains(@class, 'note')]/a") == ["/documents/river"]


def test_a_stale_brief_can_be_made_anew_by_who_may_write(services: Services) -> None:
    client = services.open()
    base = made(client)
    client.post("/v1/documents", json=RIVER | {"content": "The river fell."})
    [form] = found(seen(client, base), f"{NOTE}/form")
    assert (form.get("method"), form.get("action")) == ("post", f"{base}/rebuild")
    reader = services.key("local", "read")
    client.headers["Authorization"] = f"Bearer {reader.token}"
    assert found(seen(client, base), f"{NOTE}/form") == []


def test_a_brief_can_be_deleted_by_who_may_write(services: Services) -> None:
    client = services.open()
    base = made(client)
    deleting = f"//a[@href='{base}/delete']"
    assert texts(seen(client, base), deleting) == ["Delete this brief"]
    reader = services.key("local", "read")
    client.headers["Authorization"] = f"Bearer {reader.token}"
    assert found(seen(client, base), deleting) == []


def test_a_deleted_document_leaves_what_the_brief_quotes(client: Client) -> None:
    base = made(client)
    client.delete("/v1/documents/river?force=true")
    page = seen(client, f"{base}/s2/2")
    assert "was deleted on 21 November 2026" in text_of(
        found(page, "//*[contains(@class, 'note')]")[0]
    )
    assert texts(page, "//*[@id='passage']") == ["The river rose."]
    assert "/documents/river" not in links(page, "//a")


def test_hostile_text_shows_as_text(client: Client) -> None:
    hostile = [
        {"content": f"So {payload} it is.", "publisher": payload.strip()}
        for payload in (*PAYLOADS, *TERMINAL[3:5])
    ]
    base = made(client, {"documents": hostile})
    page = seen(client, base)
    assert_inert(page)
    statements = client.get(f"/v1{base}").json()["statements"]
    assert texts(page, SAID)[1:] == [shown(one["text"]) for one in statements]
    for statement in statements:
        [cited] = statement["citations"]
        source = seen(client, f"{base}/{statement['id']}/{cited['marker']}")
        assert_inert(source)
        [mark] = found(source, "//mark")
        assert mark.text_content() == visible(cited["spans"][0]["quote"])


def assert_inert(page: html.HtmlElement) -> None:
    """Check that nothing on a page runs but its module, and nothing leads away."""
    assert [one for one in page.iter("script") if one.get("src", "")[:8] != "/assets/"] == []
    assert {name for one in page.iter() for name in one.attrib if name[:2] == "on"} == set()
    assert not found(page, "//iframe|//object|//base|//style|//img|//math|//@style")
    assert all(link[0] in "/#" for link in links(page, "//a"))


def test_a_page_is_not_sent_again_to_who_has_it(client: Client) -> None:
    base = made(client)
    for path in (base, f"{base}/s1/1"):
        first = client.get(path, headers=PERSON)
        again = client.get(path, headers=PERSON | {"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "script-src 'self'" in first.headers["content-security-policy"]


def test_a_brief_that_is_not_done_has_nothing_to_stand_on(
    services: Services, held_models: Models
) -> None:
    client = services.open(services.app(models=held_models))
    location = client.post("/v1/briefs", json=BOTH).headers["location"]
    base = str(location).removeprefix("/v1")
    assert found(seen(client, base), SAID) == []
    assert client.get(f"{base}/s1/1", headers=PERSON).status_code == 404


def test_added_words_are_told_from_those_of_a_source(services: Services) -> None:
    page = read(services, *long_brief(4, 2))
    assert texts(page, "//*[@id='s3']//*[@class='own']") == ["17 April:"]
    assert texts(page, "//*[@id='s3']//*[@data-piece='1']") == [
        "Sentence 3 says " + "what is of ordinary length, " * 3 + "in twenty words."
    ]


def test_copies_are_listed_under_what_they_copy(services: Services) -> None:
    brief, documents = long_brief(6, 3)
    sources = tuple(replace(one, independent_group=_group(one)) for one in brief.sources)
    page = read(services, replace(brief, sources=sources), documents)
    assert [len(one) for one in found(page, "//ul[contains(@class, 'copies')]")] == [1]
    assert page.get_element_by_id("n3").getparent().getparent().get("id") == "n2"
    assert "Not independent of [2]: counted as one source" in texts(page, "//li[@id='n2']/p")
    assert "3 sources, 2 independent" in text_of(found(page, "//*[@class='byline']")[0])


def _group(source: Source) -> int:
    return min(source.independent_group, 2)


def test_a_timeline_is_drawn_for_the_eye_only(services: Services) -> None:
    page = read(services, *long_brief(40, 2))
    [drawing] = found(page, "//svg")
    assert drawing.get("aria-hidden") == "true"
    assert (
        len(found(page, "//*[@class='dot']")) == len(found(page, "//*[@class='timeline']/li")) == 4
    )


def test_what_was_left_out_is_told_and_what_is_too_much_counted(services: Services) -> None:
    brief, documents = long_brief(60, 2)
    more = replace(brief, omitted=brief.omitted + brief.omitted[:5])
    page = read(services, more, documents)
    assert texts(page, "//section/details/summary")[-2] == "No room was left (35)"
    assert "And 5 more" in text_of(page)


def test_drafts_are_told_apart_from_documents(services: Services) -> None:
    brief, documents = long_brief(6, 2)
    [cited, *_] = documents
    dropped = (
        Dropped(text="Snow fell.", document_id=cited, reason="the name 'Snow' is new"),
        Dropped(text="It was so.", document_id=cited, reason=LEANS_ON_OTHERS),
        Dropped(text="a.pdf", document_id=None, reason="it is empty"),
        Dropped(text="", document_id="doc_gone", reason="it was deleted"),
    )
    page = read(services, replace(brief, dropped=dropped), documents)
    left_out = "//section[@aria-labelledby='left-out']/details"
    assert texts(page, f"{left_out}/summary") == [
        "Documents that could not be used (2)",
        "It cannot be understood without the sentences before it (1)",
        "No room was left (6)",
        "Drafts of the model that were not borne out (1)",
    ]
    assert texts(page, f"{left_out}[1]//li") == ["a.pdf it is empty", "A document it was deleted"]
    assert texts(page, f"{left_out}[4]//li") == ["Snow fell. Against [1]: the name 'Snow' is new"]


def test_the_byline_tells_of_the_documents_that_are_not_among_the_sources(
    services: Services,
) -> None:
    brief, documents = long_brief(6, 2)
    dropped = (
        Dropped(text="a.pdf", document_id=None, reason="it is empty"),
        Dropped(text="b.pdf", document_id=None, reason="it is empty"),
    )
    unheard = Omitted(text="It was cold.", document_id="doc_other", reason="redundant")
    told = replace(brief, dropped=dropped, omitted=(*brief.omitted, unheard, unheard))
    page = read(services, told, documents)
    [byline] = found(page, "//*[@class='byline']")
    assert "Also given: 1 not cited, 2 that could not be used." in text_of(byline)
    assert "#left-out" in links(byline, ".//a")


def test_a_byline_of_nothing_but_sources_tells_of_nothing_else(services: Services) -> None:
    page = read(services, *long_brief(6, 2))
    assert "Also given" not in text_of(found(page, "//*[@class='byline']")[0])


@pytest.mark.parametrize(("length", "told"), [(110, None), (111, "long"), (221, "longer")])
def test_a_long_headline_is_set_smaller(services: Services, length: int, told: str | None) -> None:
    brief, documents = long_brief(4, 2)
    assert brief.headline is not None
    words = replace(brief.headline, text="x" * length, provenance=(Piece(start=0, end=length),))
    page = read(services, replace(brief, headline=words), documents)
    assert found(page, "//h1")[0].get("class") == told


def test_a_long_title_is_cut_in_the_list(services: Services) -> None:
    brief, documents = long_brief(4, 2)
    sources = tuple(replace(one, title="So long a title " * 20) for one in brief.sources)
    page = read(services, replace(brief, sources=sources), documents)
    for title in texts(page, "//ul[@class='sources']//*[@class='title']"):
        assert title.endswith("…")
        assert len(title) <= 120


def test_digests_of_sources_are_told_with_how_it_was_made(services: Services) -> None:
    brief, documents = long_brief(4, 2)
    page = read(services, brief, documents)
    [told] = texts(page, "//dt[text()='Sources, sha256']/following-sibling::dd")
    assert told == " ".join(f"[{one.marker}] {one.sha256[:16]}…" for one in brief.sources)


def test_a_long_brief_is_a_light_page(services: Services) -> None:
    brief, documents = long_brief(300, 40)
    base = services.with_store(lambda store: keep(store, brief, documents))
    answer = services.open().get(base, headers=PERSON)
    assert answer.text.count('class="said"') == 300
    names = [name for name in assets() if name == "pages.css" or name.startswith("reading")]
    weight = len(answer.content) + sum(len(assets()[name].content) for name in names)
    assert weight < 150_000


def with_long_articles(services: Services) -> str:
    """Keep a brief of articles of a million characters; return the address of its page."""
    brief, documents = long_brief(4, 2)
    long = {id: text + " and so on" * 100_000 for id, text in documents.items()}
    return services.with_store(lambda store: keep(store, brief, long))


def test_a_long_article_is_laid_out_apart_and_within_bounds(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def bounded(*_: object) -> object:
        raise BadDocument("request", "reading it took too much memory")

    base = with_long_articles(services)
    client = services.open()
    monkeypatch.setattr(ThreadReaders, "compute", bounded)
    answer = client.get(f"{base}/s1/2", headers=PERSON)
    assert answer.status_code == 422
    assert "reading it took too much memory" in answer.text


def test_a_long_article_counts_among_the_bytes_held(services: Services) -> None:
    base = with_long_articles(services)
    client = services.open(services.app(limits=Limits(bytes_per_request=100_000)))
    assert client.get(f"{base}/s1/2", headers=PERSON).status_code == 429


def test_of_a_long_article_the_passage_is_shown_and_the_rest_counted(services: Services) -> None:
    base = with_long_articles(services)
    page = seen(services.open(), f"{base}/s1/2")
    assert len(found(page, "//mark[@class='passage']")) == 1
    assert "characters are not shown here" in text_of(page)


def test_a_shared_brief_offers_nothing_but_itself() -> None:
    brief, _ = long_brief(4, 2)
    place = Place(base="/shared/token", until=datetime(2026, 12, 1, tzinfo=UTC))
    values = {"place": place, "brief_id": brief.id, "spread": spread(brief)}
    page = html.fromstring(rendered("reading.html.j2", Caller(), values))
    inner = page.get_element_by_id("content")
    assert found(inner, ".//form") == []
    inside = [link for link in links(inner, ".//a") if link[0] == "/"]
    assert inside
    assert all(link.startswith("/shared/token/") for link in inside)
