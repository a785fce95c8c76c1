import re
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx import Response

from service.domain.brief import Dropped
from service.domain.edition import Change, Day, Edition, Gone
from service.rest.pages.kit import POLICY
from service.store.records import LOCAL
from tests.rest.services import Client, Services, done
from tests.unit.domain.editions import (
    MADE_AT,
    TODAY,
    TOMORROW,
    YESTERDAY,
    edition,
    source,
    statement,
    story,
    updated,
    whole,
)

DAY = f"/editions/{TODAY}"
AS_PAGE = {"Accept": "text/html"}


def shown(services: Services, client: Client, *made: Edition) -> Response:
    """Store editions, and return the page of today's."""
    for one in made:
        services.with_store(lambda store, one=one: store.editions.put(LOCAL, one))
    return client.get(DAY, headers=AS_PAGE)


def text_of(page: Response) -> str:
    """Return what a page says, without its markup."""
    assert page.status_code == 200, page.text
    return " ".join(re.sub(r"<[^>]*>", "", page.text).split())


def test_without_an_edition_it_is_told_how_there_come_to_be_any(client: Client) -> None:
    told = text_of(client.get("/editions"))
    assert "There is no edition yet. A daily job makes them" in told
    assert "brief daily" not in told


def test_editions_are_listed_by_day_the_latest_first(services: Services, client: Client) -> None:
    shown(services, client, edition(date=YESTERDAY, previous=None), whole())
    page = client.get("/editions")
    assert re.findall(r'href="/editions/([\d-]+)"', page.text) == ["2026-11-21", "2026-11-20"]
    told = text_of(page)
    assert "Saturday, 21 November 2026" in told
    assert "Rain fell. 2 stories · made 21 November 2026, 06:00 UTC" in told
    assert "0 stories" in told


def test_a_long_list_leads_to_its_next_page(services: Services, client: Client) -> None:
    many = [edition(date=TODAY - timedelta(days=n), previous=None) for n in range(51)]
    shown(services, client, *many)
    following = re.search(r'rel="next" href="([^"]+)"', client.get("/editions").text)
    assert following is not None
    last = client.get(following[1]).text
    assert re.findall(r'href="/editions/([\d-]+)"', last) == ["2026-10-02"]
    assert '<a class="button" href="/editions">Newest</a>' in last


def test_the_latest_edition_is_the_one_of_the_latest_day(
    services: Services, client: Client
) -> None:
    first = client.get("/editions/latest", follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/editions")
    shown(services, client, whole(), edition(date=YESTERDAY, previous=None))
    then = client.get("/editions/latest", follow_redirects=False)
    assert (then.status_code, then.headers["location"]) == (303, DAY)
    assert then.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("date", ["2026-11-20", "20261121", "yesterday"])
def test_a_day_without_an_edition_is_a_page_that_says_so(client: Client, date: str) -> None:
    page = client.get(f"/editions/{date}", headers=AS_PAGE)
    assert page.status_code == 404
    assert "<h1>No such edition</h1>" in page.text


def test_the_masthead_tells_the_day_and_its_counts(services: Services, client: Client) -> None:
    page = shown(services, client, whole())
    told = text_of(page)
    assert '<time datetime="2026-11-21">Saturday, 21 November 2026</time>' in page.text
    assert "2 stories of 9 articles: 1 new, 1 updated. 2 articles repeat others." in told
    assert "Compared with the edition of 20 November 2026." in told
    assert "Made 21 November 2026, 06:00 UTC." in told
    assert page.headers["content-security-policy"] == POLICY


def test_an_edition_that_was_made_again_says_when(services: Services, client: Client) -> None:
    later = replace(whole(), articles=10, changed_at=MADE_AT + timedelta(hours=2))
    told = text_of(shown(services, client, whole(), later))
    assert "Made 21 November 2026, 06:00 UTC, changed 21 November 2026, 08:00 UTC." in told


def test_the_first_edition_is_compared_with_none(services: Services, client: Client) -> None:
    page = shown(services, client, edition(story(), previous=None))
    assert "There was no edition before to compare with." in text_of(page)


@pytest.mark.parametrize(
    ("beside", "links"),
    [
        ([], []),
        ([YESTERDAY], ["prev 2026-11-20"]),
        ([TOMORROW], ["next 2026-11-22"]),
        ([YESTERDAY, TOMORROW], ["prev 2026-11-20", "next 2026-11-22"]),
    ],
)
def test_links_lead_to_the_editions_there_are_before_and_after(
    services: Services, client: Client, beside: list[Day], links: list[str]
) -> None:
    others = [edition(date=day, previous=None) for day in beside]
    page = shown(services, client, *others, edition(story()))
    found = re.findall(r'rel="(\w+)" href="/editions/([\d-]+)"', page.text)
    assert [" ".join(one) for one in found] == links


def test_stories_stand_in_their_sections_in_the_order_of_their_rank(
    services: Services, client: Client
) -> None:
    page = shown(
        services,
        client,
        edition(
            story("a", section="World"),
            story("b"),
            story("c", section="Sport"),
            story("d", section="World"),
        ),
    )
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>|aria-labelledby=\"(story-\d)\"", page.text) == [
        ("World", ""), ("", "story-1"), ("", "story-4"),
        ("Sport", ""), ("", "story-3"),
        ("Other stories", ""), ("", "story-2"),
    ]  # fmt: skip


def test_stories_without_sections_stand_under_one_heading_for_those_who_listen(
    services: Services, client: Client
) -> None:
    page = shown(services, client, edition(story("a"), story("b")))
    assert re.findall(r'<h2[^>]*class="unseen">([^<]+)</h2>', page.text) == ["Stories"]


