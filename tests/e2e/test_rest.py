"""The sample documents over HTTP: the same brief as on the command line, and it holds."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    # Where advanced-alchemy happens to be installed the framework imports it, and it warns.
    warnings.simplefilter("ignore", DeprecationWarning)
    from litestar import Litestar
from litestar.testing import TestClient

from service.bootstrap.server import build_app
from service.domain.ports import Models
from service.settings import Settings
from tests.conftest import SEEDS

Client = TestClient[Litestar]
SAID = ("headline", "statements", "disagreements", "timeline", "sources", "omitted")


@pytest.fixture(scope="module")
def client(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    database = tmp_path_factory.mktemp("rest") / "brief.db"
    settings = Settings(database_url=f"sqlite:///{database}")
    app = build_app(settings, models=models)
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.fixture(scope="module")
def sent() -> list[dict[str, Any]]:
    """The sample documents as a client sends them, with what the manifest says of each."""
    manifest = json.loads((SEEDS / "manifest.json").read_text("utf-8"))
    entries = {entry["file"]: entry for entry in manifest["documents"]}
    return [_sent(path, entries.get(path.name, {})) for path in sorted(SEEDS.glob("*.txt"))]


def _sent(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    stated = {name: value for name, value in entry.items() if name != "file"}
    return {"content": path.read_text("utf-8"), **stated}


@pytest.fixture(scope="module")
def address(client: Client, sent: list[dict[str, Any]]) -> str:
    answer = client.post("/v1/briefs", json={"documents": sent}, headers={"Prefer": "wait=60"})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def test_the_same_is_said_as_on_the_command_line(
    client: Client, address: str, seeds_brief: dict[str, Any]
) -> None:
    made = client.get(address).json()
    for part in SAID:
        assert made[part] == seeds_brief[part], part


def test_the_order_of_the_documents_changes_nothing_that_is_said(
    client: Client, address: str, sent: list[dict[str, Any]]
) -> None:
    answer = client.post(
        "/v1/briefs", json={"documents": sent[::-1]}, headers={"Prefer": "wait=60"}
    )
    first = client.get(address).json()
    assert [answer.json()[part] for part in SAID] == [first[part] for part in SAID]


def test_every_statement_holds_against_the_stored_documents(client: Client, address: str) -> None:
    checked = client.get(f"{address}/verification").json()
    assert checked["holds"]
    assert len(checked["statements"]) > 10
    assert all(statement["holds"] for statement in checked["statements"])


def test_every_quote_is_in_the_document_that_is_read_back(client: Client, address: str) -> None:
    made = client.get(address).json()
    for statement in [made["headline"], *made["statements"]]:
        for citation in statement["citations"]:
            text = client.get(f"/v1/documents/{citation['document_id']}").json()["text"]
            for span in citation["spans"]:
                assert text[span["start"] : span["end"]] == span["quote"]


@pytest.mark.parametrize("form", ["text/markdown", "text/html", "text/plain"])
def test_a_form_is_sent_once_and_then_known(client: Client, address: str, form: str) -> None:
    first = client.get(address, headers={"Accept": form})
    assert first.headers["content-type"].startswith(form)
    assert "145" in first.text
    again = client.get(address, headers={"Accept": form, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
