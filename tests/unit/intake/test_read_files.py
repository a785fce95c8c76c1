"""Files that were sent, read as those on the disk are."""

import base64
import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.intake import Intake, IntakeLimits, SentFile, read_files

TEXT = "The old bridge was closed on Monday."
SMALL = IntakeLimits(bytes_per_document=100, bytes_in_all=250, documents=3)


def read(*files: tuple[str, bytes | str], limits: IntakeLimits | None = None) -> Intake:
    sent = [
        SentFile(name=name, content=content if isinstance(content, bytes) else content.encode())
        for name, content in files
    ]
    return read_files(sent, limits or IntakeLimits())


def test_the_suffix_tells_the_kind_of_each_file() -> None:
    intake = read(("a.txt", TEXT), ("b.MD", TEXT), ("c.html", TEXT), ("d.pdf", b"%PDF-1.7\0"))
    assert [(one.origin, one.media_type) for one in intake.documents] == [
        ("a.txt", "text/plain"),
        ("b.MD", "text/markdown"),
        ("c.html", "text/html"),
        ("d.pdf", "application/pdf"),
    ]
    assert base64.b64decode(intake.documents[3].content) == b"%PDF-1.7\0"


def test_records_are_documents_of_their_own() -> None:
    lines = '{"content": "One."}\n{"content": "Two.", "title": "T"}\n'
    intake = read(("a.jsonl", lines), ("b.json.gz", gzip.compress(b'[{"content": "Three."}]')))
    assert [one.content for one in intake.documents] == ["One.", "Two.", "Three."]
    assert intake.documents[1].title == "T"


def test_other_encodings_are_decoded_and_told() -> None:
    intake = read(("a.txt", "Die Brücke blieb für Fußgänger geöffnet.".encode("cp1252")))
    assert intake.documents[0].content == "Die Brücke blieb für Fußgänger geöffnet."
    assert intake.notes == ("a.txt: not UTF-8, read as cp1252",)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", TEXT, "its suffix is none of .txt"),
        ("", TEXT, "its suffix is none of"),
        ("a.txt", b"", "it is empty"),
        ("a.txt", b"GIF\0\0", "binary, not text"),
        ("a.txt", b"x" * 101, "101 bytes, 1 over the limit of 100 a document"),
        ("a.json", b"{", "broken JSON"),
        ("a.json.gz", b"no gzip", "damaged gzip"),
        ("manifest.json", b"[]", "valid dictionary"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(
    name: str, content: bytes | str, reason: str
) -> None:
    intake = read((name, content), ("b.txt", TEXT), limits=SMALL)
    assert [one.content for one in intake.documents] == [TEXT]
    [problem] = intake.problems
    assert problem.text == name
    assert reason in problem.reason


def test_a_packed_file_is_not_unpacked_beyond_what_may_be_read() -> None:
    intake = read(("a.jsonl.gz", gzip.compress(b" " * 10_000_000)), limits=SMALL)
    assert "over the limit of 250 in all" in intake.problems[0].reason


def test_documents_over_the_limit_are_counted() -> None:
    intake = read(("a.jsonl", '{"content": "x"}\n' * 5), limits=SMALL)
    assert (len(intake.documents), intake.too_many) == (3, 2)


def test_a_manifest_sent_along_describes_the_others_and_is_no_document() -> None:
    entries = [{"file": "a.txt", "title": "A"}, {"file": "c.txt"}]
    intake = read(("a.txt", TEXT), ("manifest.json", json.dumps({"documents": entries})))
    assert [one.title for one in intake.documents] == ["A"]
    [problem] = intake.problems
    assert problem.reason == "it names 'c.txt', which is not there"


def test_what_is_said_of_a_file_goes_before_its_manifest() -> None:
    at = datetime(2025, 4, 1, tzinfo=UTC)
    said = {"title": "Mine", "published_at": at}
    entry = {"file": "a.txt", "title": "Its", "publisher": "P"}
    manifest = json.dumps({"documents": [entry]}).encode()
    files = [
        SentFile(name="a.txt", content=TEXT.encode(), metadata=said),
        SentFile(name="manifest.json", content=manifest),
    ]
    [document] = read_files(files, IntakeLimits()).documents
    assert (document.title, document.publisher, document.published_at) == ("Mine", "P", at)


@given(st.lists(st.tuples(st.text(), st.binary())))
def test_every_file_is_read_or_told(files: list[tuple[str, bytes]]) -> None:
    intake = read(*files)
    named = {one.origin for one in intake.documents} | {one.text for one in intake.problems}
    assert {name for name, _ in files if name != "manifest.json"} <= named
