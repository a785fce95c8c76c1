"""Count publishers, not pages: which articles are one publisher's own reporting, or copies of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.domain.text import Article
from service.lexis.words import words
from service.stages.copies import numbered, text_copies
from service.stages.credits import is_agency
from service.stages.own_words import runs
from service.stages.unions import Unions

# Quotes of which the shorter has nine in ten of its five-word runs in the other are one sentence.
_RUN_WORDS, _VERBATIM = 5, 0.9


def independent_groups(
    articles: Sequence[Article], copies: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Return the group, numbered from 1 in the articles' order, of each article's id.

    `copies` are what `text_copies` found for the same articles, where that is known already.

    Articles share a group when they are copies of one text, or have one publisher (or, where one of
    them names none, come from one site). But a text that several publishers print does not make one
    source of those that have other reports of their own: it is its agency's, or a group of its own.
    """
    ordered = sorted({a.id: a for a in articles}.values(), key=lambda a: a.id)
    printed = _printed(ordered, text_copies(ordered) if copies is None else copies)
    reporters = frozenset(p.reporter for p in printed if p.reporter)
    unions = Unions(len(printed))
    of_outlet: dict[str, list[int]] = {}
    for i, text in enumerate(printed):
        for outlet in sorted(text.homes(reporters)):
            of_outlet.setdefault(outlet, []).append(i)
    for texts in of_outlet.values():
        _join(texts, printed, unions)
    groups = [frozenset(id_ for i in g for id_ in printed[i].ids) for g in unions.groups()]
    return numbered([a.id for a in articles], groups)


def distinct_reports(quotes: Sequence[tuple[int, str]]) -> int:
    """Return how many independent reports stand behind a statement: (group, quoted sentence) each.

    Groups whose sentences are the same nearly word for word count once: one was copied.
    """
    counted: dict[int, list[frozenset[tuple[str, ...]]]] = {}
    for group, quote in quotes:
        said = frozenset(runs([w.lower for w in words(quote)], _RUN_WORDS))
        others = (s for g, known in counted.items() if g != group for s in known)
        if group in counted or not any(_verbatim(said, s) for s in others):
            counted.setdefault(group, []).append(said)
    return len(counted)


def _verbatim(a: frozenset[tuple[str, ...]], b: frozenset[tuple[str, ...]]) -> bool:
    shorter = min(len(a), len(b))
    return bool(shorter) and len(a & b) / shorter >= _VERBATIM


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """A text, by the ids of its copies, and who printed it; `agencies` are those of the outlets."""

    ids: tuple[str, ...]
    outlets: frozenset[str]
    agencies: frozenset[str]

    @property
    def reporter(self) -> str | None:
        """Return the one outlet that has the text."""
        return next(iter(self.outlets)) if len(self.outlets) == 1 else None

    def homes(self, reporters: frozenset[str]) -> frozenset[str]:
        """Return the outlets with whose other texts this one is one source."""
        return self.agencies if len(self.outlets & reporters) > 1 else self.outlets


def _printed(articles: Sequence[Article], groups: Mapping[str, int]) -> list[_Printed]:
    outlets = dict(zip((a.id for a in articles), _outlets(articles), strict=True))
    copies: dict[int, list[Article]] = {}
    for article in articles:
        copies.setdefault(groups[article.id], []).append(article)
    return [
        _Printed(
            ids=tuple(a.id for a in group),
            outlets=frozenset(name for a in group if (name := outlets[a.id])),
            agencies=frozenset(name for a in group if is_agency(a) and (name := outlets[a.id])),
        )
        for group in copies.values()
    ]


def _join(texts: Sequence[int], printed: Sequence[_Printed], unions: Unions) -> None:
    """Join an outlet's texts, its own reports first, but none through which two outlets would meet."""
    home, *others = sorted(texts, key=lambda i: (printed[i].reporter is None, i))
    for i in others:
        members = (*unions.members(home), *unions.members(i))
        if len({printed[j].reporter for j in members} - {None}) <= 1:
            unions.join(home, i)


def _outlets(articles: Sequence[Article]) -> list[str | None]:
    """Return who publishes each article: its publisher, else its site, or whom the site belongs to."""
    publishers: dict[str, set[str]] = {}
    for article in articles:
        if (site := _site(article.url)) and (name := _name(article.publisher)):
            publishers.setdefault(site, set()).add(name)
    return [
        _name(article.publisher) or _owner(_site(article.url), publishers) for article in articles
    ]


def _owner(site: str, publishers: Mapping[str, set[str]]) -> str | None:
    names = publishers.get(site, set())
    # A portal's site belongs to none of the publishers whose articles it shows.
    return next(iter(names)) if len(names) == 1 else site or None


def _site(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        # "http://[bad" is no address; what has none comes from no known site.
        return ""


def _name(publisher: str | None) -> str:
    return " ".join((publisher or "").casefold().split()).removeprefix("the ")
