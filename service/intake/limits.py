"""What may be read at most, what was read, and the tally kept in between."""

from dataclasses import dataclass, field, replace

from service.domain.brief import Dropped
from service.domain.text import Document

# A list of names this long still fits a terminal's line or two.
_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """The most that is read: sizes in bytes, before decoding and after decompression."""

    bytes_per_document: int = 10_000_000
    bytes_in_all: int = 200_000_000
    documents: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The documents read, in order; what could not be read, and why; what else to know.

    `too_many` are those that were over the limit on their number.
    """

    documents: tuple[Document, ...]
    problems: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    too_many: int = 0


@dataclass(slots=True)
class Tally:
    """Collects what is read, and holds it to the limits."""

    limits: IntakeLimits
    bytes_read: int = 0
    _documents: list[Document] = field(default_factory=list)
    _problems: list[Dropped] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _too_many: list[str] = field(default_factory=list)

    @property
    def bytes_left(self) -> int:
        return self.limits.bytes_in_all - self.bytes_read

    @property
    def problem_count(self) -> int:
        return len(self._problems)

    def add(self, name: str, document: Document) -> None:
        """Take a document; one over the limit on their number is told at the end."""
        if len(self._documents) < self.limits.documents:
            self._documents.append(replace(document, origin=name))
        else:
            self._too_many.append(name)

    def problem(self, name: str, reason: str) -> None:
        self._problems.append(Dropped(text=name, document_id=None, reason=reason))

    def note(self, text: str) -> None:
        self._notes.append(text)

    def fits(self, name: str, size: int, *, is_document: bool) -> bool:
        """Say whether this many bytes may still be read; if not, it is told as a problem."""
        if is_document and size > self.limits.bytes_per_document:
            self.problem(name, over(size, self.limits.bytes_per_document, "a document"))
            return False
        if size > self.bytes_left:
            total = self.bytes_read + size
            self.problem(name, over(total, self.limits.bytes_in_all, "in all"))
            return False
        return True

    def closed(self) -> Intake:
        """Return what was collected."""
        problems = list(self._problems)
        if self._too_many:
            named = ", ".join(self._too_many[:_NAMES_SHOWN])
            more = len(self._too_many) - _NAMES_SHOWN
            reason = (
                f"{len(self._documents) + len(self._too_many):,} documents,"
                f" {len(self._too_many):,} over the limit of {self.limits.documents:,}; not read:"
                f" {named}" + (f" and {more:,} more" if more > 0 else "")
            )
            problems.append(Dropped(text=self._too_many[0], document_id=None, reason=reason))
        return Intake(
            documents=tuple(self._documents),
            problems=tuple(problems),
            notes=tuple(self._notes),
            too_many=len(self._too_many),
        )


def over(size: int, limit: int, scope: str) -> str:
    """Return the reason for refusing this many bytes: the limit, and by how much it is exceeded."""
    return f"{size:,} bytes, {size - limit:,} over the limit of {limit:,} {scope}"
