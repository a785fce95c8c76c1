import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.errors import BadDocument
from service.domain.text import Article, Chunk, Removal, Sentence, text_sha256
from service.store.codec import document_out, dump_article, load_article

utf8 = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(text=utf8, removed=utf8, at=st.none() | st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=60, deadline=None)
def test_an_article_survives_being_stored(text: str, removed: str, at: datetime | None) -> None:
    article = Article(
        id="a",
        sha256=text_sha256(text),
        text=text,
        published_at=at,
        removed=(Removal(reason="advert", text=removed),),
        sentences=(Sentence(index=0, start=0, end=len(text), kind="title"),),
        chunks=(Chunk(index=0, start=0, end=len(text), tokens=1),),
    )
    assert load_article(dump_article(article)) == article


def test_the_keys_are_those_of_a_document_out_in_their_order() -> None:
    article = Article(id="a", sha256=text_sha256("x"), text="x")
    assert list(json.loads(dump_article(article))) == [
        "id", "sha256", "title", "publisher", "author", "url", "published_at", "language",
        "text", "removed", "chunks", "sentences", "duplicate_of",
    ]  # fmt: skip


def test_a_text_that_utf_8_cannot_hold_is_the_document_s_fault() -> None:
    with pytest.raises(BadDocument, match="Unicode"):
        dump_article(Article(id="a", sha256=text_sha256("\ud800"), text="\ud800"))


def test_a_time_is_kept_in_its_zone_and_sent_in_utc() -> None:
    morning = datetime(2026, 3, 4, 7, tzinfo=timezone(timedelta(hours=9)))
    article = Article(id="a", sha256=text_sha256("x"), text="x", published_at=morning)
    kept = dump_article(article)
    assert load_article(kept).published_at.isoformat() == "2026-03-04T07:00:00+09:00"
    assert json.loads(document_out(kept, None))["published_at"] == "2026-03-03T22:00:00Z"
