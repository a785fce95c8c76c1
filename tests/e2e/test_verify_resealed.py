"""A brief that was changed, and its digests made anew, is held against the sentences it quotes."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service.domain.brief import Brief, Statement
from service.domain.claims import Piece
from service.render import load_brief
from service.stages.digest import sealed
from service.stages.verify import recheck


def of_words(statement: Statement, chosen: Callable[[list[Piece]], list[Piece]]) -> Statement:
    """Return the statement made of some of its words, each a piece that names its true place."""
    [whole] = statement.provenance
    assert whole.source_start is not None
    found: list[Piece] = []
    at = 0
    for word in statement.text.split(" "):
        start = whole.source_start + at
        found.append(
            Piece(
                start=at,
                end=at + len(word),
                document_id=whole.document_id,
                source_start=start,
                source_end=start + len(word),
            )
        )
        at += len(word) + 1
    text, pieces = "", []
    for piece in chosen(found):
        text += " " if text else ""
        said = statement.text[piece.start : piece.end]
        pieces.append(replace(piece, start=len(text), end=len(text) + len(said)))
        text += said
    return replace(statement, text=text, provenance=tuple(pieces))


def resealed(brief: Brief, changed: Statement) -> Brief:
    kept = tuple(changed if s.id == changed.id else s for s in brief.statements)
    return sealed(replace(brief, statements=kept))


def without_one_word(pieces: list[Piece]) -> list[Piece]:
    return pieces[:-3] + pieces[-2:]


def without_its_end(pieces: list[Piece]) -> list[Piece]:
    return pieces[:-2]


def without_its_start(pieces: list[Piece]) -> list[Piece]:
    return pieces[3:]


def turned_round(pieces: list[Piece]) -> list[Piece]:
    return [*pieces[3:], *pieces[:3]]


def word_by_word(pieces: list[Piece]) -> list[Piece]:
    return pieces


@pytest.mark.parametrize(
    "chosen",
    [without_one_word, without_its_end, without_its_start, turned_round, word_by_word],
)
def test_words_dropped_or_moved_are_found_from_the_quotes_alone(
    seeds_brief: dict[str, Any], chosen: Callable[[list[Piece]], list[Piece]]
) -> None:
    brief = load_brief(json.dumps(seeds_brief))
    whole = [s for s in brief.statements if len(s.provenance) == 1 and len(s.text.split()) > 8]
    assert whole
    for statement in whole:
        changed = resealed(brief, of_words(statement, chosen))
        assert statement.id in {f.statement_id for f in recheck(changed, {})}
