"""What each stage adds to the recall of people's summaries, or costs: the line without one, one at a time.

Run: python -m benchmarks.stages FOLDER    (a folder with wikinews_mds.jsonl, as for `brief eval`)

A row's figures are means over the topics, `strict`, 250 words; its differences are to the whole line.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from service.backends.load import Runtime, load_models
from service.domain.brief import Options
from service.domain.claims import Draft
from service.domain.ports import Models
from service.domain.text import Article, Document, text_sha256
from service.evaluation.baselines import BASELINES
from service.evaluation.corpus import Topic, read_corpus
from service.evaluation.coverage import Coverage, Scorer, mean
from service.pipeline import prepare
from service.stages.align import Aligner
from service.stages.chunk import chunk
from service.stages.claims import Candidate, candidates
from service.stages.disagree.counts import counted
from service.stages.disagree.numbers import outgrown
from service.stages.draft import ChunkDraft, draft
from service.stages.lede import lede
from service.stages.merge import Merger
from service.stages.order import Chosen, Chronicle
from service.stages.segment import segment
from service.stages.select import Selection, Selector, Taken
from service.stages.story import Story, tell

WORDS = 250
WHOLE = "the whole line"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of stages; each field is one of them, as it is or left out."""

    cleaned: bool = True
    drafts: Callable[[ChunkDraft], Draft] = lambda made: made.draft
    candidates: Callable[[Candidate], Candidate | None] = lambda candidate: candidate
    has_lede: bool = True
    has_lead_ins: bool = True
    bars_repeats: bool = True
    merges: bool = True


def without_salience(made: ChunkDraft) -> Draft:
    return replace(made.draft, salience=(0.0,) * len(made.draft.salience))


def without_picks(made: ChunkDraft) -> Draft:
    return Draft(salience=(0.0,) * len(made.draft.salience))


def drafted(candidate: Candidate) -> Candidate | None:
    return candidate if candidate.claim.origin == "draft" else None


def standing_alone(candidate: Candidate) -> Candidate | None:
    return candidate if candidate.needs is None else None


def as_if_alone(candidate: Candidate) -> Candidate:
    return replace(candidate, needs=None)


def uncorroborated(candidate: Candidate) -> Candidate:
    own = tuple(e for e in candidate.claim.evidence if e.article_id == candidate.claim.article_id)
    return replace(candidate, claim=replace(candidate.claim, evidence=own))


LINES: Mapping[str, Line] = {
    WHOLE: Line(),
    "uncleaned text": Line(cleaned=False),
    "drafts without salience": Line(drafts=without_salience),
    "no drafts (nor their cuts)": Line(drafts=without_picks),
    "drafted sentences only": Line(candidates=drafted),
    "no corroboration": Line(candidates=uncorroborated),
    "no lede rule": Line(has_lede=False),
    "no dates before other days": Line(has_lead_ins=False),
    "leaning sentences left out": Line(candidates=standing_alone),
    "leaning sentences as they are": Line(candidates=as_if_alone),
    "no redundancy rule": Line(bars_repeats=False),
    "no merging": Line(merges=False),
}


class PartialSelector(Selector):
    """The selector with some of its rules left out."""

    def __init__(self, story: Story, found: Sequence[Candidate], line: Line) -> None:
        super().__init__(story, found, WORDS)
        self._line = line

    def select(self) -> Selection:
        first = self._first()
        chronicle = Chronicle(self._story, first)
        has_lead_ins = self._line.has_lead_ins
        self._before = {
            c.key: chronicle.words_before(c) if has_lead_ins else "" for c in self._candidates
        }
        passages = [p for c in self._candidates if (p := self._passage(c, first))]
        told = chronicle.told(self._grown(first, passages).chosen)
        return Selection(
            chosen=told if has_lead_ins else tuple(replace(c, lead_in="") for c in told)
        )

    def _first(self) -> Candidate:
        first = lede(self._story, self._candidates, self._places, self._max_words)
        if first is None:
            raise SystemExit("a topic of which nothing can be stated")
        if self._line.has_lede:
            return first
        # Whatever the greedy rule takes of all there is, were it asked first.
        self._before = {c.key: "" for c in self._candidates}
        passages = [p for c in self._candidates if (p := self._passage(c, first))]
        best = self._best(passages, self._nothing())
        return best[1][0] if best else first

    def _repeats(self, candidate: Candidate, taken: Taken) -> bool:
        return self._line.bars_repeats and super()._repeats(candidate, taken)


