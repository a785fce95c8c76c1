"""How many planted conflicts a brief tells of, and how often it tells of one that is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.brief import Brief, Disagreement, Options, Position
from service.domain.errors import NoUsableDocument
from service.domain.ports import Models
from service.domain.text import Article
from service.evaluation.paired_reports import SPELLING
from service.evaluation.planting import DocumentSet, Planted, Told
from service.pipeline import summarize_articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefer:
    """What sets are briefed with, and when."""

    models: Models
    options: Options
    created_at: datetime

    def brief(self, set_id: str, articles: Sequence[Article]) -> Brief | None:
        """Return a set's brief, None where nothing can be stated."""
        try:
            return summarize_articles(
                articles, self.models, self.options, brief_id=set_id, created_at=self.created_at
            )
        except NoUsableDocument:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarm:
    """A disagreement told where none was planted; `fact` names the control, or what was planted."""

    set_id: str
    fact: str
    told: Disagreement


@dataclass(frozen=True, slots=True, kw_only=True)
class FactScore:
    """How the plants of one fact fared; `false` are the alarms in the same briefs."""

    fact: str
    planted: int
    found: int
    false: int

    @property
    def precision(self) -> float:
        told = self.found + self.false
        return self.found / told if told else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How well planted conflicts are detected. `total` counts false alarms of the controls too.

    `untouched` are the disagreements told of sets as they are, but for those known to be real: alarms
    to read, for sources do differ; they are not counted in the scores.
    """

    total: FactScore
    by_fact: tuple[FactScore, ...]
    controls: int
    misses: tuple[Planted, ...]
    false_alarms: tuple[FalseAlarm, ...]
    untouched_sets: int
    untouched: tuple[FalseAlarm, ...]


def measure(sets: Sequence[DocumentSet], planted: Sequence[Planted], briefer: Briefer) -> Detection:
    """Brief each set untouched and with each of its plants, and compare what the briefs tell of."""
    real = {s.id: s.real for s in sets}
    known = {s.id: tuple(_told(briefer.brief(s.id, s.articles))) for s in sets}
    seen = {id_: {_signature(d) for d in told} for id_, told in known.items()}
    found: list[Planted] = []
    misses: list[Planted] = []
    alarms: list[FalseAlarm] = []
    for one in planted:
        told = list(_told(briefer.brief(one.set_id, one.articles)))
        hits = [d for d in told if tells_of(d, one)]
        if one.kinds:
            (found if hits else misses).append(one)
        alarms += [
            FalseAlarm(set_id=one.set_id, fact=one.fact, told=d)
            for d in told
            if d not in hits
            and not _is_real(d, real.get(one.set_id, ()))
            and _is_alarm(d, one)
            and _signature(d) not in seen.get(one.set_id, set())
        ]
    scores = tuple(_scores(planted, found, alarms))
    return Detection(
        total=FactScore(
            fact="all",
            planted=sum(1 for p in planted if p.kinds),
            found=len(found),
            false=len(alarms),
        ),
        by_fact=scores,
        controls=sum(1 for p in planted if not p.kinds),
        misses=tuple(misses),
        false_alarms=tuple(alarms),
        untouched_sets=len(sets),
        untouched=tuple(
            FalseAlarm(set_id=id_, fact="untouched", told=d)
            for id_, told in known.items()
            for d in told
            if not _is_real(d, real[id_])
        ),
    )


def _is_real(told: Disagreement, real: Sequence[Sequence[str]]) -> bool:
    """Say whether the positions of a disagreement are values between which the reports truly differ."""
    values = [p.value for p in told.positions]
    return any(all(v in values for v in known) for known in real)


def _is_alarm(told: Disagreement, planted: Planted) -> bool:
    """Say whether a disagreement that misses the plant counts against the brief.

    Pairs also give their two reports new dates, which may rightly bring up others' disagreements.
    """
    if planted.how != "paired":
        return True
    # Two spellings of one person may be told as that; two people may not.
    if planted.fact == SPELLING and "spell" in told.question:
        return False
    return any(_cites(p, planted.rival) or _cites(p, planted.original) for p in told.positions)


def _scores(
    planted: Sequence[Planted], found: Sequence[Planted], alarms: Sequence[FalseAlarm]
) -> Iterator[FactScore]:
    for fact in dict.fromkeys(p.fact for p in planted):
        yield FactScore(
            fact=fact,
            planted=sum(1 for p in planted if p.fact == fact and p.kinds),
            found=sum(1 for p in found if p.fact == fact),
            false=sum(1 for a in alarms if a.fact == fact),
        )


def _told(brief: Brief | None) -> tuple[Disagreement, ...]:
    return brief.disagreements if brief else ()


def tells_of(told: Disagreement, planted: Planted) -> bool:
    """Say whether a disagreement sets the rival against the original, under a kind that is true.

    The side of the original may be cited from any other report that words the fact alike.
    """
    if told.kind not in planted.kinds:
        return False
    rivals = [p for p in told.positions if _cites(p, planted.rival)]
    others = [p for p in told.positions if p not in rivals and _on_its_side(p, planted)]
    return bool(rivals and others)


def _on_its_side(position: Position, planted: Planted) -> bool:
    if _cites(position, planted.original):
        return True
    return len(planted.value) > 1 and any(
        planted.value in span.quote
        for cited in position.statement.citations
        if cited.document_id != planted.rival.document_id
        for span in cited.spans
    )


def _cites(position: Position, told: Told) -> bool:
    """Say whether a position stands on a sentence, or on a part of it or more."""
    return any(
        told.text in span.quote or span.quote in told.text
        for cited in position.statement.citations
        if cited.document_id == told.document_id
        for span in cited.spans
    )


def _signature(told: Disagreement) -> tuple[str, frozenset[str]]:
    """Return what makes a disagreement the same one in another brief of nearly the same set."""
    return told.kind, frozenset(
        span.quote
        for position in told.positions
        for cited in position.statement.citations[:1]
        for span in cited.spans
    )
