"""From extracted paragraphs to an article: the title is found, residue and repeats are taken out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.errors import BadDocument
from service.domain.ports import Extracted
from service.domain.text import Article, Document, Removal, text_sha256
from service.stages.characters import one_line
from service.stages.residue import BYLINE, is_running, reason_of, without_residue
from service.stages.residue_forms import author_in

REPEATED, WORDLESS = "repeated paragraph", "no words"
PARAGRAPH_BREAK = "\n\n"
_MAX_TITLE_CHARS, _MAX_TITLE_WORDS = 160, 26
# How far below a headline the text may start: a subtitle and a line of metadata come between.
_HEADLINE_REACH = 3
_NO_HEADLINE = re.compile(r"[.;:,…。\uff1b\uff1a\uff0c।۔][\"'”’»)\]]*$")
_SITE_SUFFIX = re.compile(r"\s*[|–—·»:-]\s")


@dataclass(frozen=True, slots=True)
class _Body:
    """An article's title and paragraphs, and what is not among them any more."""

    title: str | None
    paragraphs: tuple[str, ...]
    removed: tuple[Removal, ...]


def clean(document: Document, extracted: Extracted) -> Article:
    """Return the article of a document, without sentences and chunks.

    Raises `BadDocument` when nothing readable is left.
    """
    identity = document.id or document.content_id
    body = _body(document, extracted, identity)
    lines = (body.title, *body.paragraphs) if body.title else body.paragraphs
    text = PARAGRAPH_BREAK.join(lines)
    stated = document.author or extracted.author
    return Article(
        id=identity,
        sha256=text_sha256(text),
        title=body.title,
        publisher=_stated(document.publisher, extracted.publisher),
        author=_stated(stated, _byline(body.removed)),
        url=document.url,
        published_at=document.published_at,
        language=document.language or extracted.language,
        text=text,
        removed=(*extracted.removed, *body.removed),
    )


def _body(document: Document, extracted: Extracted, name: str) -> _Body:
    """Return title and paragraphs, or raise `BadDocument` saying why there are none."""
    lines = [line for paragraph in extracted.paragraphs if (line := one_line(paragraph))]
    if not lines:
        raise BadDocument(name, "it is empty")
    own, removed = without_residue(lines)
    wordless = [p for p in own if not any(map(str.isalnum, p))]
    own = tuple(p for p in own if p not in set(wordless))
    removed += tuple(Removal(reason=WORDLESS, text=p) for p in wordless)
    if not own:
        reasons = ", ".join(dict.fromkeys(r.reason for r in removed))
        raise BadDocument(name, f"nothing of it is an article's text, only: {reasons}")
    title = one_line(document.title or "") or _found_title(extracted.title, own)
    if title and all(_letters(p) == _letters(title) for p in own):
        # A flash: its one sentence is headline and text, and must be there to be stated.
        title = None
    kept, repeats = _without_repeats(own, title)
    return _Body(title, kept, (*removed, *(Removal(reason=REPEATED, text=p) for p in repeats)))


def _found_title(stated: str | None, paragraphs: Sequence[str]) -> str | None:
    """Return the title a page states, or a first paragraph that reads as a headline, or None."""
    headline = paragraphs[0] if _opens_with_headline(paragraphs) else None
    title = one_line(stated or "")
    if not title or reason_of(title) is not None:
        return headline
    # A page's title goes on with the site's name where its headline does not.
    if headline and title.startswith(headline) and _SITE_SUFFIX.match(title[len(headline) :]):
        return headline
    return title


def _opens_with_headline(paragraphs: Sequence[str]) -> bool:
    """Say whether the first paragraph is short, ends no sentence, and has running text below."""
    first = paragraphs[0]
    if len(first) > _MAX_TITLE_CHARS or len(first.split()) > _MAX_TITLE_WORDS:
        return False
    if _NO_HEADLINE.search(first) or first[0].islower():
        return False
    return any(map(is_running, paragraphs[1 : 1 + _HEADLINE_REACH]))


def _without_repeats(
    paragraphs: Sequence[str], title: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paragraphs that say something for the first time, and the others.

    The body's own headline is not a repeat to tell of: it has become the title.
    """
    seen: set[str] = {_letters(title)} if title else set()
    headline = title is not None and _letters(paragraphs[0]) == _letters(title)
    kept: list[str] = []
    repeats: list[str] = []
    for paragraph in paragraphs[1:] if headline else paragraphs:
        letters = _letters(paragraph)
        if letters in seen:
            repeats.append(paragraph)
        else:
            kept.append(paragraph)
        seen.add(letters)
    return tuple(kept), tuple(repeats)


def _letters(text: str) -> str:
    """Return what makes two paragraphs the same: their letters and digits, whatever the quotes."""
    return "".join(filter(str.isalnum, text.casefold()))


def _stated(first: str | None, otherwise: str | None) -> str | None:
    return one_line(first or otherwise or "") or None


def _byline(removed: Sequence[Removal]) -> str | None:
    authors = (author_in(r.text) for r in removed if r.reason == BYLINE)
    return next((author for author in authors if author), None)
