"""What a user names on the command line, read or told."""

import base64
import gzip
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.text import MediaType
from service.intake import Intake, IntakeLimits, read_paths

TEXT = "The old bridge was closed on Monday."
SMALL = IntakeLimits(bytes_per_document=100, bytes_in_all=250, documents=3)


def read(*paths: Path | str, stdin: bytes = b"", limits: IntakeLimits | None = None) -> Intake:
    return read_paths(
        [str(p) for p in paths], stdin=io.BytesIO(stdin), limits=limits or IntakeLimits()
    )


def told(intake: Intake) -> list[tuple[str, str]]:
    return [(Path(p.text).name, p.reason) for p in intake.problems]


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, content: bytes | str = TEXT) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a.TXT", "text/plain"),
        ("a.md", "text/markdown"),
        ("a.html", "text/html"),
        ("a.htm", "text/html"),
    ],
)
def test_a_files_suffix_tells_its_media_type(
    put: Callable[..., Path], name: str, media_type: MediaType
) -> None:
    [document] = read(put(name)).documents
    assert (document.content, document.media_type, document.id) == (TEXT, media_type, None)


def test_a_pdf_is_passed_on_in_base64(put: Callable[..., Path]) -> None:
    [document] = read(put("a.pdf", b"%PDF-1.7\0")).documents
    assert document.media_type == "application/pdf"
    assert base64.b64decode(document.content) == b"%PDF-1.7\0"


def test_a_folder_is_read_in_order_of_name_without_hidden_files(
    put: Callable[..., Path], tmp_path: Path
) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.md", ".hidden.txt", ".git/x.txt", "c.png"):
        put(name, name)
    assert [d.content for d in read(tmp_path).documents] == ["a/b/c.md", "a/z.txt", "b.txt"]
    assert read(tmp_path).problems == ()


def test_a_file_named_twice_is_read_once(put: Callable[..., Path], tmp_path: Path) -> None:
    path = put("a.txt")
    (tmp_path / "link.txt").symlink_to(path)
    assert len(read(path, path, tmp_path, tmp_path / "link.txt").documents) == 1


@pytest.mark.skipif(not Path("/proc/version").is_file(), reason="only Linux has such files")
def test_a_file_that_cannot_be_wound_to_its_end_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("/proc/version")
    [document] = read(tmp_path / "a.txt").documents
    assert document.content == Path("/proc/version").read_text()


