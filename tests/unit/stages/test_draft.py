from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Literal

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.claims import PROVENANCES, Draft, DraftRequest, Provenance
from service.domain.errors import Cancelled
from service.domain.text import Article, Chunk, Span
from service.stages.constituents import optional
from service.stages.draft import ChunkDraft, chunk_count, draft, draft_warnings
from service.stages.quality import CUT_OFF, NOTHING, REPEATS, signals
from tests.conftest import MakeArticle

RAIN = (
    "Heavy rain flooded the old town of Passau on Monday, the mayor said. Two schools were closed."
)
SNOW = "Anna Huber, the mayor of Passau, had closed two schools on Monday after heavy snow."
AGAIN = "Two schools closed. " * 3


class Scripted(FakeDrafter):
    """Writes what it is told to for each text, and remembers every call."""

    def __init__(
        self, texts: Sequence[str] = (), finish: Literal["stop", "length"] = "stop"
    ) -> None:
        super().__init__()
        self.texts = list(texts)
        self.finish: Literal["stop", "length"] = finish
        self.calls: list[list[DraftRequest]] = []

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        self.calls.append(list(requests))
        made = super().draft(requests, advance)
        if not requests or requests[0].provenance == "strict":
            return made
        return [
            Draft(
                salience=d.salience,
                text=text,
                signals=signals(r.text, text, finish=self.finish),
            )
            for r, d, text in zip(requests, made, self.texts, strict=True)
        ]


def drafted(
    articles: Sequence[Article],
    drafter: FakeDrafter,
    provenance: Provenance = "open",
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[ChunkDraft, ...]:
    return draft(articles, drafter, Options(provenance=provenance), advance)


def test_a_draft_that_is_fit_stays_and_is_asked_for_once(make_article: MakeArticle) -> None:
    drafter = Scripted(["Heavy rain flooded Passau."])
    [made] = drafted([make_article("a", RAIN)], drafter)
    assert (made.draft.text, made.fell_back) == ("Heavy rain flooded Passau.", "")
    assert len(drafter.calls) == 1


@pytest.mark.parametrize("provenance", ["lexical", "open"])
def test_picks_stand_in_for_drafts_that_are_unfit_and_for_no_other(
    make_article: MakeArticle, provenance: Provenance
) -> None:
    articles = [make_article(name, RAIN) for name in "abc"]
    drafter = Scripted([AGAIN, "Heavy rain flooded Passau.", ""])
    made = drafted(articles, drafter, provenance)
    assert [d.fell_back for d in made] == [REPEATS, "", NOTHING]
    assert [d.draft.picks for d in made] == [(0, 1), (), (0, 1)]
    assert [d.article.id for d in made] == ["a", "b", "c"]
    assert [[r.provenance for r in call] for call in drafter.calls] == [
        [provenance] * 3,
        ["strict"] * 2,
    ]


def test_a_strict_draft_is_never_asked_for_again(make_article: MakeArticle) -> None:
    class Silent(Scripted):
        def draft(
            self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
        ) -> list[Draft]:
            made = super().draft(requests, advance)
            return [Draft(salience=d.salience) for d in made]

    drafter = Silent()
    [made] = drafted([make_article("a", RAIN)], drafter, "strict")
    assert (made.draft.picks, made.fell_back, len(drafter.calls)) == ((), "", 1)


def test_a_draft_stopped_by_its_limit_loses_its_unfinished_sentence(
    make_article: MakeArticle,
) -> None:
    drafter = Scripted(["Heavy rain flooded Passau. Two schools"], finish="length")
    [made] = drafted([make_article("a", RAIN)], drafter)
    assert (made.draft.text, made.fell_back) == ("Heavy rain flooded Passau.", "")
    assert made.draft.signals == signals(RAIN, "Heavy rain flooded Passau.", finish="length")


def test_a_draft_stopped_before_any_sentence_is_whole_is_replaced(
    make_article: MakeArticle,
) -> None:
    [made] = drafted([make_article("a", RAIN)], Scripted(["Heavy rain"], finish="length"))
    assert (made.draft.text, made.fell_back) == ("", CUT_OFF)


def test_progress_counts_a_chunk_once_however_often_it_is_asked_for(
    make_article: MakeArticle,
) -> None:
    articles = [make_article(name, RAIN) for name in "ab"]
    told: list[int] = []
    drafted(articles, Scripted(["", ""]), advance=told.append)
    assert sum(told) == chunk_count(articles) == 2


def test_a_caller_can_stop_while_picks_are_made(make_article: MakeArticle) -> None:
    told: list[int] = []

    def stop_at_the_second(done: int) -> None:
        told.append(done)
        if len(told) > 1:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        drafted([make_article("a", RAIN)], Scripted([""]), advance=stop_at_the_second)


def test_a_chunk_draft_knows_where_its_chunk_begins(make_article: MakeArticle) -> None:
    article = make_article("a", RAIN, SNOW)
    last = article.sentences[-1]
    parts = (
        Chunk(index=0, start=0, end=len(RAIN), tokens=1),
        Chunk(index=1, start=last.start, end=last.end, tokens=1),
    )
    made = drafted([replace(article, chunks=parts)], FakeDrafter())
    assert [d.offset for d in made] == [0, article.text.index(SNOW)]


@pytest.mark.parametrize("provenance", PROVENANCES)
def test_only_a_strict_request_names_what_its_sentences_may_lose(
    make_article: MakeArticle, provenance: Provenance
) -> None:
    drafter = Scripted(["Two schools were closed."])
    drafted([make_article("a", RAIN + " " + SNOW, title="Snow")], drafter, provenance)
    [request] = drafter.calls[0]
    start = request.text.index(SNOW)
    losable = {Span(start + s.start, start + s.end) for s in optional(SNOW, "en")}
    assert losable
    assert set(request.optional) == (losable if provenance == "strict" else set())


def test_a_draft_asked_for_again_may_lose_constituents_too(make_article: MakeArticle) -> None:
    drafter = Scripted([""])
    drafted([make_article("a", SNOW)], drafter)
    [request] = drafter.calls[1]
    assert request.optional == optional(SNOW, "en")


def test_warnings_tell_how_many_drafts_were_replaced_and_why(make_article: MakeArticle) -> None:
    articles = [make_article(name, RAIN) for name in "abcd"]
    made = drafted(articles, Scripted(["", AGAIN, AGAIN, "Heavy rain flooded Passau."]))
    assert list(draft_warnings(made)) == [
        f"2 of 4 drafts gave way to sentences picked from their source: {REPEATS}",
        f"1 of 4 drafts gave way to sentences picked from their source: {NOTHING}",
    ]


def test_reasons_as_frequent_come_in_one_order(make_article: MakeArticle) -> None:
    articles = [make_article(name, RAIN) for name in "ab"]
    told = {
        tuple(draft_warnings(drafted(articles, Scripted(texts))))
        for texts in product(["", AGAIN], repeat=2)
        if len(set(texts)) == 2
    }
    assert len(told) == 1


def test_drafts_that_are_all_fit_give_no_warning(make_article: MakeArticle) -> None:
    made = drafted([make_article("a", RAIN)], FakeDrafter(), "strict")
    assert list(draft_warnings(made)) == []
