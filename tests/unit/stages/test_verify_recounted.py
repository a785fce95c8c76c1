"""What a brief says of its dates, groups and order is worked out again, however well it is sealed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from service.domain.brief import (
    Brief,
    Citation,
    Dropped,
    QuotedSpan,
    RunRecord,
    Source,
    Statement,
    TimelineEntry,
)
from service.domain.claims import Piece
from service.domain.text import Article
from service.stages.digest import digest, sealed
from service.stages.independence import independent_groups
from service.stages.surface import prefixed
from service.stages.verify import recheck
from tests.conftest import NOON, MakeArticle

FERRY = "A ferry with 80 people on board ran aground off Skerra on 3 March 2025."
CREW = "The crew of the ferry were taken ashore by helicopter before dark."
OWNER = "The owner of the ferry promised to pay for every ticket that was sold."
HARBOUR = "The harbour office will publish a report on the grounding in June."
MARCH_4 = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
MARCH_6 = datetime(2025, 3, 6, 9, 0, tzinfo=UTC)


def stated(id_: str, article: Article, text: str, lead: str = "") -> Statement:
    """Return a sentence of an article as a statement; its marker is that of the article's id."""
    start = article.text.index(text)
    end = start + len(text)
    piece = Piece(
        start=0, end=len(text), document_id=article.id, source_start=start, source_end=end
    )
    said, pieces = prefixed(f"{lead} ", text, (piece,)) if lead else (text, (piece,))
    return Statement(
        id=id_,
        text=said,
        independent_sources=1,
        citations=(
            Citation(
                marker="abc".index(article.id) + 1,
                document_id=article.id,
                spans=(QuotedSpan(start=start, end=end, quote=text),),
            ),
        ),
        provenance=pieces,
    )


def brief_of(
    articles: Mapping[str, Article],
    *statements: Statement,
    entry: TimelineEntry | None = None,
    uncited: tuple[str, ...] = (),
) -> Brief:
    """Return a brief of all articles but the uncited ones, with its groups as they come out."""
    groups = independent_groups([articles[i] for i in sorted(articles)])
    cited = [articles[i] for i in sorted(articles) if i not in uncited]
    story = [articles[i] for i in sorted(articles)]
    return sealed(
        Brief(
            id="b",
            status="done",
            created_at=NOON,
            headline=replace(statements[0], id="h"),
            statements=statements,
            timeline=(entry,) if entry else (),
            sources=tuple(
                Source(
                    marker=marker,
                    document_id=a.id,
                    title=a.title,
                    publisher=a.publisher,
                    published_at=a.published_at,
                    url=a.url,
                    sha256=a.sha256,
                    independent_group=groups[a.id],
                )
                for marker, a in enumerate(cited, 1)
            ),
            dropped=tuple(
                Dropped(text=articles[i].text[:20], document_id=i, reason="no part of it is stated")
                for i in uncited
            ),
            run=RunRecord(version="1", input_sha256=digest([[a.id, a.sha256] for a in story])),
        )
    )


def reasons(brief: Brief, articles: Mapping[str, Article]) -> list[str]:
    return [f"{f.statement_id}: {f.reason}" for f in recheck(brief, articles)]


@pytest.fixture
def wreck(make_article: MakeArticle) -> dict[str, Article]:
    return {"a": make_article("a", f"{FERRY} {CREW}", published_at=MARCH_4)}


def timed(article: Article, day: str, text: str = FERRY) -> TimelineEntry:
    return TimelineEntry(date=day, precision="day", statement=stated("t1", article, text))


def test_a_timeline_keeps_the_date_that_its_sentence_gives(wreck: dict[str, Article]) -> None:
    told = stated("s1", wreck["a"], CREW)
    brief = brief_of(wreck, told, entry=timed(wreck["a"], "2025-03-03"))
    assert reasons(brief, wreck) == []


@pytest.mark.parametrize("day", ["2020-01-01", "2025-03-04", "2024-03-03"])
def test_a_date_that_no_sentence_cited_gives_is_found(wreck: dict[str, Article], day: str) -> None:
    brief = brief_of(wreck, stated("s1", wreck["a"], CREW), entry=timed(wreck["a"], day))
    assert reasons(brief, wreck) == [f"t1: {day} is no date of what it cites"]


def test_a_date_elsewhere_in_the_document_does_not_count(make_article: MakeArticle) -> None:
    articles = {"a": make_article("a", f"{FERRY} {CREW}", published_at=MARCH_4)}
    entry = timed(articles["a"], "2025-03-03", CREW)
    brief = brief_of(articles, stated("s1", articles["a"], FERRY), entry=entry)
    assert reasons(brief, articles) == ["t1: 2025-03-03 is no date of what it cites"]


