"""One view of a set of articles for every later stage: their sentences, compared and weighed."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.text import Article, Sentence
from service.lexis.profile import Profile, profile
from service.stages.copies import text_copies
from service.stages.independence import independent_groups

SentenceKey = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles in the order of their ids, so that the order of a request changes nothing.

    `groups` maps an article's id to its independent group, `copies` to that of its text: one report,
    however often it was printed; `weights` are inverse sentence
    frequencies of content stems, heavy where a word is rare; `spread` counts the other reports that
    use a stem, heavy where it is what the story is about; `profiles` are keyed by (article id,
    sentence index).
    """

    articles: tuple[Article, ...]
    by_id: Mapping[str, Article]
    groups: Mapping[str, int]
    copies: Mapping[str, int]
    weights: Mapping[str, float]
    spread: Mapping[str, float]
    profiles: Mapping[SentenceKey, Profile]

    def article(self, article_id: str) -> Article:
        return self.by_id[article_id]

    def group_count(self, article_ids: Sequence[str]) -> int:
        return len({self.groups[i] for i in article_ids})

    def sentences(self) -> Iterator[tuple[Article, Sentence]]:
        """Yield every sentence of running text with its article."""
        for article in self.articles:
            for sentence in article.sentences:
                if sentence.kind == "body":
                    yield article, sentence

    def profile_of(self, article: Article, sentence: Sentence) -> Profile:
        return self.profiles[article.id, sentence.index]


def tell(articles: Sequence[Article]) -> Story:
    """Read a story off its articles; the same id twice counts once."""
    ordered = tuple(sorted({a.id: a for a in articles}.values(), key=lambda a: a.id))
    profiles = {
        (article.id, sentence.index): profile(article.quote(sentence.span))
        for article in ordered
        for sentence in article.sentences
    }
    frequency = Counter(s for p in profiles.values() for s in p.stems)
    total = max(1, len(profiles))
    copies = text_copies(ordered)
    users: dict[str, set[int]] = {}
    for (article_id, _), said in profiles.items():
        for s in said.stems:
            users.setdefault(s, set()).add(copies[article_id])
    return Story(
        articles=ordered,
        by_id={a.id: a for a in ordered},
        groups=independent_groups(ordered, copies),
        copies=copies,
        weights={s: math.log(1 + total / n) for s, n in frequency.items()},
        spread={s: float(len(reports) - 1) for s, reports in users.items()},
        profiles=profiles,
    )