def told(articles: Sequence[Article], drafts: Sequence[ChunkDraft], line: Line) -> str:
    """Return what a line tells, as the pipeline does; the gate passes all that is cut from its source."""
    story = tell(articles)
    aligner = Aligner(story)
    changed = [replace(made, draft=line.drafts(made)) for made in drafts]
    found, _ = candidates(story, changed, aligner)
    outdated = outgrown(counted(story))
    kept = [one for c in found if c.key not in outdated and (one := line.candidates(c)) is not None]
    chosen: Sequence[Chosen] = PartialSelector(story, kept, line).select().chosen
    if line.merges:
        chosen = Merger(story=story, aligner=aligner).merged(chosen)
    return " ".join(f"{c.lead_in} {c.candidate.claim.text}".strip() for c in chosen)


def uncleaned(document: Document, models: Models) -> Article:
    """Return a document as an article, every line of it kept."""
    text = f"{document.title}\n\n{document.content}" if document.title else document.content
    limit = models.drafter.chunk_tokens
    sentences = segment(
        text,
        has_title=bool(document.title),
        language="en",
        fits=lambda part: models.tokens.count(part) <= limit,
    )
    return Article(
        id=document.id or document.content_id,
        sha256=text_sha256(text),
        title=document.title,
        publisher=document.publisher,
        published_at=document.published_at,
        language="en",
        text=text,
        sentences=sentences,
        chunks=chunk(text, sentences, models.tokens, limit),
    )


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """A topic's articles, as they are and cleaned, with the drafts of each."""

    topic: Topic
    articles: Mapping[bool, tuple[Sequence[Article], Sequence[ChunkDraft]]]


def drafted_topics(topics: Sequence[Topic], models: Models) -> Iterator[Drafted]:
    readers = {True: partial(prepare, models=models), False: partial(uncleaned, models=models)}
    for topic in topics:
        made = {}
        for cleaned, read in readers.items():
            articles = sorted(map(read, topic.documents), key=lambda a: a.id)
            drafts = draft(articles, models.drafter, Options(), lambda _: None)
            made[cleaned] = articles, drafts
        yield Drafted(topic=topic, articles=made)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a line or a simple summary tells of each topic, and the mean of its recall."""

    name: str
    texts: tuple[str, ...]
    found: Coverage


def rows(topics: Sequence[Drafted], scorer: Scorer) -> Iterator[Row]:
    def row(name: str, texts: tuple[str, ...]) -> Row:
        pairs = zip(topics, texts, strict=True)
        scores = [scorer.coverage(text, one.topic.references, WORDS) for one, text in pairs]
        return Row(name=name, texts=texts, found=mean(scores))

    for name, line in LINES.items():
        yield row(name, tuple(told(*one.articles[line.cleaned], line) for one in topics))
    for cleaned, of in ((True, "cleaned"), (False, "uncleaned")):
        for name, summary in BASELINES.items():
            texts = tuple(summary(one.articles[cleaned][0], WORDS) for one in topics)
            yield row(f"{name}, {of}", texts)


def main() -> None:
    corpus = read_corpus(Path(sys.argv[1]))
    models = load_models(None, runtime=Runtime(threads=2))
    topics = list(drafted_topics(corpus.topics, models))
    models.drafter.close(drain=False)
    print("| | ROUGE-1 | ROUGE-2 | difference | | topics that differ |\n|---|---|---|---|---|---|")
    whole: Row | None = None
    for row in rows(topics, Scorer()):
        whole = whole or row
        one, two = row.found.rouge1, row.found.rouge2
        differences = f"{one - whole.found.rouge1:+.2f} | {two - whole.found.rouge2:+.2f}"
        changed = sum(a != b for a, b in zip(row.texts, whole.texts, strict=True))
        print(f"| {row.name} | {one:.2f} | {two:.2f} | {differences} | {changed} |")
    print(f"\n{len(topics)} topics of {corpus.path.name}, SHA-256 {corpus.sha256}")


if __name__ == "__main__":
    main()
