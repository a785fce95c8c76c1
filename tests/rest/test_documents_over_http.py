from dataclasses import replace

import pytest

from service.backends.fakes import fake_models
from service.domain.ports import Extracted
from service.domain.text import Document
from service.jobs.limits import Limits
from tests.rest.services import Client, Services

NOTE = {"content": "Rain fell on Monday.\nThe river rose.", "publisher": "The Bell"}
PROBLEM = "application/problem+json"


def test_a_document_is_stored_and_comes_back_as_the_contract_says(client: Client) -> None:
    made = client.post("/v1/documents", json=NOTE)
    assert made.status_code == 201
    assert list(made.json()) == [
        "id", "sha256", "title", "publisher", "author", "url", "published_at", "language",
        "text", "removed", "chunks", "sentences", "duplicate_of",
    ]  # fmt: skip
    assert client.get(f"/v1/documents/{made.json()['id']}").json() == made.json()


def test_the_same_content_again_changes_nothing_and_is_a_200(client: Client) -> None:
    first, again = (client.post("/v1/documents", json=NOTE) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content


def test_the_id_a_client_chose_is_kept(client: Client) -> None:
    assert client.post("/v1/documents", json=NOTE | {"id": "a:1"}).json()["id"] == "a:1"


def test_other_content_under_a_known_id_replaces_what_was_there(client: Client) -> None:
    client.post("/v1/documents", json={"id": "a", "content": "One."})
    answer = client.post("/v1/documents", json={"id": "a", "content": "Two."})
    assert (answer.status_code, answer.json()["text"]) == (201, "Two.")
    assert client.get("/v1/documents/a").json()["text"] == "Two."


def test_one_id_for_two_documents_of_a_request_is_a_conflict(client: Client) -> None:
    both = [{"id": "a", "content": "One."}, {"id": "a", "content": "Two."}]
    answer = client.post("/v1/documents", json={"documents": both})
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/document-conflict")


def test_a_client_that_has_the_document_is_not_sent_it_again(client: Client) -> None:
    client.post("/v1/documents", json={"id": "a", "content": "One."})
    first = client.get("/v1/documents/a")
    known = {"If-None-Match": first.headers["etag"]}
    again = client.get("/v1/documents/a", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    client.post("/v1/documents", json={"id": "a", "content": "Two."})
    assert client.get("/v1/documents/a", headers=known).status_code == 200


def test_a_document_that_cannot_be_read_is_a_problem_that_says_why(client: Client) -> None:
    answer = client.post("/v1/documents", json={"id": "void", "content": "  "})
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/bad-document")
    assert "void" in answer.json()["detail"]
    assert "empty" in answer.json()["detail"]


def test_of_several_a_bad_one_does_not_sink_the_others(client: Client) -> None:
    answer = client.post("/v1/documents", json={"documents": [NOTE, {"id": "b", "content": ""}]})
    assert answer.status_code == 201
    assert [one["text"] for one in answer.json()["documents"]] == [NOTE["content"]]
    assert answer.json()["dropped"] == [{"text": "", "document_id": "b", "reason": "it is empty"}]


def test_several_of_which_none_is_usable_are_a_problem_with_each_reason(client: Client) -> None:
    answer = client.post("/v1/documents", json={"documents": [{"id": "b", "content": ""}]})
    assert answer.status_code == 422
    assert answer.json()["documents"] == [{"document_id": "b", "reason": "it is empty"}]


def test_a_document_too_large_is_told_the_limit(services: Services) -> None:
    small = services.open(services.app(limits=Limits(bytes_per_document=10)))
    answer = small.post("/v1/documents", json={"content": "é" * 6})
    assert (answer.status_code, answer.json()["limit"]) == (413, 10)
    assert "12 bytes, limit 10" in answer.json()["detail"]


def test_an_unknown_document_is_a_404(client: Client) -> None:
    answer = client.get("/v1/documents/none")
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["type"] == "/errors/unknown-document"


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"content": "a", "colour": "red"}, "#/colour"),
        ({"content": 7}, "#/content"),
        ({}, "#/content"),
        ({"content": "a", "media_type": "image/png"}, "#/media_type"),
        ({"content": "a", "url": "javascript:alert(1)"}, "#/url"),
        ({"content": "a", "url": "http://[x"}, "#/url"),
        ({"content": "a", "published_at": "yesterday"}, "#/published_at"),
        ({"content": "a", "published_at": "2025-W16-4"}, "#/published_at"),
        ({"content": "a", "published_at": "0001-01-01T00:00:00+23:00"}, "#/published_at"),
        ({"content": "a", "published_at": 5}, "#/published_at"),
        ({"content": "a", "id": "../etc"}, "#/id"),
        ({"content": "a", "id": "doc_made_up"}, "#"),
        ({"content": "a", "language": "English!"}, "#/language"),
        ({"documents": [{"content": "a"}, {"content": "b", "x/y": 1}]}, "#/documents/1/x~1y"),
        ({"documents": []}, "#/documents"),
        ([], "#"),
        (7, "#"),
    ],
)
def test_a_fault_names_its_field(client: Client, sent: object, pointer: str) -> None:
    answer = client.post("/v1/documents", json=sent)
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/validation")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_time_without_a_zone_is_taken_as_utc(client: Client) -> None:
    answer = client.post("/v1/documents", json=NOTE | {"published_at": "2025-04-17"})
    assert answer.json()["published_at"] == "2025-04-17T00:00:00Z"


def test_a_reader_that_breaks_is_the_document_s_fault_and_leaks_nothing(services: Services) -> None:
    class Broken:
        def extract(self, document: Document) -> Extracted:
            raise RecursionError("secret of the parser")

    client = services.open(services.app(models=replace(fake_models(), extractor=Broken())))
    answer = client.post("/v1/documents", json=NOTE)
    assert answer.status_code == 422
    assert "secret" not in answer.text
