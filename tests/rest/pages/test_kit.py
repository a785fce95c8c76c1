"""What all pages share, over HTTP and by itself."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from service.rest.pages.kit import day
from tests.rest.services import Client, done

PERSON = {"Accept": "text/html"}
DOCUMENT = {"content": "Rain fell on Monday.", "id": "rain"}


@pytest.mark.parametrize(
    "path", ["/briefs", "/documents", "/documents/rain", "/documents/rain/delete", "/editions"]
)
def test_a_page_is_not_sent_again_to_who_has_it(client: Client, path: str) -> None:
    done(client, {"documents": [DOCUMENT]})
    first = client.get(path, headers=PERSON)
    again = client.get(path, headers=PERSON | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


def test_a_page_that_changed_is_sent(client: Client) -> None:
    first = client.get("/documents", headers=PERSON)
    done(client, {"documents": [DOCUMENT]})
    again = client.get("/documents", headers=PERSON | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, "Rain fell" in again.text) == (200, True)


def test_an_error_and_an_answer_to_a_form_have_no_tag(client: Client) -> None:
    assert "etag" not in client.get("/documents/nowhere", headers=PERSON).headers
    assert "etag" not in client.post("/briefs", files={"max_words": "7"}, headers=PERSON).headers


@pytest.mark.parametrize(
    "at",
    [
        date(2026, 11, 21),
        datetime(2026, 11, 21, 23, 59, tzinfo=UTC),
        datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_days_and_times_are_told_by_their_day_in_utc(at: date) -> None:
    assert day(at) == "21 November 2026"
