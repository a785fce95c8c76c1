"""Independent sources on constructed syndication: floors are never lowered without saying so."""

import json
from collections.abc import Mapping, Sequence
from statistics import fmean

import pytest

from service.domain.text import Article, Document, text_sha256
from service.evaluation.bcubed import BCubed
from service.evaluation.corpus import read_corpus
from service.evaluation.syndication import Syndicated, measure, syndicate
from service.stages.independence import independent_groups
from service.stages.segment import segment
from tests.quality.sets import DATA, SEEDS

FLOOR = 0.97
SEED = 20250418
# Reports of one event that share more of their four-word runs than this are no two reports.
SEPARATE = 0.1
RUN = 4
LEAST_WORDS, MOST_REPORTS = 60, 6


def article(document: Document) -> Article:
    text = f"{document.title}\n\n{document.content}" if document.title else document.content
    sentences = segment(text, has_title=bool(document.title), language="en", fits=lambda _: True)
    return Article(
        id=document.id or "",
        sha256=text_sha256(text),
        title=document.title,
        publisher=document.publisher,
        text=text,
        sentences=sentences,
    )


def measured(reports: Sequence[Document]) -> BCubed:
    made = syndicate(reports, SEED)
    return measure(made, [article(d) for d in made.documents], independent_groups)


def runs_of(text: str) -> frozenset[tuple[str, ...]]:
    words = text.lower().split()
    return frozenset(zip(*(words[i:] for i in range(RUN)), strict=False))


def separate(texts: Sequence[str]) -> list[str]:
    """Keep texts of some length that share next to nothing with those kept before, quotes and all."""
    kept: list[str] = []
    for text in texts:
        mine = runs_of(text)
        others = [runs_of(k) for k in kept]
        apart = all(len(mine & o) < SEPARATE * min(len(mine), len(o)) for o in others)
        if len(text.split()) >= LEAST_WORDS and apart:
            kept.append(text)
    return kept[:MOST_REPORTS]


def events() -> Mapping[str, list[str]]:
    """Return the separate reports of each event of ECB+ that has two at least."""
    path = DATA / "ecbplus_events.jsonl"
    if not path.is_file():
        pytest.skip(f"no evaluation data in {DATA}")
    clusters: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").split("\n"):
        if line.strip():
            row = json.loads(line)
            clusters.setdefault(row["cluster_id"], []).append(row["text"])
    reports = {name: separate(texts) for name, texts in clusters.items()}
    return {name: texts for name, texts in reports.items() if len(texts) > 1}


def test_copies_of_the_seeds_are_found_and_the_seeds_kept_apart() -> None:
    reports = [Document(content=path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))]
    found = measured(reports)
    assert found.precision == 1.0
    assert found.f1 >= FLOOR


def test_copies_of_articles_on_one_topic_are_found_and_the_articles_kept_apart() -> None:
    if not DATA.is_dir():
        pytest.skip(f"no evaluation data in {DATA}")
    scores = [measured(topic.documents) for topic in read_corpus(DATA).topics]
    assert min(s.precision for s in scores) == 1.0
    assert fmean(s.f1 for s in scores) >= FLOOR


def test_separate_reports_of_one_event_are_kept_apart_and_their_copies_found() -> None:
    scores = [measured([Document(content=t) for t in texts]) for texts in events().values()]
    assert fmean(s.precision for s in scores) >= 0.99
    assert fmean(s.f1 for s in scores) >= FLOOR


def test_a_grouping_of_each_document_alone_is_below_the_floor() -> None:
    reports = [Document(content=path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))]
    made: Syndicated = syndicate(reports, SEED)
    articles = [article(d) for d in made.documents]
    alone = measure(made, articles, lambda some: {a.id: n for n, a in enumerate(some)})
    assert alone.f1 < FLOOR
