"""Choose what the brief says: the lede, then what covers most of what the reports agree to tell."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from service.domain.brief import OmissionReason
from service.domain.text import Article, Span
from service.lexis.cues import EARLIER
from service.lexis.profile import profile
from service.lexis.words import QUOTATION, word_count
from service.stages.claims import Candidate
from service.stages.context import Dependence, names_event_only, reads_on
from service.stages.coverage import Coverage, pair_weights
from service.stages.lede import SAME_MATTER, lede, same_matter, topicality
from service.stages.order import Chosen, Chronicle
from service.stages.repeats import Told
from service.stages.story import SentenceKey, Story

# What a candidate is worth beside one from far down its article that no draft chose and nobody else
# tells. Its place counts most: see docs/log.md.
POSITION_WEIGHT, POSITION_REACH = 3.0, 3.0
TOPICALITY_FLOOR = 0.5
SALIENCE_WEIGHT = 0.1
CORROBORATION_WEIGHT = 0.5
# What somebody said in their own words is colour; what happened comes first.
QUOTED = 0.6
# What "in January" says is worth less where nobody can tell which January.
UNDATABLE = 0.6
# Shorter sentences are no better for being short.
FULL_SENTENCE_WORDS = 10
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
class Taken:
    """The selection while it grows.

    `cited` are the sentences that it cites, `repeats` those that only tell again what it tells;
    `introduced` are the days that it says it tells of; `least_gain` is the least gain a word of what
    was chosen for it.
    """

    coverage: Coverage
    told: Told
    chosen: list[Candidate] = field(default_factory=list)
    keys: set[SentenceKey] = field(default_factory=set)
    cited: set[tuple[str, Span]] = field(default_factory=set)
    repeats: set[SentenceKey] = field(default_factory=set)
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
        # The first that can be stated of each article.
        self._leads = {c.claim.article_id: c for c in reversed(candidates)}
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

    def _grown(self, first: Candidate, passages: Sequence[Passage]) -> Taken:
        """Return what the greedy rule takes of some passages, behind the lede."""
        taken = self._nothing()
        self._take(first, taken)
        while best := self._best(passages, taken):
            gain, passage = best
            taken.least_gain = min(taken.least_gain, gain)
            for candidate in passage:
                if candidate.key not in taken.keys:
                    self._take(candidate, taken)
        return taken

    def _nothing(self) -> Taken:
        return Taken(coverage=Coverage(weights=self._weights), told=Told(story=self._story))

    def _take(self, candidate: Candidate, taken: Taken) -> None:
        taken.chosen.append(candidate)
        taken.told.add(profile(candidate.claim.text))
        taken.keys.add(candidate.key)
        taken.cited |= {(e.article_id, e.span) for e in candidate.claim.evidence}
        taken.words += self._length([candidate], taken)
        taken.introduced.add(self._before[candidate.key])
        taken.coverage.add(candidate.claim.text, self._worth[candidate.key])

    def _passage(self, candidate: Candidate, first: Candidate) -> Passage | None:
        """Return a candidate behind the sentences it leans on, None where they do not mend it."""
        passage = [candidate]
        while passage[0] is not first and (needs := self._needs(passage[0], first)) is not None:
            article_id, index = passage[0].key
            before = self._by_key.get((article_id, index - 1))
            if before is None or len(passage) > MAX_BROUGHT:
                return None
            if not reads_on(before.claim.text, needs):
                return None
            passage.insert(0, before)
        return tuple(passage)

    def _needs(self, candidate: Candidate, first: Candidate) -> Dependence | None:
        """Return what a candidate lacks in this brief: "The blaze began ..." tells of which, if of another?"""
        if candidate.needs is not None or not names_event_only(candidate.claim.text):
            return candidate.needs
        lead = self._leads.get(candidate.claim.article_id, candidate)
        if lead is candidate or candidate.claim.article_id == first.claim.article_id:
            return None
        said, told = profile(lead.claim.text), profile(first.claim.text)
        is_same = same_matter(self._story, said, told) >= SAME_MATTER
        return None if is_same else Dependence(kind="pointer")

    def _best(self, passages: Sequence[Passage], taken: Taken) -> tuple[float, Passage] | None:
        """Return the passage that adds most a word of those that may come in; asked in that order."""
        gains = [(self._gain(p, taken), p) for p in passages if self._fits(p, taken)]
        for gain, passage in sorted(gains, key=lambda g: (g[0], g[1][-1].key), reverse=True):
            if gain <= 0:
                break
            if not any(self._repeats(c, taken) for c in passage if c.key not in taken.keys):
                return gain, passage
        return None

    def _fits(self, passage: Passage, taken: Taken) -> bool:
        if passage[-1].key in taken.keys or any(c.key in taken.repeats for c in passage):
            return False
        new = [c for c in passage if c.key not in taken.keys]
        return taken.words + self._length(new, taken) <= self._max_words

    def _repeats(self, candidate: Candidate, taken: Taken) -> bool:
        """Say whether a candidate only tells what is told; what does once will do so later."""
        if candidate.key in taken.repeats:
            return True
        repeats = self._redundant(candidate, taken) or self._is_stale(candidate, taken)
        if repeats:
            taken.repeats.add(candidate.key)
        return repeats

    def _is_stale(self, candidate: Candidate, taken: Taken) -> bool:
        """Say whether all but a little of what a candidate is worth is told, and every fact of it."""
        text, worth = candidate.claim.text, self._worth[candidate.key]
        alone = Coverage(weights=self._weights).gain(text, worth)
        fresh = taken.coverage.gain(text, worth) >= FRESH_SHARE * alone
        return not fresh and taken.told.knows_facts_of(profile(text))

    def _length(self, new: Sequence[Candidate], taken: Taken) -> int:
        """Return the words that candidates add, with those of the service's own that they need."""
        before = [self._before[c.key] for c in new]
        dates = set(before) - taken.introduced - {EARLIER}
        earlier = before.count(EARLIER) * word_count(EARLIER)
        return sum(word_count(c.claim.text) for c in new) + sum(map(word_count, dates)) + earlier

    def _gain(self, passage: Passage, taken: Taken) -> float:
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

    def _omitted(self, taken: Taken) -> tuple[tuple[Candidate, OmissionReason], ...]:
        """Give each candidate's reason: said already, outdone by all that is in, or no room for it."""
        bare = self._nothing()

        def reason(candidate: Candidate) -> OmissionReason:
            if self._repeats(candidate, taken):
                return "redundant"
            return (
                "length" if self._gain((candidate,), bare) >= taken.least_gain else "low_salience"
            )

        return tuple((c, reason(c)) for c in self._candidates if c.key not in taken.keys)

    def _redundant(self, candidate: Candidate, taken: Taken) -> bool:
        """Say whether the brief holds the candidate's content already, stated as surely as it does.

        A sentence that a statement is cited from, besides its own, says that statement again.
        """
        own = candidate.claim.evidence[0]
        return (own.article_id, own.span) in taken.cited or taken.told.holds(
            profile(candidate.claim.text)
        )

    def _article(self, candidate: Candidate) -> Article:
        return self._story.article(candidate.claim.article_id)


def _places(story: Story) -> Mapping[SentenceKey, int]:
    """Return each running sentence's place among those of its article, from 0."""
    seen: Counter[str] = Counter()
    places = {}
    for article, sentence in story.sentences():
        places[article.id, sentence.index] = seen[article.id]
        seen[article.id] += 1
    return places
