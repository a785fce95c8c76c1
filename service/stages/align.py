"""Find, in every article, the sentences that support a claim."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from service.domain.claims import Evidence
from service.domain.ports import Embedder, EntailmentScorer
from service.domain.text import Span
from service.lexis.cues import DONE
from service.lexis.parties import acting_differs
from service.lexis.profile import (
    COMPANY_FORMS,
    Profile,
    containment,
    days_differ,
    named_in,
    profile,
    same_name,
)
from service.lexis.turns import sides_change, turned_alike
from service.stages.gates import exactness
from service.stages.near import Neighbours
from service.stages.story import SentenceKey, Story

# A sentence supports a claim when it agrees with it and holds this share of the weight of its
# content words, and of its names.
SUPPORT_CONTAINMENT = 0.6
SUPPORT_NAMES = 0.75
# Two sentences that share so much of the shorter one are two wordings of one sentence.
ALIKE = 0.7


# A sentence that embeddings find near may say it in other words: it needs only this share.
NEAR_CONTAINMENT = 0.5
# From here on an entailment model's word is taken. Such models are used at 0.5 (Tang, Laban and
# Durrett, 2024); a missed support is harmless, a false one is not.
ENTAILED = 0.7
# What an entailment model is asked about at all: this much in common, and no more of one article.
ASKED_CONTAINMENT = 0.3
ASKED_OF_AN_ARTICLE = 2


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim with its profile, and the sentences near it with their cosines."""

    text: str
    told: Profile
    near: Mapping[SentenceKey, float]


class Aligner:
    """Looks claims up in a story's sentences through an index of their stems.

    With an embedder, sentences near a claim are looked at too. With a scorer, what it finds entailed
    supports a claim, where no number, name, day, denial or speaker speaks against it; without one,
    the rules of `support` decide.
    """

    def __init__(
        self,
        story: Story,
        embedder: Embedder | None = None,
        scorer: EntailmentScorer | None = None,
    ) -> None:
        self._story = story
        self._scorer = scorer
        self._index: dict[str, list[SentenceKey]] = defaultdict(list)
        self._spans: dict[SentenceKey, Span] = {}
        self._texts: dict[SentenceKey, str] = {}
        for article, sentence in story.sentences():
            key = (article.id, sentence.index)
            self._spans[key], self._texts[key] = sentence.span, article.quote(sentence.span)
            for s in story.profile_of(article, sentence).stems:
                self._index[s].append(key)
        self._near = Neighbours(self._texts, embedder) if embedder is not None else None

    def evidence(self, text: str, own: SentenceKey) -> tuple[Evidence, ...]:
        """Return the claim's own sentence first, then the best supporting one of each other article."""
        first = Evidence(article_id=own[0], span=self._spans[own], score=1.0)
        return (first, *self.further(text, {own[0]}))

    def further(self, text: str, besides: Collection[str]) -> tuple[Evidence, ...]:
        """Return the best supporting sentence of each article but some, in the order of their ids."""
        claim = _Claim(text, profile(text), self._near.of(text) if self._near is not None else {})
        found = {*self._candidates(claim.told), *claim.near}
        keys = sorted(key for key in found if key[0] not in besides)
        best: dict[str, tuple[float, int]] = {}
        for (article_id, index), score in self._scores(claim, keys).items():
            if score and (score, -index) > best.get(article_id, (0.0, 0)):
                best[article_id] = (score, -index)
        return tuple(
            Evidence(article_id=i, span=self._spans[i, -negative], score=score)
            for i, (score, negative) in sorted(best.items())
        )

    def _scores(self, claim: _Claim, keys: Sequence[SentenceKey]) -> dict[SentenceKey, float]:
        """Return how well sentences support a claim; those left out do not."""
        if self._scorer is None:
            return {key: self._supported(claim, key) for key in keys}
        asked = self._likeliest(claim, keys)
        scores = self._scorer.score([(self._texts[key], claim.text) for key in asked])
        return {k: s for k, s in zip(asked, scores, strict=True) if s >= ENTAILED}

    def _supported(self, claim: _Claim, key: SentenceKey) -> float:
        least = NEAR_CONTAINMENT if key in claim.near else SUPPORT_CONTAINMENT
        other = self._story.profiles[key]
        return support(claim.told, other, self._story.weights, least=least)

    def _likeliest(self, claim: _Claim, keys: Sequence[SentenceKey]) -> list[SentenceKey]:
        """Return the sentences that a scorer is worth asking about, a few of each article."""
        ranked: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for key in keys:
            other = self._story.profiles[key]
            held = containment(claim.told.stems, other.stems, self._story.weights)
            if held < ASKED_CONTAINMENT and key not in claim.near:
                continue
            if facts_hold(claim.text, self._texts[key]):
                likely = max(round(held, 6), claim.near.get(key, 0.0))
                ranked[key[0]].append((-likely, key[1]))
        return [
            (article_id, index)
            for article_id, found in ranked.items()
            for _, index in sorted(found)[:ASKED_OF_AN_ARTICLE]
        ]

    def _candidates(self, claim: Profile) -> set[SentenceKey]:
        """Return the sentences that hold one of the claim's heaviest stems.

        Prefix filter: a sentence without any of the stems that make up more than 1 - t of a claim's
        weight cannot hold a share t of it.
        """
        weights = self._story.weights
        spare = (1 - SUPPORT_CONTAINMENT) * sum(weights.get(s, 1.0) for s in claim.stems)
        keys: set[SentenceKey] = set()
        for s in sorted(claim.stems, key=lambda s: (-weights.get(s, 1.0), s)):
            keys.update(self._index.get(s, ()))
            spare -= weights.get(s, 1.0)
            if spare < 0:
                break
        return keys


