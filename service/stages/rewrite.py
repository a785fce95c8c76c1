"""Let a sentence that a model wrote stand, where each word is its sources' and so is what it says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from service.domain.claims import Evidence, Piece, Provenance
from service.domain.ports import EntailmentScorer
from service.domain.text import Article, Sentence, Span
from service.lexis.cues import DONE, phase
from service.lexis.words import stem
from service.stages.align import ENTAILED
from service.stages.check import check
from service.stages.gates import exactness
from service.stages.joining import AND
from service.stages.story import SentenceKey
from service.stages.surface import capitalised
from service.stages.trace import Token, same_token, tokens_of

# A sentence is written from so many at most, chosen among those that share most with it.
MAX_SOURCES = 3
MAX_CONSIDERED = 8
# What may differ between two forms of one word; an equal stem is not enough: "import", "important".
_ENDINGS = frozenset(("", "s", "es", "ed", "d", "ing", "e", "ies", "ied", "y"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage that words may be taken from: a sentence of a document, from `start` on in its text."""

    document_id: str
    start: int
    text: str

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + len(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A written sentence with where its words come from; `reason` says why it may not stand, else "".

    `evidence` is what it is made of, the sentence that gave most of it first: `source`, the others
    in order.
    """

    text: str = ""
    pieces: tuple[Piece, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    source: SentenceKey | None = None
    reason: str = ""


def rewrite(
    written: str,
    union: Sequence[tuple[Article, Sentence]],
    scorer: EntailmentScorer,
    provenance: Provenance,
) -> Rewritten:
    """Return a written sentence as it may be stated, of at most three sentences of the union.

    Every word of it is one of theirs, as `traced` has it; nothing of the exactness gate is lost or
    new; and the scorer finds that they, read one after the other, entail it. Under `strict` nothing
    may be rewritten.
    """
    if provenance == "strict":
        return Rewritten(reason="under strict provenance no sentence is rewritten")
    text = _opened(" ".join(written.split()))
    keys = {_passage(a, s): (a.id, s.index) for a, s in union if s.kind == "body"}
    reasons = ["its source has no running text"] if not keys else []
    for chosen in _covers(text, sorted(keys, key=_place), provenance):
        found = traced(text, chosen, provenance)
        quotes = [p.text for p in chosen]
        if reason := found.reason or kept_true(text, quotes) or doubted(text, quotes):
            reasons.append(reason)
            continue
        score = entailment(text, chosen, scorer)
        if reason := too_doubtful(score, scorer):
            # The model is asked once: it is slow, and other choices of the same words are no better.
            return Rewritten(reason=reason)
        return _stated(text, found.pieces, {p: keys[p] for p in chosen}, score)
    return Rewritten(reason=reasons[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """Where the words of a text come from; `reason` says why they cannot be traced, else it is ""."""

    pieces: tuple[Piece, ...] = ()
    reason: str = ""


def traced(text: str, passages: Sequence[Passage], provenance: Provenance) -> Traced:
    """Trace every word and mark of a text to the passages, in the longest runs that they share.

    A word is the same letters in its source, save the first letter of a sentence; under `open` it
    may be another form of its source's word. The one word the service may add is "and". Each passage
    must give something. What is found depends on the text and the passages alone, so that it can be
    found again; these are in the order of their documents' ids and of their places.
    """
    sources = [_Source(p, tokens_of(p.text)) for p in passages]
    tokens = tokens_of(text)
    pieces: list[Piece] = []
    used: set[Passage] = set()
    at = 0
    while at < len(tokens):
        run = max(
            (r for s in sources for r in _runs(text, tokens[at:], s)),
            key=lambda r: r.length,
            default=None,
        )
        run = run or _other_form(tokens[at], sources, provenance)
        if run is not None:
            pieces.append(run.piece(tokens[at].start, tokens[at + run.length - 1].end))
            used.add(run.source.passage)
            at += run.length
        elif tokens[at].text == AND and at:
            pieces.append(Piece(start=tokens[at].start, end=tokens[at].end))
            at += 1
        else:
            return Traced(reason=f"{tokens[at].text!r} is in none of the sentences it is made of")
    if len(used) < len(passages):
        return Traced(
            reason="nothing of it comes from one of the sentences it is said to be made of"
        )
    return Traced(pieces=tuple(pieces))


def kept_true(text: str, quotes: Sequence[str]) -> str:
    """Return what is lost, new, or no longer to come in a text made of some sentences, or "".

    The word forms of `open` could make "plans to close" into "closed".
    """
    ahead = any(phase(quote) < DONE for quote in quotes)
    if ahead != (phase(text) < DONE):
        return (
            "it tells as done what is still to come"
            if ahead
            else "it tells as to come what is done"
        )
    return exactness(text, quotes)


def doubted(text: str, quotes: Sequence[str]) -> str:
    """Return why the rules doubt a text that a model wrote, before any model is asked, or ""."""
    checked = check(text, quotes)
    return "" if checked.supported else checked.reason


def entailment(text: str, passages: Sequence[Passage], scorer: EntailmentScorer) -> float:
    """Return the probability that the passages, read one after the other, entail the text."""
    [score] = scorer.score([(" ".join(p.text for p in passages), text)])
    return score


def too_doubtful(score: float, scorer: EntailmentScorer) -> str:
    """Return that a score is too low, in words, or ""."""
    if score >= ENTAILED:
        return ""
    return f"{scorer.name} finds it borne out at {score:.2f} of 1 only, least {ENTAILED}"


@dataclass(frozen=True, slots=True)
class _Source:
    passage: Passage
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Tokens of a source, `length` from `first` on, that say the same as some of a text."""

    source: _Source
    first: int
    length: int

    def piece(self, start: int, end: int) -> Piece:
        passage, tokens = self.source.passage, self.source.tokens
        return Piece(
            start=start,
            end=end,
            document_id=passage.document_id,
            source_start=passage.start + tokens[self.first].start,
            source_end=passage.start + tokens[self.first + self.length - 1].end,
        )


def _runs(text: str, tokens: Sequence[Token], source: _Source) -> Iterator[_Run]:
    """Yield the runs of a source that say what the tokens begin with, longest possible each."""
    theirs, there = source.tokens, source.passage.text
    for first in range(len(theirs)):
        length = 0
        while first + length < len(theirs) and length < len(tokens):
            mine, its = tokens[length], theirs[first + length]
            if not same_token(mine.text, its.text, opens=not (mine.start and its.start)):
                break
            if (
                length
                and text[tokens[length - 1].end : mine.start]
                != (there[theirs[first + length - 1].end : its.start])
            ):
                break
            length += 1
        if length:
            yield _Run(source, first, length)


def _other_form(token: Token, sources: Sequence[_Source], provenance: Provenance) -> _Run | None:
    """Return the first word of the sources that is another form of a word, under `open`."""
    if provenance != "open":
        return None
    found = (
        _Run(source, i, 1)
        for source in sources
        for i, its in enumerate(source.tokens)
        if is_form_of(token.text, its.text)
    )
    return next(found, None)


def is_form_of(word: str, other: str) -> bool:
    """Say whether two plain words are forms of one, told by their endings: "resigns", "resigned".

    Names, numbers and short words have no other form here.
    """
    if not (word.isalpha() and word.islower() and other.isalpha() and other.islower()):
        return False
    shared = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    at = min(len(word), len(other)) if shared is None else shared
    return at > 2 and {word[at:], other[at:]} <= _ENDINGS and stem(word) == stem(other)


def _covers(
    text: str, passages: Sequence[Passage], provenance: Provenance
) -> Iterator[tuple[Passage, ...]]:
    """Yield choices of passages that have every word of a text, the fewest and most alike first.

    Where there is none, the passage most alike, so that what is missing can be told.
    """
    tokens = tokens_of(text)
    wanted = {i for i, token in enumerate(tokens) if token.text != AND}
    found = {p: _covered(tokens, _Source(p, tokens_of(p.text)), provenance) for p in passages}
    size = {p: sum(len(tokens[i].text) for i in has) for p, has in found.items()}
    ranked = tuple(sorted(passages, key=lambda p: (-size[p], _place(p)))[:MAX_CONSIDERED])
    covering = [
        chosen
        for count in range(1, MAX_SOURCES + 1)
        for chosen in combinations(ranked, count)
        if _is_least_cover([found[p] & wanted for p in chosen], wanted)
    ]
    yield from (tuple(sorted(chosen, key=_place)) for chosen in covering or [ranked[:1]] if chosen)


def _is_least_cover(parts: Sequence[set[int]], wanted: set[int]) -> bool:
    """Say whether all parts together have what is wanted, and none of them can be spared."""
    return set().union(*parts) == wanted and all(
        set().union(*parts[:i], *parts[i + 1 :]) != wanted for i in range(len(parts))
    )


def _covered(tokens: Sequence[Token], source: _Source, provenance: Provenance) -> set[int]:
    return {
        i
        for i, token in enumerate(tokens)
        if any(
            same_token(token.text, its.text, opens=not (token.start and its.start))
            for its in source.tokens
        )
        or _other_form(token, [source], provenance)
    }


def _stated(
    text: str, pieces: tuple[Piece, ...], keys: dict[Passage, SentenceKey], score: float
) -> Rewritten:
    given = {p: 0 for p in keys}
    for piece in pieces:
        for p in keys:
            if piece.document_id == p.document_id and piece.source_start is not None:
                inside = p.span.start <= piece.source_start < p.span.end
                given[p] += (piece.end - piece.start) * inside
    main = max(given, key=lambda p: given[p])
    ordered = sorted(keys, key=lambda p: (p != main, _place(p)))
    return Rewritten(
        text=text,
        pieces=pieces,
        evidence=tuple(
            Evidence(article_id=p.document_id, span=p.span, score=score) for p in ordered
        ),
        source=keys[main],
    )


def _passage(article: Article, sentence: Sentence) -> Passage:
    return Passage(document_id=article.id, start=sentence.start, text=article.quote(sentence.span))


def _place(passage: Passage) -> tuple[str, int]:
    return passage.document_id, passage.start


def _opened(text: str) -> str:
    """Return a text with a capital first, unless its first word has its own: "iPhone"."""
    first = text.partition(" ")[0]
    return text if any(c.isupper() for c in first) else capitalised(text)