def test_a_story_leads_to_its_brief_and_each_marker_to_the_passage(
    services: Services, client: Client
) -> None:
    url = done(client, {"documents": [{"content": "Rain fell on Monday."}]})
    brief_id = url.rpartition("/")[2]
    made = story(
        brief_id=brief_id,
        lede=statement("s1", markers=(1, 2)),
        sources=(source(1), source(2, publisher=None)),
        independent_sources=2,
        documents=3,
    )
    page = shown(services, client, edition(made))
    assert f'<a href="/briefs/{brief_id}">Rain fell.</a>' in page.text
    assert re.findall(r'<a href="(/briefs/[^"]+#passage)" aria-label="([^"]+)">', page.text) == [
        (f"/briefs/{brief_id}/h/1#passage", "Source 1, The Ledger"),
        (f"/briefs/{brief_id}/s1/1#passage", "Source 1, The Ledger"),
        (f"/briefs/{brief_id}/s1/2#passage", "Source 2"),
    ]
    assert "was deleted" not in page.text


def test_a_story_whose_brief_was_deleted_stands_without_a_link(
    services: Services, client: Client
) -> None:
    page = shown(services, client, edition(story(lede=statement("s1", "It rained."))))
    told = text_of(page)
    assert "Rain fell. [1]" in told
    assert "It rained. [1]" in told
    assert "The brief of this story was deleted." in told
    assert 'href="/briefs/' not in page.text


def test_the_mark_of_a_story_and_its_sources_are_told_in_words(
    services: Services, client: Client
) -> None:
    told = text_of(
        shown(services, client, edition(updated("a"), story("b"), story("c", state="unchanged")))
    )
    for mark in ("Updated", "New", "Unchanged"):
        assert f"{mark} 1 independent source of 1 article" in told


def test_the_publishers_and_the_copies_among_the_sources_are_named(
    services: Services, client: Client
) -> None:
    page = shown(services, client, whole())
    told = text_of(page)
    assert "2 independent sources of 5 articles" in told
    assert "Sources: The Ledger, Évening Post" in told
    assert "Rain, part 2 Évening Post, 21 November 2026 The same reporting as [1]" in told
    assert "Without a title" in told


def test_what_an_updated_story_tells_anew_stands_beside_what_it_told_before(
    services: Services, client: Client
) -> None:
    told = text_of(shown(services, client, whole()))
    assert "What is new in it New A dam broke. [3]" in told
    assert "Before Two roads are closed. Now Four roads are closed. [1]" in told
    assert "Before The mayor was there. Corrected The mayor was not there. [1]" in told


def test_of_many_changes_the_last_ones_are_folded(services: Services, client: Client) -> None:
    some = [Change(kind="new", statement=statement(f"s{n}", f"It is {n}.")) for n in range(9)]
    page = shown(services, client, edition(updated(changes=some)))
    head, fold, rest = page.text.partition("<summary>3 more</summary>")
    assert fold
    assert "It is 5." in head
    assert "It is 6." in rest


def test_stories_that_are_gone_lead_to_where_they_were_told_last(
    services: Services, client: Client
) -> None:
    early = YESTERDAY - timedelta(days=1)
    made = edition(
        gone=(
            Gone(id="a", headline="The council voted.", last=YESTERDAY),
            Gone(id="b", headline="A ship sank.", last=early),
        )
    )
    page = shown(services, client, edition(date=YESTERDAY, previous=None), made)
    told = text_of(page)
    assert "The council voted. last told on 20 November 2026" in told
    assert "A ship sank. last told on 19 November 2026" in told
    assert 'last told on <a href="/editions/2026-11-20">' in page.text
    assert "/editions/2026-11-19" not in page.text


def test_what_was_skipped_is_told_by_its_reason(services: Services, client: Client) -> None:
    skipped = tuple(
        Dropped(text=text, document_id=None, reason=reason)
        for text, reason in (("a.txt", "it is empty"), ("b.txt", "odd"), ("c.txt", "it is empty"))
    )
    told = text_of(shown(services, client, edition(skipped=skipped)))
    assert "3 documents were left out of this edition." in told
    assert "It is empty (2) a.txt c.txt Odd (1) b.txt" in told


def test_a_day_without_a_story_says_so(services: Services, client: Client) -> None:
    assert "No story could be told of this day." in text_of(shown(services, client, edition()))


def test_hostile_text_is_shown_as_text(services: Services, client: Client) -> None:
    bad = '<img src=x onerror="alert(1)">\u202e'
    made = story(
        state="updated",
        section=bad,
        headline=statement("h", bad),
        lede=statement("s1", bad),
        sources=(source(1, title=bad, publisher=bad, url="javascript:alert(1)"),),
        changes=(Change(kind="changed", before=bad, statement=statement("s2", bad + "!")),),
    )
    page = shown(
        services,
        client,
        edition(
            made,
            gone=(Gone(id="b", headline=bad, last=YESTERDAY),),
            skipped=(Dropped(text=bad, document_id=None, reason=bad),),
        ),
    )
    assert page.status_code == 200
    assert "<img" not in page.text
    assert "\u202e" not in page.text
    assert "javascript:" not in page.text
    assert page.text.count("&lt;img src=x") >= 9


def test_a_key_sees_the_editions_of_its_own_tenant_only(services: Services) -> None:
    client = services.open()
    services.with_store(lambda store: store.editions.put("owner", whole()))
    owner, stranger = (
        {"Authorization": f"Bearer {services.key(name).token}"} | AS_PAGE
        for name in ("owner", "stranger")
    )
    assert client.get(DAY, headers=owner).status_code == 200
    assert client.get(DAY, headers=stranger).status_code == 404
    assert "There is no edition yet." in client.get("/editions", headers=stranger).text
    assert "There is no edition yet." not in client.get("/editions", headers=owner).text
