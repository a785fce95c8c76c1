"""What every kind of disagreement has in common: a question, and who answers it how."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from service.domain.brief import DisagreementKind
from service.domain.claims import Evidence
from service.domain.text import Article, Sentence
from service.lexis.profile import name_stems
from service.stages.answers import Answer as Given
from service.stages.answers import fault_of
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.mend import preceding, self_contained, together
from service.stages.story import SentenceKey, Story
from service.stages.unions import Unions

Candidates: TypeAlias = Mapping[SentenceKey, Candidate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """A question, and each answer given to it with the statement that gives it.

    An answer's value is words of its statement, which cites every article that gives it so; the ids
    of the statements are left empty.
    """

    kind: DisagreementKind
    question: str
    positions: tuple[tuple[str, Cited], ...]


Finder: TypeAlias = Callable[[Story, Candidates], tuple[Rivals, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A sentence that answers a question; `worded` tells how a text words the answer, "" if not."""

    kind: DisagreementKind
    article: Article
    sentence: Sentence
    worded: Callable[[str], str]


def are_apart(story: Story, a: Article, b: Article) -> bool:
    """Say whether two articles speak for two parties: other groups, or a copy under another name.

    Who copies a report and changes what it says stands for the change.
    """
    if story.groups[a.id] != story.groups[b.id]:
        return True
    if a.publisher and b.publisher:
        return a.publisher.casefold() != b.publisher.casefold()
    return a.id != b.id and not (a.url and b.url)


def positions(
    story: Story, candidates: Candidates, answers: Sequence[Sequence[Answer]]
) -> tuple[tuple[str, Cited], ...]:
    """Return one position for each group of answers that say the same, cited wherever it is given.

    The first answer of a group that can be read alone tells its position; a group that has none is
    left out.
    """
    told = (_position(story, candidates, same) for same in answers)
    by_value: dict[str, tuple[str, Cited]] = {}
    for position in told:
        if position is not None:
            # "Friday" against "Friday", of another week, tells a reader nothing.
            by_value.setdefault(position[0].casefold(), position)
    return tuple(by_value.values())


def _position(
    story: Story, candidates: Candidates, same: Sequence[Answer]
) -> tuple[str, Cited] | None:
    for answer in same:
        cited = _tellable(story, answer, candidates)
        value = answer.worded(cited.text) if cited is not None else ""
        if cited is None or not value:
            continue
        asked = _asked(story, answer, cited, value)
        if any(fault_of(asked)):
            continue
        also = {
            a.article.id: Evidence(article_id=a.article.id, span=a.sentence.span, score=1.0)
            for a in reversed(same)
            if a.article.id != answer.article.id
            and asked.is_given_by([a.article.quote(a.sentence.span)], a.article.id)
        }
        own = tuple(e for e in cited.evidence if e.article_id == answer.article.id)
        return value, replace(cited, evidence=(*own, *(also[i] for i in sorted(also))))
    return None


def _asked(story: Story, answer: Answer, cited: Cited, value: str) -> Given:
    """Return a position as it is checked later, so that nothing is cited that is refused then."""
    return Given(
        kind=answer.kind,
        value=value,
        text=cited.text,
        own=(answer.article.id,),
        days={a.id: day for a in (answer.article, *story.articles) if (day := a.published_day)},
    )


def _tellable(story: Story, answer: Answer, candidates: Candidates) -> Cited | None:
    """Return an answer's sentence as it can be read beside the question, None where it cannot.

    What only points back ("the two departments") is told by the question as well; a pronoun needs
    the sentence that names whom it stands for.
    """
    article, sentence = answer.article, answer.sentence
    if (whole := self_contained(story, article, sentence, candidates)) is not None:
        return whole
    candidate = candidates.get((article.id, sentence.index))
    if candidate is None or candidate.needs is None:
        return None
    if candidate.needs.kind == "pointer":
        claim = candidate.claim
        return Cited(id="", text=claim.text, pieces=claim.pieces, evidence=claim.evidence)
    before = preceding(article, sentence)
    if before is None or not name_stems(article.quote(before.span)):
        return None
    return together(article, before, sentence)


def joined(
    pairs: Iterable[tuple[int, int]], are_rivals: Callable[[int, int], bool]
) -> tuple[tuple[int, ...], ...]:
    """Return what hangs together by the pairs that are rivals, each group in order, the groups by their first.

    A pair that already hangs together is not asked about.
    """
    asked = list(pairs)
    unions = Unions(1 + max(map(max, asked), default=-1))
    for a, b in asked:
        if unions.root(a) != unions.root(b) and are_rivals(a, b):
            unions.join(a, b)
    return tuple(tuple(members) for members in unions.groups() if len(members) > 1)
