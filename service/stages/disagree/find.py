"""Find where sources disagree, whatever about."""

from service.stages.disagree.numbers import Counts, number_rivals
from service.stages.disagree.rivals import Candidates, Rivals
from service.stages.story import Story


def disagreements(story: Story, counts: Counts, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the questions on which independent sources give answers that cannot all be right."""
    return number_rivals(story, counts, candidates)
