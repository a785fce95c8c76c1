"""Plant one rival fact in another publisher's report of the same news."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from service.domain.brief import DisagreementKind
from service.domain.errors import BadDocument
from service.domain.ports import Models
from service.domain.text import Article, Document, Sentence
from service.evaluation.changes import draw, pick
from service.evaluation.names import Pool, name_pool
from service.evaluation.rewordings import reworded
from service.evaluation.rival_facts import RivalFact, rival_facts
from service.lexis.profile import name_stems
from service.lexis.verbs import has_finite_verb
from service.lexis.words import content_stems
from service.pipeline import prepare
from service.stages.context import dependence

# Reports further apart than this may both be right: things move on.
_SAME_NEWS = timedelta(days=1)
_WORDS = range(7, 41)
# From this share of the shorter one's content words on, two sentences tell of the same thing.
_CORROBORATES = 0.6
_LEAST_SHARED = 5
# And from this share of both: who tells much more as a rule tells something else, too.
_TELLS_AS_MUCH = 0.5
_OPENS_BARE = re.compile(
    r"(?:He|She|It|They|This|That|These|Those|His|Her|Its|Their|But|And|So|However|Also|We|I|You|There|Then|Here"
    r"|Meanwhile|Another|Such|One|Both)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSet:
    """Documents on one story, as articles, each by a publisher of its own.

    `real` holds the values between which these reports truly differ, as people found who read them.
    """

    id: str
    articles: tuple[Article, ...]
    real: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sentence and the document that says it."""

    document_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A set with a rival of one sentence in it, or with two sentences that only seem to be rivals.

    `kinds` are the kinds of disagreement that are true of it, none for a control. `value` is the
    fact as the first sentence words it; any other report that words it so stands on its side.
    """

    set_id: str
    fact: str
    how: str
    kinds: frozenset[DisagreementKind]
    value: str
    original: Told
    rival: Told
    articles: tuple[Article, ...]


def document_set(id_: str, documents: Sequence[Document], models: Models) -> DocumentSet:
    """Read documents as articles, each with an id and a publisher of its own.

    What cannot be read is left out.
    """
    articles = []
    for i, document in enumerate(documents, 1):
        named = replace(document, id=document.id or f"{id_}/{i}", publisher=f"Paper {i}")
        try:
            articles.append(prepare(named, models))
        except BadDocument:
            continue
    return DocumentSet(id=id_, articles=tuple(articles))


def plants(
    found: DocumentSet, fact: str, models: Models, *, limit: int = 3, seed: int = 0
) -> tuple[Planted, ...]:
    """Return up to `limit` sets with one rival of a fact each, no two of one sentence."""
    pool = name_pool([a.text for a in found.articles])
    facts = sorted(
        _facts(found, fact, pool), key=lambda f: draw(f"{seed}:{fact}:{found.id}:{f[0].text}")
    )
    made: list[Planted] = []
    for original, rival in facts:
        if len(made) == limit:
            break
        if planted := _planted(found, original, rival, models, seed):
            made.append(planted)
    return tuple(made)


def _facts(found: DocumentSet, fact: str, pool: Pool) -> Iterator[tuple[Told, RivalFact]]:
    """Yield one alterable fact a sentence."""
    for article in found.articles:
        for sentence in article.sentences:
            text = article.quote(sentence.span)
            if not _tells_news(text, sentence):
                continue
            if rivals := rival_facts(fact, text, pool):
                yield Told(document_id=article.id, text=text), pick(rivals, text)


def _tells_news(text: str, sentence: Sentence) -> bool:
    """Say whether a sentence stands alone: another report could carry it."""
    return (
        sentence.kind == "body"
        and len(text.split()) in _WORDS
        and text.endswith(".")
        and text[0].isupper()
        and not _OPENS_BARE.match(text)
        and not re.search(r"\b(?:I|we|We|my|our|you|those|these)\b", text)
        and text.count('"') % 2 == 0
        and has_finite_verb(text)
        and dependence(text) is None
    )


def _planted(
    found: DocumentSet, original: Told, rival: RivalFact, models: Models, seed: int
) -> Planted | None:
    article = next(a for a in found.articles if a.id == original.document_id)
    hosts = [a for a in found.articles if a.id != article.id and _of_one_time(a, article)]
    if not hosts or not rival.change.text:
        return None
    value = original.text[rival.change.start : rival.change.end]
    said = _altered_there(hosts, original, rival)
    if said is None:
        host = pick(hosts, f"{seed}:{original.text}")
        if value in host.text and rival.fact in ("number", "date", "name"):
            return None
        said = _inserted(host, original, rival, seed)
    changed = with_content(said.host, said.content, models)
    if changed is None or said.text not in changed.text:
        return None
    return Planted(
        set_id=found.id,
        fact=rival.fact,
        how=said.how,
        kinds=rival.kinds,
        value=value,
        original=original,
        rival=Told(document_id=changed.id, text=said.text),
        articles=tuple(changed if a.id == changed.id else a for a in found.articles),
    )


def _of_one_time(a: Article, b: Article) -> bool:
    if a.published_at is None or b.published_at is None:
        return a.published_at is b.published_at
    return abs(a.published_at - b.published_at) <= _SAME_NEWS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """The rival's sentence, and its report's new content."""

    host: Article
    how: str
    text: str
    content: str


def _altered_there(hosts: Sequence[Article], original: Told, rival: RivalFact) -> _Said | None:
    """Alter a sentence of another report that tells the same, where there is one."""
    value = original.text[rival.change.start : rival.change.end]
    # "Texas officials" tells of no place where something happened.
    where = r"(?<=\bin )|(?<=\bat )|(?<=\bnear )" if rival.fact == "place" else ""
    stated = re.compile(rf"(?:{where})(?<!\w){re.escape(value)}(?!\w)")
    own = _around(original.text, rival.change.start, rival.change.end)
    best: tuple[float, _Said] | None = None
    for host in hosts:
        for sentence in host.sentences:
            text = host.quote(sentence.span)
            if not _tells_news(text, sentence):
                continue
            for match in stated.finditer(text):
                share = _likeness(own, _around(text, *match.span()))
                if not share or (best and share <= best[0]):
                    continue
                told = text[: match.start()] + rival.change.text + text[match.end() :]
                content = body(host).replace(text, told, 1)
                best = share, _Said(host=host, how="altered", text=told, content=content)
    return best[1] if best else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """The content words of a sentence before and behind a fact, and its names: `actors` those before it."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    actors: frozenset[str]
    names: frozenset[str]


