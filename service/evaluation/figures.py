"""The figures that a gate may hold, by the names that its file gives them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from service.evaluation.claim_checking import CHECK, Checking
from service.evaluation.grouping import Grouping
from service.evaluation.planted_conflicts import Detection
from service.evaluation.planted_errors import Catches

if TYPE_CHECKING:
    # Its scorer is an extra that the other suites do without.
    from service.evaluation.comparison import Comparison

Figures = Mapping[str, float]
# What stands behind the name of a set whose claims come in pairs: one with an error, one without.
PAIRS = " pairs"


def coverage_figures(found: "Comparison") -> Figures:
    """Return the brief's recall, in per cent."""
    brief, *_ = found.scores
    return {"ROUGE-1": brief.rouge1, "ROUGE-2": brief.rouge2}


def claim_figures(found: Sequence[Checking]) -> Figures:
    """Return each set's balanced accuracy, in per cent; and where it has pairs, the share told apart."""
    return dict(figure for checking in found for figure in _claim_figures(checking))


def _claim_figures(checking: Checking) -> Iterator[tuple[str, float]]:
    check = next(score for score in checking.scores if score.system == CHECK)
    yield checking.name, check.balanced_accuracy
    pairs = [(kind.told, kind.claims) for kind in checking.kinds if kind.told is not None]
    if pairs:
        total = sum(claims for _, claims in pairs)
        yield f"{checking.name}{PAIRS}", sum(told * claims for told, claims in pairs) / total


def error_figures(found: Catches) -> Figures:
    """Return the shares caught of the errors, and refused of the statements as they are."""
    return {"caught": found.caught_share, "refused": found.refused_share}


def conflict_figures(found: Detection) -> Figures:
    """Return precision, recall and F1, the share of controls told of, and what untouched sets tell."""
    return {
        "precision": found.total.precision,
        "recall": found.total.recall,
        "F1": found.total.f1,
        "controls told": controls_told(found) / max(1, found.controls),
        "untouched": len(found.untouched) / max(1, found.untouched_sets),
    }


def controls_told(found: Detection) -> int:
    """Return how many disagreements were told of pairs that only seem to be rivals."""
    controls = {score.fact for score in found.by_fact if not score.planted}
    return sum(alarm.fact in controls for alarm in found.false_alarms)


def source_figures(found: Sequence[Grouping]) -> Figures:
    """Return each file's precision and F1, means over its events."""
    figures: dict[str, float] = {}
    for one in found:
        figures |= {f"{one.name} precision": one.precision, f"{one.name} F1": one.f1}
    return figures
