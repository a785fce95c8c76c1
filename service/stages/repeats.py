"""Does a sentence tell what a brief tells already? What differs in a fact is never a repeat."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.lexis.cues import ATTRIBUTION_STEMS
from service.lexis.profile import Profile, containment, named_in
from service.lexis.verb_forms import base_stem, irregular_base
from service.stages.align import alike, may_contradict, tells_the_same
from service.stages.lede import same_matter
from service.stages.story import Story

# From this share of its content on, a sentence that agrees with another in all that turns the truth
# tells what it tells; from this share of content and of names on, one that agrees in its verbs.
REDUNDANT_SHARE = 0.5
TOLD_SHARE = 0.6
TOLD_NAMES = 0.7
# From this share of what the story is about on, on both sides, two sentences tell one piece of news.
SAME_NEWS = 0.45


@dataclass(slots=True, kw_only=True)
class Told:
    """What a brief tells so far."""

    story: Story
    profiles: list[Profile] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add(self, said: Profile) -> None:
        self.profiles.append(said)
        self.numbers |= said.numbers
        self.names.update(said.names)

    def holds(self, said: Profile) -> bool:
        """Say whether a statement tells what a sentence does, as surely, or in other words."""
        return self._in_other_words(said) or any(
            tells_the_same(said, other)
            and said.phase == other.phase
            and said.doubts == other.doubts
            and self._share(said, other) >= REDUNDANT_SHARE
            for other in self.profiles
        )

    def knows_facts_of(self, said: Profile) -> bool:
        """Say whether every number and name of a sentence was told, and no wording like it says otherwise."""
        return (
            said.numbers <= self.numbers
            and all(named_in(name, self.names) for name in said.names)
            and not any(alike(said, o) and may_contradict(said, o) for o in self.profiles)
        )

    def _in_other_words(self, said: Profile) -> bool:
        if not said.numbers <= self.numbers:
            return False
        return any(
            said.phase == other.phase
            and _names_known(said, other)
            and not may_contradict(said, other)
            and (_has_deeds_of(said, other) or self._is_same_news(said, other))
            for other in self.profiles
        )

    def _is_same_news(self, said: Profile, other: Profile) -> bool:
        shared = _deeds(said) & _deeds(other)
        return bool(shared) and same_matter(self.story, said, other) >= SAME_NEWS

    def _share(self, said: Profile, other: Profile) -> float:
        weights = self.story.weights
        return max(
            containment(said.stems, other.stems, weights), containment(said.stems, other.stems, {})
        )


def _names_known(said: Profile, other: Profile) -> bool:
    known: Sequence[str] = [name for name in said.names if named_in(name, other.names)]
    return len(known) >= TOLD_NAMES * len(said.names)


def _has_deeds_of(said: Profile, other: Profile) -> bool:
    deeds = said.verbs - ATTRIBUTION_STEMS
    return deeds <= other.stems and containment(said.stems, other.stems, {}) >= TOLD_SHARE


def _deeds(said: Profile) -> frozenset[str]:
    """Return the verbs of a sentence in their base form, irregular participles too, but who says it."""
    verbs = {base_stem(verb) for verb in said.verbs}
    verbs |= {base for s in said.sequence if (base := irregular_base(s))}
    return frozenset(verbs - {base_stem(verb) for verb in ATTRIBUTION_STEMS})
