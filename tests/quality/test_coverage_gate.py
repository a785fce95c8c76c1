"""How much of people's summaries briefs tell: floors, with the model in the box."""

import pytest

from service.domain.ports import Watch
from service.evaluation.comparison import BRIEF, Comparison, compare
from service.evaluation.coverage import Scorer
from service.evaluation.figures import coverage_figures
from service.evaluation.planted_conflicts import Briefer
from tests.quality.conftest import Held
from tests.quality.sets import GATE


@pytest.fixture(scope="module")
def comparison(held: Held, embedded: Briefer) -> Comparison:
    corpus = held("coverage").corpus
    assert corpus is not None
    return compare(corpus.topics, embedded, Scorer(), Watch())


@pytest.mark.slow
def test_briefs_keep_their_floors(comparison: Comparison) -> None:
    assert comparison.problems == ()
    assert list(GATE.breaches("coverage", coverage_figures(comparison))) == []


@pytest.mark.slow
def test_briefs_tell_more_than_each_simple_summary(comparison: Comparison) -> None:
    brief = next(score for score in comparison.scores if score.system == BRIEF)
    others = [score for score in comparison.scores if score.system != BRIEF]
    assert brief.rouge1 > max(score.rouge1 for score in others)
    assert brief.rouge2 > max(score.rouge2 for score in others)
