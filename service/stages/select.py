"""Choose what the brief says: the lede, then the best-covered claims that fit the words allowed."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from service.domain.brief import OmissionReason
from service.domain.text import Article, Span
from service.lexis.cues import ATTRIBUTION_STEMS, DONE
from service.lexis.profile import Profile, containment, profile, same_name
from service.lexis.verbs import past_verbs
from service.lexis.words import stem, word_count
from service.stages.align import tells_the_same
from service.stages.claims import Candidate
from service.stages.lead_in import lead_in
from service.stages.story import SentenceKey, Story

# The weights of a candidate's place in its article and of the model's opinion of it. The place counts
# most: on four sets of news, ROUGE-2 rose with it up to about 2 (see docs/log.md).
POSITION_WEIGHT = 1.5
SALIENCE_WEIGHT = 1.0
CORROBORATION_WEIGHT = 0.5
DRAFTED_WEIGHT = 0.25
# What "in January" says is worth less where nobody can tell which January.
UNDATABLE = 0.6
# Shorter sentences are no better for being short.
FULL_SENTENCE_WORDS = 10
# From this share of its content on, a sentence tells what another one told.
REDUNDANT_SHARE = 0.5
# Two stages of one matter share at least this much of what the whole story is about.
SAME_MATTER = 0.38
# A plan that answers something done comes after it; to report something is no stage of it.
ANSWERS = frozenset(
    stem(v)
    for v in """appeal sue seek respond resume challenge protest contest reverse restore reinstate overturn
    retaliate investigate review reconsider rebuild replace compensate mourn""".split()
)
# A lead is central when it is told nearly as widely as the most widely told one.
CENTRAL_SHARE = 0.6
LEAD_SENTENCES = 2
NEWEST_WINDOW = timedelta(hours=36)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A candidate in the brief, and the service's own words before it."""

    candidate: Candidate
    lead_in: str = ""


