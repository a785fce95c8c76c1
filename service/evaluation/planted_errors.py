"""Plant errors in a finished brief, disguised more and more, and count those a recheck finds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from service.domain.brief import Brief, Citation, Position, QuotedSpan, Statement
from service.domain.claims import Piece
from service.domain.text import Article
from service.evaluation.changes import Change
from service.evaluation.edits import EDIT_KINDS, EditKind, edit_change
from service.evaluation.names import name_pool
from service.stages.digest import sealed
from service.stages.verify import recheck

# How far the hand that altered a statement went: its text alone; its provenance too, with new
# digests; and the quote it stands on as well, which only the documents can tell.
Disguise = Literal["text", "provenance", "quote"]
DISGUISES: tuple[Disguise, ...] = get_args(Disguise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """An error planted in one statement, and what the statement said before."""

    statement_id: str
    kind: EditKind
    disguise: Disguise
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """How many errors of a kind in a disguise were found."""

    kind: EditKind
    disguise: Disguise
    planted: int
    caught: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catches:
    """What a recheck makes of errors and, as they are, of the statements they were planted in."""

    planted: int
    caught: int
    statements: int
    refused: int
    by_kind: tuple[Catch, ...]
    misses: tuple[Altered, ...]

    @property
    def caught_share(self) -> float:
        return self.caught / self.planted if self.planted else 1.0

    @property
    def refused_share(self) -> float:
        return self.refused / self.statements if self.statements else 0.0


Sample = tuple[Brief, Mapping[str, Article]]


def plant_errors(
    samples: Sequence[Sample], *, kinds: Sequence[EditKind] = EDIT_KINDS, seed: int = 0
) -> Catches:
    """Plant an error of every kind in every statement of finished briefs, one at a time.

    Each brief comes with its articles, keyed by document id.
    """
    tried: list[tuple[Altered, bool]] = []
    statements = refused = 0
    for brief, articles in samples:
        statements += len(brief.all_statements())
        refused += len({f.statement_id for f in recheck(brief, articles)})
        tried += _tried(brief, articles, kinds, seed)
    return Catches(
        planted=len(tried),
        caught=sum(caught for _, caught in tried),
        statements=statements,
        refused=refused,
        by_kind=tuple(_by_kind(tried)),
        misses=tuple(altered for altered, caught in tried if not caught),
    )


def _by_kind(tried: Sequence[tuple[Altered, bool]]) -> Iterator[Catch]:
    for kind in dict.fromkeys(a.kind for a, _ in tried):
        for disguise in DISGUISES:
            those = [caught for a, caught in tried if (a.kind, a.disguise) == (kind, disguise)]
            yield Catch(kind=kind, disguise=disguise, planted=len(those), caught=sum(those))


def _tried(
    brief: Brief, articles: Mapping[str, Article], kinds: Sequence[EditKind], seed: int
) -> Iterator[tuple[Altered, bool]]:
    pool = name_pool([articles[id_].text for id_ in sorted(articles)])
    for statement in brief.all_statements():
        for kind in kinds:
            change = edit_change(kind, statement.text, pool, seed=seed)
            if change is None:
                continue
            for disguise in DISGUISES:
                altered = Altered(
                    statement_id=statement.id,
                    kind=kind,
                    disguise=disguise,
                    before=statement.text,
                    after=change.of(statement.text),
                )
                yield altered, _is_caught(brief, articles, change, altered)


def _is_caught(
    brief: Brief, articles: Mapping[str, Article], change: Change, altered: Altered
) -> bool:
    """Say whether the altered brief cannot be built, or its statement does not hold."""
    hand: Callable[[Statement, Change], Statement] = _DISGUISED[altered.disguise]

    def forged(statement: Statement) -> Statement:
        return hand(statement, change) if statement.id == altered.statement_id else statement

    try:
        made = replace(
            brief,
            headline=forged(brief.headline) if brief.headline else None,
            statements=tuple(forged(s) for s in brief.statements),
            timeline=tuple(replace(e, statement=forged(e.statement)) for e in brief.timeline),
            disagreements=tuple(
                replace(d, positions=tuple(_position(p, forged, change) for p in d.positions))
                for d in brief.disagreements
            ),
        )
    except ValueError:
        return True
    if altered.disguise != "text":
        made = sealed(made)
    return altered.statement_id in {f.statement_id for f in recheck(made, articles)}


def _position(
    position: Position, forged: Callable[[Statement], Statement], change: Change
) -> Position:
    """Alter a position's value with its statement where the statement no longer has it."""
    statement = forged(position.statement)
    at = position.statement.text.find(position.value)
    end = at + len(position.value)
    if statement is position.statement or at < 0 or position.value in statement.text:
        return replace(position, statement=statement)
    new_end = _moved(end, change) if end > change.start else end
    value = statement.text[min(at, change.start) if at >= change.start else at : new_end]
    return replace(position, statement=statement, value=value or position.value)


