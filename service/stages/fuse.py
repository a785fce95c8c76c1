"""Write one brief: what it says, in which order, and what it leaves out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from service.domain.brief import (
    Disagreement,
    Dropped,
    OmissionReason,
    Omitted,
    Position,
    Source,
    Statement,
    TimelineEntry,
)
from service.domain.claims import Evidence
from service.domain.text import Span
from service.lexis.cues import EARLIER
from service.lexis.words import word_count
from service.stages.cite import Cited, markers, sources, state
from service.stages.claims import Candidate
from service.stages.disagree.counts import counted
from service.stages.disagree.find import disagreements
from service.stages.disagree.numbers import outgrown
from service.stages.disagree.rivals import Rivals
from service.stages.gates import exactness
from service.stages.headline import headline
from service.stages.merge import Merger
from service.stages.order import Chosen
from service.stages.select import Selection, Selector
from service.stages.story import Story
from service.stages.surface import prefixed
from service.stages.timeline import Doubt, timeline

_Place = tuple[str, Span]
# What of a brief can be left out as a whole.
Part = Literal["disagreements", "timeline"]
# A brief longer than this share of what it is made from would be a copy, not a brief.
MAX_SHARE = 0.5
MIN_WORDS = 60
MAX_LEFT_OUT = 80
LEANS_ON_OTHERS = "it cannot be understood without the sentences before it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """Everything of a brief that comes out of its articles."""

    headline: Statement
    statements: tuple[Statement, ...]
    timeline: tuple[TimelineEntry, ...]
    disagreements: tuple[Disagreement, ...]
    sources: tuple[Source, ...]
    dropped: tuple[Dropped, ...]
    omitted: tuple[Omitted, ...]
    warnings: tuple[str, ...]


def fuse(
    story: Story,
    candidates: Sequence[Candidate],
    max_words: int,
    merger: Merger,
    unsaid: Collection[Part] = (),
) -> Fused | None:
    """Return the brief's content, its statements within `max_words`; None where nothing can be stated.

    No text that the merger is barred from is stated. Where even the shortest lede is longer than
    `max_words`, it is stated all the same, and a warning says so. The parts in `unsaid` are left out,
    and a warning tells of that too.
    """
    barred = merger.barred
    passed, dropped = _gated(story, [c for c in candidates if c.claim.text not in barred])
    counts = counted(story)
    old = outgrown(counts)
    outdated = [c for c in passed if c.key in old]
    passed = [c for c in passed if c.key not in old]
    by_key = {c.key: c for c in passed}
    budget = _budget(story, max_words)
    selection = Selector(story, passed, budget).select()
    if not selection.chosen:
        return None
    head = headline(story, selection.chosen[0].candidate, barred, merger.writer)
    told = merger.merged(selection.chosen)
    stated = [_cited(f"s{i}", c) for i, c in enumerate(told, 1)]
    found = () if "disagreements" in unsaid else disagreements(story, counts, by_key)
    rivals = _rivals(found, barred)
    dated, doubts = timeline(story, by_key, barred)
    dated = () if "timeline" in unsaid else dated
    entries = [(d, replace(d.cited, id=f"t{i}")) for i, d in enumerate(dated, 1)]
    positions = [cited for r in rivals for _, cited in r.positions]
    numbers = markers([head, *stated, *positions, *(c for _, c in entries)])
    elsewhere = _stated_in([*positions, *(c for _, c in entries)])
    left_out, leaning, untold = _left_out(selection, outdated, elsewhere)
    return Fused(
        headline=state(head, numbers, story),
        statements=tuple(state(c, numbers, story) for c in stated),
        timeline=tuple(
            TimelineEntry(date=d.date, precision=d.precision, statement=state(c, numbers, story))
            for d, c in entries
        ),
        disagreements=tuple(
            _disagreement(f"d{i}", r, numbers, story) for i, r in enumerate(rivals, 1)
        ),
        sources=sources(numbers, story),
        dropped=(*dropped, *leaning),
        omitted=left_out,
        warnings=(
            *_length_warning(stated, max_words),
            *_share_warning(budget, max_words),
            *(f"the {part} did not hold when checked and is left out" for part in sorted(unsaid)),
            *_untold_warning(untold),
            *_order_warning(selection),
            *(_told(d, numbers) for d in doubts),
        ),
    )


def _rivals(found: Sequence[Rivals], barred: Collection[str]) -> list[Rivals]:
    """Return the disagreements whose positions may be stated, numbered."""
    allowed: list[Rivals] = []
    for rivals in found:
        kept = [(value, c) for value, c in rivals.positions if c.text not in barred]
        if len(kept) > 1:
            number = len(allowed) + 1
            numbered = tuple(
                (value, replace(c, id=f"d{number}p{j}")) for j, (value, c) in enumerate(kept, 1)
            )
            allowed.append(replace(rivals, positions=numbered))
    return allowed


def _disagreement(
    id_: str, rivals: Rivals, numbers: Mapping[str, int], story: Story
) -> Disagreement:
    return Disagreement(
        id=id_,
        kind=rivals.kind,
        question=rivals.question,
        positions=tuple(
            Position(value=value, statement=state(c, numbers, story))
            for value, c in rivals.positions
        ),
    )


def _length_warning(stated: Sequence[Cited], max_words: int) -> tuple[str, ...]:
    total = sum(word_count(c.text) for c in stated)
    if total <= max_words:
        return ()
    return (f"the shortest lede has {total} words, more than the {max_words} asked for",)


def _told(doubt: Doubt, numbers: Mapping[str, int]) -> str:
    marker = numbers.get(doubt.article_id)
    return f"[{marker}]: {doubt.text}" if marker else f"{doubt.article_id}: {doubt.text}"


def _order_warning(selection: Selection) -> tuple[str, ...]:
    if all(c.lead_in != EARLIER for c in selection.chosen):
        return ()
    return (f"{EARLIER!r} was inferred: not every report says when it was published",)


def _budget(story: Story, max_words: int) -> int:
    total = sum(word_count(article.text) for article in story.articles)
    return min(max_words, max(MIN_WORDS, int(MAX_SHARE * total)))


def _gated(story: Story, candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Dropped]]:
    """Let through what its own evidence bears out word for word; say why of the rest."""
    passed, dropped = [], []
    for candidate in candidates:
        claim = candidate.claim
        own = [story.article(e.article_id).quote(e.span) for e in claim.own_evidence]
        if reason := exactness(claim.text, own):
            dropped.append(Dropped(text=claim.text, document_id=claim.article_id, reason=reason))
        else:
            passed.append(candidate)
    return passed, dropped


def _cited(id_: str, chosen: Chosen) -> Cited:
    claim = chosen.candidate.claim
    text, pieces = claim.text, claim.pieces
    if chosen.lead_in:
        text, pieces = prefixed(f"{chosen.lead_in} ", text, pieces)
    return Cited(id=id_, text=text, pieces=pieces, evidence=claim.evidence)


def _stated_in(cited: Sequence[Cited]) -> frozenset[_Place]:
    return frozenset(_place(evidence) for one in cited for evidence in one.evidence)


def _place(evidence: Evidence) -> _Place:
    return evidence.article_id, evidence.span


def _left_out(
    selection: Selection, outdated: Sequence[Candidate], elsewhere: Collection[_Place]
) -> tuple[tuple[Omitted, ...], tuple[Dropped, ...], int]:
    """Tell the fate of every sentence that could be stated and is not; and how many are too many to tell.

    What the drafts chose is told first. A toll that a later report has raised is told as redundant.
    What is stated `elsewhere` in the brief is not left out of it.
    """
    reasons: list[tuple[Candidate, OmissionReason]] = [(c, "redundant") for c in outdated]
    ranked = sorted(
        (
            (c, reason)
            for c, reason in [*selection.omitted, *reasons]
            if _place(c.claim.evidence[0]) not in elsewhere
        ),
        key=lambda r: (r[0].claim.origin != "draft", r[0].key),
    )
    told = [*ranked[:MAX_LEFT_OUT], *_first_of_each(ranked[MAX_LEFT_OUT:], ranked[:MAX_LEFT_OUT])]
    omitted = [
        Omitted(text=c.claim.text, document_id=c.claim.article_id, reason=reason)
        for c, reason in told
        if c.needs is None
    ]
    leaning = [
        Dropped(text=c.claim.text, document_id=c.claim.article_id, reason=LEANS_ON_OTHERS)
        for c, _ in told
        if c.needs is not None
    ]
    return tuple(omitted), tuple(leaning), len(ranked) - len(told)


def _first_of_each(
    rest: Sequence[tuple[Candidate, OmissionReason]],
    told: Sequence[tuple[Candidate, OmissionReason]],
) -> list[tuple[Candidate, OmissionReason]]:
    """Return the first of each article that is not told of yet."""
    first: dict[str, tuple[Candidate, OmissionReason]] = {}
    known = {c.claim.article_id for c, _ in told}
    for candidate, reason in rest:
        if candidate.claim.article_id not in known:
            first.setdefault(candidate.claim.article_id, (candidate, reason))
    return list(first.values())


def _share_warning(budget: int, max_words: int) -> tuple[str, ...]:
    if budget >= max_words:
        return ()
    return (
        f"the brief was kept to {budget} of the {max_words} words allowed: half of what its documents have",
    )


def _untold_warning(untold: int) -> tuple[str, ...]:
    return (f"{untold} more sentences were left out than are listed",) if untold else ()