@dataclass(slots=True, kw_only=True)
class _Taken:
    """The selection while it grows."""

    chosen: list[Candidate] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    covered: set[tuple[str, str]] = field(default_factory=set)
    words: int = 0
    least_gain: float = math.inf

    def add(self, candidate: Candidate, length: int, gain: float) -> None:
        told = profile(candidate.claim.text)
        self.chosen.append(candidate)
        self.profiles.append(told)
        self.covered |= told.bigrams
        self.words += length
        self.least_gain = min(self.least_gain, gain)

    @property
    def keys(self) -> set[SentenceKey]:
        return {c.key for c in self.chosen}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the brief says, in reading order, the lede first; and why each other candidate is not in it."""

    chosen: tuple[Chosen, ...] = ()
    omitted: tuple[tuple[Candidate, OmissionReason], ...] = ()


class Selector:
    """Greedy budgeted coverage of bigrams, each weighted by how many independent groups use it.

    The objective is monotone and submodular, for which the greedy rule by gain per word is near
    optimal (Lin and Bilmes, 2010); the bigram weights follow ICSISumm (Gillick and Favre, 2009).
    """

    def __init__(self, story: Story, candidates: Sequence[Candidate], max_words: int) -> None:
        self._story = story
        self._candidates = candidates
        self._max_words = max_words
        self._bigram_weights = _bigram_weights(story)
        self._places = _places(story)
        self._by_key = {c.key: c for c in candidates}
        self._lengths: dict[SentenceKey, int] = {}

    def select(self) -> Selection:
        """Return the statements to be and what was left out for them; empty when nothing can be stated."""
        lede = self._lede()
        if lede is None:
            return Selection()
        taken = _Taken()
        taken.add(lede, word_count(lede.claim.text), math.inf)
        follower = self._by_key.get((lede.key[0], lede.key[1] + 1))
        if follower is not None and follower.needs and self._admissible(follower, taken):
            taken.add(follower, self._length(follower, lede), math.inf)
        while best := self._best(taken):
            gain, candidate = best
            taken.add(candidate, self._length(candidate, lede), gain)
        return Selection(
            chosen=self._in_order(taken),
            omitted=self._omitted(taken),
        )

    def _lede(self) -> Candidate | None:
        """Return the lead of the newest or most settled report of what most articles tell.

        From the lead that is most about what all articles are about, a report takes over that tells
        the same matter later or further along.
        """
        leads = self._leads()
        if not leads:
            return None
        told = {c.key: self._topicality(c) for c in leads}
        widest = max(told.values())
        central = self._newest([c for c in leads if told[c.key] >= CENTRAL_SHARE * widest])
        place = {
            c.key: (told[c.key], -self._places[c.key], c.claim.salience, c.key) for c in central
        }
        first = max(central, key=lambda c: place[c.key])
        rank = {
            c.key: (profile(c.claim.text).phase, self._minute(c), place[c.key]) for c in central
        }
        further = [c for c in central if c is first or self._takes_over(c, first)]
        return max(further, key=lambda c: rank[c.key])

    def _minute(self, candidate: Candidate) -> float:
        published = self._article(candidate).published_at
        return published.timestamp() if published else 0.0

    def _takes_over(self, candidate: Candidate, lead: Candidate) -> bool:
        if self._overtakes(candidate, lead):
            return True
        mine, its = profile(candidate.claim.text), profile(lead.claim.text)
        return (
            self._minute(candidate) > self._minute(lead) > 0
            and mine.phase >= its.phase
            and same_matter(self._story, mine, its) >= SAME_MATTER
        )

    def _newest(self, leads: list[Candidate]) -> list[Candidate]:
        """Keep the leads published last, where every one of them says when it was."""
        dates = [d for c in leads if (d := self._article(c).published_at)]
        if len(dates) < len(leads):
            return leads
        oldest = max(dates) - NEWEST_WINDOW
        return [c for c, date in zip(leads, dates, strict=True) if date >= oldest]

    def _overtakes(self, candidate: Candidate, other: Candidate) -> bool:
        """Say whether a candidate tells the other's matter further along, and after it.

        After it by their dates, where both have one. Else a thing planned and the same thing done by
        one actor come in that order, unless the plan is an answer to what was done.
        """
        mine, its = profile(candidate.claim.text), profile(other.claim.text)
        if mine.phase <= its.phase or same_matter(self._story, mine, its) < SAME_MATTER:
            return False
        newer, older = self._article(candidate).published_at, self._article(other).published_at
        if newer and older:
            return older <= newer
        answers = (
            its.verbs & ANSWERS or past_verbs(other.claim.text) & mine.verbs - ATTRIBUTION_STEMS
        )
        return same_name(mine.actor, its.actor) and not answers

    def _superseded(self, candidate: Candidate, lede: Candidate) -> bool:
        """Say whether a candidate tells as open what the lede tells as done."""
        if candidate.claim.article_id == lede.claim.article_id:
            return False
        return profile(lede.claim.text).phase == DONE and self._overtakes(lede, candidate)

    def _omitted(self, taken: _Taken) -> tuple[tuple[Candidate, OmissionReason], ...]:
        """Give each candidate's reason: said already, outdone by all that is in, or no room for it."""
        bare = _Taken()

        def reason(candidate: Candidate) -> OmissionReason:
            if self._redundant(candidate, taken):
                return "redundant"
            return "length" if self._gain(candidate, bare) >= taken.least_gain else "low_salience"

        return tuple((c, reason(c)) for c in self._candidates if c.key not in taken.keys)

    def _redundant(self, candidate: Candidate, taken: _Taken) -> bool:
        """Say whether the brief holds the candidate's content already, stated as surely as it does.

        A sentence that a statement is cited from, besides its own, says that statement again.
        """
        own = candidate.claim.evidence[0]
        if any((own.article_id, own.span) in _cited(c) for c in taken.chosen):
            return True
        told = profile(candidate.claim.text)
        return any(
            tells_the_same(told, other)
            and told.phase == other.phase
            and told.doubts == other.doubts
            and self._held(told, other) >= REDUNDANT_SHARE
            for other in taken.profiles
        )

    def _held(self, told: Profile, other: Profile) -> float:
        weights = self._story.weights
        return max(
            containment(told.stems, other.stems, weights), containment(told.stems, other.stems, {})
        )

    def _leads(self) -> list[Candidate]:
        """Return what each article says first and can be read alone.

        Where no article begins so, whatever of it can be read alone; and where nothing can, what
        each says first, someone's own words last.
        """
        own = [
            [c for c in self._candidates if c.claim.article_id == article.id]
            for article in self._story.articles
        ]
        for reach in (LEAD_SENTENCES, None):
            alone = [next((c for c in said[:reach] if c.needs is None), None) for said in own]
            if found := [c for c in alone if c is not None]:
                return self._short_enough(found)
        openings = [said[0] for said in own if said]
        plain = [c for c in openings if c.needs is None or c.needs.kind != "speaker"]
        return self._short_enough(plain or openings)

    def _short_enough(self, leads: list[Candidate]) -> list[Candidate]:
        """Keep the leads that fit the words allowed; where none does, the shortest."""
        length = {c.key: word_count(c.claim.text) for c in leads}
        fitting = [c for c in leads if length[c.key] <= self._max_words]
        return fitting or sorted(leads, key=lambda c: (length[c.key], c.key))[:1]

    def _topicality(self, candidate: Candidate) -> float:
        """Return the share in [0, 1] of the other articles that use a content word of it, on average."""
        told = profile(candidate.claim.text).stems
        others = max(1, len(self._story.articles) - 1)
        uses = sum(self._story.spread.get(s, 0.0) for s in told)
        return round(uses / (others * max(1, len(told))), 6)

    def _article(self, candidate: Candidate) -> Article:
        return self._story.article(candidate.claim.article_id)

    def _length(self, candidate: Candidate, lede: Candidate) -> int:
        if candidate.key not in self._lengths:
            words = word_count(f"{self._lead_in(candidate, lede)} {candidate.claim.text}")
            self._lengths[candidate.key] = words
        return self._lengths[candidate.key]

    def _lead_in(self, candidate: Candidate, lede: Candidate) -> str:
        return lead_in(
            self._article(candidate),
            self._article(lede),
            candidate.claim.text,
            earlier=self._superseded(candidate, lede),
        )

    def _best(self, taken: _Taken) -> tuple[float, Candidate] | None:
        gains = [(self._gain(c, taken), c) for c in self._candidates if self._admissible(c, taken)]
        gains = [(gain, c) for gain, c in gains if gain > 0]
        return max(gains, key=lambda g: (g[0], g[1].key)) if gains else None

    def _admissible(self, candidate: Candidate, taken: _Taken) -> bool:
        if candidate.key in taken.keys:
            return False
        if taken.words + self._length(candidate, taken.chosen[0]) > self._max_words:
            return False
        if candidate.needs is not None and not self._follows(candidate, taken):
            return False
        return not self._redundant(candidate, taken)

    def _follows(self, candidate: Candidate, taken: _Taken) -> bool:
        """Say whether it leans on the lede and is the very next sentence, so that it reads on from it."""
        before = self._by_key.get((candidate.key[0], candidate.key[1] - 1))
        if candidate.needs is None or candidate.needs.kind != "pointer":
            return False
        return before is not None and before.needs is None and before is taken.chosen[0]

    def _gain(self, candidate: Candidate, taken: _Taken) -> float:
        told = profile(candidate.claim.text)
        new = sum(self._bigram_weights.get(b, 0) for b in told.bigrams - taken.covered)
        groups = self._story.group_count([e.article_id for e in candidate.claim.evidence])
        prior = (
            1.0
            + POSITION_WEIGHT / (1 + self._places[candidate.key])
            + SALIENCE_WEIGHT * candidate.claim.salience
            + CORROBORATION_WEIGHT * (groups - 1)
            + (DRAFTED_WEIGHT if candidate.claim.origin == "draft" else 0.0)
        )
        if told.deictic and self._article(candidate).published_at is None:
            prior *= UNDATABLE
        length = max(word_count(candidate.claim.text), FULL_SENTENCE_WORDS)
        return round(prior * new / length, 6)

    def _in_order(self, taken: _Taken) -> tuple[Chosen, ...]:
        """Put the lede first, what leans on a sentence right after it, and overtaken stages last."""
        lede = taken.chosen[0]
        heads = [c for c in taken.chosen if c.needs is None or c is lede]
        leaning = {(c.key[0], c.key[1] - 1): c for c in taken.chosen if c not in heads}
        old = [c for c in heads if c is not lede and self._superseded(c, lede)]
        current = [c for c in heads if c not in old]
        old.sort(key=lambda c: -profile(c.claim.text).phase)
        ordered: list[Chosen] = []
        for head in current + old:
            ordered.append(Chosen(candidate=head, lead_in=self._lead_in(head, lede)))
            if follower := leaning.get(head.key):
                ordered.append(Chosen(candidate=follower))
        return tuple(ordered)


