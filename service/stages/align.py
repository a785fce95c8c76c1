"""Find, in every article, the sentences that support a claim."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from service.domain.claims import Evidence
from service.domain.text import Span
from service.lexis.cues import DONE
from service.lexis.profile import Profile, containment, days_differ, named_in, profile, same_name
from service.stages.story import SentenceKey, Story

# A sentence supports a claim when it agrees with it and holds this share of the weight of its
# content words, and of its names.
SUPPORT_CONTAINMENT = 0.6
SUPPORT_NAMES = 0.75


class Aligner:
    """Looks claims up in a story's sentences through an index of their stems."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._index: dict[str, list[SentenceKey]] = defaultdict(list)
        for article, sentence in story.sentences():
            for s in story.profile_of(article, sentence).stems:
                self._index[s].append((article.id, sentence.index))
        self._spans: dict[SentenceKey, Span] = {
            (article.id, sentence.index): sentence.span for article, sentence in story.sentences()
        }

    def evidence(self, text: str, own: SentenceKey) -> tuple[Evidence, ...]:
        """Return the claim's own sentence first, then the best supporting one of each other article."""
        claim = profile(text)
        best: dict[str, tuple[float, int]] = {}
        for article_id, index in self._candidates(claim):
            if article_id == own[0]:
                continue
            other = self._story.profiles[article_id, index]
            score = support(claim, other, self._story.weights)
            if score and (score, -index) > best.get(article_id, (0.0, 0)):
                best[article_id] = (score, -index)
        found = [Evidence(article_id=own[0], span=self._spans[own], score=1.0)]
        found += [
            Evidence(article_id=i, span=self._spans[i, -negative], score=score)
            for i, (score, negative) in sorted(best.items())
        ]
        return tuple(found)

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


def support(claim: Profile, other: Profile, weights: Mapping[str, float]) -> float:
    """Return how well one sentence supports a claim: 0 where it does not, else the share it holds.

    The share is the lesser of the weighed and the plain one, so that what `supporters` checks later,
    without the story's weights, holds of everything found with them.
    """
    if not tells_the_same(claim, other) or not other.doubts <= claim.doubts:
        return 0.0
    share = min(
        containment(claim.stems, other.stems, weights), containment(claim.stems, other.stems, {})
    )
    return round(share, 6) if share >= SUPPORT_CONTAINMENT else 0.0


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
        and claim.turners == other.turners
        and not days_differ(claim, other)
        and _same_names(claim, other)
        and not _replaced(claim, other)
        and (claim.actor in claim.owners) == (claim.actor in other.owners)
    )


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
    """Say whether the other sentence has nearly all names of the claim, and in the claim's order."""
    shared = [name for name in claim.names if named_in(name, other.names)]
    if len(shared) < SUPPORT_NAMES * len(claim.names):
        return False
    places = [
        next((i for i, theirs in enumerate(other.capitals) if same_name(name, theirs)), None)
        for name in claim.capitals
    ]
    found = [i for i in places if i is not None]
    return found == sorted(found)


def supporters(texts: Sequence[str], claim: str) -> bool:
    """Say whether one of the texts supports the claim when every content word weighs the same."""
    said = profile(claim)
    return any(support(said, profile(text), {}) > 0 for text in texts)
