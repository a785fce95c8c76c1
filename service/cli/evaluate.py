"""`brief eval`: a model's briefs beside simple summaries, on documents that people summarized."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.exits import Exit, tell
from service.cli.options import model_option, provenance_option
from service.cli.progress import watched
from service.cli.wiring import Wiring, pass_wiring
from service.domain.brief import Options
from service.domain.claims import Provenance

if TYPE_CHECKING:
    from service.evaluation.comparison import Comparison
    from service.evaluation.corpus import Corpus
    from service.evaluation.coverage import Scorer

_EPILOG = """\b
Example:
  brief eval corpus/ --model flan --provenance lexical
"""


@click.command(name="eval", epilog=_EPILOG)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@model_option
@provenance_option
@click.option(
    "--max-words",
    metavar="N",
    type=click.IntRange(1),
    default=Options().max_words,
    show_default=True,
    help="Length of the briefs, and of what is scored.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@pass_wiring
@click.pass_context
def evaluate(
    ctx: click.Context,
    wiring: Wiring,
    folder: Path,
    model: str | None,
    provenance: Provenance,
    max_words: int,
    as_json: bool,
) -> None:
    """Score briefs and simple summaries against what people wrote.

    Reads wikinews_mds.jsonl in FOLDER: a topic a line, with its documents and references. Prints
    how much of the references' words and pairs of words are told, in per cent. What cannot be
    briefed is told on stderr and counts as nothing, and the exit code is 3.
    """
    from service.evaluation.corpus import read_corpus

    scorer = _scorer(ctx, wiring)
    corpus = read_corpus(folder)
    options = Options(max_words=max_words, provenance=provenance, model=model)
    comparison = _compared(wiring, corpus, options, scorer)
    if as_json:
        told = {"file": str(corpus.path), "sha256": corpus.sha256, **asdict(comparison)}
        click.echo(json.dumps(told, ensure_ascii=True, indent=2))
    else:
        for line in (*_table(comparison), "", *_facts(corpus, comparison)):
            click.echo(line.encode("utf-8", "replace"))
    for problem in comparison.problems:
        tell(f"{problem.name}: {problem.reason}")
    if comparison.problems:
        ctx.exit(Exit.UNREADABLE)


def _scorer(ctx: click.Context, wiring: Wiring) -> "Scorer":
    try:
        return wiring.load_scorer()
    except ImportError as error:
        tell(f"brief: scoring needs the extra: pip install 'wellsourced[eval]' ({error})")
        ctx.exit(Exit.WRONG_USAGE)


def _compared(wiring: Wiring, corpus: "Corpus", options: Options, scorer: "Scorer") -> "Comparison":
    from service.evaluation.comparison import Briefer, compare

    with watched() as watch:
        models = wiring.load_models(options.model)
        now = datetime.now(UTC)
        briefer = Briefer(models=models, options=options, created_at=now, watch=watch)
        try:
            return compare(corpus.topics, briefer, scorer)
        finally:
            models.drafter.close(drain=False)


def _table(comparison: "Comparison") -> Iterator[str]:
    yield f"{'system':<16}{'ROUGE-1':>9}{'ROUGE-2':>9}{'words':>7}"
    for score in comparison.scores:
        yield f"{score.system:<16}{score.rouge1:>9.2f}{score.rouge2:>9.2f}{score.words:>7.0f}"


def _facts(corpus: "Corpus", comparison: "Comparison") -> Iterator[str]:
    from service.render import shown

    seconds = comparison.seconds_per_topic
    facts = [
        ("topics", str(comparison.topics)),
        ("file", str(corpus.path)),
        ("SHA-256", corpus.sha256),
        ("model", comparison.model),
        ("revision", comparison.revision),
        ("engine", comparison.engine),
        ("provenance", comparison.provenance),
        ("scored", f"recall of the first {comparison.max_words} words"),
        ("a topic takes", "unknown" if seconds is None else f"{seconds:.2f} s"),
    ]
    for what, told in facts:
        # What a file or a model is called cannot drive the terminal.
        yield f"{what:<16}{shown(told)}"
