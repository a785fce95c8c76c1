"""Choose what the brief says: the lede, then what covers most of what the reports agree to tell."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from service.domain.brief import OmissionReason
from service.domain.text import Article, Span
from service.lexis.cues import ATTRIBUTION_STEMS, EARLIER
from service.lexis.profile import Profile, containment, named_in, profile
from service.lexis.verb_forms import base_stem
from service.lexis.words import QUOTATION, word_count
from service.stages.align import may_contradict, tells_the_same
from service.stages.claims import Candidate
from service.stages.context import reads_on
from service.stages.coverage import Coverage, pair_weights
from service.stages.lede import lede, same_matter, topicality
from service.stages.order import Chosen, Chronicle
from service.stages.story import SentenceKey, Story

# What a candidate is worth beside one from far down its article that no draft chose and nobody else
# tells. Its place counts most: see docs/log.md.
POSITION_WEIGHT, POSITION_REACH = 3.0, 3.0
TOPICALITY_FLOOR = 0.5
SALIENCE_WEIGHT = 0.25
CORROBORATION_WEIGHT = 0.5
# What somebody said in their own words is colour; what happened comes first.
QUOTED = 0.6
# What "in January" says is worth less where nobody can tell which January.
UNDATABLE = 0.6
# Shorter sentences are no better for being short.
FULL_SENTENCE_WORDS = 10
# From this share of its content and of its names on, a sentence tells what another told; from this
# share of what the story is about on, on both sides, two sentences tell one piece of news.
REDUNDANT_SHARE = 0.5
TOLD_NAMES = 0.7
SAME_NEWS = 0.45
# What tells less than this share of its worth anew only repeats.
FRESH_SHARE = 0.2
# How many sentences right before it a sentence may bring along to be understood.
MAX_BROUGHT = 2

# A candidate with what it needs before it: sentences of one article that follow one another.
Passage: TypeAlias = tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the brief says, in reading order, the lede first; and why each other candidate is not in it."""

    chosen: tuple[Chosen, ...] = ()
    omitted: tuple[tuple[Candidate, OmissionReason], ...] = ()


@dataclass(slots=True, kw_only=True)
class _Taken:
    """The selection while it grows.

    `introduced` are the days that it says it tells of; `least_gain` is the least gain a word of what
    was chosen for it.
    """

    coverage: Coverage
    chosen: list[Candidate] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    keys: set[SentenceKey] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    introduced: set[str] = field(default_factory=set)
    words: int = 0
    least_gain: float = float("inf")


