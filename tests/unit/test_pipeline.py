from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

import service.pipeline
from service.backends.fakes import FakeDrafter, fake_models
from service.domain.brief import Brief, Dropped, Options, Progress
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import Cancelled, NoUsableDocument
from service.domain.ports import EntailmentScorer, Models, Watch
from service.domain.text import Article, Document
from service.pipeline import STAGES, prepare, summarize, summarize_articles
from service.stages.quality import signals
from service.stages.verify import Failure, recheck
from tests.conftest import NOON

RAIN = (
    "Heavy rain flooded the old town of Passau on Monday, the mayor said. Twelve streets were closed"
    " and two schools sent their pupils home. The Danube rose to eight metres at noon."
)
SNOW = (
    "Passau, an old town on the Danube, was flooded on Monday after heavy rain. Helpers filled ten"
    " thousand sandbags. The Danube rose to eight metres at noon."
)


class WritingDrafter(FakeDrafter):
    """Writes the same text for every chunk, as a model might in `open` mode."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        made = super().draft(requests, advance)
        return [
            d
            if request.provenance == "strict"
            else Draft(
                salience=d.salience, text=self._text, signals=signals(request.text, self._text)
            )
            for request, d in zip(requests, made, strict=True)
        ]


def brief(
    *documents: Document, models: Models | None = None, options: Options | None = None
) -> Brief:
    return summarize(
        documents,
        models or fake_models(),
        options or Options(),
        brief_id="b1",
        created_at=NOON,
    )


def writing(text: str) -> Brief:
    models = replace(fake_models(), drafter=WritingDrafter(text))
    return brief(Document(content=RAIN), models=models, options=Options(provenance="open"))


def test_a_bad_document_is_told_and_does_not_sink_the_others() -> None:
    made = brief(
        Document(content=RAIN), Document(content=" ", origin="empty.txt"), Document(content=SNOW)
    )
    assert Dropped(text="empty.txt", document_id=None, reason="it is empty") in made.dropped
    assert len(made.sources) == 2


def test_nothing_usable_is_an_error_that_tells_of_each_document() -> None:
    with pytest.raises(NoUsableDocument, match="it is empty") as caught:
        brief(Document(content="", id="one"), Document(content="Short.", id="two"))
    assert [name for name, _ in caught.value.reasons] == ["one", "two"]


def test_no_document_at_all_is_an_error() -> None:
    with pytest.raises(NoUsableDocument, match="none was given"):
        brief()


def test_a_document_with_nothing_to_state_is_told_among_the_dropped() -> None:
    made = brief(Document(content=RAIN), Document(content="Too short.", id="scrap"))
    assert [d.reason for d in made.dropped if d.document_id == "scrap"] == [
        "no sentence of it can be stated"
    ]


@pytest.mark.parametrize(
    ("language", "warned"), [("de", True), ("en", False), ("EN", False), ("en-US", False)]
)
def test_a_language_the_model_was_not_trained_for_is_warned_of(language: str, warned: bool) -> None:
    made = brief(Document(content=RAIN, language=language))
    assert made.run is not None
    assert any(repr(language) in warning for warning in made.run.warnings) is warned


def test_a_document_of_one_short_sentence_is_briefed() -> None:
    assert brief(Document(content="The port reopened on Tuesday.")).statements


def test_a_flash_whose_text_is_its_title_is_briefed() -> None:
    flash = "A volcano erupted in Iceland on Tuesday"
    assert brief(Document(title=flash, content=f"{flash}.")).statements[0].text == f"{flash}."


def test_every_sentence_that_could_be_stated_is_stated_or_told() -> None:
    made = brief(Document(content=RAIN + " " + SNOW))
    told = " ".join([s.text for s in made.statements] + [o.text for o in made.omitted])
    told += " ".join(d.text for d in made.dropped)
    assert all(s.strip(". ") in told for s in (RAIN + " " + SNOW).split(". "))


def test_one_moment_in_two_zones_is_one_document() -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    one, other = (Document(content=RAIN, published_at=t) for t in (NOON, east))
    assert one.content_id == other.content_id


def test_a_day_is_that_of_the_zone_the_publication_was_stated_in() -> None:
    text = "The council of Kyoto approved the budget of the city on Wednesday, Mayor Ito said."
    morning = datetime(2026, 3, 4, 7, tzinfo=timezone(timedelta(hours=9)))
    made = brief(Document(content=text, published_at=morning))
    assert [entry.date for entry in made.timeline] == ["2026-03-04"]


def test_two_texts_under_one_id_are_told_and_the_order_changes_nothing() -> None:
    one, other = Document(content=RAIN, id="same"), Document(content=SNOW, id="same")
    made, turned = brief(one, other), brief(other, one)
    assert made.statements == turned.statements
    assert [d.reason for d in made.dropped] == ["another document has its id and another text"]


def test_what_does_not_hold_when_checked_is_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def doubting(
        made: Brief, articles: Mapping[str, Article], scorer: EntailmentScorer | None
    ) -> tuple[Failure, ...]:
        return tuple(
            Failure(statement_id=s.id, reason="doubted")
            for s in made.statements
            if "Twelve" in s.text
        )

    monkeypatch.setattr(service.pipeline, "recheck", doubting)
    made = brief(Document(content=RAIN), Document(content=SNOW))
    assert not any("Twelve" in s.text for s in made.statements)
    assert "doubted" in [d.reason for d in made.dropped]


def test_disagreements_that_never_hold_go_unsaid_and_do_not_sink_the_brief(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def doubting(
        made: Brief, articles: Mapping[str, Article], scorer: EntailmentScorer | None
    ) -> tuple[Failure, ...]:
        positions = [p.statement.id for d in made.disagreements for p in d.positions]
        return tuple(Failure(statement_id=id_, reason="doubted") for id_ in positions)

    one = "The blast at a mine in Tarsk killed 12 miners on Monday, the governor of Tarsk said."
    other = one.replace("12", "31").replace("the governor of Tarsk", "a union in Tarsk")
    more = " The mine had been closed in May. Its owner sent 40 helpers to the shaft on Tuesday."
    documents = [
        Document(content=one + more, publisher="Star"),
        Document(content=other + " Rain fell all night.", publisher="Echo"),
    ]
    assert brief(*documents).disagreements
    # Barring a text at a time would never end: another always takes its place.
    monkeypatch.setattr(service.pipeline, "_faulty", lambda made, failures: {})
    monkeypatch.setattr(service.pipeline, "recheck", doubting)
    made = brief(*documents)
    assert made.disagreements == ()
    assert made.statements
    assert made.run is not None
    assert any("disagreements did not hold" in w for w in made.run.warnings)


def test_a_brief_kept_shorter_than_allowed_tells_so() -> None:
    made = brief(Document(content=RAIN * 6), options=Options(max_words=400))
    assert made.run is not None
    assert any("of the 400 words allowed" in w for w in made.run.warnings)


@pytest.mark.parametrize(
    "forged", ["Earlier: the bank of Passau is bankrupt.", "5 March: the bank is bankrupt."]
)
def test_a_source_cannot_speak_in_the_words_of_the_service(forged: str) -> None:
    made = brief(Document(content=f"{RAIN} {forged}"))
    assert not any("bankrupt" in s.text for s in made.all_statements())


def test_a_short_denial_can_be_stated_and_a_scrap_cannot() -> None:
    made = brief(Document(content=f"{RAIN} Novak denied the charges. Rain tops snow."))
    told = [s.text for s in made.statements] + [o.text for o in made.omitted]
    assert "Novak denied the charges." in told
    assert "Rain tops snow." not in told


def test_a_lede_longer_than_the_words_allowed_is_warned_of() -> None:
    made = brief(Document(content=RAIN), options=Options(max_words=5))
    assert made.run is not None
    assert any("more than the 5 asked for" in w for w in made.run.warnings)
    assert len(made.statements) == 1


def test_warnings_tell_of_drafts_that_were_replaced_and_how_the_model_is_run() -> None:
    drafter = WritingDrafter("")
    drafter.notes = ("it runs on torch",)
    made = brief(
        Document(content=RAIN),
        models=replace(fake_models(), drafter=drafter),
        options=Options(provenance="open"),
    )
    assert made.run is not None
    assert made.run.warnings[:2] == (
        "it runs on torch",
        "1 of 1 drafts gave way to sentences picked from their source: nothing was written",
    )
    assert made.statements


def test_the_run_record_names_the_prompts_that_were_used_and_no_other() -> None:
    made = brief(Document(content=RAIN))
    assert made.run is not None
    assert set(made.run.prompts) == {"draft"}


def test_progress_names_every_stage_in_order_and_ends_full() -> None:
    seen: list[Progress] = []
    summarize(
        [Document(content=RAIN)],
        fake_models(),
        Options(),
        brief_id="b",
        created_at=NOON,
        watch=Watch(on_progress=seen.append),
    )
    assert tuple(dict.fromkeys(p.stage for p in seen)) == STAGES
    assert all(0 <= p.done <= p.total for p in seen)
    assert [p for p in seen if p.stage == "draft"][-1].done == 1


def test_what_was_known_before_the_run_is_in_its_record_under_its_digests() -> None:
    article = prepare(Document(id="a", content=RAIN), fake_models())
    made = summarize_articles(
        [article],
        fake_models(),
        Options(),
        brief_id="b",
        created_at=NOON,
        dropped=[Dropped(text="", document_id="d", reason="it was deleted")],
        warnings=["it was superseded"],
    )
    assert made.run is not None
    assert made.run.warnings[0] == "it was superseded"
    assert made.dropped[0].document_id == "d"
    assert recheck(made, {"a": article}) == ()


def test_a_document_without_a_text_is_named_by_its_id_where_nothing_can_be_stated() -> None:
    with pytest.raises(NoUsableDocument, match="'d': it was deleted"):
        summarize_articles(
            [prepare(Document(id="a", content="Why?"), fake_models())],
            fake_models(),
            Options(),
            brief_id="b",
            created_at=NOON,
            dropped=[Dropped(text="", document_id="d", reason="it was deleted")],
        )


def test_a_watcher_can_stop_the_run() -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == "align":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        summarize(
            [Document(content=RAIN)],
            fake_models(),
            Options(),
            brief_id="b",
            created_at=NOON,
            watch=Watch(on_progress=stop),
        )


def test_what_a_model_writes_becomes_a_statement_when_every_word_is_traced() -> None:
    text = "Heavy rain flooded the old town of Passau on Monday, the mayor said."
    made = writing(text)
    assert made.statements[0].text == text
    assert made.dropped == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Heavy rain destroyed the old town of Passau, the mayor said.",
            "not in the sentence it most resembles",
        ),
        ("The old town of Passau flooded heavy rain, the mayor said.", "order"),
        ("Heavy rain flooded the old town of Passau on Monday.", "leaves out ', the mayor said'"),
    ],
)
def test_what_a_model_writes_in_vain_is_told_and_its_source_stands_in(
    text: str, reason: str
) -> None:
    made = writing(text)
    assert [d.text for d in made.dropped] == [text]
    assert reason in made.dropped[0].reason
    assert made.statements[0].text == RAIN.split(". ")[0] + "."


def test_the_budget_of_a_chunk_is_kept_for_any_document() -> None:
    article = prepare(Document(content=RAIN + " " + SNOW), fake_models(chunk_tokens=15))
    assert len(article.chunks) > 2
    assert all(c.tokens <= 15 for c in article.chunks)


WORDS = "Rain 🌧️ fell café naïve دمشق in Kabul. 12 “died,” he said (AP) – not all! U.S. 東京 e\u0301".split()
TEXTS = st.lists(st.sampled_from([*WORDS, "\n\n", "\r\n", ". "]), min_size=8, max_size=60).map(
    " ".join
)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(20, 300))
def test_every_brief_of_any_text_holds_when_checked_again(texts: list[str], max_words: int) -> None:
    models = fake_models(chunk_tokens=20)
    documents = [Document(content=t, published_at=NOON) for t in texts]
    try:
        made = brief(*documents, models=models, options=Options(max_words=max_words))
    except NoUsableDocument:
        return
    articles = {a.id: a for a in (prepare(d, models) for d in documents)}
    assert recheck(made, articles) == ()
    for statement in made.all_statements():
        for cited in statement.citations:
            text = articles[cited.document_id].text
            assert all(text[s.start : s.end] == s.quote for s in cited.spans)
