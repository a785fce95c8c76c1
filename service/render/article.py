"""An article laid out for reading: its text cut where chunks and sentences begin and end.

The strings here are raw source text made visible, as in `outline`; a page escapes them in its way.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from service.domain.text import Article, Chunk, Removal, Sentence, SentenceKind
from service.render.outline import shortened, shown, visible, web_url

_OPENING, _OPENING_READ = 80, 400
_MOST_TEXTS, _MOST_OF_A_TEXT = 100, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSize:
    """How much of an article one page shows at most."""

    characters: int = 200_000
    sentences: int = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A run of the text in one sentence of a kind, or between sentences where `kind` is None."""

    text: str
    kind: SentenceKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The text [start, end) that lies in the same chunks: in none between them, in several where they overlap."""

    start: int
    end: int
    chunks: tuple[Chunk, ...]
    stretches: tuple[Stretch, ...]

    @property
    def label(self) -> str:
        """Return which chunks it is of; nothing where it is of none."""
        numbers = [str(chunk.index + 1) for chunk in self.chunks]
        if len(numbers) > 1:
            return f"Chunks {', '.join(numbers[:-1])} and {numbers[-1]} overlap"
        if not numbers:
            return ""
        return f"Chunk {numbers[0]}" + ("" if self.beginning else ", continued")

    @property
    def beginning(self) -> tuple[Chunk, ...]:
        """Return the chunks that begin here."""
        return tuple(chunk for chunk in self.chunks if chunk.start == self.start)

    @property
    def blank(self) -> bool:
        """Say whether there is nothing to read in it."""
        return all(stretch.text.isspace() or not stretch.text for stretch in self.stretches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The text [start, end) that one page shows; the other offsets are where other parts begin."""

    number: int
    count: int
    start: int
    end: int
    previous: int | None
    following: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How large an article is as a whole."""

    characters: int
    sentences: int
    chunks: int
    tokens: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedFor:
    """What was removed for one reason: how many texts, and the first of them, shortened."""

    reason: str
    count: int
    texts: tuple[str, ...]

    @property
    def unshown(self) -> int:
        return self.count - len(self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """An article laid out. `name` is its title or its opening words, `url` a web address or None."""

    id: str
    sha256: str
    name: str
    publisher: str
    author: str
    language: str
    url: str | None
    address: str
    published_at: datetime | None
    totals: Totals
    part: Part
    sections: tuple[Section, ...]
    removed: tuple[RemovedFor, ...]


def article_view(article: Article, at: int = 0, size: PartSize | None = None) -> ArticleView:
    """Lay out that part of an article in which an offset lies, the last one for offsets beyond."""
    part = _part(article, at, size or PartSize())
    return ArticleView(
        id=article.id,
        sha256=article.sha256,
        name=_name(article),
        publisher=shown(article.publisher or ""),
        author=shown(article.author or ""),
        language=shown(article.language or ""),
        url=web_url(article.url),
        address=shown(article.url or ""),
        published_at=article.published_at,
        totals=Totals(
            characters=len(article.text),
            sentences=len(article.sentences),
            chunks=len(article.chunks),
            tokens=sum(chunk.tokens for chunk in article.chunks),
            removed=len(article.removed),
        ),
        part=part,
        sections=tuple(_sections(article, part.start, part.end)),
        removed=tuple(_by_reason(article.removed)),
    )


def _name(article: Article) -> str:
    title = shown(article.title or "")
    return title or shortened(shown(article.text[:_OPENING_READ]), _OPENING)


def _part(article: Article, at: int, size: PartSize) -> Part:
    begins = _parts(article, size)
    index = max(0, bisect_right(begins, at) - 1)
    following = begins[index + 1] if index + 1 < len(begins) else None
    return Part(
        number=index + 1,
        count=len(begins),
        start=begins[index],
        end=len(article.text) if following is None else following,
        previous=begins[index - 1] if index else None,
        following=following,
    )


def _parts(article: Article, size: PartSize) -> list[int]:
    """Return where the parts begin: with a sentence, unless one alone is too much for a part."""
    starts = sorted({sentence.start for sentence in article.sentences})
    begins = [0]
    while True:
        at = begins[-1]
        after = bisect_right(starts, at)
        fits = len(starts) - after < size.sentences
        if fits and len(article.text) - at <= size.characters:
            return begins
        reach = min(bisect_right(starts, at + size.characters), after + size.sentences)
        begins.append(starts[reach - 1] if reach > after else at + size.characters)


def _sections(article: Article, start: int, end: int) -> Iterator[Section]:
    """Yield sections that tile [start, end)."""
    chunks = [chunk for chunk in article.chunks if chunk.start < end and chunk.end > start]
    sentences = sorted(article.sentences, key=lambda sentence: sentence.start)
    starts = [sentence.start for sentence in sentences]
    edges = {at for chunk in chunks for at in (chunk.start, chunk.end) if start < at < end}
    for a, b in pairwise(sorted({start, end, *edges})):
        # One that began before may reach into it.
        first = max(0, bisect_right(starts, a) - 1)
        near = sentences[first : bisect_left(starts, b)]
        yield Section(
            start=a,
            end=b,
            chunks=tuple(chunk for chunk in chunks if chunk.start <= a and b <= chunk.end),
            stretches=tuple(_stretches(article.text[a:b], a, near)),
        )


def _stretches(text: str, start: int, sentences: Sequence[Sentence]) -> Iterator[Stretch]:
    """Yield stretches that tile a text, which begins at an offset of its article.

    Where sentences overlap the text is the first one's.
    """
    at, end = start, start + len(text)
    for sentence in sentences:
        a, b = max(at, sentence.start), min(end, sentence.end)
        if a >= b:
            continue
        if at < a:
            yield Stretch(text=visible(text[at - start : a - start]), kind=None)
        yield Stretch(text=visible(text[a - start : b - start]), kind=sentence.kind)
        at = b
    if at < end:
        yield Stretch(text=visible(text[at - start :]), kind=None)


def _by_reason(removed: Iterable[Removal]) -> Iterator[RemovedFor]:
    groups: dict[str, list[str]] = defaultdict(list)
    for one in removed:
        groups[shown(one.reason)].append(one.text)
    for reason, texts in groups.items():
        yield RemovedFor(
            reason=reason[:1].upper() + reason[1:],
            count=len(texts),
            texts=tuple(shown(shortened(text, _MOST_OF_A_TEXT)) for text in texts[:_MOST_TEXTS]),
        )
