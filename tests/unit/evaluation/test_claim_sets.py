import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.errors import BadCorpus
from service.evaluation.claim_sets import (
    BUMP,
    CLAIM_SETS,
    SUMMEDITS,
    WICE,
    ClaimSet,
    read_bump,
    read_summedits,
    read_wice,
)

TEXT = "A barge hit the pier. Nobody was hurt."
EDITED = {"summary": "A barge hit a pier.", "label": 1, "edit_types": [], "text": TEXT}
PAIR = {
    "id": "p1",
    "text": TEXT,
    "reference_summary": "A barge hit the pier.",
    "edited_summary": "A bus hit the pier.",
    "error_type": "Entity",
}
CITED = {"claim": "A barge hit it.", "label": "supported", "evidence": ["A barge hit it.", " "]}


def write(folder: Path, name: str, *rows: object) -> Path:
    lines = b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in rows)
    (folder / name).write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    return folder


def test_an_edited_summary_has_its_label_and_its_edits(tmp_path: Path) -> None:
    bad = EDITED | {"label": 0, "edit_types": ["antonym_swap"]}
    first, second = read_summedits(write(tmp_path, SUMMEDITS, EDITED, bad)).claims
    assert (first.supported, first.kinds) == (True, ())
    assert (second.supported, second.kinds) == (False, ("antonym_swap",))
    assert first.sentences == ("A barge hit the pier.", "Nobody was hurt.")
    assert first.source == second.source


def test_a_pair_is_two_claims_of_one_source(tmp_path: Path) -> None:
    whole, edited = read_bump(write(tmp_path, BUMP, PAIR)).claims
    assert (whole.text, whole.supported) == (PAIR["reference_summary"], True)
    assert (edited.text, edited.supported) == (PAIR["edited_summary"], False)
    assert whole.pair == edited.pair == "p1"
    assert edited.kinds == ("Entity",)


@pytest.mark.parametrize(
    ("label", "supported"),
    [("supported", True), ("partially_supported", False), ("not_supported", False)],
)
def test_a_claim_supported_in_part_is_not_supported(
    tmp_path: Path, label: str, supported: bool
) -> None:
    [claim] = read_wice(write(tmp_path, WICE, CITED | {"label": label})).claims
    assert claim.supported is supported
    assert claim.sentences == ("A barge hit it.",)


def test_the_hash_is_of_the_file_as_it_lies_there(tmp_path: Path) -> None:
    found = read_bump(write(tmp_path, BUMP, PAIR))
    assert found.sha256 == hashlib.sha256((tmp_path / BUMP).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b'{"id": ', "Expecting value"),
        (b"[]", "a claim is no JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        (EDITED | {"label": 2}, "'label' is 2"),
        (EDITED | {"label": None}, "'label' is None"),
        (EDITED | {"summary": " "}, "'summary' is missing"),
        (EDITED | {"text": 3}, "'text' is missing"),
        (EDITED | {"edit_types": [1]}, "'edit_types' is missing"),
    ],
)
def test_what_is_malformed_is_named_with_its_line(tmp_path: Path, row: object, reason: str) -> None:
    with pytest.raises(BadCorpus) as caught:
        read_summedits(write(tmp_path, SUMMEDITS, EDITED, b"", row))
    assert caught.value.name == str(tmp_path / SUMMEDITS)
    assert caught.value.reason.startswith("line 3: ")
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (CITED | {"label": "true"}, "'label' is 'true'"),
        (CITED | {"evidence": [" "]}, "'evidence' is empty"),
        (CITED | {"evidence": "A barge."}, "'evidence' is missing or no list"),
    ],
)
def test_a_malformed_citation_is_named(tmp_path: Path, row: object, reason: str) -> None:
    with pytest.raises(BadCorpus, match=reason):
        read_wice(write(tmp_path, WICE, row))


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"{}")[:-4]])
def test_a_broken_archive_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / BUMP).write_bytes(content)
    with pytest.raises(BadCorpus, match="bump_pairs"):
        read_bump(tmp_path)


@pytest.mark.parametrize("read", CLAIM_SETS)
def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, read: Callable[[Path], ClaimSet]
) -> None:
    with pytest.raises(BadCorpus, match="No such file"):
        read(tmp_path)


def test_a_file_without_a_claim_is_no_set(tmp_path: Path) -> None:
    with pytest.raises(BadCorpus, match="it holds no claim"):
        read_summedits(write(tmp_path, SUMMEDITS, b" "))
