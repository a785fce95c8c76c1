"""Count publishers, not pages: which articles are copies of one report."""

from collections.abc import Sequence
from itertools import combinations
from urllib.parse import urlsplit

from service.domain.text import Article
from service.lexis.words import words

# Five-word shingles, and the shares of them from which two texts are one, as in Broder (1997).
SHINGLE_WORDS = 5
NEAR_DUPLICATE_JACCARD = 0.5
COPY_CONTAINMENT = 0.7
MIN_SHINGLES = 8
VERBATIM_CONTAINMENT = 0.9


def independent_groups(articles: Sequence[Article]) -> dict[str, int]:
    """Return the group, numbered from 1 in the articles' order, of each article's id.

    Two articles share a group when they have one publisher (or, where one of them names none, come
    from one site), when one text is nearly the other, or when the shorter is contained in the
    longer. Groups are closed under that relation.
    """
    shingles = [_shingles(article.text) for article in articles]
    parent = list(range(len(articles)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in combinations(range(len(articles)), 2):
        if _one_publisher(articles[i], articles[j]) or _copies(shingles[i], shingles[j]):
            parent[max(root(i), root(j))] = min(root(i), root(j))
    numbers: dict[int, int] = {}
    return {
        article.id: numbers.setdefault(root(i), len(numbers) + 1)
        for i, article in enumerate(articles)
    }


def distinct_reports(quotes: Sequence[tuple[int, str]]) -> int:
    """Return how many independent reports stand behind a statement: (group, quoted sentence) each.

    Groups whose sentences are the same nearly word for word count once: one was copied.
    """
    counted: dict[int, list[frozenset[tuple[str, ...]]]] = {}
    for group, quote in quotes:
        shingles = _shingles(quote)
        others = (s for g, known in counted.items() if g != group for s in known)
        if group in counted or not any(_verbatim(shingles, s) for s in others):
            counted.setdefault(group, []).append(shingles)
    return len(counted)


def _verbatim(a: frozenset[tuple[str, ...]], b: frozenset[tuple[str, ...]]) -> bool:
    shorter = min(len(a), len(b))
    return bool(shorter) and len(a & b) / shorter >= VERBATIM_CONTAINMENT


def _one_publisher(a: Article, b: Article) -> bool:
    if a.publisher and b.publisher:
        return _name(a.publisher) == _name(b.publisher)
    return bool(_site(a.url)) and _site(a.url) == _site(b.url)


def _site(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        # "http://[bad" is no address; what has none comes from no known site.
        return ""


def _name(publisher: str | None) -> str:
    return " ".join((publisher or "").casefold().split()).removeprefix("the ")


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    spoken = [w.lower for w in words(text)]
    return frozenset(
        tuple(spoken[i : i + SHINGLE_WORDS]) for i in range(len(spoken) - SHINGLE_WORDS + 1)
    )


def _copies(a: frozenset[tuple[str, ...]], b: frozenset[tuple[str, ...]]) -> bool:
    if min(len(a), len(b)) < MIN_SHINGLES:
        return a == b and bool(a)
    shared = len(a & b)
    jaccard = shared / (len(a) + len(b) - shared)
    return jaccard >= NEAR_DUPLICATE_JACCARD or shared / min(len(a), len(b)) >= COPY_CONTAINMENT
