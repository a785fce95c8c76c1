import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from click.testing import CliRunner, Result

from service.backends.fakes import FakeDrafter
from service.backends.trial import Parity, Report
from service.bootstrap.models import Listed
from service.cli import main
from service.cli.models import draw
from service.domain.errors import ModelError, ModelNotFound, ModelRefused
from service.domain.ports import Models
from tests.unit.cli.conftest import WIRING, load_fakes

REPORT = Report(
    name="org/ours",
    revision="0123",
    family="bart",
    engine="ctranslate2 4.8.5 cpu int8",
    size_bytes=48_921_824,
    languages=(),
    chunk_tokens=272,
    notes=("ours is slow",),
    parity=Parity(logits=0.15, attention=0.097, most_logits=0.5, most_attention=0.5),
    load_s=0.384,
    strict_chunks_per_s=49.73,
    free_chunks_per_s=7.04,
    peak_mb=157,
    samples={"strict draft": "It was \x1b[31mvoted\nfor.", "headline": ""},
)
BROKEN = REPORT.model_copy(update={"faults": ("two open drafts of one text differ",)})


@dataclass(kw_only=True)
class FakeCatalogue:
    """Has two models, and adds and checks with one report; others are "refused", "absent" or "taken"."""

    report: Report = REPORT
    asked: list[Sequence[object]] = field(default_factory=list)

    def listed(self) -> list[Listed]:
        boxed = Listed(
            name="compact",
            family="compact",
            engine="ctranslate2",
            licence="Apache-2.0",
            size_bytes=48_921_824,
            where="/box",
        )
        other = replace(boxed, name="ours", licence="[red]mit\x1b[31m[/red]", where="org/ours@0123")
        return [boxed, other]

    def add(
        self, source: str, *, name: str | None, revision: str | None, force: bool
    ) -> tuple[str, Report]:
        self.asked.append(("add", source, name, revision, force))
        return name or "ours", self._answer(source)

    def check(self, name: str | None) -> Report:
        self.asked.append(("check", name))
        return self._answer(name)

    def _answer(self, name: str | None) -> Report:
        if name == "refused":
            raise ModelRefused(name, "its weights have changed")
        if name == "absent":
            raise ModelNotFound(name, "there is no such folder")
        if name == "taken":
            raise ModelError(name, "the name is taken")
        return self.report


def run(catalogue: FakeCatalogue, *arguments: str) -> Result:
    wiring = replace(WIRING, load_catalogue=lambda: catalogue)
    return CliRunner().invoke(main, ["models", *arguments], obj=wiring, catch_exceptions=False)


def test_models_are_listed_in_columns_the_boxed_one_first() -> None:
    rows = [line.split("\t") for line in run(FakeCatalogue(), "list").stdout.splitlines()]
    assert rows[0] == ["name", "family", "engine", "licence", "size", "where"]
    assert rows[1] == ["compact", "compact", "ctranslate2", "Apache-2.0", "48.9 MB", "/box"]
    assert rows[2][0] == "ours"


def test_a_hostile_card_cannot_drive_the_terminal() -> None:
    assert "\x1b" not in run(FakeCatalogue(), "list").stdout


def test_a_list_for_programs_is_json() -> None:
    listed = json.loads(run(FakeCatalogue(), "list", "--json").stdout)
    assert [model["name"] for model in listed] == ["compact", "ours"]
    assert listed[0]["size_bytes"] == 48_921_824
    assert set(listed[0]) == {"name", "family", "engine", "licence", "size_bytes", "where"}


DAMAGED = Listed(
    name="spoilt",
    family="",
    engine="",
    licence="",
    size_bytes=0,
    where="",
    fault="its entry is damaged",
)


class DamagedCatalogue(FakeCatalogue):
    """Has one entry more, which is damaged."""

    def listed(self) -> list[Listed]:
        return [*super().listed(), DAMAGED]


def test_a_damaged_entry_is_told_beside_the_others_and_fails() -> None:
    done = run(DamagedCatalogue(), "list")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["name", "compact", "ours"]
    assert done.stderr == "brief: model 'spoilt': its entry is damaged\n"
    assert done.exit_code == 1


def test_a_damaged_entry_is_no_model_for_programs() -> None:
    done = run(DamagedCatalogue(), "list", "--json")
    assert json.loads(done.stdout) == json.loads(run(FakeCatalogue(), "list", "--json").stdout)
    assert "spoilt" in done.stderr
    assert done.exit_code == 1


