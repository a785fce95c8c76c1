"""How much of what people thought worth telling a text tells: ROUGE recall (Lin 2004)."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from rouge_score.rouge_scorer import RougeScorer


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Recall of stemmed words (`rouge1`) and of pairs of neighbours (`rouge2`), in per cent."""

    rouge1: float
    rouge2: float


NOTHING = Coverage(rouge1=0.0, rouge2=0.0)


class Scorer:
    """Scores texts against what people wrote of the same documents."""

    def __init__(self) -> None:
        self._rouge = RougeScorer(["rouge1", "rouge2"], use_stemmer=True)

    def coverage(self, text: str, references: Sequence[str], words: int) -> Coverage:
        """Return the mean over one reference or more for a text's first `words`, cut at white space."""
        cut = " ".join(text.split()[:words])
        scores = [self._rouge.score(reference, cut) for reference in references]
        return Coverage(
            rouge1=100 * fmean(score["rouge1"].recall for score in scores),
            rouge2=100 * fmean(score["rouge2"].recall for score in scores),
        )


def mean(scores: Sequence[Coverage]) -> Coverage:
    """Return the mean over one topic or more."""
    return Coverage(
        rouge1=fmean(score.rouge1 for score in scores),
        rouge2=fmean(score.rouge2 for score in scores),
    )
