import numpy as np
import pytest

from service.domain.ports import Embedder

TEXTS = [
    "The port was closed on Monday.",
    "The council voted to plan a new bridge in the old harbour.",
    "Ships.",
    "",
    "</s> [SEP] \ud800 日本",
    "The port was closed on Monday. " * 30,
]


def test_there_is_one_vector_of_length_one_a_text(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape[0] == len(TEXTS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_vectors_are_in_the_order_of_the_texts(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert not np.array_equal(vectors, vectors[::-1])
    assert np.array_equal(embedder.embed(TEXTS[::-1]), vectors[::-1])


def test_a_vector_depends_on_its_own_text_alone(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    assert np.array_equal(embedder.embed(TEXTS), alone)


def test_no_texts_have_no_vectors_of_the_same_width(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.embed(TEXTS).shape[1])


def test_the_run_record_can_name_it(embedder: Embedder) -> None:
    assert embedder.name
    assert embedder.revision
