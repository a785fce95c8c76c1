from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from service.domain.brief import RunRecord, Stale
from service.stages.digest import brief_digest, digest, sealed
from tests.conftest import NOON
from tests.unit.domain.test_values import brief


def test_a_digest_depends_on_every_part_of_what_is_said() -> None:
    made = brief(run=RunRecord(version="1"))
    changed = replace(made, statements=(replace(made.statements[0], id="s9"),))
    assert brief_digest(made) != brief_digest(changed)
    warned = replace(made, run=RunRecord(version="1", warnings=("x",)))
    assert brief_digest(made) != brief_digest(warned)


def test_a_digest_does_not_depend_on_when_and_under_which_name() -> None:
    made = brief(run=RunRecord(version="1"))
    later = replace(made, id="c", created_at=NOON + timedelta(days=1), finished_at=NOON)
    assert brief_digest(made) == brief_digest(later)


def test_a_digest_does_not_depend_on_what_became_of_the_documents() -> None:
    made = brief(run=RunRecord(version="1"))
    [cited] = made.statements[0].citations
    stale = Stale(
        statement_id=made.statements[0].id,
        document_id=cited.document_id,
        reason="deleted",
        since=NOON,
        successor_id=None,
        quote_found=False,
    )
    assert brief_digest(made) == brief_digest(replace(made, stale=(stale,), rebuild_of="b0"))


def test_one_moment_in_two_zones_has_one_digest() -> None:
    assert digest(NOON) == digest(NOON.astimezone(timezone(timedelta(hours=5))))


def test_sealing_records_every_statement() -> None:
    run = sealed(brief(run=RunRecord(version="1"))).run
    assert run is not None
    assert set(run.statement_sha256) == {"h", "s1"}
    assert run.output_sha256


def test_a_brief_without_a_run_record_cannot_be_sealed() -> None:
    with pytest.raises(ValueError, match="no run record"):
        sealed(brief())


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="canonical"):
        digest(object())
