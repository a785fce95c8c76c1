"""Find where sources name different people or places for one thing, or spell one name differently."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from service.domain.text import Article, Sentence
from service.lexis.offices import holders
from service.lexis.person_names import (
    Name,
    may_be_person,
    names,
    same_bearer,
    shows_person,
    spelled_alike,
)
from service.stages.disagree.frames import frame
from service.stages.disagree.rivals import Candidates, Rivals
from service.stages.disagree.slots import slot_rivals
from service.stages.disagree.tellings import Telling, independent, told_by
from service.stages.mend import self_contained
from service.stages.story import Story


def name_rivals(story: Story, candidates: Candidates) -> tuple[Rivals, ...]:
    """Return the disagreements about names: how one is spelled, who holds an office, who or where it was.

    A name that is only spelled differently is one person's, and never two people in one place.
    """
    told: dict[frozenset[str], Rivals] = {}
    for rivals in (
        *_spellings(story, candidates),
        *_office_rivals(story, candidates),
        *slot_rivals(story, candidates),
    ):
        # Who holds the office may be who did it, too.
        told.setdefault(frozenset(value for value, _ in rivals.positions), rivals)
    return tuple(told.values())


def _spellings(story: Story, candidates: Candidates) -> Iterator[Rivals]:
    """Yield the surnames of one person that independent sources spell differently.

    It is one person where the given name is the same, and no source uses both spellings.
    """
    borne: dict[str, list[Telling]] = defaultdict(list)
    given: dict[str, set[str]] = defaultdict(set)
    shown: set[str] = set()
    for article, sentence in story.sentences():
        text = article.quote(sentence.span)
        for name in names(text):
            if len(name.parts) < 2 or len(name.parts) > 4 or not may_be_person(name):
                continue
            borne[name.surname].append(_spelled(article, sentence, name))
            given[name.surname].add(name.parts[0])
            if shows_person(text, name):
                shown.add(name.surname)
    users = _users(story)
    for a, b in _of_one_given_name(given):
        if not spelled_alike(a, b) or _inflected(a, b) or not {a, b} & shown:
            continue
        if users[a] & users[b]:
            continue
        if {story.groups[i] for i in users[a]} & {story.groups[i] for i in users[b]}:
            continue
        sides = [_best(story, borne[s], given[a] & given[b], candidates) for s in (a, b)]
        answers = [side for side in sides if side is not None]
        made = told_by(story, candidates, answers, [*borne[a], *borne[b]])
        if len(made) > 1:
            (one, _), (other, _) = made
            yield Rivals(
                kind="name", question=f"How is the name spelled: {one} or {other}?", positions=made
            )


def _of_one_given_name(given: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
    """Return the pairs of surnames that are borne with one given name, in order."""
    surnames: dict[str, list[str]] = defaultdict(list)
    for surname in sorted(given):
        for name in given[surname]:
            surnames[name].append(surname)
    return sorted({pair for same in surnames.values() for pair in combinations(same, 2)})


def _users(story: Story) -> dict[str, set[str]]:
    """Return the articles that use each word of a name, titles and headlines included."""
    users: dict[str, set[str]] = defaultdict(set)
    for article in story.articles:
        for sentence in article.sentences:
            for name in names(article.quote(sentence.span)):
                for part in name.parts:
                    users[part].add(article.id)
    return users


def _spelled(article: Article, sentence: Sentence, name: Name) -> Telling:
    return Telling(
        frame=frame(article, sentence, name.start, name.end),
        answer=name.surname,
        value=name.text.split()[-1],
    )


def _inflected(a: str, b: str) -> bool:
    """Say whether one surname is the other's plural or feminine form: Smiths, Ivanova."""
    short, long = sorted((a, b), key=len)
    return long.startswith(short) and long[len(short) :] in ("s", "a", "es", "va")


def _best(
    story: Story, tellings: Sequence[Telling], given: set[str], candidates: Candidates
) -> Telling | None:
    """Return the first telling of a spelling, with one of the given names, that can be read alone."""
    for telling in tellings:
        called = telling.frame.text[telling.frame.start : telling.frame.end]
        if not any(n.parts[0] in given for n in names(called)):
            continue
        told = self_contained(story, telling.article, telling.sentence, candidates)
        if told is not None and telling.value in told.text:
            return telling
    return None


def _office_rivals(story: Story, candidates: Candidates) -> Iterator[Rivals]:
    """Yield the offices that independent sources of one time say different people hold."""
    held: dict[tuple[str, frozenset[str]], list[tuple[Telling, Name, str]]] = defaultdict(list)
    for article, sentence in story.sentences():
        for holder in holders(article.quote(sentence.span)):
            name = holder.name
            told = Telling(
                frame=frame(article, sentence, name.start, name.end),
                answer=" ".join(name.parts),
                value=name.text,
            )
            held[holder.office].append((told, name, holder.said))
    for same in held.values():
        for (a, name, said), (b, other, _) in combinations(same, 2):
            if same_bearer(name.parts, other.parts) or not independent(story, a.frame, b.frame):
                continue
            made = told_by(story, candidates, (a, b), [t for t, _, _ in same])
            if len(made) > 1:
                yield Rivals(kind="name", question=f"Who is the {said}?", positions=made)
                break
