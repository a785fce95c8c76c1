"""The same input says the same, whatever the order, the batch, the threads or the run."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice, permutations
from threading import Event

import pytest

from service.backends.load import Runtime, load_models
from service.domain.brief import Brief, Options
from service.domain.claims import PROVENANCES, Draft, DraftRequest, Provenance
from service.domain.ports import Models
from service.domain.text import Document
from service.pipeline import prepare, summarize
from service.render import dump_brief
from tests.conftest import NOON


def brief(documents: Sequence[Document], models: Models) -> Brief:
    return summarize(documents, models, Options(), brief_id="b", created_at=NOON)


def said(made: Brief) -> tuple[object, ...]:
    return (
        made.headline,
        made.statements,
        made.disagreements,
        made.timeline,
        made.sources,
        made.omitted,
    )


@pytest.fixture(scope="module")
def first(seed_documents: tuple[Document, ...], models: Models) -> Brief:
    return brief(seed_documents, models)


def test_the_order_of_the_documents_changes_nothing(
    seed_documents: tuple[Document, ...], models: Models, first: Brief
) -> None:
    for order in islice(permutations(seed_documents), 1, 120, 23):
        assert said(brief(order, models)) == said(first)


def test_a_second_run_changes_nothing(
    seed_documents: tuple[Document, ...], models: Models, first: Brief
) -> None:
    assert said(brief(seed_documents, models)) == said(first)


@pytest.mark.parametrize("provenance", PROVENANCES)
def test_batch_size_workers_and_other_callers_change_no_byte(
    seed_documents: tuple[Document, ...], provenance: Provenance
) -> None:
    options = Options(provenance=provenance)
    made = set()
    for rows, threads in ((1, 1), (4, 2), (16, 2), (16, 1)):
        runtime = Runtime(engine="ctranslate2", threads=threads, batch_rows=rows)
        models = load_models(None, runtime=runtime)
        made.add(written(seed_documents, models, options))
        with flooded(models, seed_documents):
            made.add(written(seed_documents, models, options))
        models.drafter.close()
    assert len(made) == 1


def written(documents: Sequence[Document], models: Models, options: Options) -> str:
    """Return a brief's JSON; it has been timed by a clock that stands still."""
    return dump_brief(summarize(documents, models, options, brief_id="b", created_at=NOON))


@contextmanager
def flooded(models: Models, documents: Sequence[Document]) -> Iterator[None]:
    """Keep another caller at work with the same model, in another mode."""
    done = Event()

    def flood() -> None:
        while not done.is_set():
            brief(documents, models)

    with ThreadPoolExecutor(1) as caller:
        caller.submit(flood)
        try:
            yield
        finally:
            done.set()


def test_a_document_sent_twice_counts_once(
    seed_documents: tuple[Document, ...], models: Models, first: Brief
) -> None:
    assert said(brief((*seed_documents, seed_documents[0]), models)) == said(first)


def test_a_draft_does_not_depend_on_who_shared_the_call(
    seed_documents: tuple[Document, ...], models: Models
) -> None:
    requests = []
    for document in seed_documents:
        article = prepare(document, models)
        for part in article.chunks:
            spans = [s.span for s in article.sentences_of(part)]
            requests.append(
                DraftRequest(
                    text=article.text[part.start : part.end],
                    sentences=tuple(
                        type(s)(s.start - part.start, s.end - part.start) for s in spans
                    ),
                    max_sentences=3,
                )
            )
    together: list[Draft] = models.drafter.draft(requests)
    alone = [models.drafter.draft([request])[0] for request in requests]
    in_pairs = [
        d for i in range(0, len(requests), 2) for d in models.drafter.draft(requests[i : i + 2])
    ]
    assert together == alone == in_pairs


def test_the_clock_changes_nothing_that_is_said(
    seed_documents: tuple[Document, ...], models: Models, first: Brief
) -> None:
    later = summarize(
        seed_documents,
        models,
        Options(),
        brief_id="other",
        created_at=NOON + timedelta(days=4000),
    )
    assert said(later) == said(first)
    assert later.run is not None
    assert first.run is not None
    assert later.run.output_sha256 == first.run.output_sha256