def facts_hold(claim: str, other: str) -> bool:
    """Say whether no hard fact of a claim speaks against another sentence as its support.

    Numbers, names, quotations, denials, doubts and speakers as the gate has them, days, and whether
    it is done. What entailment models miss most is here; the rest is theirs to judge.
    """
    said, told = profile(claim), profile(other)
    return (
        said.negated == told.negated
        and said.conditions == told.conditions
        and (said.phase < DONE) == (told.phase < DONE)
        and not days_differ(said, told)
        and not exactness(claim, [other])
    )


def support(
    claim: Profile,
    other: Profile,
    weights: Mapping[str, float],
    *,
    least: float = SUPPORT_CONTAINMENT,
) -> float:
    """Return how well one sentence supports a claim: 0 where it does not, else the share it holds.

    The share is the lesser of the weighed and the plain one, so that what `supporters` checks later,
    without the story's weights, holds of everything found with them. It has to be `least`.
    """
    other = _in_the_same_words(claim, other)
    if not tells_the_same(claim, other) or not other.doubts <= claim.doubts:
        return 0.0
    share = min(
        containment(claim.stems, other.stems, weights), containment(claim.stems, other.stems, {})
    )
    return round(share, 6) if share >= least else 0.0


def _in_the_same_words(claim: Profile, other: Profile) -> Profile:
    """Return the other sentence as it reads with the claim's word for what its teller reports of itself.

    "Acme reported a loss" and "Acme said it made a loss" are one report of one speaker.
    """
    if claim.teller == "" or claim.teller != other.teller or claim.report == other.report:
        return other
    mine, its = frozenset(claim.report), frozenset(other.report)
    word, verb = claim.report[0], other.report[0]
    return replace(
        other,
        stems=other.stems - {verb} | {word},
        verbs=other.verbs - {verb} | ({word} & claim.verbs),
        sequence=tuple(word if s == verb else s for s in other.sequence),
        doubts=other.doubts - its | mine & claim.doubts,
    )


def tells_the_same(claim: Profile, other: Profile) -> bool:
    """Say whether nothing on which truth turns differs: a missed support is harmless, a false one not.

    Every telling verb of the claim is there, every number counts the same thing, the names come in
    one order (who beat whom), no day contradicts, no word stands in another's place, neither denies
    what the other states, and neither is still to come. How sure either is, and who says so, is for
    the caller to compare.
    """
    return (
        claim.numbers <= other.numbers
        and claim.measures <= other.measures
        and claim.negated == other.negated
        and (claim.phase < DONE) == (other.phase < DONE)
        and claim.verbs <= other.stems | other.verbs
        and claim.conditions == other.conditions
        and _turned_alike(claim, other)
        and not days_differ(claim, other)
        and _same_names(claim, other)
        and not acting_differs(claim.parties.deeds, other.parties.deeds)
        and not _replaced(claim, other)
        and (claim.actor in claim.owners) == (claim.actor in other.owners)
    )