class Selector:
    """Greedy budgeted coverage: again and again the passage that adds most a word, while there is room."""

    def __init__(self, story: Story, candidates: Sequence[Candidate], max_words: int) -> None:
        self._story = story
        self._candidates = candidates
        self._max_words = max_words
        self._weights = pair_weights(story)
        self._places = _places(story)
        self._by_key = {c.key: c for c in candidates}
        self._worth = {c.key: self._worth_of(c) for c in candidates}
        self._before: dict[SentenceKey, str] = {}

    def select(self) -> Selection:
        """Return the statements to be and what was left out for them; empty when nothing can be stated."""
        first = lede(self._story, self._candidates, self._places, self._max_words)
        if first is None:
            return Selection()
        chronicle = Chronicle(self._story, first)
        self._before = {c.key: chronicle.words_before(c) for c in self._candidates}
        passages = [p for c in self._candidates if (p := self._passage(c, first))]
        taken = self._grown(first, passages)
        return Selection(chosen=chronicle.told(taken.chosen), omitted=self._omitted(taken))

    def _grown(self, first: Candidate, passages: Sequence[Passage]) -> _Taken:
        """Return what the greedy rule takes of some passages, behind the lede."""
        taken = _Taken(coverage=Coverage(weights=self._weights))
        self._take(first, taken)
        while best := self._best(passages, taken):
            gain, passage = best
            taken.least_gain = min(taken.least_gain, gain)
            for candidate in passage:
                if candidate.key not in taken.keys:
                    self._take(candidate, taken)
        return taken

    def _take(self, candidate: Candidate, taken: _Taken) -> None:
        taken.chosen.append(candidate)
        told = profile(candidate.claim.text)
        taken.profiles.append(told)
        taken.numbers |= told.numbers
        taken.keys.add(candidate.key)
        taken.words += self._length([candidate], taken)
        taken.introduced.add(self._before[candidate.key])
        taken.coverage.add(candidate.claim.text, self._worth[candidate.key])

    def _passage(self, candidate: Candidate, first: Candidate) -> Passage | None:
        """Return a candidate behind the sentences it leans on, None where they do not mend it."""
        passage = [candidate]
        while (needs := passage[0].needs) is not None and passage[0] is not first:
            article_id, index = passage[0].key
            before = self._by_key.get((article_id, index - 1))
            if before is None or len(passage) > MAX_BROUGHT:
                return None
            if not reads_on(before.claim.text, needs):
                return None
            passage.insert(0, before)
        return tuple(passage)

    def _best(self, passages: Sequence[Passage], taken: _Taken) -> tuple[float, Passage] | None:
        gains = [(self._gain(p, taken), p) for p in passages if self._admissible(p, taken)]
        gains = [(gain, p) for gain, p in gains if gain > 0]
        return max(gains, key=lambda g: (g[0], g[1][-1].key)) if gains else None

    def _admissible(self, passage: Passage, taken: _Taken) -> bool:
        new = [c for c in passage if c.key not in taken.keys]
        if not new or new[-1] is not passage[-1]:
            return False
        if taken.words + self._length(new, taken) > self._max_words:
            return False
        return not any(self._is_stale(c, taken) or self._redundant(c, taken) for c in new)

    def _is_stale(self, candidate: Candidate, taken: _Taken) -> bool:
        """Say whether all but a little of what a candidate is worth is told."""
        text, worth = candidate.claim.text, self._worth[candidate.key]
        alone = Coverage(weights=self._weights).gain(text, worth)
        return taken.coverage.gain(text, worth) < FRESH_SHARE * alone

    def _length(self, new: Sequence[Candidate], taken: _Taken) -> int:
        """Return the words that candidates add, with those of the service's own that they need."""
        before = [self._before[c.key] for c in new]
        dates = set(before) - taken.introduced - {EARLIER}
        earlier = before.count(EARLIER) * word_count(EARLIER)
        return sum(word_count(c.claim.text) for c in new) + sum(map(word_count, dates)) + earlier

    def _gain(self, passage: Passage, taken: _Taken) -> float:
        """Return what a passage adds a word; what it brings along counts on both sides."""
        new = [c for c in passage if c.key not in taken.keys]
        gain = sum(taken.coverage.gain(c.claim.text, self._worth[c.key]) for c in new)
        length = sum(max(word_count(c.claim.text), FULL_SENTENCE_WORDS) for c in new)
        return round(gain / length, 6)

    def _worth_of(self, candidate: Candidate) -> float:
        groups = self._story.group_count([e.article_id for e in candidate.claim.evidence])
        topical = topicality(self._story, candidate.claim.text)
        worth = (TOPICALITY_FLOOR + topical) * (
            1.0
            + POSITION_WEIGHT * math.exp(-self._places[candidate.key] / POSITION_REACH)
            + SALIENCE_WEIGHT * candidate.claim.salience
            + CORROBORATION_WEIGHT * (groups - 1)
        )
        text = candidate.claim.text
        if QUOTATION.search(text):
            worth *= QUOTED
        if profile(text).deictic and self._article(candidate).published_at is None:
            worth *= UNDATABLE
        return worth

    def _omitted(self, taken: _Taken) -> tuple[tuple[Candidate, OmissionReason], ...]:
        """Give each candidate's reason: said already, outdone by all that is in, or no room for it."""
        bare = _Taken(coverage=Coverage(weights=self._weights))

        def reason(candidate: Candidate) -> OmissionReason:
            if self._redundant(candidate, taken) or self._is_stale(candidate, taken):
                return "redundant"
            return (
                "length" if self._gain((candidate,), bare) >= taken.least_gain else "low_salience"
            )

        return tuple((c, reason(c)) for c in self._candidates if c.key not in taken.keys)

    def _redundant(self, candidate: Candidate, taken: _Taken) -> bool:
        """Say whether the brief holds the candidate's content already, stated as surely as it does.

        A sentence that a statement is cited from, besides its own, says that statement again.
        """
        own = candidate.claim.evidence[0]
        if any((own.article_id, own.span) in _cited(c) for c in taken.chosen):
            return True
        told = profile(candidate.claim.text)
        return self._adds_nothing(told, taken) or any(
            tells_the_same(told, other)
            and told.phase == other.phase
            and told.doubts == other.doubts
            and self._held(told, other) >= REDUNDANT_SHARE
            for other in taken.profiles
        )

    def _adds_nothing(self, told: Profile, taken: _Taken) -> bool:
        """Say whether a sentence tells in other words what a statement does, with no fact that is new.

        Its numbers are in the brief; and a statement has its verbs and half of its content, or tells the
        same of what the story is about by the same verb.
        """
        if not told.numbers <= taken.numbers:
            return False
        return any(
            told.phase == other.phase
            and not may_contradict(told, other)
            and (_holds(told, other) or self._is_same_news(told, other))
            for other in taken.profiles
        )

    def _is_same_news(self, told: Profile, other: Profile) -> bool:
        return (
            bool(_deeds(told) & _deeds(other))
            and same_matter(self._story, told, other) >= SAME_NEWS
        )

    def _held(self, told: Profile, other: Profile) -> float:
        weights = self._story.weights
        return max(
            containment(told.stems, other.stems, weights), containment(told.stems, other.stems, {})
        )

    def _article(self, candidate: Candidate) -> Article:
        return self._story.article(candidate.claim.article_id)


def _deeds(told: Profile) -> frozenset[str]:
    """Return the verbs of a sentence in their base form, irregular participles too."""
    verbs = {base_stem(verb) for verb in told.verbs - ATTRIBUTION_STEMS}
    return frozenset(verbs | {base for s in told.sequence if (base := base_stem(s)) != s})


def _holds(told: Profile, other: Profile) -> bool:
    named = [name for name in told.names if named_in(name, other.names)]
    return (
        len(named) >= TOLD_NAMES * len(told.names)
        and told.verbs - ATTRIBUTION_STEMS <= other.stems
        and containment(told.stems, other.stems, {}) >= REDUNDANT_SHARE
    )


def _cited(candidate: Candidate) -> set[tuple[str, Span]]:
    return {(e.article_id, e.span) for e in candidate.claim.evidence}


def _places(story: Story) -> Mapping[SentenceKey, int]:
    """Return each running sentence's place among those of its article, from 0."""
    seen: Counter[str] = Counter()
    places = {}
    for article, sentence in story.sentences():
        places[article.id, sentence.index] = seen[article.id]
        seen[article.id] += 1
    return places
