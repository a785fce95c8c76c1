"""Briefs made by construction: large ones, and ones in the scripts of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from service.backends.fakes import FakeTokenCounter
from service.domain.brief import (
    Brief,
    Citation,
    Disagreement,
    Dropped,
    Omitted,
    Position,
    QuotedSpan,
    RunRecord,
    Source,
    Statement,
    TimelineEntry,
)
from service.domain.claims import Piece
from service.domain.edition import Change, Edition, Gone, Story, StoryState
from service.domain.text import Article, Span, text_sha256
from service.stages.chunk import chunk
from service.stages.segment import segment

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY, YESTERDAY = date(2026, 11, 21), date(2026, 11, 20)
SOURCES, STATEMENTS = 40, 300
_TOWNS = "Passau Linz Krems Melk Tulln Vienna Hainburg Enns Steyr Wels".split()
_OUTLETS = "Courier Herald Gazette Observer".split()
# Right to left, pictures of more than one code point, and letters with marks that combine.
WORLD = (
    "🌧️ أعلنت المدينة يوم الاثنين أن السدود على النهر صمدت طوال الليل رغم الأمطار الغزيرة.",
    "👩🏽‍🚒👩🏽‍🚒 The fire brigade of Zu\u0308rich pumped water from 40 cellars on Monday 🇨🇭, it said.",
    "העירייה הודיעה ביום שני כי 12 בתים ניזוקו בשיטפון ושאיש לא נפגע 🏚️.",
    "Ngày thứ Hai, cây cầu vẫn mở 🌉, ca\u0309nh sa\u0301t cho bie\u0302\u0301t.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A brief that is done, and the articles it was made of."""

    brief: Brief
    articles: tuple[Article, ...]


def article(id_: str, sentences: Sequence[str], *, publisher: str, language: str = "en") -> Article:
    """Return an article whose title and sentences are those given, one a paragraph."""
    text = "\n\n".join(sentences)
    cut = segment(text, has_title=True, language=language, fits=lambda _: True)
    return Article(
        id=id_,
        sha256=text_sha256(text),
        title=sentences[0],
        publisher=publisher,
        published_at=NOON,
        url=f"https://news.example/{id_}",
        language=language,
        text=text,
        sentences=cut,
        chunks=chunk(text, cut, FakeTokenCounter(), 100),
    )


def stated(id_: str, text: str, *cited: tuple[int, Article]) -> Statement:
    """Return a statement that is a sentence of each of the articles, by their markers."""
    citations = tuple(
        Citation(marker=marker, document_id=one.id, spans=(_quoted(one, _place(one, text)),))
        for marker, one in cited
    )
    _, first = cited[0]
    at = _place(first, text)
    piece = Piece(
        start=0,
        end=len(text),
        document_id=first.id,
        source_start=at.start,
        source_end=at.end,
    )
    return Statement(
        id=id_,
        text=text,
        independent_sources=len(cited),
        citations=citations,
        provenance=(piece,),
    )


def source(marker: int, one: Article) -> Source:
    return Source(
        marker=marker,
        document_id=one.id,
        title=one.title,
        publisher=one.publisher,
        published_at=one.published_at,
        url=one.url,
        sha256=one.sha256,
        independent_group=marker,
    )


def large() -> Finished:
    """Return a brief of 300 statements on 40 sources, with all else that a brief may have."""
    articles = [_report(number) for number in range(SOURCES)]
    marked = list(enumerate(articles, start=1))
    statements = tuple(_statement(number, marked) for number in range(STATEMENTS))
    headline = stated("h", articles[0].title or "", marked[0])
    brief = Brief(
        id="brf_large",
        status="done",
        created_at=NOON,
        finished_at=NOON + timedelta(seconds=42),
        headline=headline,
        statements=statements,
        disagreements=tuple(_disagreement(number, marked) for number in range(3)),
        timeline=tuple(_entry(number, marked) for number in range(10)),
        sources=tuple(source(marker, one) for marker, one in marked),
        dropped=(Dropped(text="leaflet.pdf", document_id=None, reason="it is empty"),),
        omitted=tuple(
            Omitted(text=_sentence(n, 9), document_id=one.id, reason="length")
            for n, one in enumerate(articles)
        ),
        run=RunRecord(version="1", warnings=("Reports without a date are told last.",)),
    )
    return Finished(brief=brief, articles=tuple(articles))