def may_contradict(claim: Profile, other: Profile) -> bool:
    """Say whether two sentences on one matter may differ in what is true, rather than in how it is told.

    By a day or a denial; and, where they are worded alike, by who did what to whom, one word in the
    place of another, or two verbs turned round.
    """
    return (
        claim.negated != other.negated
        or days_differ(claim, other)
        or (alike(claim, other) and (_replaced(claim, other) or not _in_one_order(claim, other)))
    )


def _turned_alike(claim: Profile, other: Profile) -> bool:
    """Say whether what turns one sentence turns the other; more may be told where all else is alike."""
    if sides_change(claim.turners, other.turners):
        return False
    if sorted(t.word for t in claim.turners) == sorted(t.word for t in other.turners):
        return True
    told = containment(claim.stems, other.stems, {}) >= ALIKE
    # "On the second floor" in the place of "in a boiler room" is no detail but another story.
    steps = SequenceMatcher(None, claim.sequence, other.sequence, autojunk=False).get_opcodes()
    rival = {s for tag, *_, j1, j2 in steps if tag == "replace" for s in other.sequence[j1:j2]}
    return told and turned_alike(claim.turners, other.turners, claim.stems | rival)


def alike(claim: Profile, other: Profile) -> bool:
    """Say whether two sentences are two wordings of one."""
    shared = len(claim.stems & other.stems)
    return shared >= ALIKE * min(len(claim.stems), len(other.stems))


def _replaced(claim: Profile, other: Profile) -> bool:
    """Say whether one content word stands in the other sentence where another stands in the claim.

    Between shared neighbours, one word for one word is what tells import from export and legal from
    illegal; a paraphrase as a rule changes more than that.
    """
    steps = SequenceMatcher(None, claim.sequence, other.sequence, autojunk=False).get_opcodes()
    return any(
        tag == "replace" and i2 - i1 == 1 and j2 - j1 == 1 for tag, i1, i2, j1, j2 in steps
    ) or _turned_round(claim, other)


def _turned_round(claim: Profile, other: Profile) -> bool:
    """Say whether the verbs that both have come in another order."""
    shared = claim.verbs & set(other.sequence)
    first = [s for s in dict.fromkeys(claim.sequence) if s in shared]
    return first != [s for s in dict.fromkeys(other.sequence) if s in shared]


def _same_names(claim: Profile, other: Profile) -> bool:
    """Say whether the other sentence has nearly all names of the claim, acting in the claim's order."""
    # A name that opens the other sentence may not show there that it is one.
    names = [name for name in claim.names if name not in COMPANY_FORMS]
    shared = [name for name in names if named_in(name, other.capitals)]
    return len(shared) >= SUPPORT_NAMES * len(names) and _act_in_one_order(claim, other)


def _act_in_one_order(claim: Profile, other: Profile) -> bool:
    """Say whether names that act or are acted on come in one order, and so do those of places.

    A name that says where in both sentences may stand anywhere among those who act; one that says
    whence in the one and whither in the other is another journey.
    """
    theirs = other.parties.names
    orders: dict[str, list[int]] = defaultdict(list)
    for name, stands in claim.parties.names:
        at = next((i for i, (its, _) in enumerate(theirs) if same_name(name, its)), None)
        if at is None:
            continue
        if {stands, theirs[at][1]} == {"from", "to"}:
            return False
        orders[stands if stands == theirs[at][1] else ""].append(at)
    return all(places == sorted(places) for places in orders.values())


def _in_one_order(claim: Profile, other: Profile) -> bool:
    """Say whether the names that both have come in one order: who beat whom."""
    places = [
        next((i for i, theirs in enumerate(other.capitals) if same_name(name, theirs)), None)
        for name in claim.capitals
    ]
    found = [i for i in places if i is not None]
    return found == sorted(found)


def supporters(texts: Sequence[str], claim: str, *, least: float = SUPPORT_CONTAINMENT) -> bool:
    """Say whether one of the texts supports the claim when every content word weighs the same."""
    said = profile(claim)
    return any(support(said, profile(text), {}, least=least) > 0 for text in texts)
