"""Find where sources disagree, whatever about."""

from collections.abc import Sequence

from service.stages.disagree.counts import Counts
from service.stages.disagree.dates import date_rivals
from service.stages.disagree.denial import denial_rivals
from service.stages.disagree.names import name_rivals
from service.stages.disagree.numbers import number_rivals
from service.stages.disagree.rivals import Candidates, Finder, Rivals
from service.stages.disagree.status import status_rivals
from service.stages.story import Story

# More disagreements than this nobody reads.
MOST_REPORTED = 12
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
    return _best_attested(story, found)


def _best_attested(story: Story, found: Sequence[Rivals]) -> tuple[Rivals, ...]:
    """Return as many as a reader can take in, those first left out that the fewest sources bear out."""
    ranked = sorted(range(len(found)), key=lambda i: (_attested(story, found[i]), i))
    return tuple(found[i] for i in sorted(ranked[:MOST_REPORTED]))


def _attested(story: Story, rivals: Rivals) -> tuple[int, int]:
    """Return how few independent sources stand behind the second best borne out answer, and the best."""
    first, second, *_ = sorted(
        (
            -story.group_count([e.article_id for e in cited.evidence])
            for _, cited in rivals.positions
        )
    )
    return second, first