def _around(text: str, start: int, end: int) -> _Around:
    before, after = text[:start], text[end:]
    return _Around(
        before=content_stems(before),
        after=content_stems(after),
        actors=frozenset(name_stems(before)),
        names=frozenset(name_stems(f"{before} - {after}")),
    )


def _likeness(own: _Around, its: _Around) -> float:
    """Return how much two sentences share around a fact that stands in one place; 0 where too little.

    It does not where they are of two people or bodies: each then names one that the other does not.
    """
    mine, theirs = {*own.before, *own.after}, {*its.before, *its.after}
    shared = len(mine & theirs)
    share = shared / max(1, min(len(mine), len(theirs)))
    beside = own.before[-1:] == its.before[-1:] or own.after[:1] == its.after[:1]
    if own.names - its.names and its.names - own.names:
        return 0.0
    if own.actors and its.actors and not own.actors & its.actors:
        return 0.0
    both = 2 * shared / max(1, len(mine) + len(theirs))
    enough = share >= _CORROBORATES and shared >= _LEAST_SHARED and both >= _TELLS_AS_MUCH
    return share if beside and enough else 0.0


def _inserted(host: Article, original: Told, rival: RivalFact, seed: int) -> _Said:
    """Put a copy in other words behind the sentence of the report that comes closest to it."""
    copy = rival.change.of(original.text)
    told = reworded(copy, _kept(copy, rival), seed=seed)
    own = set(content_stems(original.text))
    bodies = [host.quote(s.span) for s in host.sentences if s.kind == "body"]
    near = max(bodies, key=lambda text: len(own & set(content_stems(text))), default="")
    content = body(host)
    # A paragraph of its own: what stands before it need not end as a sentence does.
    content = content.replace(near, f"{near}\n\n{told}\n\n", 1) if near else f"{content}\n\n{told}"
    how = "copied" if told == copy else "reworded"
    return _Said(host=host, how=how, text=told, content=content)


def _kept(copy: str, rival: RivalFact) -> str:
    """Return the fact as the copy words it, with who a named person is: without it, others could say the same."""
    if rival.fact != "name":
        return rival.change.text
    end = rival.change.start + len(rival.change.text)
    role = re.compile(r", [^,]{2,80},").match(copy, end)
    return copy[rival.change.start : role.end() if role else end]


def body(article: Article) -> str:
    """Return an article's text without its title."""
    return article.text[len(article.title) :].lstrip() if article.title else article.text


def with_content(article: Article, content: str, models: Models) -> Article | None:
    """Return the article of the same document with another text, None where it cannot be read."""
    document = Document(
        id=article.id,
        content=content,
        title=article.title,
        publisher=article.publisher,
        published_at=article.published_at,
        language=article.language,
    )
    try:
        return prepare(document, models)
    except BadDocument:
        return None
