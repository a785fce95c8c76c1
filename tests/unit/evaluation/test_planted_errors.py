from collections.abc import Callable

import pytest

from service.backends.fakes import fake_models
from service.domain.brief import Brief, Options, Statement
from service.domain.text import Article, Document
from service.evaluation.changes import Change
from service.evaluation.planted_errors import (
    DISGUISES,
    Sample,
    plant_errors,
    with_provenance,
    with_quote,
    with_text,
)
from service.evaluation.planting import document_set
from service.pipeline import summarize_articles
from tests.conftest import NOON

PORT = """The port of Alba reopened on Tuesday after nine days.
The harbour master said that 145 ships had waited outside."""
STORM = """The storm tore down three cranes at the port of Alba on 4 April 2025.
The port authority did not say who would pay for the repairs."""


@pytest.fixture(scope="module")
def sample() -> Sample:
    models = fake_models()
    articles = document_set(
        "port", [Document(content=PORT), Document(content=STORM)], models
    ).articles
    brief = summarize_articles(articles, models, Options(), brief_id="b", created_at=NOON)
    return brief, {a.id: a for a in articles}


def changed_number(brief: Brief) -> tuple[Statement, Change]:
    statement = next(s for s in brief.all_statements() if "145" in s.text)
    at = statement.text.index("145")
    return statement, Change(start=at, end=at + 3, text="1,450")


def test_errors_are_found_and_untouched_statements_are_not_refused(sample: Sample) -> None:
    found = plant_errors([sample])
    assert (found.caught_share, found.refused, found.misses) == (1.0, 0, ())
    assert found.planted == sum(row.planted for row in found.by_kind)
    assert {row.disguise for row in found.by_kind if row.planted} == set(DISGUISES)


def test_statements_that_do_not_hold_are_counted_as_refused(sample: Sample) -> None:
    brief, _ = sample
    other = Article(
        id="a", text="x", sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    )
    articles = {source.document_id: other for source in brief.sources}
    found = plant_errors([(brief, articles)])
    assert found.refused_share > 0


def test_no_brief_makes_no_shares_of_nothing() -> None:
    found = plant_errors([])
    assert (found.caught_share, found.refused_share) == (1.0, 0.0)


def test_text_alone_leaves_words_without_provenance(sample: Sample) -> None:
    with pytest.raises(ValueError, match="no provenance"):
        with_text(*changed_number(sample[0]))


@pytest.mark.parametrize("forge", [with_provenance, with_quote])
def test_a_better_disguise_tiles_again(
    sample: Sample, forge: Callable[[Statement, Change], Statement]
) -> None:
    forged = forge(*changed_number(sample[0]))
    assert "1,450 ships" in forged.text
    assert forged.provenance[-1].end == len(forged.text)


def test_the_best_disguise_has_quote_and_text_agree(sample: Sample) -> None:
    forged = with_quote(*changed_number(sample[0]))
    [piece] = forged.provenance
    span = forged.citations[0].spans[0]
    assert piece.source_start is not None
    assert piece.source_end is not None
    quoted = span.quote[piece.source_start - span.start : piece.source_end - span.start]
    assert quoted == forged.text