def with_text(statement: Statement, change: Change) -> Statement:
    """Return the statement with its text altered and nothing else."""
    return replace(statement, text=change.of(statement.text))


def with_provenance(statement: Statement, change: Change) -> Statement:
    """Return the statement altered, its pieces made to tile the new text."""
    return replace(
        statement,
        text=change.of(statement.text),
        provenance=tuple(_retiled(statement.provenance, change)),
    )


def _retiled(pieces: Sequence[Piece], change: Change) -> Iterator[Piece]:
    """Yield the pieces where their words now stand; the first one touched takes the new words."""
    taken = False
    for piece in pieces:
        touched = piece.start < change.end and change.start < piece.end
        start = _moved(piece.start, change) if piece.start > change.start else piece.start
        end = _moved(piece.end, change) if piece.end > change.start else piece.end
        if touched and not taken:
            start, end = min(piece.start, change.start), max(end, change.start + len(change.text))
            taken = True
        if start < end:
            yield replace(piece, start=start, end=end)


def _moved(at: int, change: Change) -> int:
    """Return where a place behind a change's start is afterwards; inside it, at its end."""
    shift = len(change.text) - (change.end - change.start)
    return at + shift if at >= change.end else change.start + len(change.text)


def with_quote(statement: Statement, change: Change) -> Statement:
    """Return the statement altered, and its quote with it, so that both agree.

    Where the words changed come from more than one piece, only those of the first agree.
    """
    piece = next((p for p in statement.provenance if p.start <= change.start < p.end), None)
    if piece is None or piece.source_start is None or piece.source_end is None:
        return with_provenance(statement, change)
    shift = piece.source_start - piece.start
    end = min(change.end, piece.end)
    in_source = Change(start=change.start + shift, end=end + shift, text=change.text)
    delta = len(in_source.text) - (in_source.end - in_source.start)
    forged = with_provenance(statement, change)
    return replace(
        forged,
        citations=tuple(_requoted(c, piece, in_source) for c in statement.citations),
        provenance=tuple(_resourced(p, piece, in_source, delta) for p in forged.provenance),
    )


def _requoted(cited: Citation, piece: Piece, change: Change) -> Citation:
    """Alter the quote that holds the change, and move those behind it."""
    if cited.document_id != piece.document_id:
        return cited
    return replace(cited, spans=tuple(_respanned(s, change) for s in cited.spans))


def _respanned(span: QuotedSpan, change: Change) -> QuotedSpan:
    if not (span.start <= change.start and change.end <= span.end):
        return span
    inside = Change(start=change.start - span.start, end=change.end - span.start, text=change.text)
    quote = inside.of(span.quote)
    return QuotedSpan(start=span.start, end=span.start + len(quote), quote=quote)


def _resourced(piece: Piece, changed: Piece, change: Change, delta: int) -> Piece:
    """Return a piece whose source range fits the altered quote."""
    if piece.document_id != changed.document_id or piece.source_start is None:
        return piece
    start, end = piece.source_start, piece.source_end or 0
    return replace(
        piece,
        source_start=start + delta if start >= change.end else start,
        source_end=end + delta if end >= change.end else end,
    )


_DISGUISED: Mapping[Disguise, Callable[[Statement, Change], Statement]] = {
    "text": with_text,
    "provenance": with_provenance,
    "quote": with_quote,
}
