"""A brief that was read and found right does not change unread."""

import json

import pytest

from service.evaluation.planted_conflicts import Briefer
from tests.quality.reviewed import SETS, brief_of, kept, reviewed_sets, snapshot


@pytest.mark.parametrize("id_", SETS)
def test_a_brief_says_what_it_said_when_it_was_read(id_: str, embedded: Briefer) -> None:
    sets = reviewed_sets(embedded.models)
    if id_ not in sets:
        pytest.skip(f"no documents of {id_}")
    now = snapshot(brief_of(sets[id_], embedded.models))
    then = json.loads(kept(id_).read_text("utf-8"))
    assert now == then, f"read it again: python -m tests.quality.reviewed {id_}"
