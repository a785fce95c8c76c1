import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from service.domain.errors import BadCorpus
from service.domain.text import Document
from service.evaluation.corpus import ECB_PLUS, WIKINEWS, Corpus, Topic, read_clusters, read_corpus

DOCUMENT = {
    "id": "d1",
    "title": "The bridge",
    "text": "The bridge opened.",
    "publisher": "Wikinews",
    "date": "2005-01-08",
    "url": None,
}
ROW = {"id": "t1", "documents": [DOCUMENT], "references": ["A bridge was opened."]}


def write(folder: Path, *lines: str | bytes) -> Path:
    content = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    (folder / WIKINEWS).write_bytes(content)
    return folder


def read_document(folder: Path, **changed: object) -> Document:
    row = ROW | {"documents": [DOCUMENT | changed]}
    return read_corpus(write(folder, json.dumps(row))).topics[0].documents[0]


def test_a_topic_is_its_documents_and_what_people_wrote(tmp_path: Path) -> None:
    line = json.dumps(ROW)
    assert read_corpus(write(tmp_path, line)) == Corpus(
        path=tmp_path / WIKINEWS,
        sha256=hashlib.sha256(line.encode()).hexdigest(),
        topics=(
            Topic(
                id="t1",
                documents=(
                    Document(
                        id="d1",
                        title="The bridge",
                        content="The bridge opened.",
                        publisher="Wikinews",
                        published_at=datetime(2005, 1, 8, tzinfo=UTC),
                    ),
                ),
                references=("A bridge was opened.",),
            ),
        ),
    )


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    assert len(read_corpus(write(tmp_path, json.dumps(ROW), "", json.dumps(ROW), "")).topics) == 2


def test_a_line_separator_within_a_text_ends_no_line(tmp_path: Path) -> None:
    text = "It opened.\u2028It closed.\x85"
    row = ROW | {"documents": [DOCUMENT | {"text": text}]}
    found = read_corpus(write(tmp_path, json.dumps(row, ensure_ascii=False)))
    assert found.topics[0].documents[0].content == text


def test_metadata_that_is_not_there_is_none(tmp_path: Path) -> None:
    found = read_document(tmp_path, title=None, publisher=None, date=None)
    assert (found.title, found.publisher, found.published_at, found.url) == (None,) * 4


def test_a_date_keeps_the_zone_it_states(tmp_path: Path) -> None:
    found = read_document(tmp_path, date="2005-01-08T10:00:00+02:00")
    assert found.published_at == datetime(2005, 1, 8, 10, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": ', "Expecting value"),
        ("[]", "a topic is no JSON object"),
        (b'{"id": "\xff"}', "can't decode byte 0xff"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5000, "integer string conversion"),
        (json.dumps(ROW | {"id": 7}), "'id' is missing, empty or no text"),
        (json.dumps(ROW | {"documents": {}}), "'documents' is missing, empty or no list"),
        (json.dumps(ROW | {"documents": ["text"]}), "a document is no JSON object"),
        (json.dumps(ROW | {"references": []}), "'references' is missing, empty or no list"),
        (json.dumps(ROW | {"references": "One text."}), "'references' is missing, empty or no"),
        (json.dumps(ROW | {"references": [" "]}), "a reference is missing, empty or no text"),
        (json.dumps(ROW | {"documents": [DOCUMENT | {"text": ""}]}), "'text' is missing"),
        (json.dumps(ROW | {"documents": [DOCUMENT | {"title": 1}]}), "'title' is missing"),
        (json.dumps(ROW | {"documents": [DOCUMENT | {"date": "soon"}]}), "'soon'"),
    ],
)
def test_what_is_malformed_is_named_with_its_line(
    tmp_path: Path, line: str | bytes, reason: str
) -> None:
    with pytest.raises(BadCorpus) as caught:
        read_corpus(write(tmp_path, json.dumps(ROW), "", line))
    assert caught.value.name == str(tmp_path / WIKINEWS)
    assert caught.value.reason.startswith("line 3: ")
    assert reason in caught.value.reason


def test_a_file_without_a_topic_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(BadCorpus, match="it holds no topic"):
        read_corpus(write(tmp_path, "", " "))


def test_a_folder_or_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(BadCorpus, match="No such file") as caught:
            read_corpus(folder)
        assert caught.value.name == str(folder / WIKINEWS)


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    (tmp_path / WIKINEWS).mkdir()
    with pytest.raises(BadCorpus, match="directory"):
        read_corpus(tmp_path)


def write_events(folder: Path, *rows: object) -> Path:
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / ECB_PLUS).write_text(lines, "utf-8")
    return folder


def report(id_: str, event: str) -> dict[str, object]:
    return {"id": id_, "cluster_id": event, "title": None, "text": f"Report {id_}."}


def test_reports_are_gathered_by_their_event_in_the_order_of_the_file(tmp_path: Path) -> None:
    folder = write_events(tmp_path, report("a", "two"), report("b", "one"), report("c", "two"))
    found = read_clusters(folder)
    assert [(c.id, [d.id for d in c.documents]) for c in found.clusters] == [
        ("two", ["a", "c"]),
        ("one", ["b"]),
    ]
    assert found.clusters[1].documents[0] == Document(id="b", content="Report b.")
    assert found.sha256 == hashlib.sha256((folder / ECB_PLUS).read_bytes()).hexdigest()


def test_a_report_of_no_event_is_malformed(tmp_path: Path) -> None:
    folder = write_events(tmp_path, report("a", "one"), report("b", " "))
    with pytest.raises(BadCorpus, match=r"line 2: 'cluster_id' is missing"):
        read_clusters(folder)


def test_a_file_of_no_report_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(BadCorpus, match="it holds no report"):
        read_clusters(write_events(tmp_path))
