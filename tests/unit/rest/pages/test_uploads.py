"""What a form says, from its bytes."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.reduction import ForkingPickler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.brief import Options
from service.jobs.limits import Limits
from service.rest.pages.uploads import Form, read_form
from service.rest.parsing import Refusal

STORY = "Rain fell on Monday."
BOUNDARY = b"----x"
TYPE = "multipart/form-data; boundary=----x"

Part = tuple[str, str | None, bytes]


def typed(**fields: str) -> list[Part]:
    return [(name.replace("_", "-"), None, text.encode()) for name, text in fields.items()]


def file(name: str, content: bytes | str = STORY) -> Part:
    return ("files", name, content if isinstance(content, bytes) else content.encode())


def body_of(parts: Sequence[Part]) -> bytes:
    told = b""
    for name, file_name, content in parts:
        head = f'Content-Disposition: form-data; name="{name}"'
        if file_name is not None:
            head += f'; filename="{file_name}"'
        told += b"--" + BOUNDARY + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"
    return told + b"--" + BOUNDARY + b"--\r\n"


def read(*parts: Part, limits: Limits | None = None) -> Form:
    form = read_form(body_of(parts), TYPE, limits or Limits())
    assert isinstance(form, Form), form
    return form


def faults(form: Form) -> dict[str, str]:
    return {one.pointer: one.detail for one in form.faults}


def test_a_pasted_article_is_a_document_with_what_is_said_of_it() -> None:
    form = read(
        *typed(
            article_1_text=STORY,
            article_1_title=" Rain ",
            article_1_publisher="The Post",
            article_1_date="2025-04-01",
            article_1_address="https://post.example/rain",
        )
    )
    [document] = form.documents
    assert (document.content, document.title, document.publisher) == (STORY, "Rain", "The Post")
    assert document.published_at == datetime(2025, 4, 1, tzinfo=UTC)
    assert document.url == "https://post.example/rain"
    assert (form.given, form.faults, form.unread) == (1, (), ())


def test_what_is_empty_is_not_said_and_empty_articles_are_passed_over() -> None:
    form = read(
        *typed(article_1_text="", article_1_title=" ", article_2_text=STORY, article_2_title="")
    )
    [document] = form.documents
    assert (document.title, document.publisher, document.url) == (None, None, None)
    assert form.faults == ()


def test_articles_keep_their_order_by_number() -> None:
    form = read(*typed(article_10_text="Ten.", article_2_text="Two."))
    assert [one.content for one in form.documents] == ["Two.", "Ten."]


def test_the_line_breaks_of_forms_are_those_that_were_typed() -> None:
    form = read(*typed(article_1_text="One.\r\n\r\nTwo."))
    assert form.documents[0].content == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("field", "text", "detail"),
    [
        ("article_1_date", "1 April", "neither an RFC 3339 date-time"),
        ("article_1_date", "2025-02-30", "no moment in time"),
        ("article_1_address", "javascript:alert(1)", "must be an absolute http or https address"),
        ("article_1_title", "x" * 1001, "at most 1000 characters"),
        ("max_words", "many", "it must be a whole number"),
        ("max_words", "-5", "it must be a whole number"),
        ("max_words", "9" * 5000, "it must be a whole number"),
        ("provenance", "loose", "it must be one of strict, lexical, open"),
    ],
)
def test_a_fault_points_at_its_field(field: str, text: str, detail: str) -> None:
    name = field if field in ("max_words", "provenance") else field.replace("_", "-")
    form = read(*typed(article_1_text=STORY), (name, None, text.encode()))
    assert list(faults(form)) == [f"#/{name}"]
    assert detail in faults(form)[f"#/{name}"]


def test_an_article_that_is_only_described_is_a_fault() -> None:
    form = read(*typed(article_3_title="Rain"))
    assert faults(form) == {"#/article-3-text": "the text of the article is missing"}


def test_a_form_that_gives_nothing_is_a_fault() -> None:
    assert faults(read(*typed(article_1_text=" "))) == {
        "#/files": "choose a file, or paste an article"
    }


def test_a_field_that_is_not_utf_8_is_a_fault_and_still_shown() -> None:
    form = read(*typed(article_1_text=STORY), ("article-1-title", None, b"Caf\xe9"))
    assert faults(form) == {"#/article-1-title": "it is not UTF-8"}
    assert form.typed["article-1-title"] == "Caf\N{REPLACEMENT CHARACTER}"


def test_half_a_surrogate_pair_is_no_utf_8() -> None:
    form = read(("article-1-text", None, b"\xed\xa0\x80"))
    assert faults(form) == {"#/article-1-text": "it is not UTF-8"}


def test_files_are_documents_with_what_is_typed_of_them() -> None:
    form = read(
        file("a.txt"),
        file("b.html", f"<p>{STORY}</p>"),
        *typed(file_2_title="B", file_2_publisher="The Post", file_2_date="2025-04-01"),
    )
    a, b = form.documents
    assert (a.origin, a.media_type, a.title) == ("a.txt", "text/plain", None)
    assert (b.origin, b.media_type, b.title) == ("b.html", "text/html", "B")
    assert (b.publisher, b.published_at) == ("The Post", datetime(2025, 4, 1, tzinfo=UTC))


def test_a_fault_in_what_is_typed_of_a_file_points_at_its_field() -> None:
    form = read(file("a.txt"), *typed(file_1_date="soon"))
    assert list(faults(form)) == ["#/file-1-date"]


def test_where_no_file_was_chosen_there_is_none() -> None:
    form = read(file("", b""), *typed(article_1_text=STORY))
    assert (form.given, form.has_files) == (1, False)


@pytest.mark.parametrize("name", ["../../etc/a.txt", "C:\\fakepath\\a.txt", "/a.txt"])
def test_the_folders_of_a_file_are_not_looked_at(name: str) -> None:
    assert [one.origin for one in read(file(name)).documents] == ["a.txt"]


def test_a_bad_file_is_told_and_the_others_are_read() -> None:
    form = read(file("a.exe"), file("b.json", b"{"), file("c.txt"))
    assert [one.origin for one in form.documents] == ["c.txt"]
    assert [one.text for one in form.unread] == ["a.exe", "b.json"]
    assert (form.given, form.faults) == (3, ())


def test_a_record_may_say_what_a_request_may() -> None:
    records = [
        {"content": STORY, "id": "a/b"},
        {"content": STORY, "url": "javascript:alert(1)"},
        {"content": STORY, "id": "doc_made"},
        {"content": STORY, "id": "kept", "published_at": "2025-04-01T10:00:00.5+02:00"},
    ]
    form = read(file("a.json", json.dumps(records)))
    assert [one.id for one in form.documents] == ["kept"]
    assert [one.text for one in form.unread] == [f"a.json: document {n}" for n in (1, 2, 3)]
    assert form.unread[1].reason == "url: must be an absolute http or https address"


def test_reasons_and_names_are_short_whatever_is_sent() -> None:
    record = {"content": STORY} | {f"field {number}": 1 for number in range(10_000)}
    form = read(file("a.json", json.dumps(record)), file("b" * 1000 + ".exe"))
    assert all(len(one.reason) <= 500 and len(one.text) <= 200 for one in form.unread)


def test_all_documents_count_and_no_more_than_the_limit_are_read() -> None:
    lines = '{"content": "Rain."}\n' * 50 + "{\n" * 50
    form = read(
        file("a.jsonl", lines),
        *typed(article_1_text=STORY),
        limits=Limits(documents_per_brief=10),
    )
    assert form.given == 101
    assert len(form.unread) == 10


def test_the_options_are_those_that_were_chosen() -> None:
    chosen = [("max_words", None, b" 120 "), ("provenance", None, b"open")]
    form = read(*typed(article_1_text=STORY), *chosen)
    assert form.options == Options(max_words=120, provenance="open")


def test_without_a_choice_the_options_are_the_defaults() -> None:
    form = read(*typed(article_1_text=STORY), ("max_words", None, b""))
    assert form.options == Options()


def test_the_key_is_of_the_page_and_of_all_that_is_sent() -> None:
    page, other = ("token", None, b"one"), ("token", None, b"two")
    again = [
        read(page, file("a.txt")),
        read(page, file("a.txt")),
        read(other, file("a.txt")),
        read(page, file("b.txt")),
        read(page, file("a.txt", "Snow.")),
        read(page, file("a.txt"), *typed(file_1_title="T")),
    ]
    keys = [form.key for form in again]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 5
    assert all(key is not None and len(key) <= 255 for key in keys)


def test_a_form_of_no_page_has_no_key() -> None:
    assert read(file("a.txt")).key is None


@pytest.mark.parametrize(
    ("sent", "slug"),
    [
        ("application/x-www-form-urlencoded", "unsupported-media-type"),
        ("application/json", "unsupported-media-type"),
        ("text/plain", "unsupported-media-type"),
        ("", "unsupported-media-type"),
        ("multipart/form-data", "bad-request"),
        ("multipart/form-data; boundary=", "bad-request"),
        ("multipart/form-data; boundary=another", "bad-request"),
        ("multipart/form-data; boundary=\u2028", "bad-request"),
        ("multipart/form-data; boundary=" + "x" * 300, "bad-request"),
        ("multipart/form-data" + "; a" * 20_000, "bad-request"),
    ],
)
def test_what_is_no_form_is_refused(sent: str, slug: str) -> None:
    refused = read_form(body_of([file("a.txt")]), sent, Limits())
    assert isinstance(refused, Refusal)
    assert refused.slug == slug


@pytest.mark.parametrize(
    "parts",
    [
        typed(**{f"field_{number}": "x" for number in range(1100)}),
        [("n" * 5000, None, b"x")],
        [file("n" * 5000 + ".txt")],
    ],
    ids=["too many fields", "a long name", "a file with a long name"],
)
def test_a_form_beyond_its_limits_is_refused_and_they_are_told(parts: list[Part]) -> None:
    refused = read_form(body_of(parts), TYPE, Limits())
    assert isinstance(refused, Refusal)
    assert refused.slug == "bad-request"
    assert "1020 fields" in refused.detail
    assert "100 documents" in refused.detail


@given(st.binary())
def test_no_bytes_break_the_reading(body: bytes) -> None:
    assert isinstance(read_form(body, TYPE, Limits()), Form | Refusal)


@given(st.integers(0, len(body_of([file("a.txt"), *typed(article_1_text=STORY)])) - 5))
def test_a_form_that_is_cut_off_is_refused(end: int) -> None:
    body = body_of([file("a.txt"), *typed(article_1_text=STORY)])
    refused = read_form(body[:end], TYPE, Limits())
    assert isinstance(refused, Refusal)
    assert refused.slug == "bad-request"


_NAMES = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters='"\r\n\\%'), max_size=100
)


@given(_NAMES, _NAMES, st.binary(max_size=200))
def test_any_names_are_read_and_every_file_is_a_document_or_told(
    name: str, file_name: str, content: bytes
) -> None:
    form = read_form(body_of([(name, None, content), file(file_name, content)]), TYPE, Limits())
    assert isinstance(form, Form)
    told = len(form.unread) + sum(one.origin is not None for one in form.documents)
    if file_name or content:
        assert form.has_files
        assert told or file_name.endswith("manifest.json")


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), min_size=1))
def test_a_pasted_text_is_taken_as_it_was_typed(text: str) -> None:
    form = read(("article-1-text", None, text.replace("\n", "\r\n").encode()))
    assert [one.content for one in form.documents] == ([text] if text.strip() else [])


def test_a_form_travels_between_processes() -> None:
    form = read(file("a.txt"), *typed(article_1_title="T"))
    assert ForkingPickler.loads(ForkingPickler.dumps(form)) == form
