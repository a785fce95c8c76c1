"""Syndication made to measure: copies of documents under other publishers' names, and the truth."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.random import Generator

from service.domain.text import Article, Document
from service.evaluation.bcubed import BCubed, bcubed

CopyKind = Literal["verbatim", "trimmed", "retitled", "edited", "credited", "extended", "reordered"]
COPY_KINDS: tuple[CopyKind, ...] = get_args(CopyKind)
Kind = CopyKind | Literal["original"]

_SENTENCE_END = re.compile(r"(?<=[.!?][\"”’'])\s+(?=\S)|(?<=[.!?])[ \t]+(?=[\"“‘A-Z])|\n+")
# The least a trimmed copy keeps, as a share of the sentences and in words.
_KEPT_SHARE, _KEPT_WORDS = 0.3, 40
_EDITED_SHARE = 0.1
_PLAIN_WORD = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’-])")
_FIGURE = re.compile(r"(?<![\w.,:$€£-])(?:[2-9]|1[0-2])(?![\w.,:%-])")
_SPELLED = "zero one two three four five six seven eight nine ten eleven twelve".split()
_TITLES = (
    "What is known so far",
    "The latest from our correspondents",
    "An overview of the day",
    "More details emerge",
)
_LOCAL = (
    "Readers in our district who have seen something are welcome to write to the newsroom.",
    "The town hall said on the telephone that nothing would change for this county before spring.",
    "Shops along the high street stayed open as usual, our photographer found in the morning.",
)
_DATELINES = ("(Reuters) - ", "(AP) — ", "(AFP) - ", "(dpa) - ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Syndicated:
    """Documents, and by their ids: the report each is or copies, and in what way it was copied."""

    documents: tuple[Document, ...]
    truth: Mapping[str, str]
    kinds: Mapping[str, Kind]


def syndicate(reports: Sequence[Document], seed: int) -> Syndicated:
    """Return the reports with a copy of each kind of each, all under names of their own.

    Separate reports of one event, of which there are to be two at least, are the hard negatives.
    Metadata other than the title and the moment of publication is replaced, so that only the texts
    tell. Raises `ValueError` for fewer than two reports.
    """
    if len(reports) < 2:
        raise ValueError(f"need two reports at least, got {len(reports)}")
    chance = np.random.default_rng(seed)
    documents: list[Document] = []
    truth: dict[str, str] = {}
    kinds: dict[str, Kind] = {}
    for number, report in enumerate(reports):
        made: list[tuple[Kind, Document]] = [("original", report)]
        made += [(kind, _COPIES[kind](report, chance)) for kind in COPY_KINDS]
        for kind, document in made:
            id_ = f"{number:03}-{kind}"
            documents.append(_under_own_name(document, id_))
            truth[id_], kinds[id_] = f"{number:03}", kind
    order = chance.permutation(len(documents))
    return Syndicated(documents=tuple(documents[i] for i in order), truth=truth, kinds=kinds)


def measure(
    syndicated: Syndicated,
    articles: Sequence[Article],
    grouping: Callable[[Sequence[Article]], Mapping[str, int]],
) -> BCubed:
    """Compare with the truth how the articles that the documents became are grouped."""
    return bcubed(grouping(articles), {a.id: syndicated.truth[a.id] for a in articles})


def _under_own_name(document: Document, id_: str) -> Document:
    return Document(
        id=id_,
        content=document.content,
        media_type=document.media_type,
        title=document.title,
        publisher=f"The {id_} Herald",
        published_at=document.published_at,
        language=document.language,
    )


def _verbatim(report: Document, chance: Generator) -> Document:
    return report


def _trimmed(report: Document, chance: Generator) -> Document:
    """Keep the lede and, in order, so many of the other sentences that enough is left."""
    sentences = _sentences(report)
    later = [int(i) for i in chance.permutation(np.arange(1, len(sentences)))]
    kept = [0]
    while later and (
        len(kept) < _KEPT_SHARE * len(sentences)
        or sum(len(sentences[i].split()) for i in kept) < _KEPT_WORDS
    ):
        kept.append(later.pop())
    return _written(report, [sentences[i] for i in sorted(kept)])


def _retitled(report: Document, chance: Generator) -> Document:
    return replace(report, title=_one(_TITLES, chance))


def _edited(report: Document, chance: Generator) -> Document:
    """Replace one word in ten by another of the report's, and spell its small numbers."""
    plain = _PLAIN_WORD.findall(report.content)
    chosen = len(report.content.split()) * _EDITED_SHARE / max(1, len(plain))

    def other(word: re.Match[str]) -> str:
        return _one(plain, chance) if chance.random() < chosen else word.group()

    reworded = _PLAIN_WORD.sub(other, report.content)
    return replace(report, content=_FIGURE.sub(lambda m: _SPELLED[int(m.group())], reworded))


def _credited(report: Document, chance: Generator) -> Document:
    """Put an agency's dateline before a trimmed and retitled copy."""
    cut = _trimmed(_retitled(report, chance), chance)
    return replace(cut, content=_one(_DATELINES, chance) + cut.content)


def _extended(report: Document, chance: Generator) -> Document:
    return _written(report, [*_sentences(report), _one(_LOCAL, chance)])


def _reordered(report: Document, chance: Generator) -> Document:
    """Keep the lede and put what follows into another order."""
    lede, *others = _sentences(report)
    return _written(report, [lede, *(others[i] for i in chance.permutation(len(others)))])


_COPIES: Mapping[CopyKind, Callable[[Document, Generator], Document]] = {
    "verbatim": _verbatim,
    "trimmed": _trimmed,
    "retitled": _retitled,
    "edited": _edited,
    "credited": _credited,
    "extended": _extended,
    "reordered": _reordered,
}


def _sentences(report: Document) -> list[str]:
    """Return sentences as far as punctuation tells, at least one."""
    return [s for s in _SENTENCE_END.split(report.content) if s.strip()] or [report.content]


def _written(report: Document, sentences: Sequence[str]) -> Document:
    return replace(report, content="\n\n".join(sentences))


def _one(choices: Sequence[str], chance: Generator) -> str:
    return choices[int(chance.integers(len(choices)))] if choices else ""
