"""How well the timeline dates events: of planted reports every entry right, and few left out."""

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.ports import Models
from service.domain.text import Article
from service.evaluation.planted_dates import DatingScore, planted_reports, score
from service.evaluation.planting import DocumentSet
from service.lexis.cues import addable, added_date
from service.pipeline import prepare, summarize_articles
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.draft import draft
from service.stages.story import tell
from service.stages.timeline import Dated, timeline
from service.stages.verify import recheck
from tests.conftest import NOON

REPORTS = 600
# Measured 1.0 and 0.996 over seeds 1 to 4. An entry with a wrong date is worse than none.
PRECISION, RECALL = 1.0, 0.97


def entries(articles: list[Article]) -> tuple[Dated, ...]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return timeline(story, {c.key: c for c in found})[0]


@pytest.fixture(scope="module")
def planted(models: Models) -> DatingScore:
    reports = list(planted_reports(REPORTS, seed=7))
    made = [[(e.date, e.to_come) for e in entries([prepare(r.document, models)])] for r in reports]
    return score([r.event for r in reports], made)


def test_no_planted_event_gets_a_wrong_date_or_a_wrong_mark(planted: DatingScore) -> None:
    assert planted.precision >= PRECISION, planted.wrong


def test_few_planted_events_are_left_out(planted: DatingScore) -> None:
    assert planted.recall >= RECALL, planted.missed


def test_timelines_of_real_sets_are_in_order_marked_and_hold(
    news_sets: list[DocumentSet], models: Models
) -> None:
    for found in news_sets:
        articles = list(found.articles)
        brief = summarize_articles(articles, models, Options(), brief_id=found.id, created_at=NOON)
        assert recheck(brief, {a.id: a for a in articles}) == ()
        told = [entry.date for entry in brief.timeline]
        assert told == sorted(told)
        published = {s.document_id: s.published_at for s in brief.sources}
        for entry in brief.timeline:
            first = entry.statement.provenance[0]
            lead = entry.statement.text[first.start : first.end]
            reported = published[entry.statement.citations[0].document_id]
            if reported is not None and entry.date > reported.date().isoformat():
                assert addable(lead)
                assert added_date(lead)
