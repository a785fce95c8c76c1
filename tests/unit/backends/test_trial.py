import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from service.backends import trial
from service.backends.fakes import FakeDrafter, FakeTokenCounter
from service.backends.load import Runtime
from service.backends.trial import REPORTS, SENTENCES, Measured, measure, try_afresh
from service.domain.claims import Draft, DraftRequest
from service.domain.errors import InputTooLarge, ModelError, ModelNotFound, ModelRefused

MEASURED = Measured(
    strict_chunks_per_s=1.0,
    free_chunks_per_s=1.0,
    samples={"headline": ""},
    notes=("its headline of the sample is empty",),
    faults=(),
)


class Recording(FakeDrafter):
    """Remembers what it was asked."""

    def __init__(self, chunk_tokens: int = 128) -> None:
        super().__init__(chunk_tokens)
        self.asked: list[DraftRequest] = []

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        self.asked += requests
        return super().draft(requests, advance)


class Wavering(Recording):
    """Never likes the same sentences twice."""

    def _draft(self, request: DraftRequest) -> Draft:
        return Draft(salience=(0.01 * (len(self.asked) % 7),), picks=(0,), text="It wavers.")

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        return [super(Wavering, self).draft([request], advance)[0] for request in requests]


class FewerIn(FakeTokenCounter):
    """Counts more tokens than a chunk has room for in all but the sentences it knows."""

    def __init__(self, known: Sequence[str], room: int) -> None:
        self._known, self._room = known, room

    def count(self, text: str) -> int:
        return super().count(text) if text in self._known else self._room + 1


class Silent(FakeDrafter):
    """Chooses, and writes nothing."""

    def _draft(self, request: DraftRequest) -> Draft:
        return Draft(salience=(0.5,), picks=(0,) if request.provenance == "strict" else ())


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(models=tmp_path, threads=1)


def test_every_task_is_tried_that_the_model_has_a_prompt_for() -> None:
    drafter = Recording()
    tried = measure(drafter, FakeTokenCounter(), threads=2)
    assert sorted(tried.samples) == ["free draft", "headline", "merge", "strict draft"]
    assert {request.task for request in drafter.asked} == {"draft", "headline", "merge"}
    assert tried.faults == ()
    assert tried.strict_chunks_per_s > 0
    assert tried.free_chunks_per_s > 0


def test_a_task_without_a_prompt_is_not_tried() -> None:
    drafter = Recording()
    drafter.prompts = {"draft": "0" * 64}
    tried = measure(drafter, FakeTokenCounter(), threads=1)
    assert sorted(tried.samples) == ["free draft", "strict draft"]
    assert {request.task for request in drafter.asked} == {"draft"}


def test_a_merge_is_of_several_documents() -> None:
    drafter = Recording()
    measure(drafter, FakeTokenCounter(), threads=1)
    [merge] = [request for request in drafter.asked if request.task == "merge"]
    assert (merge.documents, merge.text) == ((0, 1), " ".join(REPORTS))


def test_the_sample_fits_the_models_chunks() -> None:
    drafter = Recording(chunk_tokens=30)
    measure(drafter, FakeTokenCounter(), threads=1)
    assert {len(request.text.split()) <= 30 for request in drafter.asked} == {True}


class Wordy(Recording):
    """Its prompts for other tasks than drafting leave room for less."""

    def _draft(self, request: DraftRequest) -> Draft:
        if request.task != "draft" and len(request.sentences) > self.most:
            raise InputTooLarge("chunk", len(request.sentences), self.most, "sentences")
        return super()._draft(request)

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


def test_a_task_with_a_longer_prompt_is_tried_on_less() -> None:
    tried = measure(Wordy(1), FakeTokenCounter(), threads=1)
    assert (tried.samples["headline"], tried.samples["merge"]) == (SENTENCES[0], REPORTS[0])


def test_a_task_without_room_for_a_sentence_is_noted_and_no_fault() -> None:
    tried = measure(Wordy(0), FakeTokenCounter(), threads=1)
    assert tried.faults == ()
    assert tried.notes == (
        "its headline of the sample is empty",
        "its merge of the sample is empty",
    )


