"""Choose what the brief says first: the newest and most settled report of what most reports tell."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import fsum

from service.domain.text import Article
from service.lexis.cues import ATTRIBUTION_STEMS, DONE
from service.lexis.governments import governed
from service.lexis.profile import Profile, containment, profile, same_name
from service.lexis.verbs import past_verbs
from service.lexis.words import stem, word_count
from service.stages.claims import Candidate
from service.stages.story import SentenceKey, Story

# Two stages of one matter share at least this much of what the whole story is about.
SAME_MATTER = 0.38
# A plan that answers something done comes after it; to report something is no stage of it.
ANSWERS = frozenset(
    stem(v)
    for v in """appeal sue seek respond resume challenge protest contest reverse restore reinstate overturn
    retaliate investigate review reconsider rebuild replace compensate mourn""".split()
)
# A lead is central when it is told nearly as widely as the most widely told one.
CENTRAL_SHARE = 0.6
LEAD_SENTENCES = 2
NEWEST_WINDOW = timedelta(hours=20)


def lede(
    story: Story,
    candidates: Sequence[Candidate],
    places: Mapping[SentenceKey, int],
    max_words: int,
) -> Candidate | None:
    """Return the lead of the newest or most settled report of what most articles tell.

    From the lead that is most about what all articles are about, a report takes over that tells
    the same matter later or further along. None where there is no candidate.
    """
    leads = _leads(story, candidates, max_words)
    if not leads:
        return None
    told = {c.key: topicality(story, c.claim.text) for c in leads}
    widest = max(told.values())
    central = _newest(story, [c for c in leads if told[c.key] >= CENTRAL_SHARE * widest])
    place = {c.key: (told[c.key], -places[c.key], c.claim.salience, c.key) for c in central}
    first = max(central, key=lambda c: place[c.key])
    rank = {c.key: (profile(c.claim.text).phase, _minute(story, c), place[c.key]) for c in central}
    further = [c for c in central if c is first or _takes_over(story, c, first)]
    return max(further, key=lambda c: rank[c.key])


def superseded(story: Story, candidate: Candidate, first: Candidate) -> bool:
    """Say whether a candidate tells as open what the lede tells as done."""
    if candidate.claim.article_id == first.claim.article_id:
        return False
    return profile(first.claim.text).phase == DONE and _overtakes(story, first, candidate)


def same_matter(story: Story, a: Profile, b: Profile) -> float:
    """Return how much of what the story is about two sentences share: the lesser share of the two."""
    return min(
        containment(a.stems, b.stems, story.spread), containment(b.stems, a.stems, story.spread)
    )


def topicality(story: Story, text: str) -> float:
    """Return the share in [0, 1] of the other reports that use a content word of it, on average."""
    told = profile(text).stems
    others = max(1, len(set(story.copies.values())) - 1)
    uses = fsum(story.spread.get(s, 0.0) for s in told)
    return round(uses / (others * max(1, len(told))), 6)


def _leads(story: Story, candidates: Sequence[Candidate], max_words: int) -> list[Candidate]:
    """Return what each article says first and can be read alone.

    Where no article begins so, whatever of it can be read alone; and where nothing can, what
    each says first, someone's own words last.
    """
    own = [[c for c in candidates if c.claim.article_id == a.id] for a in story.articles]
    for reach in (LEAD_SENTENCES, None):
        alone = [next((c for c in said[:reach] if c.needs is None), None) for said in own]
        if found := [c for c in alone if c is not None]:
            return _short_enough(found, max_words)
    openings = [said[0] for said in own if said]
    plain = [c for c in openings if c.needs is None or c.needs.kind != "speaker"]
    return _short_enough(plain or openings, max_words)


def _short_enough(leads: list[Candidate], max_words: int) -> list[Candidate]:
    """Keep the leads that fit the words allowed; where none does, the shortest."""
    length = {c.key: word_count(c.claim.text) for c in leads}
    fitting = [c for c in leads if length[c.key] <= max_words]
    return fitting or sorted(leads, key=lambda c: (length[c.key], c.key))[:1]


def _newest(story: Story, leads: list[Candidate]) -> list[Candidate]:
    """Keep the leads published last, where every one of them says when it was."""
    dates = [d for c in leads if (d := _article(story, c).published_at)]
    if len(dates) < len(leads):
        return leads
    oldest = max(dates) - NEWEST_WINDOW
    return [c for c, date in zip(leads, dates, strict=True) if date >= oldest]


def _minute(story: Story, candidate: Candidate) -> float:
    published = _article(story, candidate).published_at
    return published.timestamp() if published else 0.0


def _takes_over(story: Story, candidate: Candidate, lead: Candidate) -> bool:
    if _overtakes(story, candidate, lead):
        return True
    mine, its = profile(candidate.claim.text), profile(lead.claim.text)
    return (
        _minute(story, candidate) > _minute(story, lead) > 0
        and mine.phase >= its.phase
        and same_matter(story, mine, its) >= SAME_MATTER
    )


def _overtakes(story: Story, candidate: Candidate, other: Candidate) -> bool:
    """Say whether a candidate tells the other's matter further along, and after it.

    After it by their dates, where both have one. Else a thing planned and the same thing done by
    one actor come in that order, unless the plan is an answer to what was done.
    """
    mine, its = profile(candidate.claim.text), profile(other.claim.text)
    if mine.phase <= its.phase or same_matter(story, mine, its) < SAME_MATTER:
        return False
    newer, older = _article(story, candidate).published_at, _article(story, other).published_at
    if newer and older:
        return older <= newer
    answers = its.verbs & ANSWERS or past_verbs(other.claim.text) & mine.verbs - ATTRIBUTION_STEMS
    return same_name(governed(mine.actor), governed(its.actor)) and not answers


def _article(story: Story, candidate: Candidate) -> Article:
    return story.article(candidate.claim.article_id)
