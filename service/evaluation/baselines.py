"""Simple summaries of the same documents, to tell what the briefs are worth."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from service.domain.text import Article
from service.lexis.words import content_bigrams, content_stems

# Articles that `prepare` made and a number of words in; at most so many words out.
Baseline = Callable[[Sequence[Article], int], str]

# Erkan and Radev 2004: the chance to follow an edge, and the cosine from which there is one.
_DAMPING, _ALIKE = 0.85, 0.1
_MAX_ROUNDS, _SETTLED = 200, 1e-9
# From this cosine on, a sentence says again what one before it said.
_SAME = 0.5


def leads_in_turn(articles: Sequence[Article], words: int) -> str:
    """Take each article's first sentence, then each one's second, and so on."""
    told = [_sentences(article) for article in articles]
    longest = max(map(len, told), default=0)
    return _filled((row[i] for i in range(longest) for row in told if i < len(row)), words)


def lexrank(articles: Sequence[Article], words: int) -> str:
    """Take the most central sentences (Erkan and Radev 2004), none much like one taken before."""
    sentences = [text for article in articles for text in _sentences(article)]
    alike = _alike(_unit_vectors(sentences))
    ranks = _ranks(alike)
    ranked = sorted(range(len(sentences)), key=lambda i: (-ranks[i], i))
    return _filled((sentences[i] for i in _unlike(ranked, sentences, alike)), words)


def greedy_bigrams(articles: Sequence[Article], words: int) -> str:
    """Take the sentence that adds most, a word, of the bigrams that several articles share.

    A bigram is worth the number of articles it is in, and counts once. Where nothing is left to
    add, the rest is filled in the order of the articles.
    """
    sentences = [text for article in articles for text in _sentences(article)]
    used = Counter(
        pair
        for article in articles
        for pair in frozenset[tuple[str, str]]().union(*map(content_bigrams, _sentences(article)))
    )
    worth = {pair: count for pair, count in used.items() if count > 1}
    return _filled(_by_gain(sentences, worth), words)


BASELINES: Mapping[str, Baseline] = {
    "leads in turn": leads_in_turn,
    "LexRank": lexrank,
    "greedy bigrams": greedy_bigrams,
}


def _sentences(article: Article) -> list[str]:
    return [article.quote(s.span) for s in article.sentences if s.kind == "body"]


def _filled(sentences: Iterator[str], words: int) -> str:
    """Join sentences until there are enough words, cut at white space; no more are asked for."""
    taken: list[str] = []
    while len(taken) < words and (text := next(sentences, None)) is not None:
        taken += text.split()
    return " ".join(taken[:words])


def _by_gain(sentences: Sequence[str], worth: Mapping[tuple[str, str], int]) -> Iterator[str]:
    pool = list(sentences)
    covered: set[tuple[str, str]] = set()

    def gain(text: str) -> float:
        new = content_bigrams(text) - covered
        return sum(worth.get(pair, 0) for pair in new) / len(text.split())

    while pool:
        # The first of equals, so that the answer never hangs on the order of a set.
        best = max(pool, key=gain)
        pool.remove(best)
        covered |= content_bigrams(best)
        yield best


def _unit_vectors(sentences: Sequence[str]) -> list[dict[str, float]]:
    """Return TF-IDF vectors of length 1; one is empty where every stem is a stop word or everywhere."""
    counts = [Counter(content_stems(text)) for text in sentences]
    seen = Counter(stem for count in counts for stem in count)
    idf = {stem: math.log(len(counts) / n) for stem, n in seen.items()}
    vectors = []
    for count in counts:
        weights = {stem: n * idf[stem] for stem, n in count.items() if idf[stem] > 0}
        length = math.sqrt(math.fsum(w * w for w in weights.values()))
        vectors.append({stem: w / length for stem, w in weights.items()})
    return vectors


def _alike(vectors: Sequence[Mapping[str, float]]) -> list[dict[int, float]]:
    """Return, for each vector, the others it is like and the cosines.

    Only vectors that share a stem are ever compared: most of a large topic's pairs share none.
    """
    alike: list[dict[int, float]] = [{} for _ in vectors]
    holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for i, vector in enumerate(vectors):
        dots: defaultdict[int, float] = defaultdict(float)
        for stem, weight in vector.items():
            for j, other in holders[stem]:
                dots[j] += weight * other
            holders[stem].append((i, weight))
        for j, cosine in dots.items():
            if cosine > _ALIKE:
                alike[i][j] = alike[j][i] = cosine
    return alike


def _ranks(alike: Sequence[Mapping[int, float]]) -> list[float]:
    """Return PageRank over the graph of sentences that are alike, 1 being the mean of a component.

    No sentence is its own neighbour: else one that is like no other would count as average.
    """
    ranks = [1.0] * len(alike)
    for _ in range(_MAX_ROUNDS):
        shares = [rank / max(1, len(near)) for rank, near in zip(ranks, alike, strict=True)]
        former = ranks
        ranks = [1 - _DAMPING + _DAMPING * sum(map(shares.__getitem__, near)) for near in alike]
        if all(abs(a - b) < _SETTLED for a, b in zip(ranks, former, strict=True)):
            break
    return ranks


def _unlike(
    ranked: Sequence[int], sentences: Sequence[str], alike: Sequence[Mapping[int, float]]
) -> Iterator[int]:
    taken: list[int] = []
    for i in ranked:
        # By text as well: where all sentences are the same, none has a vector to be alike in.
        if all(alike[i].get(j, 0) < _SAME and sentences[i] != sentences[j] for j in taken):
            taken.append(i)
            yield i
