"""Check the positions of a disagreement: that each says its value, and who else gives it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.domain.brief import Brief, DisagreementKind
from service.lexis.cues import negations
from service.lexis.dates import DateMention, find_dates, resolve
from service.lexis.measures import quantity_with, states
from service.lexis.tense import looks_ahead
from service.lexis.words import stem, words

# Of these, one answer is often the other with a "not".
_DENIABLE: frozenset[DisagreementKind] = frozenset(("status", "negation"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a position answers, `value`, in the words of its statement, `text`.

    `own` are the documents that the statement is made of; `days` are when documents were published,
    by id, where that is known.
    """

    kind: DisagreementKind
    value: str
    text: str
    own: tuple[str, ...]
    days: Mapping[str, date]

    def is_given_by(self, texts: Sequence[str], document_id: str) -> bool:
        """Say whether one of the passages of a document gives the same answer, in whatever words."""
        if self.kind == "number":
            asked = quantity_with(self.text, self.value)
            return asked is not None and any(states(text, asked) for text in texts)
        if any(self._has_the_words(text) for text in texts):
            return True
        return self.kind == "date" and self._is_dated_by(texts, document_id)

    def _has_the_words(self, text: str) -> bool:
        """Say whether every word of the value is in a text, which denies where the value does."""
        if not _stems(self.value) <= _stems(text):
            return False
        return self.kind not in _DENIABLE or bool(negations(text)) == bool(negations(self.text))

    def _is_dated_by(self, texts: Sequence[str], document_id: str) -> bool:
        place = _place(self.value, self.text)
        asked = [
            mention
            for mention in find_dates(self.text)
            if place is not None and place[0] <= mention.start and mention.end <= place[1]
        ]
        own = next((self.days[i] for i in self.own if i in self.days), None)
        return any(
            _same_day(a, b)
            for text in texts
            for a in _read(asked, self.text, own)
            for b in _read(find_dates(text), text, self.days.get(document_id))
        )


def answers(brief: Brief) -> dict[str, Answer]:
    """Return what each position of a brief answers, by the id of its statement."""
    days = brief.days()
    return {
        position.statement.id: Answer(
            kind=disagreement.kind,
            value=position.value,
            text=position.statement.text,
            own=tuple(
                dict.fromkeys(p.document_id for p in position.statement.provenance if p.document_id)
            ),
            days=days,
        )
        for disagreement in brief.disagreements
        for position in disagreement.positions
    }


def fault_of(answer: Answer) -> Iterator[str]:
    """Tell where a position's statement does not say its value."""
    says = (
        quantity_with(answer.text, answer.value) is not None
        if answer.kind == "number"
        else _place(answer.value, answer.text) is not None
    )
    if not says:
        yield f"its value {answer.value!r} is not in its text"


def _place(value: str, text: str) -> tuple[int, int] | None:
    """Return where a value stands in a text, whole words only, or None."""
    found = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) if value.strip() else None
    return found.span() if found else None


def _stems(text: str) -> set[str]:
    """Return the stems of a text's words, "didn't" as "did" and "not"."""
    found = set()
    for word in words(text):
        bare = word.lower.removesuffix("n't")
        found |= {stem(bare)} if bare == word.lower else {stem(bare), "not"}
    return found


def _read(
    mentions: Sequence[DateMention], text: str, published: date | None
) -> list[tuple[str, tuple[int | None, int | None, int | None]]]:
    """Return each date as it resolves, "" where it does not, with its year, month and day as stated."""
    found = []
    for mention in mentions:
        ahead = looks_ahead(text, mention) is True
        resolved = resolve(mention, published=published, future=ahead)
        stated = (mention.year, mention.month, mention.day)
        found.append((resolved.date if resolved else "", stated))
    return found


def _same_day(
    a: tuple[str, tuple[int | None, int | None, int | None]],
    b: tuple[str, tuple[int | None, int | None, int | None]],
) -> bool:
    """Say whether two dates are one; without a year known, a month and a day are enough."""
    (mine, (my_year, *my_day)), (its, (its_year, *its_day)) = a, b
    if mine and its:
        return mine == its
    years_fit = my_year is None or its_year is None or my_year == its_year
    return None not in my_day and my_day == its_day and years_fit
