"""Let a model write freely over some sentences, and take what another model finds borne out by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from service.domain.brief import Options
from service.domain.claims import DraftRequest, Task
from service.domain.ports import Drafter, EntailmentScorer
from service.domain.text import Article, Sentence, Span
from service.stages.rewrite import Rewritten, rewrite

# Sentences with their articles, of one article or several.
Union: TypeAlias = Sequence[tuple[Article, Sentence]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A model that writes, and the one that has to bear out what it wrote."""

    drafter: Drafter
    scorer: EntailmentScorer
    options: Options

    def write(self, task: Task, unions: Sequence[Union]) -> list[Rewritten]:
        """Return what is written of each union, or why it may not stand."""
        drafts = self.drafter.draft([self._request(task, union) for union in unions])
        return [
            rewrite(made.text, union, self.scorer, self.options.provenance)
            for made, union in zip(drafts, unions, strict=True)
        ]

    def _request(self, task: Task, union: Union) -> DraftRequest:
        """Return the request for one sentence of a union, whose sentences stand a line each."""
        text, spans = "", []
        for article, sentence in union:
            text += "\n" if text else ""
            quote = article.quote(sentence.span)
            spans.append(Span(len(text), len(text) + len(quote)))
            text += quote
        ids = list(dict.fromkeys(article.id for article, _ in union))
        return DraftRequest(
            text=text,
            sentences=tuple(spans),
            max_sentences=1,
            task=task,
            provenance=self.options.provenance,
            documents=tuple(ids.index(article.id) for article, _ in union),
            seed=self.options.seed,
        )
