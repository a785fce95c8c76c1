"""Briefs and simple summaries of the same topics, scored side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from service.domain.brief import Dropped
from service.domain.claims import Provenance
from service.domain.errors import BadDocument, NoUsableDocument
from service.domain.ports import Models, Watch
from service.domain.text import Article
from service.evaluation.baselines import BASELINES
from service.evaluation.corpus import Topic
from service.evaluation.coverage import NOTHING, Coverage, Scorer, mean
from service.evaluation.planted_conflicts import Briefer
from service.evaluation.suites import counted
from service.pipeline import prepare, summarize_articles

BRIEF = "brief"
# What making a brief costs; verifying it comes on top, and reading is the same for every system.
_TIMED = ("draft", "align", "fuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A system's means over the topics; `words` are those it wrote, before the cut."""

    system: str
    rouge1: float
    rouge2: float
    words: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A topic that could not be briefed, or a document of one that could not be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a model's briefs fare beside the baselines, the brief first.

    `seconds_per_topic` is the median of drafting through fusing, None where no topic was briefed.
    """

    model: str
    revision: str
    engine: str
    provenance: Provenance
    max_words: int
    topics: int
    scores: tuple[Score, ...]
    seconds_per_topic: float | None
    problems: tuple[Problem, ...]


def compare(topics: Sequence[Topic], briefer: Briefer, scorer: Scorer, watch: Watch) -> Comparison:
    """Brief and summarize one topic or more, and score the first `max_words` of each text."""
    tally, words = _Tally(clock_s=watch.clock_s), briefer.options.max_words
    for topic in counted("topics", topics, watch):
        articles, refused = _prepared(topic, briefer.models)
        tally.problems += [Problem(name=f"{topic.id}: {d.text}", reason=d.reason) for d in refused]
        texts = {BRIEF: _brief_text(topic, articles, briefer, tally)}
        texts |= {name: summary(articles, words) for name, summary in BASELINES.items()}
        for name, text in texts.items():
            # Where nothing was written there is nothing to score.
            told = scorer.coverage(text, topic.references, words) if text else NOTHING
            tally.coverages.setdefault(name, []).append(told)
            tally.words.setdefault(name, []).append(len(text.split()))
    drafter = briefer.models.drafter
    return Comparison(
        model=drafter.name,
        revision=drafter.revision,
        engine=drafter.engine,
        provenance=briefer.options.provenance,
        max_words=words,
        topics=len(topics),
        scores=tally.scores(),
        seconds_per_topic=median(tally.seconds) if tally.seconds else None,
        problems=tuple(tally.problems),
    )


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What has been found so far; lists run over the topics."""

    clock_s: Callable[[], float]
    coverages: dict[str, list[Coverage]] = field(default_factory=dict)
    words: dict[str, list[int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def scores(self) -> tuple[Score, ...]:
        means = {name: mean(coverages) for name, coverages in self.coverages.items()}
        return tuple(
            Score(
                system=name,
                rouge1=told.rouge1,
                rouge2=told.rouge2,
                words=fmean(self.words[name]),
            )
            for name, told in means.items()
        )


def _prepared(topic: Topic, models: Models) -> tuple[list[Article], list[Dropped]]:
    articles, refused = [], []
    for document in topic.documents:
        try:
            articles.append(prepare(document, models))
        except BadDocument as error:
            told = Dropped(text=error.name, document_id=document.id, reason=error.reason)
            refused.append(told)
    return articles, refused


def _brief_text(topic: Topic, articles: Sequence[Article], briefer: Briefer, tally: _Tally) -> str:
    """Return a brief's statements joined by spaces, "" where the topic cannot be briefed."""
    try:
        brief = summarize_articles(
            articles,
            briefer.models,
            briefer.options,
            brief_id=topic.id,
            created_at=briefer.created_at,
            watch=Watch(clock_s=tally.clock_s),
        )
    except NoUsableDocument as error:
        tally.problems.append(Problem(name=topic.id, reason=str(error)))
        return ""
    timings = brief.run.timings_s if brief.run else {}
    tally.seconds.append(sum(timings[stage] for stage in _TIMED))
    return " ".join(statement.text for statement in brief.statements)
