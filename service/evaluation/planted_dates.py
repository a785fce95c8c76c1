"""Small reports of known events, dated in many forms, to measure the timeline against."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from service.domain.text import Document

_DONE = (
    "The council of {place} approved a budget for its harbour {when}.",
    "A freight train left the rails near {place} {when}.",
    "Voters in {place} elected {name} as mayor {when}.",
    "{name} resigned as head of the {place} hospital {when}.",
    "{When}, firefighters in {place} put out a blaze at a paper mill.",
    "{When}, a court in {place} cleared {name} of fraud.",
    "{name}, the director of the {place} museum, was fined {when}.",
    "Police arrested two men over a theft of copper in {place} {when}, a day after the alarm.",
    "After weeks of talks, the dockers of {place} ended their strike {when}.",
    "The clinic at {place}, which has forty beds, was closed {when}.",
)
_TO_COME = (
    "The bridge at {place} will reopen to traffic {when}.",
    "Parliament in {place} is to vote on a new water law {when}.",
    "The trial of {name} is due to begin in {place} {when}.",
    "{name} is scheduled to speak at a congress in {place} {when}.",
    "{When}, the {place} airport will close its oldest runway.",
    "The ferry company said it would stop its service to {place} {when}.",
)
# What no rule may date by the date in it: side clauses, deadlines, starts, and what may never come.
_UNDATED = (
    "The {place} mill has stood empty since {day} {month} {year}.",
    "The {place} mill was burnt down after a strike that began {on_date}.",
    "Two people were hurt in {place}, police said {on_date}.",
    "The dam at {place} must be repaired by {day} {month}.",
    "The dam at {place} could fail {on_date}.",
    "{name} was due to arrive in {place} on {weekday}.",
    "The council of {place} meets on {weekday}.",
    "{name} praised the law passed {on_date}.",
    "{name} will return to {place} next {weekday}.",
    "“I saw {name} in {place} yesterday,” the keeper told a court.",
    "The {weekday} market in {place} was full.",
    "{place} grew in the years before 1962, and in {month} of that year it got a school.",
    "{place} had a deficit in fiscal {year}.",
    "The {place} orchestra was founded in the 1950s.",
    "{name} left {place} about ten days ago.",
    "{name} said the company sold its {place} plant in the third quarter.",
    "Dock workers in {place} went home two weeks later.",
)
_FILLERS = (
    "The town lies on a wide river.",
    "Local papers gave the matter much room.",
    "Few people were seen in the streets of the old quarter.",
    "A spokesman for the province gave no details.",
)
_PLACES = "Tarnow Velden Osmark Larkhaven Brunholt Merida Kestrel Aldwater".split()
_NAMES = ("Anna Brandt", "Luis Ortega", "Mira Koval", "Tom Harding", "Ines Duarte", "Paul Ekman")
_COUNTS = "zero one two three four five six".split()
_MOST_MONTHS = 7
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedEvent:
    """A sentence put into a report, and how a timeline should date it: None where nothing may."""

    sentence: str
    date: str | None
    to_come: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedReport:
    """A document and the one event that was put into it."""

    document: Document
    event: PlantedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A way to write a date: its words, and whether it fits `days` before or after the report."""

    words: str
    fits: Callable[[date, date], bool]
    written: str = "%Y-%m-%d"


def _within(first: int, last: int) -> Callable[[date, date], bool]:
    """Let through days that lie so many before the report; negative ones lie after it."""
    return lambda day, report: first <= (report - day).days <= last


def _months(first: int, last: int) -> Callable[[date, date], bool]:
    return lambda day, report: first <= _months_before(day, report) <= last


def _months_before(day: date, report: date) -> int:
    return 12 * (report.year - day.year) + report.month - day.month


def _years(count: int) -> Callable[[date, date], bool]:
    return lambda day, report: report.year - day.year == count


def _earlier_week(day: date, report: date) -> bool:
    monday = report - timedelta(days=report.weekday())
    return monday - timedelta(days=_WEEK) <= day < monday and (report - day).days <= _WEEK


def _last_week(day: date, report: date) -> bool:
    monday = report - timedelta(days=report.weekday())
    return monday - timedelta(days=_WEEK) <= day < monday - timedelta(days=1)


def _ever(day: date, report: date) -> bool:
    return True


