"""A document's JSON shape."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.text import Document
from service.intake.wire import DocumentIn, document_in


def test_only_content_is_required() -> None:
    assert document_in({"content": "x"}) == Document(content="x")


def test_every_field_of_the_contract_is_taken() -> None:
    stated = {
        "id": "d1",
        "title": "t",
        "content": "x",
        "media_type": "text/html",
        "publisher": "p",
        "author": "a",
        "url": "https://a.example",
        "published_at": "2024-04-01T12:00:00Z",
        "language": "en",
    }
    published = datetime(2024, 4, 1, 12, tzinfo=UTC)
    assert set(stated) == set(DocumentIn.model_fields)
    assert document_in(stated) == Document(**{**stated, "published_at": published})


@pytest.mark.parametrize(
    ("stated", "utc"),
    [
        ("2024-04-01", "2024-04-01T00:00:00+00:00"),
        ("2024-04-01T12:00:00", "2024-04-01T12:00:00+00:00"),
        ("2024-04-01t12:00:00z", "2024-04-01T12:00:00+00:00"),
        ("2024-04-01T12:00:00.5+02:00", "2024-04-01T10:00:00.500000+00:00"),
        ("2024-04-01 12:00:00Z", "2024-04-01T12:00:00+00:00"),
    ],
)
def test_a_moment_without_a_zone_is_in_utc_and_any_other_is_the_same_moment(
    stated: str, utc: str
) -> None:
    published = document_in({"content": "x", "published_at": stated}).published_at
    assert published is not None
    assert published == datetime.fromisoformat(utc)
    assert published.tzinfo is not None


@pytest.mark.parametrize(
    "stated",
    ["yesterday", "2024", "20240401", "1711929600", 1711929600, "2024-02-30", "2024-04-01T25:00:00Z",
     "2024-W14-1", "0001-01-01T00:00:00+05:00", "٢٠٢٤-٠٤-٠١", "", True],
)  # fmt: skip
def test_what_is_no_moment_is_refused(stated: object) -> None:
    with pytest.raises(ValueError, match="published_at"):
        document_in({"content": "x", "published_at": stated})


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({}, "field 'content' is missing"),
        ({"content": " "}, "content: it is empty"),
        ({"content": 1}, "content: input should be a valid string"),
        ({"content": "x", "titel": "y"}, "unknown field 'titel'"),
        ({"content": "x", "title": 1}, "title: "),
        ({"content": "x", "id": ""}, "id: "),
        ({"content": "x", "media_type": "text/rtf"}, "media_type: "),
        ({"content": "x\ud800"}, "content: "),
    ],
)
def test_a_fault_names_its_field(stated: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        document_in(stated)


@settings(max_examples=60, deadline=None)
@given(st.datetimes(timezones=st.just(UTC)), st.integers(-720, 840))
def test_any_zone_is_brought_to_the_same_moment(moment: datetime, minutes: int) -> None:
    moment = moment.replace(year=2000 + moment.year % 100, day=1)
    stated = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    assert document_in({"content": "x", "published_at": stated}).published_at == moment
