"""Put what the brief says in the order of reading, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.lexis.cues import EARLIER
from service.lexis.profile import profile
from service.stages.claims import Candidate
from service.stages.lead_in import day_needed
from service.stages.lede import superseded
from service.stages.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A candidate in the brief, and the service's own words before it."""

    candidate: Candidate
    lead_in: str = ""


class Chronicle:
    """Says in which order, and behind which words of its own, a brief tells what was chosen for it.

    The lede comes first, with what else was reported on its day or on no known day; then what other
    days told, in their order, each behind its date; last what the lede has overtaken where there are
    no dates to show it. A day's sentences stand article by article, the best article first, each in its
    own order; what leans on a sentence comes right behind it.
    """

    def __init__(self, story: Story, first: Candidate) -> None:
        self._story = story
        self._first = first
        self._newest = story.article(first.claim.article_id)

    def words_before(self, candidate: Candidate) -> str:
        """Return what a candidate needs said before it; a date is said once for all of its day."""
        article = self._story.article(candidate.claim.article_id)
        if day := day_needed(article, self._newest):
            return day
        return EARLIER if self._is_earlier(candidate) else ""

    def told(self, chosen: Sequence[Candidate]) -> tuple[Chosen, ...]:
        """Return the candidates, which have the lede first and the rest best first, in reading order."""
        keys = {c.key for c in chosen}
        leaning = {
            c.key: c for c in chosen[1:] if c.needs is not None and (c.key[0], c.key[1] - 1) in keys
        }
        articles = list(dict.fromkeys(c.claim.article_id for c in chosen))
        heads = [c for c in chosen if c.key not in leaning]
        heads.sort(key=lambda c: (articles.index(c.claim.article_id), c.claim.sentence))
        ordered: list[Candidate] = []
        for head in sorted(heads, key=self._rank):
            told: Candidate | None = head
            while told is not None:
                ordered.append(told)
                told = leaning.get((told.key[0], told.key[1] + 1))
        return self._introduced(ordered)

    def _rank(self, candidate: Candidate) -> tuple[bool, bool, str, int]:
        earlier = self._is_earlier(candidate)
        day = self._other_day(candidate)
        return (
            candidate is not self._first,
            earlier,
            day.isoformat() if day else "",
            -profile(candidate.claim.text).phase if earlier else 0,
        )

    def _other_day(self, candidate: Candidate) -> date | None:
        """Return the day of a candidate's report, None where it is the lede's or not known."""
        day = self._story.article(candidate.claim.article_id).published_day
        return day if day != self._newest.published_day else None

    def _is_earlier(self, candidate: Candidate) -> bool:
        article = self._story.article(candidate.claim.article_id)
        if article.published_at and self._newest.published_at:
            return False
        return superseded(self._story, candidate, self._first)

    def _introduced(self, ordered: Sequence[Candidate]) -> tuple[Chosen, ...]:
        """Put a date before the first statement of its day only."""
        introduced: list[Chosen] = []
        said = ""
        for candidate in ordered:
            words = self.words_before(candidate)
            fresh = words if words == EARLIER or words != said else ""
            introduced.append(Chosen(candidate=candidate, lead_in=fresh))
            said = words
        return tuple(introduced)
