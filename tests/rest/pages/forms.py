"""The form that makes a brief, as a browser sends it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from httpx import Response
from lxml import html

from tests.rest.services import QUICK, Client, ended

STORY, OTHER = "Rain fell on Monday.", "The river rose on Tuesday."
PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = {"Accept": "application/problem+json"}
PROBLEM = "application/problem+json"
WAITING = replace(QUICK, workers=0)


def send(
    client: Client,
    *files: tuple[str, bytes | str],
    headers: dict[str, str] | None = None,
    **typed: str,
) -> Response:
    """Send the form; in names of fields the underscore stands for a hyphen, but for `max_words`."""
    fields: list[tuple[str, tuple[str | None, bytes]]] = [
        (name if name == "max_words" else name.replace("_", "-"), (None, text.encode()))
        for name, text in typed.items()
    ]
    for name, content in files:
        sent = content if isinstance(content, bytes) else content.encode()
        fields.append(("files", (name, sent)))
    return client.post("/briefs", files=fields, headers=headers or PERSON, follow_redirects=False)


def made(client: Client, answer: Response) -> dict[str, Any]:
    """Return the brief that a form was answered with, once it has ended."""
    assert answer.status_code == 303, answer.text
    return ended(client, f"/v1{answer.headers['location']}")


def page_of(answer: Response) -> html.HtmlElement:
    assert answer.headers["content-type"].startswith("text/html")
    return html.fromstring(answer.text)


def text_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def text_in(page: html.HtmlElement, name: str) -> str:
    """Return what stands in a field of many lines, of which HTML drops the first line break."""
    return str(page.get_element_by_id(name).text).removeprefix("\n")


def token_of(client: Client) -> str:
    [token] = page_of(client.get("/", headers=PERSON)).xpath("//input[@name='token']/@value")
    return str(token)


def structure(page: html.HtmlElement) -> list[tuple[str, Sequence[str]]]:
    return [(element.tag, sorted(element.attrib)) for element in page.iter()]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **PERSON}
