from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner, Result

from service.backends.fakes import FakeExtractor, FakeLanguageIdentifier, fake_models
from service.cli import main
from service.cli.wiring import Reader, Wiring
from service.domain.brief import Dropped
from service.domain.errors import BadDocument, ModelNotFound
from service.domain.ports import Extracted, Models
from service.domain.text import Document

ROOT = Path(__file__).parents[3]
PORT = """The port reopened on Tuesday.
The harbour master said that 145 ships had waited outside for nine days.
Traffic was back to normal by the evening, the harbour office said.
"""
STORM = """A storm tore down three cranes.
The storm tore down three cranes at the port on 4 April 2025.
The port authority expects repairs to cost $12 million.
"""


@dataclass(frozen=True, kw_only=True)
class Intake:
    documents: tuple[Document, ...]
    problems: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()


def read_text_files(paths: Sequence[str], stdin: BinaryIO) -> Intake:
    """Read each path as one plain document; a path that is not there is a problem."""
    documents, problems = [], []
    for path in paths:
        try:
            content = stdin.read().decode() if path == "-" else Path(path).read_text("utf-8")
            documents.append(Document(content=content, origin=path))
        except OSError:
            problems.append(Dropped(text=path, document_id=None, reason="there is no such file"))
    return Intake(documents=tuple(documents), problems=tuple(problems))


class RefusingExtractor(FakeExtractor):
    """Cannot read what begins with a percent sign."""

    def extract(self, document: Document) -> Extracted:
        if document.content.startswith("%"):
            raise BadDocument(document.id or document.content_id, "it is damaged")
        return super().extract(document)


def load_fakes(model: str | None) -> Models:
    if model == "missing":
        raise ModelNotFound(model, "there is no such folder")
    return replace(fake_models(), extractor=RefusingExtractor())


def no_server(host: str, port: int, workers: int) -> None:
    raise AssertionError("a server was started")


WIRING = Wiring(
    read_paths=read_text_files,
    load_models=load_fakes,
    load_reader=lambda: Reader(extractor=RefusingExtractor(), languages=FakeLanguageIdentifier()),
    serve=no_server,
)

Brief = Callable[..., Result]


@pytest.fixture
def brief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brief:
    """Run the command in a folder with two documents and one that cannot be read."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"port.txt": PORT, "storm.txt": STORM, "broken.txt": "%PDF"}.items():
        (tmp_path / name).write_text(text, "utf-8")

    def run(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, obj=WIRING, catch_exceptions=False)

    return run


@pytest.fixture
def brief_json(brief: Brief) -> Path:
    assert brief("run", "port.txt", "storm.txt", "-o", "brief.json").exit_code == 0
    return Path("brief.json")
