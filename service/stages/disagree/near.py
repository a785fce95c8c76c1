"""Find which of many tellings share enough to be compared, without comparing all with all."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.lexis.kin import kin
from service.stages.disagree.frames import Frame, concepts
from service.stages.disagree.rivals import are_apart
from service.stages.story import Story

# With so many others each is compared at most, the nearest by what they share.
MOST_COMPARED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a telling is looked up by: it meets another where one's `asked` are among the other's `held`.

    `asked` maps each key to what it weighs.
    """

    frame: Frame
    asked: Mapping[str, float]
    held: Collection[str]


def keys_of(
    story: Story, frame: Frame, least: float, besides: Collection[str] = frozenset()
) -> Keys:
    """Return the keys by which two frames meet that share a part `least` of the lighter's weight.

    So do two whose stretches stand beside the same word, and two that have one of the keys `besides`.
    """
    beside = dict.fromkeys(
        (*(f"<{s}" for s in frame.before[:1]), *(f">{s}" for s in frame.after[:1]))
    )
    asked = dict.fromkeys((*beside, *(f"={key}" for key in sorted(besides))), 1.0)
    held = dict.fromkeys((*asked, *sorted(frame.stems), *(f"~{c}" for c in sorted(frame.concepts))))
    for s in heaviest(story, frame.stems, least):
        asked[s] = story.weights.get(s, 1.0)
        asked |= {f"~{c}": asked[s] for c in sorted(concepts(s))}
    return Keys(frame=frame, asked=asked, held=held)


def kin_keys_of(story: Story, frame: Frame, least: float) -> Keys:
    """Return the keys by which two frames meet that share so much by the meaning of their words."""
    asked = {kin(s): story.weights.get(s, 1.0) for s in heaviest(story, frame.stems, least)}
    return Keys(frame=frame, asked=asked, held=sorted({kin(s) for s in frame.stems}))


def heaviest(story: Story, stems: frozenset[str], least: float) -> list[str]:
    """Return the stems of which a sentence holds one at least that holds a part `least` of all by weight.

    Prefix filter: without any of them it holds less.
    """
    ranked = sorted(stems, key=lambda s: (-story.weights.get(s, 1.0), s))
    # A hair more, for what is lost in adding up.
    spare = (1 - least) * sum(story.weights.get(s, 1.0) for s in ranked) + 1e-9
    kept = []
    for s in ranked:
        kept.append(s)
        spare -= story.weights.get(s, 1.0)
        if spare < 0:
            break
    return kept


def near_pairs(story: Story, tellings: Sequence[Keys]) -> Iterator[tuple[int, int]]:
    """Yield the pairs, the earlier first, that meet and are apart: of each the nearest before it."""
    asking: dict[str, list[int]] = defaultdict(list)
    holding: dict[str, list[int]] = defaultdict(list)
    for j, told in enumerate(tellings):
        met: dict[int, float] = defaultdict(float)
        for key, weighs in told.asked.items():
            for i in holding.get(key, ()):
                met[i] += weighs
        for key in told.held:
            for i in asking.get(key, ()):
                met[i] += tellings[i].asked[key]
        yield from sorted((i, j) for i in _nearest(story, tellings, j, met))
        for key in told.asked:
            asking[key].append(j)
        for key in told.held:
            holding[key].append(j)


def _nearest(
    story: Story, tellings: Sequence[Keys], j: int, met: Mapping[int, float]
) -> Iterator[int]:
    own, left = tellings[j].frame.article, MOST_COMPARED
    for i in sorted(met, key=lambda i: (-round(met[i], 6), i)):
        if are_apart(story, tellings[i].frame.article, own):
            yield i
            left -= 1
        if not left:
            return