_PAST_FORMS = (
    _Form(words="on %A", fits=_within(0, 5)),
    _Form(words="%A", fits=_within(0, 5)),
    _Form(words="late on %A evening", fits=_within(0, 5)),
    _Form(words="in the early hours of %A", fits=_within(0, 5)),
    _Form(words="last %A", fits=_earlier_week),
    _Form(words="on %A of last week", fits=_last_week),
    _Form(words="yesterday", fits=_within(1, 1)),
    _Form(words="the day before yesterday", fits=_within(2, 2)),
    _Form(words="today", fits=_within(0, 0)),
    _Form(words="this morning", fits=_within(0, 0)),
    _Form(words="{days} days ago", fits=_within(2, 6)),
    _Form(words="on %d %B", fits=_within(0, 230)),
    _Form(words="on %B %d", fits=_within(0, 230)),
    _Form(words="%b. %d", fits=_within(7, 230)),
    _Form(words="on %A, %d %B", fits=_within(0, 230)),
    _Form(words="on %A, %B %d", fits=_within(0, 230)),
    _Form(words="on %B %d, %Y", fits=_ever),
    _Form(words="on %A, %B %d, %Y", fits=_ever),
    _Form(words="on the %dth of %B %Y", fits=lambda day, _: 4 <= day.day <= 20),
    _Form(words="on %B %d last year", fits=_years(1)),
    _Form(words="in %B %Y", fits=_months(1, 600), written="%Y-%m"),
    _Form(words="in late %B %Y", fits=_months(1, 600), written="%Y-%m"),
    _Form(words="in %B", fits=_months(1, _MOST_MONTHS), written="%Y-%m"),
    _Form(words="in early %B", fits=_months(1, _MOST_MONTHS), written="%Y-%m"),
    _Form(words="last month", fits=_months(1, 1), written="%Y-%m"),
    _Form(words="earlier this month", fits=_months(0, 0), written="%Y-%m"),
    _Form(words="in %B last year", fits=_years(1), written="%Y-%m"),
    _Form(words="in %Y", fits=_ever, written="%Y"),
    _Form(words="last year", fits=_years(1), written="%Y"),
    _Form(words="earlier this year", fits=_years(0), written="%Y"),
)
_COMING_FORMS = (
    _Form(words="on %A", fits=_within(-5, -1)),
    _Form(words="tomorrow", fits=_within(-1, -1)),
    _Form(words="on %d %B", fits=_within(-230, -1)),
    _Form(words="on %B %d", fits=_within(-230, -1)),
    _Form(words="on %A, %B %d", fits=_within(-230, -1)),
    _Form(words="on %d %B %Y", fits=_within(-900, -1)),
    _Form(words="in %B %Y", fits=_months(-40, -1), written="%Y-%m"),
    _Form(words="next month", fits=_months(-1, -1), written="%Y-%m"),
    _Form(words="later this month", fits=_months(0, 0), written="%Y-%m"),
    _Form(words="in %Y", fits=lambda day, report: day.year > report.year, written="%Y"),
    _Form(words="next year", fits=_years(-1), written="%Y"),
)
_REACH_DAYS = (0, 1, 2, 3, 4, 5, 6, 9, 20, 40, 90, 150, 220, 400, 900, 5000)


_Item = TypeVar("_Item")


def planted_reports(count: int, seed: int) -> Iterator[PlantedReport]:
    """Yield reports of one event each: done, to come, or not to be dated, in turn."""
    chance = np.random.default_rng(seed)
    for number in range(count):
        report = date(2000, 1, 1) + timedelta(days=int(chance.integers(9000)))
        kind = number % 3
        to_come = kind == 1
        event = _undated(chance, report) if kind == 2 else _dated(chance, report, to_come=to_come)
        yield PlantedReport(document=_document(chance, number, report, event), event=event)


def _one(chance: Generator, items: Sequence[_Item]) -> _Item:
    return items[int(chance.integers(len(items)))]


def _dated(chance: Generator, report: date, *, to_come: bool) -> PlantedEvent:
    forms = _COMING_FORMS if to_come else _PAST_FORMS
    while True:
        form = _one(chance, forms)
        far = _one(chance, _REACH_DAYS) * (1 if to_come else -1)
        day = report + timedelta(days=far)
        if form.fits(day, report):
            break
    words = day.strftime(form.words.replace("%d", str(day.day)))
    when = words.format(days=_COUNTS[abs(far)] if abs(far) < len(_COUNTS) else "")
    sentence = _one(chance, _TO_COME if to_come else _DONE).format(
        place=_one(chance, _PLACES),
        name=_one(chance, _NAMES),
        when=when,
        When=when[0].upper() + when[1:],
    )
    return PlantedEvent(sentence=sentence, date=day.strftime(form.written), to_come=to_come)


def _undated(chance: Generator, report: date) -> PlantedEvent:
    day = report - timedelta(days=_one(chance, _REACH_DAYS[1:12]))
    sentence = _one(chance, _UNDATED).format(
        place=_one(chance, _PLACES),
        name=_one(chance, _NAMES),
        on_date=day.strftime(_one(chance, ("on %A", f"on {day.day} %B %Y", "in %B %Y"))),
        day=day.day,
        month=day.strftime("%B"),
        year=day.year,
        weekday=day.strftime("%A"),
    )
    return PlantedEvent(sentence=sentence, date=None)


def _document(chance: Generator, number: int, report: date, event: PlantedEvent) -> Document:
    sentences = [*_FILLERS, event.sentence]
    return Document(
        id=f"planted-{number:05d}",
        content=" ".join(sentences[i] for i in chance.permutation(len(sentences))),
        published_at=datetime.combine(report, time(_one(chance, (0, 9, 14))), tzinfo=UTC),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatingScore:
    """How a timeline dated planted events; `wrong` and `missed` are kept to be read."""

    right: int
    wrong: tuple[tuple[PlantedEvent, str], ...]
    missed: tuple[PlantedEvent, ...]

    @property
    def precision(self) -> float:
        made = self.right + len(self.wrong)
        return self.right / made if made else 1.0

    @property
    def recall(self) -> float:
        asked = self.right + len(self.missed)
        return self.right / asked if asked else 1.0


def score(
    planted: Sequence[PlantedEvent], entries: Sequence[Sequence[tuple[str, bool]]]
) -> DatingScore:
    """Score the entries of each report, as (date, whether it is marked as to come).

    An event that got a wrong date is both wrong and missed.
    """
    right, wrong, missed = 0, [], []
    for event, made in zip(planted, entries, strict=True):
        fitting = [m for m in made if m == (event.date, event.to_come)]
        right += len(fitting[:1])
        wrong += [(event, date) for date, to_come in made if (date, to_come) not in fitting]
        if event.date is not None and not fitting:
            missed.append(event)
    return DatingScore(right=right, wrong=tuple(wrong), missed=tuple(missed))
