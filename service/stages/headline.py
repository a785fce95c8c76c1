"""Choose the headline: a source's own title where it tells the latest, else the lede itself."""

import re
from collections.abc import Collection

from service.domain.claims import Evidence
from service.domain.text import Article, Span
from service.lexis.cues import opening_phrase, phase
from service.lexis.profile import containment, named_in, profile
from service.lexis.words import word_count
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.context import dependence
from service.stages.story import Story
from service.stages.surface import surface
from service.stages.writer import Writer

MIN_WORDS, MAX_WORDS = 4, 20
SAME_NEWS = 0.5
_ABBREVIATION = re.compile(r"(?:\b[A-Z]\.)+$|\b(?:Inc|Corp|Co|Ltd|Jr|Sr|Bros)\.$")


def headline(
    story: Story,
    lede: Candidate,
    barred: Collection[str] = (),
    writer: Writer | None = None,
) -> Cited:
    """Return the title that tells what the lede tells, as far along as the lede does.

    A title of the lede's own article is preferred, then the one that shares most with the lede.
    Where there is none, or it is among `barred`, a shorter one that the writer makes of the lede is
    taken; else the lede stands in, without an opening phrase that is safe to lose.
    """
    if (title := _best_title(story, lede, barred)) is not None:
        return title
    from_lede = _from_lede(story, lede)
    written = _written(story, lede, writer) if writer else None
    if written is None or written.text in barred:
        return from_lede
    return written if word_count(written.text) < word_count(from_lede.text) else from_lede


def _written(story: Story, lede: Candidate, writer: Writer) -> Cited | None:
    """Return what the writer makes of the lede's sentence, None where it may not stand."""
    article = story.article(lede.claim.article_id)
    [made] = writer.write("headline", [[(article, article.sentences[lede.claim.sentence])]])
    if made.reason or word_count(made.text) < MIN_WORDS:
        return None
    return Cited(id="h", text=made.text, pieces=made.pieces, evidence=made.evidence)


def _best_title(story: Story, lede: Candidate, barred: Collection[str]) -> Cited | None:
    told = profile(lede.claim.text)
    titles = []
    for article in story.articles:
        title = _title(article, told.phase)
        if title and surface(article, [title])[0] not in barred:
            said = profile(article.quote(title))
            own = article.id == lede.claim.article_id
            share = max(
                containment(said.stems, told.stems, story.weights),
                containment(told.stems, said.stems, story.weights),
                containment(said.stems, told.stems, {}) if own else 0.0,
            )
            current = said.numbers <= told.numbers and said.negated == told.negated
            named = any(named_in(name, told.capitals) for name in said.capitals)
            if (own and (named or share >= SAME_NEWS)) or (
                share >= SAME_NEWS and current and not _older(story, article, lede)
            ):
                titles.append((own, round(share, 6), article.id, article, title))
    if not titles:
        return None
    _, _, _, article, title = max(titles, key=lambda t: t[:3])
    text, pieces = surface(article, [title])
    evidence = (Evidence(article_id=article.id, span=title, score=1.0),)
    return Cited(id="h", text=text, pieces=pieces, evidence=evidence)


def _older(story: Story, article: Article, lede: Candidate) -> bool:
    published, newest = article.published_at, story.article(lede.claim.article_id).published_at
    return bool(published and newest and published < newest)


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
        start += opening_phrase(text)
        if text.endswith(".") and not _ABBREVIATION.search(text):
            end -= 1
        text, pieces = surface(article, [Span(start, end)])
    return Cited(id="h", text=text, pieces=pieces, evidence=claim.own_evidence)
