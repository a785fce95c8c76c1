"""Choose the headline: a source's own title where it tells the latest, else the lede itself."""

import re

from service.domain.claims import Evidence
from service.domain.text import Article, Span
from service.lexis.cues import phase, turns_truth
from service.lexis.profile import profile
from service.lexis.words import word_count
from service.stages.align import overlap
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.context import dependence
from service.stages.story import Story
from service.stages.surface import surface

MIN_WORDS, MAX_WORDS = 4, 20
SAME_NEWS = 0.5
_OPENING_PHRASE = re.compile(
    r"(?:In|With|After|Amid|As part of|On|At|During)\s[^,]{3,60},\s+(?=[A-Z])"
)


def headline(story: Story, lede: Candidate) -> Cited:
    """Return the title that tells what the lede tells, as far along as the lede does.

    A title of the lede's own article is preferred, then the one that shares most with the lede.
    Where there is none, the lede stands in, without an opening phrase that is safe to lose.
    """
    told = profile(lede.claim.text)
    titles = []
    for article in story.articles:
        if title := _title(article, told.phase):
            share = overlap(profile(article.quote(title)), told, story.weights)
            own = article.id == lede.claim.article_id
            if own or share >= SAME_NEWS:
                titles.append((own, round(share, 6), article.id, article, title))
    if titles:
        _, _, _, article, title = max(titles, key=lambda t: t[:3])
        text, pieces = surface(article, [title])
        return Cited(
            id="h",
            text=text,
            pieces=pieces,
            evidence=(Evidence(article_id=article.id, span=title, score=1.0),),
        )
    return _from_lede(story, lede)


def _title(article: Article, told_phase: int) -> Span | None:
    first = article.sentences[0] if article.sentences else None
    if first is None or first.kind != "title":
        return None
    text = article.quote(first.span)
    if not MIN_WORDS <= word_count(text) <= MAX_WORDS or dependence(text) is not None:
        return None
    return first.span if phase(text, is_title=True) >= told_phase else None


def _from_lede(story: Story, lede: Candidate) -> Cited:
    claim = lede.claim
    article = story.article(claim.article_id)
    text, pieces = claim.text, claim.pieces
    first = pieces[0]
    if len(pieces) == 1 and first.source_start is not None and first.source_end is not None:
        start, end = first.source_start, first.source_end
        opening = _OPENING_PHRASE.match(text)
        if opening and not turns_truth(opening.group()):
            start += opening.end()
        while article.text[end - 1] == ".":
            end -= 1
        text, pieces = surface(article, [Span(start, end)])
    own = tuple(e for e in claim.evidence if e.article_id == claim.article_id)
    return Cited(id="h", text=text, pieces=pieces, evidence=own)
