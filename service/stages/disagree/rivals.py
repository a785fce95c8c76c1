"""What every kind of disagreement has in common: a question, and who answers it how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from service.domain.brief import DisagreementKind
from service.stages.cite import Cited
from service.stages.claims import Candidate
from service.stages.story import SentenceKey, Story

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