def test_a_date_is_found_out_only_with_its_document(wreck: dict[str, Article]) -> None:
    told = stated("s1", wreck["a"], CREW)
    brief = brief_of(wreck, told, entry=timed(wreck["a"], "2020-01-01"))
    assert reasons(brief, {}) == []


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_date_holds_with_the_articles_sentences_or_without(
    wreck: dict[str, Article], is_cut: bool
) -> None:
    told = stated("s1", wreck["a"], CREW)
    brief = brief_of(wreck, told, entry=timed(wreck["a"], "2020-01-01"))
    given = wreck["a"] if is_cut else replace(wreck["a"], sentences=(), chunks=())
    assert reasons(brief, {"a": given}) == ["t1: 2020-01-01 is no date of what it cites"]


def test_a_day_counted_in_utc_holds_beside_its_document_in_local_time(
    make_article: MakeArticle,
) -> None:
    sank = "The ferry sank in deep water yesterday."
    local = datetime(2025, 3, 5, 5, 0, tzinfo=timezone(timedelta(hours=9)))
    article = make_article("a", f"{sank} {CREW}", published_at=local)
    articles = {"a": article}
    # In UTC it was written on 4 March, at 20:00.
    entry = timed(article, "2025-03-03", sank)
    brief = brief_of(articles, stated("s1", article, CREW), entry=entry)
    assert reasons(brief, articles) == []


def test_a_sentence_too_long_to_be_sure_of_its_cut_refuses_no_date(
    make_article: MakeArticle,
) -> None:
    endless = "The list names " + ", ".join(f"ship number {i}" for i in range(90)) + "."
    article = make_article("a", f"{endless} {FERRY} {CREW}", published_at=MARCH_4)
    entry = timed(article, "2020-01-01")
    brief = brief_of({"a": article}, stated("s1", article, CREW), entry=entry)
    uncut = replace(article, sentences=(), chunks=())
    assert reasons(brief, {"a": uncut}) == []
    assert reasons(brief, {"a": article}) == ["t1: 2020-01-01 is no date of what it cites"]


@pytest.fixture
def rivals(make_article: MakeArticle) -> dict[str, Article]:
    """Two reports by one publisher, one by another."""
    return {
        "a": make_article("a", f"{FERRY} {CREW}", publisher="Skerra Post"),
        "b": make_article("b", OWNER, publisher="Skerra Post"),
        "c": make_article("c", HARBOUR, publisher="Nordic Wire"),
    }


def regrouped(brief: Brief, *groups: int) -> Brief:
    numbered = zip(brief.sources, groups, strict=True)
    return sealed(
        replace(brief, sources=tuple(replace(s, independent_group=group) for s, group in numbered))
    )


def of_rivals(rivals: Mapping[str, Article]) -> Brief:
    texts = {"a": CREW, "b": OWNER, "c": HARBOUR}
    told = [stated(f"s{i}", rivals[id_], texts[id_]) for i, id_ in enumerate(texts, 1)]
    return brief_of(rivals, *told)


def test_groups_as_they_come_out_hold_whatever_their_numbers(rivals: dict[str, Article]) -> None:
    brief = of_rivals(rivals)
    assert [s.independent_group for s in brief.sources] == [1, 1, 2]
    assert reasons(brief, rivals) == []
    assert reasons(regrouped(brief, 5, 5, 3), rivals) == []


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ((1, 2, 3), "brief: [1] and [2] are one independent source, and are not counted so"),
        ((1, 1, 1), "brief: [1] and [3] are two independent sources, and are not counted so"),
    ],
)
def test_one_publisher_counted_twice_and_two_counted_once_are_found(
    rivals: dict[str, Article], groups: tuple[int, ...], reason: str
) -> None:
    assert reason in reasons(regrouped(of_rivals(rivals), *groups), rivals)


def test_a_forged_record_of_the_documents_hides_no_publisher(rivals: dict[str, Article]) -> None:
    brief = of_rivals(rivals)
    assert brief.run is not None
    forged = replace(brief, run=replace(brief.run, input_sha256="0" * 64))
    assert reasons(regrouped(forged, 1, 2, 3), rivals)


def with_an_uncited_story(make_article: MakeArticle) -> dict[str, Article]:
    """Return two texts of one publisher, one of them printed by another that has a report of its own."""
    shared = f"{OWNER} {HARBOUR} Divers looked at the hull twice and found a long crack below."
    other = "Fishing boats stayed in port for the third day while oil was pumped off the beach."
    return {
        "a": make_article("a", f"{FERRY} {CREW}", publisher="Skerra Post"),
        "b": make_article("b", shared, publisher="Skerra Post"),
        "y": make_article("y", shared, publisher="Nordic Wire"),
        "z": make_article("z", other, publisher="Nordic Wire"),
    }