def _cited(candidate: Candidate) -> set[tuple[str, Span]]:
    return {(e.article_id, e.span) for e in candidate.claim.evidence}


def same_matter(story: Story, a: Profile, b: Profile) -> float:
    """Return how much of what the story is about two sentences share: the lesser share of the two."""
    return min(
        containment(a.stems, b.stems, story.spread), containment(b.stems, a.stems, story.spread)
    )


def _places(story: Story) -> Mapping[SentenceKey, int]:
    """Return each running sentence's place among those of its article, from 0."""
    seen: Counter[str] = Counter()
    places = {}
    for article, sentence in story.sentences():
        places[article.id, sentence.index] = seen[article.id]
        seen[article.id] += 1
    return places


def _bigram_weights(story: Story) -> Mapping[tuple[str, str], int]:
    """Return how many independent groups use each bigram; how often, where there is one group only."""
    users: dict[tuple[str, str], set[int]] = {}
    uses: Counter[tuple[str, str]] = Counter()
    for article, sentence in story.sentences():
        for bigram in story.profile_of(article, sentence).bigrams:
            users.setdefault(bigram, set()).add(story.groups[article.id])
            uses[bigram] += 1
    if len(set(story.groups.values())) == 1:
        return uses
    return {b: len(groups) for b, groups in users.items()}
