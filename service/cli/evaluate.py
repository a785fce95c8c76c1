"""`brief eval`: how good briefs are, on whatever evaluation data a folder holds."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
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
from service.domain.errors import BadCorpus

if TYPE_CHECKING:
    from service.cli.evaluation_report import Report
    from service.domain.ports import Models, Watch
    from service.evaluation.coverage import Scorer
    from service.evaluation.gate import Gate
    from service.evaluation.holdings import Holdings, Suite

_HELP = """Measure the quality of briefs on data that people have judged.

\b
coverage   recall of what people wrote, beside simple summaries;
           reads wikinews_mds.jsonl
claims     the check behind citations, on claims that people judged; reads
           summedits_news.jsonl, bump_pairs.jsonl.gz, wice_claims.jsonl.gz
errors     planted in finished briefs, and caught by a recheck;
conflicts  planted in one report of several, and told as disagreements;
sources    copies of reports told from separate reports: these three
           read wikinews_mds.jsonl, ecbplus_events.jsonl

What FOLDER has no file for is told on stderr and left out, unless --only asks
for it. What cannot be briefed is told on stderr and counts as nothing, and the
exit code is 3.
"""
_EPILOG = """\b
Examples:
  brief eval corpus/
  brief eval corpus/ --only coverage --model flan --provenance lexical
  brief eval corpus/ --only errors --only conflicts --limit 50 --json
"""
# Named here as well, so that `--help` loads none of the suites.
SUITES: tuple["Suite", ...] = ("coverage", "claims", "errors", "conflicts", "sources")
SETS = 20


@click.command(name="eval", help=_HELP, epilog=_EPILOG)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--only",
    metavar="SUITE",
    type=click.Choice(SUITES),
    multiple=True,
    help=f"Measure this alone: {', '.join(SUITES)}; again for more.  [default: all]",
)
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
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1),
    help=f"Sets to plant errors and conflicts in.  [default: {SETS}, or as the floors say]",
)
@click.option(
    "--floors",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A TOML file of bounds; exit code 1 where a figure is worse than its bound.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@pass_wiring
@click.pass_context
def evaluate(
    ctx: click.Context,
    wiring: Wiring,
    folder: Path,
    only: tuple["Suite", ...],
    model: str | None,
    provenance: Provenance,
    max_words: int,
    limit: int | None,
    floors: Path | None,
    as_json: bool,
) -> None:
    """Measure the quality of briefs; `_HELP` tells how."""
    from service.evaluation.gate import read_gate

    gate = read_gate(floors) if floors else None
    suites = tuple(suite for suite in SUITES if suite in (only or SUITES))
    held = _held(folder, suites, is_required=bool(only))
    served = tuple(suite for suite in suites if held.serves(suite))
    bench = _Bench(
        wiring=wiring,
        held=held,
        options=Options(max_words=max_words, provenance=provenance, model=model),
        limit=limit or (gate.sets if gate else SETS),
        scorer=_scorer(ctx, wiring) if "coverage" in served else None,
    )
    reports: dict[Suite, Report] = {}
    for suite, report in bench.reports(served):
        reports[suite] = report
        if not as_json:
            _print([*([""] if len(reports) > 1 else []), *report.lines(held.sha256s(suite))])
    breaches = list(_breaches(gate, reports, held)) if gate else []
    if as_json:
        click.echo(json.dumps(_told(reports, held, breaches), ensure_ascii=True, indent=2))
    problems = [problem for report in reports.values() for problem in report.problems]
    for line in (*problems, *breaches):
        tell(line)
    if problems or breaches:
        ctx.exit(Exit.CHECK_FAILED if breaches else Exit.UNREADABLE)


def _held(folder: Path, suites: Sequence["Suite"], *, is_required: bool) -> "Holdings":
    """Read what a folder holds, and tell what is missing; raises `BadCorpus` where that is too much."""
    from service.evaluation.holdings import read_holdings

    held = read_holdings(folder, suites)
    unserved = [suite for suite in suites if not held.serves(suite)]
    if len(unserved) == len(suites) or (is_required and unserved):
        wanted = dict.fromkeys(name for suite in unserved for name in held.missing(suite))
        raise BadCorpus(str(folder), f"there is no {' and no '.join(wanted)} in it")
    for suite in suites:
        if missing := held.missing(suite):
            left_out = ", so it is left out" if suite in unserved else ""
            tell(f"{suite}: there is no {' and no '.join(missing)}{left_out}")
    return held


def _scorer(ctx: click.Context, wiring: Wiring) -> "Scorer":
    try:
        return wiring.load_scorer()
    except ImportError as error:
        tell(f"brief: scoring needs the extra: pip install 'wellsourced[eval]' ({error})")
        ctx.exit(Exit.WRONG_USAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What is measured, and with what; `limit` bounds the sets to plant in, `scorer` is for coverage."""

    wiring: Wiring
    held: "Holdings"
    options: Options
    limit: int
    scorer: "Scorer | None"

    def reports(self, suites: Sequence["Suite"]) -> Iterator[tuple["Suite", "Report"]]:
        """Yield each suite's report as soon as it is measured; the model is loaded for the first to ask."""
        with ExitStack() as closing:
            models: Models | None = None
            for suite in suites:
                with watched() as watch:
                    if suite == "claims":
                        report = self._claims(watch)
                    else:
                        models = models or self._loaded(closing)
                        report = self._briefed(suite, models, watch)
                yield suite, report

    def _loaded(self, closing: ExitStack) -> "Models":
        models = self.wiring.load_models(self.options.model)
        closing.callback(models.drafter.close, drain=False)
        return models

    def _claims(self, watch: "Watch") -> "Report":
        from service.cli.evaluation_report import of_claims
        from service.evaluation.suites import check_claims

        return of_claims(check_claims(self.held.claim_sets, watch))

    def _briefed(self, suite: "Suite", models: "Models", watch: "Watch") -> "Report":
        from service.cli.evaluation_report import of_conflicts, of_coverage, of_errors, of_sources
        from service.evaluation.grouping import group_sources
        from service.evaluation.holdings import document_sets
        from service.evaluation.planted_conflicts import Briefer
        from service.evaluation.suites import catch_errors, find_conflicts

        briefer = Briefer(models=models, options=self.options, created_at=datetime.now(UTC))
        if suite == "coverage" and self.held.corpus and self.scorer:
            from service.evaluation.comparison import compare

            return of_coverage(compare(self.held.corpus.topics, briefer, self.scorer, watch))
        if suite == "sources":
            return of_sources(group_sources(self.held, models, watch))
        sets = document_sets(self.held, models, self.limit)
        if suite == "errors":
            return of_errors(catch_errors(sets, briefer, watch), len(sets))
        return of_conflicts(find_conflicts(sets, briefer, watch))


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line.encode("utf-8", "replace"))


def _breaches(gate: "Gate", reports: Mapping["Suite", "Report"], held: "Holdings") -> Iterator[str]:
    """Say which bounds do not hold; those of another file's figures say nothing."""
    files = {p.name: digest for suite in reports for p, digest in held.sha256s(suite).items()}
    yield from gate.other_files(files)
    for suite, report in reports.items():
        yield from gate.breaches(suite, report.figures)


def _told(
    reports: Mapping["Suite", "Report"], held: "Holdings", breaches: Sequence[str]
) -> dict[str, object]:
    told: dict[str, object] = {}
    for suite, report in reports.items():
        files = [
            {"file": str(file), "sha256": digest} for file, digest in held.sha256s(suite).items()
        ]
        told[suite] = {"files": files, **report.told}
    return {**told, "breaches": [*breaches]}
