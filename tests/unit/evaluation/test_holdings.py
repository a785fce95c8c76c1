import hashlib
import json
from pathlib import Path

import pytest

from service.backends.fakes import fake_models
from service.domain.errors import BadCorpus
from service.evaluation.claim_sets import BUMP, SUMMEDITS, WICE
from service.evaluation.corpus import ECB_PLUS, WIKINEWS
from service.evaluation.holdings import document_sets, read_holdings

TEXT = "The bridge of Velden opened on Monday after two years of work."


def event(name: str, reports: int) -> list[dict[str, object]]:
    return [
        {"id": f"{name}-{i}", "cluster_id": name, "title": None, "text": TEXT}
        for i in range(reports)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = [{"id": f"d{i}", "text": TEXT} for i in range(9)]
    topic = {"id": "topic", "documents": documents, "references": ["A bridge opened."]}
    (tmp_path / WIKINEWS).write_text(json.dumps(topic), "utf-8")
    rows = [*event("small", 2), *event("large", 14), *event("fair", 3)]
    (tmp_path / ECB_PLUS).write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return tmp_path


def test_a_suite_is_served_where_one_of_its_files_is_there(folder: Path) -> None:
    (folder / WIKINEWS).unlink()
    held = read_holdings(folder, ("coverage", "errors"))
    assert (held.serves("coverage"), held.serves("errors")) == (False, True)
    assert held.missing("coverage") == held.missing("errors") == (WIKINEWS,)


def test_a_folder_that_is_not_there_serves_nothing(tmp_path: Path) -> None:
    held = read_holdings(tmp_path / "absent", ("claims",))
    assert not held.serves("claims")
    assert held.missing("claims") == (SUMMEDITS, BUMP, WICE)


def test_files_of_other_suites_are_not_read(folder: Path) -> None:
    (folder / SUMMEDITS).write_text("{", "utf-8")
    read_holdings(folder, ("coverage",))
    with pytest.raises(BadCorpus, match=SUMMEDITS):
        read_holdings(folder, ("claims",))


def test_digests_are_those_of_the_files_of_the_suite(folder: Path) -> None:
    held = read_holdings(folder, ("coverage", "errors"))
    digest = hashlib.sha256((folder / WIKINEWS).read_bytes()).hexdigest()
    assert held.sha256s("coverage") == {folder / WIKINEWS: digest}
    assert {path.name for path in held.sha256s("errors")} == {WIKINEWS, ECB_PLUS}


def test_topics_are_sets_and_events_are_cut_into_sets_of_a_few(folder: Path) -> None:
    found = document_sets(read_holdings(folder, ("errors",)), fake_models(), 100)
    sizes = {one.id: len(one.articles) for one in found}
    assert sizes == {"topic": 9, "large/0": 6, "large/6": 6, "fair/0": 3}


def test_a_few_sets_are_spread_over_all_of_them(folder: Path) -> None:
    found = document_sets(read_holdings(folder, ("errors",)), fake_models(), 2)
    assert [one.id for one in found] == ["topic", "large/6"]


def test_each_document_of_a_set_has_a_publisher_of_its_own(folder: Path) -> None:
    [first, *_] = document_sets(read_holdings(folder, ("errors",)), fake_models(), 1)
    assert len({article.publisher for article in first.articles}) == 9
