"""What `brief eval` says of each suite: a plain table with its facts below, and the same as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.evaluation.claim_checking import Checking
from service.evaluation.figures import (
    PAIRS,
    Figures,
    claim_figures,
    conflict_figures,
    controls_told,
    coverage_figures,
    error_figures,
    source_figures,
)
from service.evaluation.grouping import Grouping
from service.evaluation.planted_conflicts import Detection, FactScore, FalseAlarm
from service.evaluation.planted_errors import Catches
from service.render import shown

if TYPE_CHECKING:
    # Its scorer is an extra that the other suites do without.
    from service.evaluation.comparison import Comparison

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A suite's outcome: what it measures, its table, the facts below it, and all of it for programs."""

    title: str
    rows: tuple[str, ...]
    facts: Facts
    told: Mapping[str, object]
    figures: Figures
    problems: tuple[str, ...] = ()

    def lines(self, files: Mapping[Path, str]) -> Iterator[str]:
        """Yield what a person reads; `files` are the digests of what was measured on, by path."""
        yield self.title
        yield from self.rows
        yield ""
        facts = [*self.facts]
        for path, sha256 in files.items():
            facts += [("file", str(path)), ("SHA-256", sha256)]
        for what, fact in facts:
            # What a file or a model is called cannot drive the terminal.
            yield f"{what:<16}{shown(fact)}"


def of_coverage(found: "Comparison") -> Report:
    """Report a model's briefs beside the baselines."""
    seconds = found.seconds_per_topic
    return Report(
        title="coverage: how much of what people wrote of the same documents is told, in per cent",
        rows=(
            f"{'system':<16}{'ROUGE-1':>9}{'ROUGE-2':>9}{'words':>7}",
            *(
                f"{s.system:<16}{s.rouge1:>9.2f}{s.rouge2:>9.2f}{s.words:>7.0f}"
                for s in found.scores
            ),
        ),
        facts=(
            ("topics", str(found.topics)),
            ("model", found.model),
            ("revision", found.revision),
            ("engine", found.engine),
            ("provenance", found.provenance),
            ("scored", f"recall of the first {found.max_words} words"),
            ("a topic takes", "unknown" if seconds is None else f"{seconds:.2f} s"),
        ),
        told=asdict(found),
        figures=coverage_figures(found),
        problems=tuple(f"{problem.name}: {problem.reason}" for problem in found.problems),
    )


def of_claims(found: Sequence[Checking]) -> Report:
    """Report the built-in check beside simple measures, set by set."""
    figures = claim_figures(found)
    held_out = [(c.name, f"{c.held_out} of {c.claims} claims held out") for c in found]
    pairs = [(n, f"{f:.1f}% told apart") for n, f in figures.items() if n.endswith(PAIRS)]
    return Report(
        title="claims: are claims supported by their sources? In per cent, on the half held out",
        rows=tuple(row for checking in found for row in _checking_rows(checking)),
        facts=(*held_out, *pairs),
        told={"sets": [asdict(checking) for checking in found]},
        figures=figures,
    )


def _checking_rows(checking: Checking) -> Iterator[str]:
    yield f"{checking.name:<24}{'balanced':>9}{'95% interval':>15}{'accepted':>10}{'refused':>9}"
    for score in checking.scores:
        interval = f"{score.low:.1f} to {score.high:.1f}"
        yield (
            f"  {score.system:<22}{score.balanced_accuracy:>9.2f}{interval:>15}"
            f"{score.accepted:>10.1f}{score.refused:>9.1f}"
        )


def of_errors(found: Catches, sets: int) -> Report:
    """Report the planted errors that a recheck found, by kind, and the statements it refused."""
    kinds: dict[str, tuple[int, int]] = {}
    for row in found.by_kind:
        planted, caught = kinds.get(row.kind, (0, 0))
        kinds[row.kind] = planted + row.planted, caught + row.caught
    kinds["all"] = found.planted, found.caught
    refused = f"{found.refused} of {found.statements} statements ({found.refused_share:.2%})"
    return Report(
        title="errors: planted in finished briefs one at a time, and caught by a recheck",
        rows=(
            f"{'kind':<20}{'planted':>9}{'caught':>8}{'share':>9}",
            *(
                f"{kind:<20}{planted:>9}{caught:>8}{caught / planted if planted else 1:>9.2%}"
                for kind, (planted, caught) in kinds.items()
            ),
        ),
        facts=(("sets briefed", str(sets)), ("refused as is", refused)),
        told={"sets": sets, **asdict(found)},
        figures=error_figures(found),
    )


def of_conflicts(found: Detection) -> Report:
    """Report the planted conflicts that briefs told of, and what they told of where none was planted."""
    scores = [*(score for score in found.by_fact if score.planted), found.total]
    told = f"{controls_told(found)} told of {found.controls} pairs that only seem to be rivals"
    untouched = f"{len(found.untouched)} told of {found.untouched_sets} sets as they are"
    return Report(
        title="conflicts: planted in one report of a set, and told as a disagreement",
        rows=(
            f"{'kind':<16}{'planted':>9}{'found':>7}{'false':>7}{'precision':>11}{'recall':>8}{'F1':>7}",
            *(
                f"{s.fact:<16}{s.planted:>9}{s.found:>7}{s.false:>7}"
                f"{s.precision:>11.3f}{s.recall:>8.3f}{s.f1:>7.3f}"
                for s in scores
            ),
        ),
        facts=(("controls", told), ("untouched", untouched)),
        told={
            "kinds": [_scored(score) for score in scores],
            "controls": found.controls,
            "controls_told": controls_told(found),
            "untouched_sets": found.untouched_sets,
            "untouched": [_alarm(alarm) for alarm in found.untouched],
            "false_alarms": [_alarm(alarm) for alarm in found.false_alarms],
            "misses": [
                {
                    "set": miss.set_id,
                    "fact": miss.fact,
                    "original": asdict(miss.original),
                    "rival": asdict(miss.rival),
                }
                for miss in found.misses
            ],
        },
        figures=conflict_figures(found),
    )


def of_sources(found: Sequence[Grouping]) -> Report:
    """Report how copies were grouped with their reports, and separate reports kept apart."""
    return Report(
        title="sources: copies of reports found, and separate reports kept apart (B-cubed)",
        rows=(
            f"{'reports of':<18}{'events':>8}{'documents':>11}{'precision':>11}{'recall':>8}{'F1':>7}",
            *(
                f"{g.name:<18}{g.events:>8}{g.documents:>11}"
                f"{g.precision:>11.3f}{g.recall:>8.3f}{g.f1:>7.3f}"
                for g in found
            ),
        ),
        facts=tuple((g.name, f"worst precision {g.least_precision:.3f}") for g in found),
        told={"groupings": [asdict(g) for g in found]},
        figures=source_figures(found),
    )


def _scored(score: FactScore) -> dict[str, object]:
    return {
        **asdict(score),
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
    }


def _alarm(alarm: FalseAlarm) -> dict[str, object]:
    told = alarm.told
    return {
        "set": alarm.set_id,
        "fact": alarm.fact,
        "kind": told.kind,
        "question": told.question,
        "positions": [
            {"value": position.value, "text": position.statement.text}
            for position in told.positions
        ],
    }
