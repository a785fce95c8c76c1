"""Documents made to keep a reader busy for ever, or to fill its memory."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from service.bootstrap.readers import process_readers
from service.domain.errors import BadDocument
from service.domain.text import Document
from service.jobs.reading.processes import ProcessReaders
from service.settings import Settings
from service.store.codec import load_article
from tests.attacks.pdf_bombs import deflated, endless_tree, many_pages

SIZE = 100_000
SOUND = Document(content="Rain fell on Monday in the town of Bell. The river rose.")


def _filled(text: str) -> str:
    return text * (SIZE // len(text))


PAGES = {
    "deep blocks": "<div>" * 200_000 + "Rain fell.",
    "deep spans": "<p>" + "<b>" * 200_000 + "Rain fell.",
    "deep tables": _filled("<table><tr><td>"),
    "a giant attribute": f"<p title='{'x' * 4_000_000}'>Rain fell on Monday in Bell.</p>",
    "many attributes": "<p " + " ".join(f"a{i}=1" for i in range(60_000)) + ">Rain fell.",
    "tiny elements": _filled("<i>a</i>"),
    "a large table": "<table>" + _filled("<tr><td>a</td></tr>") + "</table>",
    "entities": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;">]><p>&d;</p>',
    "an outer entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>Rain fell. &a;</p>',
    "open comments": "<p>Rain fell." + _filled("<!--"),
    "angle brackets": "<p>" + _filled("<"),
    "json": "<script type='application/ld+json'>" + "[" * SIZE + "</script><p>Rain fell.",
}
MARKDOWN = {
    "brackets": "[" * SIZE,
    "brackets in paragraphs": _filled("[" * 400 + "\n\n"),
    "quotes": ">" * SIZE,
    "quotes in lines": _filled("> " * 50 + "a\n"),
    "emphasis": _filled("*a **b _c "),
    "backticks": " ".join("`" * (i % 300 + 1) for i in range(2000)),
    "nested lists": "\n".join(" " * i + "- a" for i in range(700)),
    "open links": _filled("[a]("),
    "angle brackets": _filled("<a "),
    "a wide table": "|" + "a|" * 50_000 + "\n|" + "-|" * 50_000 + "\n|" + "b|" * 50_000,
}
TEXTS = {
    "ends of sentences": _filled("a. "),
    "titles": _filled("Mr. "),
    "clock times": _filled("p.m. "),
    "open quotations": "“" + _filled("Go now. "),
    "no words": _filled("! "),
    "one word": "a" * SIZE,
    "one sentence": _filled("word "),
    "white space": "a" + "\u00a0" * SIZE + "b",
    "line ends": "Rain fell." + "\n" * SIZE + "It rose.",
    "digits": _filled("1."),
    "addresses": _filled("a@b.c http://d/ "),
    "bylines": _filled("By John Smith\n\n"),
    "marks": "a" + "\u0301" * SIZE,
    "flags": "A flag \U0001f3f4" + "\U000e0067" * SIZE,
}
PDFS = {
    "a deflated page": deflated(b"BT (a) Tj ET\n" * 1_000_000),
    "deflated nothing": deflated(b" " * 50_000_000),
    "a page many times": many_pages(5_000),
    "pages of pages": endless_tree(),
    "garbage": base64.b64encode(b"%PDF-1.7\n" + bytes(range(256)) * 1000).decode(),
    "no base64": "%PDF-1.7" * 1000,
}


async def _survives(readers: ProcessReaders, document: Document) -> None:
    """Read a document; it is refused in plain words or sound, and the next one is read."""
    filed, refused = None, ""
    try:
        filed = await readers.read("t", document)
    except BadDocument as refusal:
        refused = refusal.reason
    if filed is None:
        assert refused
    else:
        article = load_article(filed.article_json)
        assert len(article.text) <= len(document.content)
        assert all(article.text[s.start : s.end].strip() for s in article.sentences)
    assert (await readers.read("t", SOUND)).article.text == SOUND.content


def _with_readers(folder: Path, use: Callable[[ProcessReaders], Awaitable[None]]) -> None:
    async def run() -> None:
        readers = process_readers(
            Settings(
                database_url=f"sqlite:///{folder / 'brief.db'}",
                threads=1,
                read_timeout_s=10,
                read_memory_bytes=800_000_000,
            )
        )
        await readers.start()
        try:
            await use(readers)
        finally:
            await readers.stop()

    asyncio.run(run())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("media_type", "bombs"),
    [
        ("text/html", PAGES),
        ("text/markdown", MARKDOWN),
        ("text/plain", TEXTS),
        ("application/pdf", PDFS),
    ],
)
def test_a_bomb_is_refused_or_read_and_the_next_document_is_read(
    tmp_path: Path, media_type: str, bombs: dict[str, str]
) -> None:
    async def use(readers: ProcessReaders) -> None:
        for content in bombs.values():
            await _survives(readers, Document(content=content, media_type=media_type))  # type: ignore[arg-type]  # pytest forgets which

    _with_readers(tmp_path, use)
