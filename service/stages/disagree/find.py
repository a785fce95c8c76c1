"""Find where sources disagree, whatever about."""

from service.stages.disagree.counts import Counts
from service.stages.disagree.dates import date_rivals
from service.stages.disagree.denial import denial_rivals
from service.stages.disagree.names import name_rivals
from service.stages.disagree.numbers import number_rivals
from service.stages.disagree.rivals import Candidates, Finder, Rivals
from service.stages.disagree.status import status_rivals
from service.stages.story import Story

FINDERS: tuple[Finder, ...] = (
    date_rivals,
    name_rivals,
    status_rivals,
    denial_rivals,
)


def disagreements(story: Story, counts: Counts, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the questions on which independent sources give answers that cannot all be right."""
    found = [*number_rivals(story, counts, candidates)]
    for find in FINDERS:
        found += find(story, candidates)
    return tuple(found)
