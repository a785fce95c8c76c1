"""What a brief is worth: the pairs of words it tells, each weighed by how many reports use it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from service.lexis.words import adjacent_stems
from service.stages.story import Story

Pair: TypeAlias = tuple[str, str]

# A pair in k reports weighs k to this power: what several tell is worth more than what so many tell
# once each. 1 is ICSISumm's weight; see docs/log.md for what others gave.
AGREEMENT = 1.5


def pair_weights(story: Story) -> Mapping[Pair, float]:
    """Return the weight of each pair of a story: the number of reports that use it, raised.

    Copies of one text are one report. Titles count: they tell what their articles are about.
    """
    users: dict[Pair, set[int]] = defaultdict(set)
    for article in story.articles:
        for sentence in article.sentences:
            if sentence.kind in ("body", "title"):
                for pair in adjacent_stems(article.quote(sentence.span)):
                    users[pair].add(story.copies[article.id])
    return {pair: float(len(reports)) ** AGREEMENT for pair, reports in users.items()}


@dataclass(slots=True, kw_only=True)
class Coverage:
    """What is told so far: each pair at the best worth of the sentences that tell it.

    The worth of a sentence multiplies the weights of its pairs. The total is monotone and submodular
    in the sentences told, so that choosing greedily by gain per word comes close to the optimum (Lin
    and Bilmes, 2010); pairs as what is covered follow ICSISumm (Gillick and Favre, 2009).
    """

    weights: Mapping[Pair, float]
    told: dict[Pair, float] = field(default_factory=dict)
    total: float = 0.0

    def gain(self, text: str, worth: float) -> float:
        """Return by how much telling a text at a worth raises the total."""
        return sum(more for _, more in self._raised(text, worth))

    def add(self, text: str, worth: float) -> None:
        self.total += self.gain(text, worth)
        for pair, more in list(self._raised(text, worth)):
            self.told[pair] = self.told.get(pair, 0.0) + more / self.weights[pair]

    def _raised(self, text: str, worth: float) -> Iterator[tuple[Pair, float]]:
        for pair in adjacent_stems(text):
            weight = self.weights.get(pair, 0.0)
            if weight and (more := worth - self.told.get(pair, 0.0)) > 0:
                yield pair, weight * more
