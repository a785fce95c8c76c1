"""Which articles are copies of one text: printed whole, trimmed, retitled, edited or added to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz

from service.domain.text import Article
from service.stages.candidates import Pair, candidate_pairs
from service.stages.credits import agencies
from service.stages.overlap import Overlap, overlap
from service.stages.own_words import OwnWords, Unit, own_words
from service.stages.unions import Unions

# Sentences that end so many articles are no report, where so many words of another text precede them.
_MIN_ENDED, _MAX_ENDING_WORDS = 3, 80
# Two copies of one text overlap; two texts that share less are joined by no third that has both.
_MIN_COMMON = 0.08
# How many of a group's articles, the shortest, are asked whether they could be of one text.
_ASKED = 6
_ONE_TITLE = 85
# So many articles with at least this share of each other's words have one text whole.
_PRINTED_WIDELY, _WHOLE = 3, 0.6


def text_copies(articles: Sequence[Article]) -> dict[str, int]:
    """Return the group, numbered from 1 in the articles' order, of each article's id.

    Articles share a group when they are copies of one text, whoever published them. A chain of
    copies is one group, but an article made of two reports joins the one it took more from and
    leaves the other alone. The order of the articles changes nothing but the numbers.
    """
    ordered = sorted({a.id: a for a in articles}.values(), key=lambda a: a.id)
    return numbered([a.id for a in articles], _Comparison(ordered).groups())


def numbered(ids: Sequence[str], groups: Sequence[frozenset[str]]) -> dict[str, int]:
    """Number groups of ids from 1 in the order in which the ids first name them."""
    group_of = {id_: n for n, group in enumerate(groups) for id_ in group}
    numbers: dict[int, int] = {}
    return {id_: numbers.setdefault(group_of[id_], len(numbers) + 1) for id_ in ids}


@dataclass(frozen=True, slots=True)
class _Link:
    """Two articles of which one is a copy of the other, and the shares each takes from the other."""

    pair: Pair
    shares: tuple[float, float]

    @property
    def rank(self) -> tuple[float, float, Pair]:
        """Order links strongest first: by the more that one takes, then by what both have."""
        return -max(self.shares), -min(self.shares), self.pair


class _Comparison:
    """Compares articles, by their indices, as far as it is asked."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        self._texts = _without_endings([own_words(article) for article in articles])
        self._agencies = [agencies(article) for article in articles]
        self._overlaps: dict[Pair, tuple[Overlap, Overlap]] = {}

    def groups(self) -> list[frozenset[str]]:
        unions = Unions(len(self._articles))
        for first, *others in _identical(self._texts):
            for i in others:
                unions.join(first, i)
        heads = [i for i in range(len(self._articles)) if unions.root(i) == i]
        found = candidate_pairs([self._texts[i] for i in heads])
        links = [link for i, j in found if (link := self._link(heads[i], heads[j]))]
        for link in sorted(links, key=lambda link: link.rank):
            a, b = map(unions.members, link.pair)
            if a is not b and self._may_be_one(link, a, b):
                unions.join(*link.pair)
        return [frozenset(self._articles[i].id for i in group) for group in unions.groups()]

    def _link(self, i: int, j: int) -> _Link | None:
        if not self._texts[i].may_share(self._texts[j]):
            return None
        both = self._overlap(i, j)
        one_agency = bool(self._agencies[i] & self._agencies[j])
        if not any(o.is_copy(one_agency=one_agency) for o in both):
            return None
        return _Link((i, j), (both[0].share, both[1].share))

    def _overlap(self, i: int, j: int) -> tuple[Overlap, Overlap]:
        if (i, j) not in self._overlaps:
            a, b = self._texts[i], self._texts[j]
            self._overlaps[i, j] = overlap(a, b), overlap(b, a)
        return self._overlaps[i, j]

    def _may_be_one(self, link: _Link, a: Sequence[int], b: Sequence[int]) -> bool:
        """Say whether two groups that a link would join can be of one text."""
        printed = [
            self._is_printed_widely(i, group) for i, group in zip(link.pair, (a, b), strict=True)
        ]
        # Cuts of an agency's text need not overlap.
        if printed.count(True) == 1 and link.shares[printed.index(False)] >= _WHOLE:
            return True
        return not any(
            self._are_apart(min(i, j), max(i, j))
            for i in self._shortest(a)
            for j in self._shortest(b)
        )

    def _is_printed_widely(self, i: int, group: Sequence[int]) -> bool:
        """Say whether so many have a text whole that it is no roundup of what others wrote."""
        whole = (j for j in group if i == j or self._are_alike(min(i, j), max(i, j)))
        return len(list(islice(whole, _PRINTED_WIDELY))) == _PRINTED_WIDELY

    def _are_alike(self, i: int, j: int) -> bool:
        return min(o.share for o in self._overlap(i, j)) >= _WHOLE

    def _shortest(self, group: Sequence[int]) -> list[int]:
        return sorted(group, key=lambda i: (self._texts[i].count, i))[:_ASKED]

    def _are_apart(self, i: int, j: int) -> bool:
        """Say whether nothing shows two articles to be parts of one text."""
        if self._agencies[i] & self._agencies[j]:
            return False
        titles = self._articles[i].title, self._articles[j].title
        if titles[0] and titles[1] and fuzz.ratio(titles[0], titles[1]) >= _ONE_TITLE:
            return False
        return max(o.share for o in self._overlap(i, j)) < _MIN_COMMON


def _identical(texts: Sequence[OwnWords]) -> list[list[int]]:
    """Return the indices of texts that are the same word for word, in order; text without words is not."""
    found: dict[tuple[str, ...], list[int]] = {}
    for i, text in enumerate(texts):
        if text.units:
            found.setdefault(text.tokens, []).append(i)
    return list(found.values())


def _without_endings(texts: Sequence[OwnWords]) -> list[OwnWords]:
    """Take out the sentences that end several otherwise different articles, such as an agency's notice."""
    holders = Counter(tokens for text in texts for tokens in {u.tokens for u in text.units})
    endings = [_ending(text, holders) for text in texts]
    ended = Counter(tokens for ending in endings for tokens in {u.tokens for u in ending})
    return [
        text.without(u.tokens for u in ending if ended[u.tokens] >= _MIN_ENDED)
        for text, ending in zip(texts, endings, strict=True)
    ]


def _ending(text: OwnWords, holders: Counter[tuple[str, ...]]) -> tuple[Unit, ...]:
    """Return a text's last sentences that others have, too; none where that is much or all of it."""
    own = [i for i, unit in enumerate(text.units) if holders[unit.tokens] < _MIN_ENDED]
    ending = text.units[own[-1] + 1 :] if own else ()
    return ending if sum(len(u.tokens) for u in ending) <= _MAX_ENDING_WORDS else ()