def test_a_loop_of_links_is_told_and_the_rest_is_read(
    put: Callable[..., Path], tmp_path: Path
) -> None:
    put("a/b.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    intake = read(tmp_path)
    assert len(intake.documents) == 1
    [(name, reason)] = told(intake)
    assert name == "loop"
    assert "symbolic link back" in reason


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    [(_, reason)] = told(read(tmp_path / "self.txt"))
    assert "too many levels" in reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "it is empty"),
        ("a.txt", b" \n ", "it is empty"),
        ("a.txt", b"GIF\0\0\0", "binary, not text"),
        ("a.txt", b"\xff\xfea", "damaged UTF-16"),
        ("a.docx", TEXT, "its suffix is none of"),
        ("a", TEXT, "its suffix is none of"),
        ("a.json", b"", "it is empty"),
        ("a.json", b"{", "broken JSON at line 1, column 2"),
        ("a.json", b"[]", "it lists no document"),
        ("a.json", b'"text"', "a document is a JSON object"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.json", b"9" * 10_000, "number out of range"),
        ("a.jsonl", b"\n\n", "it is empty"),
        ("a.json.gz", b"no gzip", "damaged gzip"),
        ("a.jsonl.gz", gzip.compress(b'{"content": "x"}')[:-9], "damaged gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_the_reason(
    put: Callable[..., Path], name: str, content: bytes | str, reason: str
) -> None:
    intake = read(put(name, content))
    assert intake.documents == ()
    [(where, why)] = told(intake)
    assert where.startswith(name)
    assert reason in why


@pytest.mark.parametrize("path", ["nowhere.txt", "", "nul\0.txt"])
def test_a_path_that_is_not_there_is_told(path: str, tmp_path: Path) -> None:
    [problem] = read(tmp_path / "nowhere" / path).problems
    assert "nowhere" in problem.text


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert told(read(tmp_path / "a.txt")) == [("a.txt", "it is neither a file nor a folder")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told_and_the_rest_is_read(
    put: Callable[..., Path], tmp_path: Path
) -> None:
    put("a.txt").chmod(0)
    put("b.txt")
    intake = read(tmp_path)
    assert told(intake) == [("a.txt", "permission denied")]
    assert len(intake.documents) == 1


def test_a_folder_with_nothing_to_read_is_told(put: Callable[..., Path], tmp_path: Path) -> None:
    put("a.png")
    assert told(read(tmp_path)) == [
        (tmp_path.name, "no readable file in it; 1 of other kinds ignored")
    ]


def test_a_document_over_the_limit_is_told_by_how_much(put: Callable[..., Path]) -> None:
    path = put("a.txt", "x" * 120)
    reason = "120 bytes, 20 over the limit of 100 a document"
    assert told(read(path, limits=SMALL)) == [("a.txt", reason)]


def test_fifty_megabytes_are_refused_by_their_size(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as sparse:
        sparse.truncate(50_000_000)
    [(_, reason)] = told(read(path))
    assert reason == "50,000,000 bytes, 40,000,000 over the limit of 10,000,000 a document"


def test_what_exceeds_the_limit_in_all_is_told_and_smaller_files_still_read(
    put: Callable[..., Path],
) -> None:
    paths = [put(f"{n}.txt", "x" * size) for n, size in enumerate((100, 90, 80, 50))]
    intake = read(*paths, limits=SMALL)
    assert [len(d.content) for d in intake.documents] == [100, 90, 50]
    assert told(intake) == [("2.txt", "270 bytes, 20 over the limit of 250 in all")]


def test_documents_over_the_limit_are_counted_and_named(put: Callable[..., Path]) -> None:
    paths = [put(f"{n}.txt", str(n)) for n in range(8)]
    intake = read(*paths, limits=SMALL)
    assert len(intake.documents) == 3
    [(name, reason)] = told(intake)
    assert name == "3.txt"
    assert reason.startswith("8 documents, 5 over the limit of 3; not read: ")
    assert reason.endswith("and 2 more")


def test_a_small_gzip_of_much_is_not_unpacked_beyond_the_limit(put: Callable[..., Path]) -> None:
    packed = gzip.compress(b" " * 100_000)
    [(_, reason)] = told(read(put("a.json.gz", packed), limits=SMALL))
    assert reason == "251 bytes, 1 over the limit of 250 in all"


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_a_broken_line_is_told_by_number_and_the_others_are_read(
    put: Callable[..., Path], suffix: str
) -> None:
    lines = '{"content": "one"}\n\n{"content": \n{"content": "two\u2028", "titel": 1}\n'
    lines += '{"content": "three\u2028"}'
    content = gzip.compress(lines.encode()) if suffix.endswith("gz") else lines
    intake = read(put(f"a{suffix}", content))
    assert [d.content for d in intake.documents] == ["one", "three\u2028"]
    assert told(intake) == [
        (f"a{suffix}: line 3", "broken JSON at column 13: Expecting value"),
        (f"a{suffix}: line 4", "unknown field 'titel'"),
    ]


@pytest.mark.parametrize(
    "value", [{"content": TEXT}, [{"content": TEXT}], {"documents": [{"content": TEXT}]}]
)
def test_json_holds_one_document_or_a_list(put: Callable[..., Path], value: object) -> None:
    [document] = read(put("a.json", json.dumps(value))).documents
    assert document.content == TEXT


def test_a_document_in_json_that_is_too_large_is_told(put: Callable[..., Path]) -> None:
    value = [{"content": "x" * 120}, {"content": "y"}]
    intake = read(put("a.json", json.dumps(value)), limits=SMALL)
    assert told(intake) == [
        ("a.json: document 1", "120 bytes, 20 over the limit of 100 a document")
    ]
    assert [d.content for d in intake.documents] == ["y"]


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        (b"\xef\xbb\xbf" + "Käse".encode(), "Käse"),
        ("Käse".encode("utf-16"), "Käse"),
        ("Käse".encode("utf-32"), "Käse"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding(
    put: Callable[..., Path], encoded: bytes, text: str
) -> None:
    intake = read(put("a.txt", encoded))
    assert [d.content for d in intake.documents] == [text]
    assert intake.notes == ()


def test_a_guessed_encoding_is_noted(put: Callable[..., Path]) -> None:
    text = "Старый мост закрыли в понедельник после того, как буря повредила две опоры. " * 4
    path = put("a.txt", text.encode("cp1251"))
    intake = read(path)
    assert [d.content for d in intake.documents] == [text]
    assert intake.notes == (f"{path}: not UTF-8, read as cp1251",)


@pytest.mark.parametrize(
    "text",
    [
        "Crème brûlée prices rose by 4% in Orléans, the café owner José Núñez said.",
        "The council said that a £5 fee was added to the bill.",
        "“Prices rose to £12,” said the café’s owner – twice.",
        "Der Hafen wurde am Dienstag wieder geöffnet, etwa 145 Schiffe hatten draußen gewartet.",
    ],
)
def test_accents_are_read_as_western_where_nothing_speaks_against_it(
    put: Callable[..., Path], text: str
) -> None:
    [document] = read(put("a.txt", text.encode("cp1252"))).documents
    assert document.content == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Liman salı günü yeniden açıldı. Şiddetli fırtına üç vinci devirdi, dedi.", "cp1254"),
        ("港は火曜日に再開したと港湾局が発表した。約百四十五隻の船が外で待っていた。", "cp932"),
    ],
)
def test_another_encoding_is_not_taken_for_western(
    put: Callable[..., Path], text: str, encoding: str
) -> None:
    [document] = read(put("a.txt", text.encode(encoding))).documents
    assert document.content == text


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xef\xbb\xbf <!DOCTYPE HTML><p>Hello", "text/html"),
        (b"<html lang='en'><p>Hello", "text/html"),
        (b"%PDF-1.7", "application/pdf"),
    ],
)
def test_a_page_saved_as_text_is_read_as_a_page_and_noted(
    put: Callable[..., Path], content: bytes, media_type: MediaType
) -> None:
    path = put("a.txt", content)
    intake = read(path)
    assert [d.media_type for d in intake.documents] == [media_type]
    [note] = intake.notes
    assert note.startswith(f"{path}: ")


