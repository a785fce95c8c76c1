"""What a folder holds of the evaluation data, and which suites it serves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from service.domain.ports import Models
from service.domain.text import Document
from service.evaluation.claim_sets import (
    BUMP,
    SUMMEDITS,
    WICE,
    ClaimSet,
    read_bump,
    read_summedits,
    read_wice,
)
from service.evaluation.corpus import (
    ECB_PLUS,
    WIKINEWS,
    Clusters,
    Corpus,
    read_clusters,
    read_corpus,
)
from service.evaluation.planting import DocumentSet, document_set

Suite = Literal["coverage", "claims", "errors", "conflicts", "sources"]
SUITES: tuple[Suite, ...] = get_args(Suite)
_STORIES = (WIKINEWS, ECB_PLUS)
# A suite can be measured where one of its files is there.
FILES: dict[Suite, tuple[str, ...]] = {
    "coverage": (WIKINEWS,),
    "claims": (SUMMEDITS, BUMP, WICE),
    "errors": _STORIES,
    "conflicts": _STORIES,
    "sources": _STORIES,
}
_CLAIM_READERS: dict[str, Callable[[Path], ClaimSet]] = {
    SUMMEDITS: read_summedits,
    BUMP: read_bump,
    WICE: read_wice,
}
# Larger events are cut into sets of so many, so that a brief takes a moment.
_AT_MOST, _AT_LEAST = 6, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a folder holds of the evaluation data."""

    corpus: Corpus | None = None
    clusters: Clusters | None = None
    claim_sets: tuple[ClaimSet, ...] = ()

    def sha256s(self, suite: Suite) -> dict[Path, str]:
        """Return the hex SHA-256 of each file that a suite reads and that is there, by its path."""
        read = (self.corpus, self.clusters, *self.claim_sets)
        return {
            one.path: one.sha256
            for one in read
            if one is not None and one.path.name in FILES[suite]
        }

    def missing(self, suite: Suite) -> tuple[str, ...]:
        """Return the files that a suite would read and that are not there."""
        there = {path.name for path in self.sha256s(suite)}
        return tuple(name for name in FILES[suite] if name not in there)

    def serves(self, suite: Suite) -> bool:
        return len(self.missing(suite)) < len(FILES[suite])


def read_holdings(folder: Path, suites: Sequence[Suite]) -> Holdings:
    """Read the files of some suites that a folder has; raises `BadCorpus` where one is malformed."""
    wanted = {name for suite in suites for name in FILES[suite] if (folder / name).exists()}
    return Holdings(
        corpus=read_corpus(folder) if WIKINEWS in wanted else None,
        clusters=read_clusters(folder) if ECB_PLUS in wanted else None,
        claim_sets=tuple(read(folder) for name, read in _CLAIM_READERS.items() if name in wanted),
    )


def document_sets(held: Holdings, models: Models, limit: int) -> tuple[DocumentSet, ...]:
    """Return up to `limit` sets of articles, spread evenly over the topics and events held."""
    found = list(_named_sets(held))
    step = max(1, len(found) // limit)
    return tuple(document_set(id_, documents, models) for id_, documents in found[::step][:limit])


def _named_sets(held: Holdings) -> Iterator[tuple[str, Sequence[Document]]]:
    for topic in held.corpus.topics if held.corpus else ():
        yield topic.id, topic.documents
    for cluster in held.clusters.clusters if held.clusters else ():
        for at in range(0, len(cluster.documents), _AT_MOST):
            part = cluster.documents[at : at + _AT_MOST]
            if len(part) >= _AT_LEAST:
                yield f"{cluster.id}/{at}", part
