"""Text of documents is shown as the text it is, in every form and in every place."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from markdown_it import MarkdownIt

from service.render import load_brief, render_html, render_markdown, render_text
from tests.attacks.lines import PROSE, reading_models, real_pipeline
from tests.attacks.payloads import PAYLOADS, SCRIPTS, TERMINAL, assert_inert, assert_plain
from tests.rest.services import Client, Services, done

LINK = "https://news.example.com/rain?a=1&b=2"
FORMS = {"html": "text/html", "markdown": "text/markdown", "text": "text/plain"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with ExitStack() as stack:
        services = Services(folder=tmp_path_factory.mktemp("service"), stack=stack)
        yield services.open(services.app(models=reading_models(), pipeline=real_pipeline()))


def assert_markdown_inert(text: str) -> None:
    """Check the page that a reader with everything switched on makes of it."""
    for made in (
        MarkdownIt("commonmark", {"html": True}),
        MarkdownIt("gfm-like", {"html": True, "linkify": False}),
    ):
        shown = made.render(text)
        assert_inert(f"<body>{shown}</body>", frozenset({LINK, LINK.replace("&", "&amp;")}))


def assert_shown_inert(client: Client, url: str) -> dict[str, str]:
    """Fetch every form of a brief and check it; return their texts."""
    shown = {}
    for form, media_type in FORMS.items():
        answer = client.get(url, headers={"Accept": media_type})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.headers["x-content-type-options"] == "nosniff"
        shown[form] = answer.text
        if form == "html":
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "script-src" not in policy
    assert_inert(shown["html"], frozenset({LINK}))
    assert_markdown_inert(shown["markdown"])
    assert_plain(shown["text"])
    assert_plain(shown["markdown"])
    json_answer = client.get(url)
    assert json_answer.headers["content-type"].startswith("application/json")
    assert json_answer.headers["x-content-type-options"] == "nosniff"
    return shown


@pytest.mark.parametrize("payload", [*PAYLOADS, *TERMINAL])
@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", "text/html"])
def test_markup_in_a_document_is_shown_as_text(
    client: Client, payload: str, media_type: str
) -> None:
    sentence = f"The mayor of Passau wrote {payload} on the wall on Monday, the paper said."
    content = f"{sentence} {PROSE[0]}\n\n{payload}\n\n{PROSE[1]} {PROSE[2]}"
    document = {
        "content": content,
        "media_type": media_type,
        "title": f"Rain {payload}",
        "publisher": f"The {payload} Times",
        "author": payload,
        "url": LINK,
    }
    spoilt = {"content": "x", "title": payload, "publisher": payload}
    # Some payloads hide all that follows them, and leave nothing of their own document to state.
    clean = {"content": "The bridge over the Inn stayed open, the police said on Monday."}
    url = done(client, {"documents": [document, spoilt, clean]})
    assert "bridge over the Inn" in assert_shown_inert(client, url)["html"]


def test_markup_that_was_quoted_is_there_to_be_read(client: Client) -> None:
    sentence = f"The mayor of Passau wrote {SCRIPTS[0]} on the wall on Monday, the paper said."
    url = done(client, {"documents": [{"content": f"{sentence} {PROSE[0]}"}]})
    shown = assert_shown_inert(client, url)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown["html"]
    assert SCRIPTS[0] in shown["text"]


# Where a finished brief holds text that came from outside, as paths into its JSON.
PLACES = (
    ("sources", 0, "title"),
    ("sources", 0, "publisher"),
    ("sources", 0, "url"),
    ("dropped", 0, "text"),
    ("dropped", 0, "reason"),
    ("omitted", 0, "text"),
    ("disagreements", 0, "question"),
    ("disagreements", 0, "positions", 0, "value"),
    ("run", "warnings", 0),
    ("run", "models", "summarization"),
    ("run", "version"),
)


@pytest.fixture(scope="module")
def whole(client: Client) -> dict[str, Any]:
    """A finished brief that has something in each of those places."""
    documents = [
        {
            "content": f"{PROSE[0]} {PROSE[1]} The flood killed 12 people in Passau.",
            "publisher": "One",
            "url": LINK,
        },
        {
            "content": f"{PROSE[2]} {PROSE[1]} The flood killed 15 people in Passau.",
            "publisher": "Two",
        },
    ]
    url = done(client, {"documents": documents, "options": {"max_words": 60}})
    brief: dict[str, Any] = client.get(url).json()
    brief["dropped"] = [{"text": "x", "document_id": None, "reason": "y"}]
    brief["run"]["warnings"] = ["x"]
    brief["run"]["models"] = {"summarization": "x"}
    document_id = brief["sources"][0]["document_id"]
    brief["omitted"] = [{"text": "x", "document_id": document_id, "reason": "length"}]
    if not brief["disagreements"]:
        said = {**brief["statements"][0], "id": "d1p1"}
        other = {**brief["statements"][-1], "id": "d1p2"}
        positions = [{"value": "12", "statement": said}, {"value": "15", "statement": other}]
        brief["disagreements"] = [
            {"id": "d1", "kind": "number", "question": "How many?", "positions": positions}
        ]
    return brief


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_markup_in_any_field_of_a_brief_is_shown_as_text(
    whole: dict[str, Any], place: tuple[str | int, ...]
) -> None:
    for payload in (*PAYLOADS, *TERMINAL):
        brief = json.loads(json.dumps(whole))
        *way, last = place
        at = brief
        for step in way:
            at = at[step]
        at[last] = payload
        made = load_brief(json.dumps(brief))
        assert_inert(render_html(made), frozenset({LINK, "https://evil.example/"}))
        assert_markdown_inert(render_markdown(made))
        assert_plain(render_text(made))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_a_checked_field_is_refused_and_not_repeated_as_a_page(
    client: Client, payload: str
) -> None:
    for field in ("id", "language", "url", "published_at", "media_type"):
        answer = client.post("/v1/documents", json={"content": PROSE[0], field: payload})
        assert answer.status_code == 422, field
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert payload not in answer.text


@pytest.mark.parametrize("payload", SCRIPTS)
def test_markup_in_a_path_comes_back_as_no_page(client: Client, payload: str) -> None:
    for path in ("/v1/documents/", "/v1/briefs/", "/v1/webhooks/deliveries/", "/errors/", "/"):
        answer = client.get(path + payload.replace("/", "%2F").replace("?", "%3F"))
        assert 400 <= answer.status_code < 500
        assert not answer.headers["content-type"].startswith("text/html")
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("payload", SCRIPTS[:6])
def test_the_judge_finds_markup_that_was_not_escaped(payload: str) -> None:
    with pytest.raises(AssertionError):
        assert_inert(f"<html><body><p>{payload}</p></body></html>")


def test_the_judge_finds_what_drives_a_terminal() -> None:
    for odd in TERMINAL:
        with pytest.raises(AssertionError):
            assert_plain(odd)