def of_the_world() -> Finished:
    """Return a brief whose statements read in both directions, with emoji and combining marks."""
    one = article("doc_world", ("🌍 Floods / فيضانات", *WORLD), publisher="وكالة 📰", language="ar")
    statements = tuple(
        stated(f"s{number}", sentence, (1, one)) for number, sentence in enumerate(WORLD, start=1)
    )
    brief = Brief(
        id="brf_world",
        status="done",
        created_at=NOON,
        finished_at=NOON,
        headline=stated("h", one.title or "", (1, one)),
        statements=statements,
        sources=(source(1, one),),
        run=RunRecord(version="1"),
    )
    return Finished(brief=brief, articles=(one,))


def editions(floods: Finished, world: Finished) -> tuple[Edition, Edition]:
    """Return yesterday's edition and today's, with one story that goes on and one that is new."""
    now = floods.brief.statements[1]
    change = Change(kind="changed", statement=now, before="Crews had not yet come.")
    before = Edition(
        date=YESTERDAY,
        created_at=NOON - timedelta(days=1),
        changed_at=NOON - timedelta(days=1),
        stories=(_story(floods, "new"),),
        articles=SOURCES,
    )
    today = Edition(
        date=TODAY,
        created_at=NOON,
        changed_at=NOON,
        previous=YESTERDAY,
        stories=(_story(floods, "updated", change), _story(world, "new")),
        gone=(Gone(id="bridge", headline="The bridge at Enns is closed", last=YESTERDAY),),
        skipped=(Dropped(text="leaflet.pdf", document_id=None, reason="it is empty"),),
        articles=SOURCES + 3,
        duplicates=2,
    )
    return before, today


def _story(told: Finished, state: StoryState, *changes: Change) -> Story:
    brief = told.brief
    assert brief.headline is not None
    return Story(
        id=f"story of {brief.id}",
        state=state,
        brief_id=brief.id,
        headline=brief.headline,
        lede=brief.statements[0],
        sources=brief.sources,
        independent_sources=len({one.independent_group for one in brief.sources}),
        documents=len(told.articles),
        changes=changes,
    )


def _report(number: int) -> Article:
    name = f"{_TOWNS[number % 10]} {_OUTLETS[number // 10]}"
    title = f"Report {number} on the flood in {_TOWNS[number % 10]}"
    # The first of each are its neighbour's as well, so that statements have two sources.
    shared = [_sentence((number + 1) % SOURCES, turn) for turn in range(3)]
    own = [_sentence(number, turn) for turn in range(12)]
    return article(f"doc_{number}", (title, *own, *shared), publisher=f"The {name}")


def _sentence(number: int, turn: int) -> str:
    town, other = _TOWNS[number % 10], _TOWNS[(number + turn) % 10]
    return (
        f"On the morning of day {turn + 1} the mayor of {town} told reporters that crews from {other}"
        f" had pumped water out of {10 + number} cellars and {turn} schools."
    )


def _statement(number: int, marked: Sequence[tuple[int, Article]]) -> Statement:
    report, turn = number % SOURCES, number // SOURCES
    cited = [marked[report]]
    # Markers count sources in the order of their first use: the earlier one has to be known.
    if turn < 3 and report > 0:
        cited.append(marked[report - 1])
    return stated(f"s{number + 1}", _sentence(report, turn), *cited)


def _disagreement(number: int, marked: Sequence[tuple[int, Article]]) -> Disagreement:
    positions = tuple(
        Position(
            value=str(10 + at),
            statement=stated(f"d{number + 1}p{at + 1}", _sentence(at, 8), marked[at]),
        )
        for at in (number, number + 1)
    )
    question = f"How many cellars were pumped out on day {number + 1}?"
    return Disagreement(id=f"d{number + 1}", kind="number", question=question, positions=positions)


def _entry(number: int, marked: Sequence[tuple[int, Article]]) -> TimelineEntry:
    told = stated(f"t{number + 1}", _sentence(number, 9), marked[number])
    return TimelineEntry(date=f"2026-11-{number + 2:02}", precision="day", statement=told)


def _place(one: Article, text: str) -> Span:
    start = one.text.index(text)
    return Span(start, start + len(text))


def _quoted(one: Article, at: Span) -> QuotedSpan:
    return QuotedSpan(start=at.start, end=at.end, quote=one.quote(at))