def test_reports_that_no_chunk_has_room_for_are_noted_and_no_fault() -> None:
    room = max(len(sentence.split()) for sentence in SENTENCES)
    tokens = FewerIn(SENTENCES, room)
    tried = measure(FakeDrafter(chunk_tokens=room), tokens, threads=1)
    assert (tried.faults, tried.notes) == ((), ("its merge of the sample is empty",))


def test_a_model_without_room_for_a_sentence_is_refused() -> None:
    with pytest.raises(ModelRefused, match="no room for one sentence"):
        measure(FakeDrafter(chunk_tokens=3), FakeTokenCounter(), threads=1)


def test_drafts_that_differ_are_a_fault() -> None:
    tried = measure(Wavering(), FakeTokenCounter(), threads=1)
    assert tried.faults == (
        "two strict drafts of one text differ",
        "two open drafts of one text differ",
    )


def test_an_empty_draft_is_a_fault_and_an_empty_headline_or_merge_is_noted() -> None:
    tried = measure(Silent(), FakeTokenCounter(), threads=1)
    assert tried.faults == ("its free draft of the sample is empty",)
    assert tried.notes == (
        "its headline of the sample is empty",
        "its merge of the sample is empty",
    )


def test_the_sample_has_what_is_easily_lost() -> None:
    text = " ".join(SENTENCES)
    assert "(" in text
    assert any(letter.isdigit() for letter in text)
    assert " no " in text


_PEAK = "from service.backends.trial import peak_memory_mb as told; {}; print(told())"


def peak_of_a_process(work: str) -> int:
    command = [sys.executable, "-c", _PEAK.format(work)]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
def test_the_peak_of_memory_counts_what_was_given_back() -> None:
    assert peak_of_a_process("b'x' * 300_000_000") >= 300


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process inherits no peak")
def test_the_peak_of_memory_is_not_the_parents() -> None:
    # Read, so that it is resident.
    taken = b"x" * 300_000_000
    assert peak_of_a_process("pass") < 150
    assert len(taken) == 300_000_000


@pytest.mark.usefixtures("compact")
def test_the_model_in_the_box_holds(runtime: Runtime) -> None:
    report = try_afresh("compact", runtime)
    assert (report.name, report.family, report.faults) == ("compact", "compact", ())
    assert report.engine.startswith("ctranslate2 ")
    assert report.parity is not None
    assert report.parity.logits <= report.parity.most_logits
    assert report.samples["strict draft"].startswith(SENTENCES[0])
    # Without torch, which alone takes more; this process has it, and must not be counted.
    assert report.peak_mb is None or report.peak_mb < 300


def test_a_model_on_torch_is_not_compared_with_itself(
    tiny_model: Callable[[str], Path], runtime: Runtime
) -> None:
    report = try_afresh(str(tiny_model("led")), runtime)
    assert report.parity is None
    assert report.engine.startswith("torch ")
    assert "led runs on torch" in report.notes[0]


def test_a_model_that_is_not_there_is_told_as_such(runtime: Runtime) -> None:
    with pytest.raises(ModelNotFound, match="no such folder"):
        try_afresh("no such model", runtime)


def test_what_is_noted_of_the_sample_is_in_the_report(
    tiny_model: Callable[[str], Path], runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "measure", lambda *_, **__: MEASURED)
    report = trial.try_model(str(tiny_model("bart")), replace(runtime, engine="torch"))
    assert (report.notes, report.faults) == (MEASURED.notes, MEASURED.faults)


def test_a_model_that_is_refused_is_told_as_such(
    tiny_model: Callable[[str], Path], runtime: Runtime
) -> None:
    name = str(tiny_model("led"))
    with pytest.raises(ModelRefused, match="CTranslate2 runs only"):
        try_afresh(name, Runtime(models=runtime.models, engine="ctranslate2"))


def test_a_trial_that_dies_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Runtime
) -> None:
    # A module of that name in front of the real one: the process ends before it can answer.
    (tmp_path / "pydantic.py").write_text("raise SystemExit('the machine is on fire')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelError, match="status 1: the machine is on fire"):
        try_afresh("compact", runtime)


def test_what_lies_in_the_working_folder_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Runtime
) -> None:
    (tmp_path / "pydantic.py").write_text("raise SystemExit('run from the working folder')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    with pytest.raises(ModelNotFound):
        try_afresh("no such model", runtime)
