"""Briefs with an entailment model: what it lets be said, and that it is asked again."""

from dataclasses import replace

from service.backends.fakes import FakeScorer, fake_models
from service.domain.brief import Brief, Options
from service.domain.claims import Provenance
from service.domain.ports import EntailmentScorer
from service.domain.text import Article, Document
from service.pipeline import prepare, summarize
from service.stages.verify import recheck
from tests.conftest import NOON
from tests.unit.test_pipeline import WritingDrafter

STORM = "A storm had closed the port of Vega for nine days. Rain fell on the hills all night."
# The same words in another order, which no rule can tell to mean the same.
REWRITTEN = "For nine days a storm had closed the port of Vega."
DOCUMENT = Document(id="d", content=STORM)


def brief(scorer: EntailmentScorer | None, provenance: Provenance = "lexical") -> Brief:
    drafter = WritingDrafter(REWRITTEN)
    models = replace(fake_models(), drafter=drafter, scorer=scorer)
    options = Options(provenance=provenance)
    return summarize([DOCUMENT], models, options, brief_id="b", created_at=NOON)


def articles() -> dict[str, Article]:
    return {"d": prepare(DOCUMENT, fake_models())}


def test_a_rewritten_sentence_is_stated_where_the_model_bears_it_out() -> None:
    made = brief(FakeScorer())
    assert REWRITTEN in [s.text for s in made.statements]
    assert made.run is not None
    assert made.run.models["entailment"] == FakeScorer.name
    assert set(made.run.prompts) == {"draft", "headline", "merge"}


def test_without_the_model_or_its_word_the_source_stands_in() -> None:
    doubtful = FakeScorer({REWRITTEN: 0.4})
    for scorer in (None, doubtful):
        made = brief(scorer)
        assert REWRITTEN not in [s.text for s in made.statements]
        assert STORM.partition(". ")[0] + "." in [s.text for s in made.statements]
        assert REWRITTEN in [d.text for d in made.dropped]
    assert "0.40" in next(d.reason for d in brief(doubtful).dropped if d.text == REWRITTEN)


def test_under_strict_nothing_is_rewritten() -> None:
    made = brief(FakeScorer(), "strict")
    assert REWRITTEN not in [s.text for s in made.statements]
    assert made.run is not None
    assert set(made.run.prompts) == {"draft"}


def test_what_the_model_let_stand_is_checked_with_it_and_does_not_hold_without() -> None:
    made = brief(FakeScorer())
    assert recheck(made, articles(), FakeScorer()) == ()
    [failure] = {f.reason for f in recheck(made, articles()) if f.statement_id == "s1"}
    assert "fake entailment is needed" in failure
    assert recheck(made, articles(), FakeScorer({REWRITTEN: 0.1}))
