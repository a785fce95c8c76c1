"""Put what the sources date on a line: explicit dates, and relative ones that can be resolved."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.domain.brief import Precision
from service.domain.text import Article, Sentence
from service.lexis.dates import DateMention, ResolvedDate, find_dates, latest_year, resolve
from service.lexis.tense import looks_ahead
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.story import SentenceKey, Story

MAX_ENTRIES = 8
_MAX_WORDS = 60
# A date behind one of these belongs to a side clause, not to what the sentence tells.
_SUBORDINATE = re.compile(
    r"\b(?:since|after|following|before|until|despite|which|who|whose|where|when|while|because|due to"
    r"|as of|from|according to|wake of|based on|compared|than|anniversary|between)\b"
    r"|\b(?:pre|post|mid)-$|\b(?:by|for)(?: the year)?\s$",
    re.IGNORECASE,
)
# "Born in Odessa in 1931, she ..." dates the birth, and not what is told.
_OPENING_PARTICIPLE = re.compile(r"[A-Z][a-z]+(?:ed|ing)\b|Born\b|Founded\b|Built\b|Known\b")
# "The Jan. 6 hearing" dates no hearing.
_ATTRIBUTIVE = re.compile(r"\b(?:the|a|an|its|his|her|their|this)\s$", re.IGNORECASE)
# "Two men died, police said on Tuesday" dates what police said.
_ATTRIBUTION = re.compile(
    r",[^,]*\b(?:said|says|told|announced|reported|confirmed|added|wrote|stated|according)\b[^,]*$"
)
# A phrase set off by a comma that tells more of something just named ("..., a status imposed in 2003").
_APPOSITION = re.compile(r"\s*(?:a|an|the|[a-z]+ed|[a-z]+ing)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A statement to be, and the date it tells of."""

    date: str
    precision: Precision
    cited: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What a reader should know of a date in an article."""

    article_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    resolved: ResolvedDate
    article: Article
    sentence: Sentence
    groups: int

    @property
    def rank(self) -> tuple[int, float]:
        """More independent groups first, then the later report."""
        published = self.article.published_at
        return self.groups, published.timestamp() if published else 0.0


def timeline(
    story: Story, candidates: Mapping[SentenceKey, Candidate]
) -> tuple[tuple[Dated, ...], tuple[Doubt, ...]]:
    """Return at most `MAX_ENTRIES` dated statements in order of date, and doubts about dates.

    A date counts where it belongs to the sentence's main clause and resolves without a guess. One
    date gets one entry: the statement that most independent groups support.
    """
    found: dict[str, _Found] = {}
    doubts: list[Doubt] = []
    floors = {article.id: latest_year(article.text) for article in story.articles}
    for article, sentence in story.sentences():
        text = article.quote(sentence.span)
        dated = [
            (mention, _resolved(article, sentence, mention, floors[article.id]))
            for mention in find_dates(text)
        ]
        for mention, resolved in dated:
            doubts += _doubts(article, mention, resolved)
        # Where one date of a sentence is unknown, nobody knows which of its events the other dates.
        for mention, resolved in dated if all(r for _, r in dated) else ():
            if resolved is None or _is_to_come(article, resolved):
                continue
            if not _in_main_clause(text, mention):
                continue
            candidate = candidates.get((article.id, sentence.index))
            if candidate is None:
                continue
            this = _Found(
                resolved=resolved,
                article=article,
                sentence=sentence,
                groups=_groups(story, candidate),
            )
            best = found.get(resolved.date)
            if best is None or this.rank > best.rank:
                found[resolved.date] = this
            break
    told = [d for f in found.values() if (d := _told(f, candidates)) is not None]
    return _within_bounds(told), tuple(dict.fromkeys(doubts))


def _resolved(
    article: Article, sentence: Sentence, mention: DateMention, year_floor: int | None
) -> ResolvedDate | None:
    """Resolve a date as its article allows: from its publication, or from the years it states."""
    published = article.published_at.date() if article.published_at else None
    ahead = looks_ahead(article.quote(sentence.span), mention)
    if ahead is None and mention.year is None and mention.relative is None:
        return None
    return resolve(
        mention,
        published=published,
        year_floor=year_floor,
        future=bool(ahead),
    )


def _is_to_come(article: Article, resolved: ResolvedDate) -> bool:
    """Say whether a date lies after its report, so that what it names had not happened yet."""
    published = article.published_at
    return published is not None and resolved.date > published.date().isoformat()


def _doubts(
    article: Article, mention: DateMention, resolved: ResolvedDate | None
) -> Iterator[Doubt]:
    if resolved is None:
        yield Doubt(article_id=article.id, text=f"{mention.surface!r} could not be dated")
    elif resolved.inferred:
        year = resolved.date[:4]
        text = f"the year of {mention.surface!r} was taken as {year}, from its weekday"
        yield Doubt(article_id=article.id, text=text)


def _in_main_clause(text: str, mention: DateMention) -> bool:
    before = text[: mention.start]
    if _OPENING_PARTICIPLE.match(text) and "," in text[mention.end :]:
        return False
    side = before.rpartition(",")[2] if "," in before else ""
    if _ATTRIBUTIVE.search(before) or _ATTRIBUTION.search(before):
        return False
    return not _SUBORDINATE.search(before) and not _APPOSITION.match(side)


def _groups(story: Story, candidate: Candidate) -> int:
    return story.group_count([e.article_id for e in candidate.claim.evidence])


def _told(found: _Found, candidates: Mapping[SentenceKey, Candidate]) -> Dated | None:
    """Tell a dated sentence that can be read alone; one brought along would stand under its date too."""
    candidate = candidates.get((found.article.id, found.sentence.index))
    if candidate is None or candidate.needs is not None:
        return None
    claim = candidate.claim
    if len(claim.text.split()) > _MAX_WORDS:
        return None
    return Dated(
        date=found.resolved.date,
        precision=found.resolved.precision,
        cited=Cited(id="", text=claim.text, pieces=claim.pieces, evidence=claim.evidence),
    )


def _within_bounds(told: list[Dated]) -> tuple[Dated, ...]:
    """Keep the entries with most sources, the latest first among equals; one a sentence."""
    once: dict[str, Dated] = {}
    for dated in sorted(told, key=lambda d: (d.date, d.cited.text)):
        once.setdefault(dated.cited.text, dated)
    ranked = sorted(once.values(), key=lambda d: d.date, reverse=True)
    ranked.sort(key=lambda d: -len({e.article_id for e in d.cited.evidence}))
    return tuple(sorted(ranked[:MAX_ENTRIES], key=lambda d: d.date))