def test_a_terminal_is_shown_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    draw(FakeCatalogue().listed())
    drawn = capsys.readouterr().out
    assert "48.9 MB" in drawn
    assert "[red]mit" in drawn


def test_a_model_is_added_as_it_was_asked_for() -> None:
    catalogue = FakeCatalogue()
    arguments = ("org/ours", "--name", "mine", "--revision", "v1", "--force")
    done = run(catalogue, "add", *arguments)
    assert catalogue.asked == [("add", "org/ours", "mine", "v1", True)]
    assert done.exit_code == 0
    assert "Added. Use it with --model mine or BRIEF_MODEL=mine." in done.stdout


def test_a_model_that_does_not_hold_is_not_added() -> None:
    done = run(FakeCatalogue(report=BROKEN), "add", "org/ours")
    assert done.exit_code == 1
    assert "ours was not added" in done.stderr
    assert "Added" not in done.stdout


@pytest.mark.parametrize("command", ["add", "check"])
@pytest.mark.parametrize(("name", "code"), [("refused", 1), ("absent", 2), ("taken", 2)])
def test_a_model_that_is_refused_fails_and_what_is_asked_for_wrongly_is_wrong_usage(
    command: str, name: str, code: int
) -> None:
    done = run(FakeCatalogue(), command, name)
    assert (done.exit_code, done.stdout) == (code, "")
    assert f"brief: model {name!r}" in done.stderr


@pytest.mark.parametrize("source", ["", " "])
def test_nothing_to_add_is_wrong_usage_and_not_the_working_folder(source: str) -> None:
    catalogue = FakeCatalogue()
    done = run(catalogue, "add", source)
    assert (done.exit_code, catalogue.asked) == (2, [])
    assert "SOURCE" in done.stderr


@pytest.mark.parametrize("command", ["add", "check"])
def test_help_tells_how_a_trial_exits(command: str) -> None:
    told = " ".join(CliRunner().invoke(main, ["models", command, "--help"]).stdout.split())
    assert "Exits 1 where the model is refused or something does not hold, and 2 where" in told


def test_a_check_tells_numbers_speed_memory_and_samples() -> None:
    done = run(FakeCatalogue(), "check", "ours")
    assert done.exit_code == 0
    for told in (
        "org/ours 0123",
        "languages    unknown",
        "weights      48.9 MB",
        "parity       scores deviate by 0.15 (limit 0.5), attention by 0.097 (limit 0.5)",
        "loads in     0.38 s",
        "strict       49.7 chunks/s",
        "free         7.0 chunks/s",
        "peak memory  157 MB",
        "strict draft: It was [31mvoted for.",
        "headline: (nothing)",
        "note: ours is slow",
    ):
        assert f"{told}\n" in done.stdout


def test_a_check_without_a_name_is_of_the_settings_model() -> None:
    catalogue = FakeCatalogue()
    run(catalogue, "check")
    assert catalogue.asked == [("check", None)]


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    report = REPORT.model_copy(update={"peak_mb": None, "parity": None})
    told = run(FakeCatalogue(report=report), "check").stdout
    assert "peak memory  unknown\n" in told
    assert "parity       runs on transformers itself\n" in told


def test_what_does_not_hold_is_said_and_fails_the_check() -> None:
    done = run(FakeCatalogue(report=BROKEN), "check")
    assert done.exit_code == 1
    assert "does not hold: two open drafts of one text differ\n" in done.stdout


def test_a_check_for_programs_is_json_and_fails_as_well() -> None:
    done = run(FakeCatalogue(report=BROKEN), "check", "--json")
    assert (done.exit_code, Report.model_validate_json(done.stdout)) == (1, BROKEN)


@pytest.mark.parametrize("command", [[], ["list"], ["add"], ["check"]])
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    done = CliRunner().invoke(main, ["models", *command, "--help"])
    assert done.exit_code == 0
    assert "Example:\n    brief models " in done.stdout


class ClosingDrafter(FakeDrafter):
    """Remembers how it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[bool] = []

    def close(self, *, drain: bool = True) -> None:
        self.closed.append(drain)


def test_a_run_takes_a_model_by_its_name_and_closes_it() -> None:
    drafter, named = ClosingDrafter(), list[str | None]()

    def load(name: str | None) -> Models:
        named.append(name)
        return replace(load_fakes(None), drafter=drafter)

    wiring = replace(WIRING, load_models=load)
    text = "The council voted on Tuesday to rebuild the old river bridge."
    done = CliRunner().invoke(main, ["run", "-", "--model", "ours"], obj=wiring, input=text)
    assert (done.exit_code, named, drafter.closed) == (0, ["ours"], [False])
