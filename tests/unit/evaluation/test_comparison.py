from itertools import count
from statistics import fmean

import pytest

from service.backends.fakes import fake_models
from service.domain.brief import Options, Progress
from service.domain.ports import Watch
from service.domain.text import Document
from service.evaluation.comparison import Comparison, Score, compare
from service.evaluation.corpus import Topic
from service.evaluation.coverage import Scorer
from service.evaluation.planted_conflicts import Briefer
from tests.conftest import NOON

PORT = """The port of Alba reopened on Tuesday after nine days.
The harbour master said that 145 ships had waited outside.
Traffic was back to normal by the evening, the harbour office said."""
STORM = """The storm tore down three cranes at the port of Alba on 4 April 2025.
The port authority expects repairs to cost $12 million."""
READABLE = Topic(
    id="readable",
    documents=(Document(id="port", content=PORT), Document(id="storm", content=STORM)),
    references=("The port of Alba reopened on Tuesday.", "A storm tore down three cranes."),
)
BLANK = Topic(
    id="blank", documents=(Document(id="empty", content=""),), references=("The port reopened.",)
)


def compared(
    *topics: Topic, options: Options | None = None, seen: list[Progress] | None = None
) -> Comparison:
    """Compare with the fakes and a clock on which a second passes whenever it is read."""
    ticks, seen = count(), [] if seen is None else seen
    watch = Watch(clock_s=lambda: next(ticks), on_progress=seen.append)
    options = options or Options(max_words=40)
    briefer = Briefer(models=fake_models(), options=options, created_at=NOON)
    return compare(topics, briefer, Scorer(), watch)


def score(comparison: Comparison, system: str) -> Score:
    return next(s for s in comparison.scores if s.system == system)


def test_the_brief_comes_first_and_each_baseline_after_it() -> None:
    systems = [score.system for score in compared(READABLE).scores]
    assert systems == ["brief", "leads in turn", "LexRank", "greedy bigrams"]


def test_a_baseline_is_scored_on_the_prepared_documents() -> None:
    # The first sentences hold all of the one reference, and of the other but "a".
    leads = score(compared(READABLE, options=Options(max_words=23)), "leads in turn")
    assert (leads.rouge1, leads.words) == (pytest.approx(fmean([100, 500 / 6])), 23)


def test_the_briefs_statements_are_scored_and_nothing_else_of_it() -> None:
    whole, words = compared(READABLE), 12
    found = score(compared(READABLE, options=Options(max_words=words)), "brief")
    assert 0 < found.words <= words < score(whole, "brief").words <= 40
    assert 0 < found.rouge1 < score(whole, "brief").rouge1


def test_a_topic_takes_the_time_of_drafting_aligning_and_fusing() -> None:
    assert compared(READABLE, READABLE).seconds_per_topic == 3


def test_how_it_was_made_is_told() -> None:
    found = compared(READABLE, options=Options(max_words=40, provenance="lexical"))
    assert (found.model, found.revision, found.engine) == ("fake", "0", "none")
    assert (found.provenance, found.max_words, found.topics) == ("lexical", 40, 1)
    assert found.problems == ()


def test_a_topic_that_cannot_be_briefed_covers_nothing_and_is_told() -> None:
    alone, both = compared(READABLE), compared(READABLE, BLANK)
    for before, after in zip(alone.scores, both.scores, strict=True):
        halved = (before.rouge1 / 2, before.rouge2 / 2, before.words / 2)
        assert (after.rouge1, after.rouge2, after.words) == pytest.approx(halved)
    assert [problem.name for problem in both.problems] == ["blank: empty", "blank"]
    assert both.problems[0].reason == "it is empty"
    assert both.problems[1].reason.startswith("no usable document")
    assert (both.topics, both.seconds_per_topic) == (2, 3)


def test_there_is_no_time_a_topic_where_none_was_briefed() -> None:
    assert compared(BLANK).seconds_per_topic is None


def test_a_document_that_cannot_be_read_is_told_and_the_others_are_briefed() -> None:
    mixed = Topic(
        id="mixed",
        documents=(*BLANK.documents, *READABLE.documents),
        references=READABLE.references,
    )
    found = compared(mixed)
    assert [problem.name for problem in found.problems] == ["mixed: empty"]
    assert found.scores == compared(READABLE).scores


def test_progress_is_told_in_topics() -> None:
    seen: list[Progress] = []
    compared(READABLE, READABLE, seen=seen)
    assert seen == [
        Progress(stage="topics", done=0, total=2),
        Progress(stage="topics", done=1, total=2),
    ]