def test_what_uncited_documents_part_is_not_refused(make_article: MakeArticle) -> None:
    articles = with_an_uncited_story(make_article)
    told = [stated("s1", articles["a"], CREW), stated("s2", articles["b"], OWNER)]
    brief = brief_of(articles, *told, uncited=("y", "z"))
    [first, second] = brief.sources
    assert first.independent_group != second.independent_group
    cited = {i: articles[i] for i in "ab"}
    # Of those cited alone the publisher makes one group.
    assert len(set(independent_groups(list(cited.values())).values())) == 1
    assert reasons(brief, cited) == []
    assert reasons(brief, articles) == []


def test_groups_are_known_where_uncited_documents_are_there_too(
    rivals: dict[str, Article],
) -> None:
    told = [stated("s1", rivals["a"], CREW), stated("s2", rivals["b"], OWNER)]
    brief = regrouped(brief_of(rivals, *told, uncited=("c",)), 1, 2)
    assert reasons(brief, {i: rivals[i] for i in "ab"}) == []
    [reason] = reasons(brief, rivals)
    assert reason == "brief: [1] and [2] are one independent source, and are not counted so"


def test_one_text_counted_twice_is_found_without_documents(make_article: MakeArticle) -> None:
    text = f"{CREW} {OWNER}"
    articles = {
        "a": make_article("a", text, publisher="Skerra Post"),
        "b": make_article("b", text, publisher="Nordic Wire"),
    }
    told = [stated("s1", articles["a"], CREW), stated("s2", articles["b"], OWNER)]
    brief = brief_of(articles, *told)
    assert reasons(brief, {}) == []
    [reason] = reasons(regrouped(brief, 1, 2), {})
    assert reason == "brief: [1] and [2] are one independent source, and are not counted so"


def test_a_statement_told_twice_is_found(wreck: dict[str, Article]) -> None:
    once, again = (stated(f"s{i}", wreck["a"], CREW) for i in (1, 2))
    assert reasons(brief_of(wreck, once, again), {}) == ["s2: another statement says the same"]


def test_a_statement_told_twice_is_found_behind_a_date(wreck: dict[str, Article]) -> None:
    once = stated("s1", wreck["a"], CREW)
    again = stated("s2", wreck["a"], CREW, "4 March:")
    assert "s2: another statement says the same" in reasons(brief_of(wreck, once, again), {})


@pytest.fixture
def days(make_article: MakeArticle) -> dict[str, Article]:
    """Two reports of one day, and one of two days later."""
    return {
        "a": make_article("a", f"{OWNER} {HARBOUR}", published_at=MARCH_6),
        "b": make_article("b", f"{FERRY} {CREW}", published_at=MARCH_4),
    }


def test_a_day_is_told_before_the_first_statement_of_it(days: dict[str, Article]) -> None:
    told = (
        stated("s1", days["a"], OWNER),
        stated("s2", days["b"], FERRY, "4 March:"),
        stated("s3", days["b"], CREW),
    )
    assert reasons(brief_of(days, *told), days) == []


@pytest.mark.parametrize("lead", ["", "Earlier:"])
def test_a_day_that_is_not_told_is_missed(days: dict[str, Article], lead: str) -> None:
    told = (stated("s1", days["a"], OWNER), stated("s2", days["b"], FERRY, lead))
    assert "s2: '4 March:' is missing before it" in reasons(brief_of(days, *told), {})


def test_earlier_stands_only_where_a_day_is_unknown(make_article: MakeArticle) -> None:
    def told(day: datetime | None) -> list[str]:
        articles = {
            "a": make_article("a", OWNER, published_at=MARCH_6),
            "b": make_article("b", CREW, published_at=day),
        }
        pair = (stated("s1", articles["a"], OWNER), stated("s2", articles["b"], CREW, "Earlier:"))
        return reasons(brief_of(articles, *pair), articles)

    assert told(None) == []
    assert told(MARCH_6) == ["s2: 'Earlier:' stands where the day of the report is known"]


@pytest.mark.parametrize("lead", ["Earlier:", "6 March:", "6 March 2025:"])
def test_nothing_of_the_services_own_stands_before_the_first_statement(
    days: dict[str, Article], lead: str
) -> None:
    first, second = stated("s1", days["a"], OWNER), stated("s2", days["b"], CREW, "4 March:")
    assert reasons(brief_of(days, first, second), {}) == []
    led = brief_of(days, replace(stated("s1", days["a"], OWNER, lead)), second)
    led = sealed(replace(led, headline=replace(first, id="h")))
    assert reasons(led, {}) == [f"s1: {lead!r} stands before the first statement"]


def test_an_order_without_days_needs_none(make_article: MakeArticle) -> None:
    articles = {"a": make_article("a", OWNER), "b": make_article("b", CREW)}
    told = (stated("s1", articles["a"], OWNER), stated("s2", articles["b"], CREW))
    assert reasons(brief_of(articles, *told), articles) == []


def test_faults_found_anew_are_found_in_a_fixed_order(rivals: dict[str, Article]) -> None:
    brief = regrouped(of_rivals(rivals), 1, 2, 1)
    assert reasons(brief, rivals) == reasons(brief, dict(reversed(rivals.items())))
