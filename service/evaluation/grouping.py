"""How well independent sources are told apart, measured on constructed syndication of real reports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from service.domain.errors import BadDocument
from service.domain.ports import Models, Watch
from service.domain.text import Article, Document
from service.evaluation.bcubed import BCubed
from service.evaluation.holdings import Holdings
from service.evaluation.suites import counted
from service.evaluation.syndication import measure, syndicate
from service.pipeline import prepare
from service.stages.independence import independent_groups

_SEED = 20250418
# Reports of one event that share more of their four-word runs than this are no two reports.
_SEPARATE, _RUN = 0.1, 4
_LEAST_WORDS, _MOST_REPORTS = 60, 6
WIKINEWS_TOPICS, ECB_EVENTS = "Wikinews topics", "ECB+ events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Means over the events of one file, in [0, 1], of B-cubed for constructed syndication.

    `documents` counts reports and their copies; `least_precision` is that of the worst event.
    """

    name: str
    events: int
    documents: int
    precision: float
    recall: float
    f1: float
    least_precision: float


def group_sources(held: Holdings, models: Models, watch: Watch) -> tuple[Grouping, ...]:
    """Say of each file how well copies are found and separate reports of one event kept apart."""
    events = [(name, reports) for name, reports in _events(held) if len(reports) > 1]
    scored = [
        (name, *group_copies(reports, models))
        for name, reports in counted("sources", events, watch)
    ]
    return tuple(
        _mean(name, [(score, documents) for _, score, documents in rows])
        for name, rows in groupby(scored, key=lambda row: row[0])
    )


def group_copies(reports: Sequence[Document], models: Models) -> tuple[BCubed, int]:
    """Compare with the truth how reports and their copies are grouped, and say how many they are.

    A copy that cannot be read is left out. Raises `ValueError` for fewer than two reports.
    """
    made = syndicate(reports, _SEED)
    articles = list(_articles(made.documents, models))
    return measure(made, articles, independent_groups), len(articles)


def separate(reports: Sequence[Document]) -> tuple[Document, ...]:
    """Keep the texts of some length that share next to nothing with those kept before, quotes and all.

    No more than a few: the first ones. Nothing but the text is kept of each.
    """
    kept: list[str] = []
    for text in (report.content for report in reports):
        mine = _runs(text)
        others = [_runs(k) for k in kept]
        apart = all(len(mine & o) < _SEPARATE * min(len(mine), len(o)) for o in others)
        if len(text.split()) >= _LEAST_WORDS and apart:
            kept.append(text)
    return tuple(Document(content=text) for text in kept[:_MOST_REPORTS])


def _events(held: Holdings) -> Iterator[tuple[str, Sequence[Document]]]:
    for topic in held.corpus.topics if held.corpus else ():
        yield WIKINEWS_TOPICS, topic.documents
    for cluster in held.clusters.clusters if held.clusters else ():
        yield ECB_EVENTS, separate(cluster.documents)


def _articles(documents: Sequence[Document], models: Models) -> Iterator[Article]:
    for document in documents:
        try:
            yield prepare(document, models)
        except BadDocument:
            continue


def _mean(name: str, scored: Sequence[tuple[BCubed, int]]) -> Grouping:
    scores = [score for score, _ in scored]
    return Grouping(
        name=name,
        events=len(scored),
        documents=sum(documents for _, documents in scored),
        precision=fmean(score.precision for score in scores),
        recall=fmean(score.recall for score in scores),
        f1=fmean(score.f1 for score in scores),
        least_precision=min(score.precision for score in scores),
    )


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = text.lower().split()
    return frozenset(zip(*(words[i:] for i in range(_RUN)), strict=False))
