"""Split an article's text into sentences whose spans are exact."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import sentencex

from service.domain.text import Sentence, SentenceKind, Span

_LINE = re.compile(r"[^\n]+")
# Where the splitter is too eager: a clock time before a day, a quotation before its speaker.
_CLOCK_TIME = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
_DAY_OR_MONTH = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|(?:Eastern|Pacific|Central|GMT|UTC|local|ET|EST|EDT|PT)\b"
)
_TITLE_OR_INITIAL = re.compile(
    r"(?:^|[\s(“\"])(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Gov|Sen|Rep|Rev|St|Adm|Maj|Pres|[A-Z])\.$"
)
# Where it is too shy: "no." before a new sentence is the word, before a digit the abbreviation.
_PLAIN_NO = re.compile(r"\bno\.\s+(?=[A-Z“\"])")
# The one month that is never written short.
_MAY = re.compile(r"\bMay\.\s+(?=[A-Z“\"])")
# "World War I. The ..." ends a sentence, "J. K. Rowling" does not.
_NUMBERED = re.compile(
    r"\b(?:War|[Vv]itamin|Part|Article|[Tt]ype|Group|Class|Title|Phase|Plan|Grade|Section|Zone)"
    r" [A-Z]\.\s+(?=[A-Z“\"])"
)
_BRAND = re.compile(r"[a-z]+[A-Z]")
_BEFORE_BRAND = re.compile(r"[.!?]\s+(?=[a-z]{1,3}[A-Z])")
_END = re.compile(r"[.!?…。！？।؟۔][\"”’'»)\]]*$")
_HEADING_WORDS = 15
_MAX_QUOTED_SENTENCES = 4
_FIRST_GUESS = 256
# How much of a sentence's end says whether it is one, in code points.
_ENDING = 64


def segment(
    text: str, *, has_title: bool, language: str | None, fits: Callable[[str], bool]
) -> tuple[Sentence, ...]:
    """Return every sentence of the text in order; together they cover all of it but white space.

    `fits` says whether a sentence fits the model's input; one that does not is cut, at white space
    where there is any, into pieces of kind "fragment".
    """
    found: list[Sentence] = []

    def add(span: Span, kind: SentenceKind) -> None:
        found.append(Sentence(index=len(found), start=span.start, end=span.end, kind=kind))

    for number, line in enumerate(_LINE.finditer(text)):
        paragraph = _trimmed(text, line.start(), line.end())
        if paragraph is None:
            continue
        spans = _sentences(text, paragraph, language or "en")
        kind: SentenceKind = "body"
        if number == 0 and has_title:
            spans, kind = [paragraph], "title"
        elif len(spans) == 1 and _is_heading(text[paragraph.start : paragraph.end]):
            kind = "heading"
        for span in spans:
            if fits(text[span.start : span.end]):
                add(span, kind)
            else:
                for part in _cut_to_fit(text, span, fits):
                    add(part, "fragment")
    return tuple(found)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _is_heading(paragraph: str) -> bool:
    return len(paragraph.split()) <= _HEADING_WORDS and not _END.search(paragraph)


def _sentences(text: str, paragraph: Span, language: str) -> list[Span]:
    line = text[paragraph.start : paragraph.end]
    cuts = {b["start_index"] for b in sentencex.get_sentence_boundaries(language, line)}
    forced = {m.end() for m in _NUMBERED.finditer(line)}
    cuts |= forced | {m.end() for p in (_PLAIN_NO, _MAY, _BEFORE_BRAND) for m in p.finditer(line)}
    bounds = [*sorted(cuts | {0}), len(line)]
    pieces: list[Span] = []
    for start, end in pairwise(bounds):
        if (span := _trimmed(line, start, end)) is not None:
            pieces.append(span)
    joined = _join(line, pieces, forced)
    return [Span(paragraph.start + s.start, paragraph.start + s.end) for s in joined]


@dataclass(slots=True)
class _Run:
    """The sentence that is being put together: how many pieces, and what of it later ones turn on.

    Kept up piece by piece, as a paragraph of megabytes may come out as one sentence.
    """

    pieces: int = 0
    has_words: bool = False
    opened: int = 0
    straight: int = 0

    def add(self, piece: str) -> None:
        self.pieces += 1
        self.has_words = self.has_words or any(map(str.isalnum, piece))
        self.opened += piece.count("“") - piece.count("”")
        self.straight += piece.count('"')

    @property
    def may_quote(self) -> bool:
        """Say whether it holds an open quotation, of few sentences so far."""
        is_open = self.opened > 0 or self.straight % 2 == 1
        return is_open and self.pieces < _MAX_QUOTED_SENTENCES


def _join(line: str, pieces: list[Span], forced: set[int]) -> list[Span]:
    """Put together what the splitter cut inside one sentence or one quotation."""
    joined: list[Span] = []
    last_quote = max(line.rfind("”"), line.rfind('"'))
    run = _Run()
    for piece in pieces:
        if (
            joined
            and piece.start not in forced
            and (
                _continues(line, joined[-1], piece, run)
                # A quotation of several sentences stays whole, so that it keeps its speaker.
                or (run.may_quote and piece.start <= last_quote)
            )
        ):
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            joined.append(piece)
            run = _Run()
        run.add(line[piece.start : piece.end])
    return joined


def _continues(line: str, sentence: Span, piece: Span, run: _Run) -> bool:
    """Say whether a piece goes on with the sentence before it, quotations aside."""
    ending = line[max(sentence.start, sentence.end - _ENDING) : sentence.end]
    if _CLOCK_TIME.search(ending) and _DAY_OR_MONTH.match(line, piece.start):
        return True
    if _TITLE_OR_INITIAL.search(ending) or not run.has_words:
        return True
    lower = line[piece.start].islower() and ending[-1] in '.?!”"’…'
    return lower and not _BRAND.match(line, piece.start)


def _cut_to_fit(text: str, span: Span, fits: Callable[[str], bool]) -> list[Span]:
    parts: list[Span] = []
    start = span.start
    while start < span.end:
        end = _longest_fit(text, start, span.end, fits)
        if (part := _trimmed(text, start, end)) is not None:
            parts.append(part)
        start = end
    return parts


def _longest_fit(text: str, start: int, end: int, fits: Callable[[str], bool]) -> int:
    """Return the end of the longest piece from `start` that fits; at least one code point.

    By doubling and then bisection, so that only text of the size of a piece is counted, not all of it.
    """
    low, size = start + 1, _FIRST_GUESS
    while start + size < end and fits(text[start : start + size]):
        low, size = start + size, 2 * size
    high = min(start + size, end)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[start:middle]):
            low = middle
        else:
            high = middle - 1
    if low == end:
        return end
    space = max(text.rfind(c, start + 1, low + 1) for c in " \t")
    return space if space > start else low