def test_a_page_that_says_latin_1_keeps_its_quotes(put: Callable[..., Path]) -> None:
    page = '<meta charset="iso-8859-1"><p>“Closed” – for good</p>'
    [document] = read(put("a.html", page.encode("cp1252"))).documents
    assert document.content == page


def test_a_page_is_read_in_the_encoding_it_declares(put: Callable[..., Path]) -> None:
    page = '<meta charset="iso-8859-2"><p>Żółw</p>'
    [document] = read(put("a.html", page.encode("iso-8859-2"))).documents
    assert document.content == page


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (TEXT.encode(), "text/plain"),
        (b"<!DOCTYPE html><p>Hello", "text/html"),
        (b"%PDF-1.7", "application/pdf"),
        (b'{"content": "a", "media_type": "text/markdown"}', "text/markdown"),
        (b'[{"content": "a", "media_type": "text/markdown"}]', "text/markdown"),
        (b"[AP] a text in brackets", "text/plain"),
    ],
)
def test_standard_input_is_read_as_what_it_opens_like(content: bytes, media_type: str) -> None:
    [document] = read("-", stdin=content).documents
    assert document.media_type == media_type


def test_standard_input_of_json_lines_keeps_its_good_lines() -> None:
    intake = read("-", stdin=b'{"content": "a"}\n{"content"\n{"content": "b"}\n')
    assert [d.content for d in intake.documents] == ["a", "b"]
    assert [p.text for p in intake.problems] == ["-: line 2"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b'{"content": ', "broken JSON"),
        (b"\x00\x01", "binary"),
        (b"x" * 120, "20 over the limit of 100 a document"),
        (b"x" * 300, "over the limit of 250 in all"),
    ],
)
def test_standard_input_that_cannot_be_read_is_told(content: bytes, reason: str) -> None:
    [problem] = read("-", stdin=content, limits=SMALL).problems
    assert problem.text == "-"
    assert reason in problem.reason


def test_documents_come_in_the_order_they_are_named(put: Callable[..., Path]) -> None:
    intake = read(put("b.txt", "b"), "-", put("a.txt", "a"), stdin=b"stdin")
    assert [d.content for d in intake.documents] == ["b", "stdin", "a"]


def test_a_name_that_is_no_unicode_is_told_in_unicode(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))).write_text("")
    [problem] = read(tmp_path).problems
    assert problem.text.encode().endswith("\ufffd.txt".encode())
