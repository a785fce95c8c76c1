"""When a conversion is made, kept, made anew, and refused."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.backends.seq2seq import convert
from service.backends.seq2seq.convert import converted
from service.backends.seq2seq.facts import OpenModel, Source
from service.domain.errors import ModelRefused
from service.resources import folder

_OPEN = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from service.backends.seq2seq.ct2_engine import open_ctranslate2
from service.backends.seq2seq.engine import Search
from service.backends.seq2seq.facts import Source
opened = open_ctranslate2(
    Source(folder=Path(sys.argv[1]), name=sys.argv[2]),
    cache=Path(sys.argv[3]), threads=2, compute_type="int8",
)
free = Search(max_tokens=8, min_tokens=8, beams=1, no_repeat=0)
with ThreadPoolExecutor(2) as callers:
    list(callers.map(lambda n: opened.engine.write((n, 6, 7), free, Event()), range(20, 60)))
# Until after Python has ended, as an engine is that anything else still holds.
sys.opened = opened
loaded = sorted({"torch", "transformers"} & set(sys.modules))
print(json.dumps([opened.engine.name, len(opened.engine.read((5, 6, 7)).logits), loaded]))
"""


def opening(source: Path, cache: Path) -> "subprocess.Popen[str]":
    """Start a fresh interpreter that opens a model."""
    return subprocess.Popen(
        [sys.executable, "-c", _OPEN, str(source), source.name, str(cache)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder("models").parent,
    )


def entries(cache: Path) -> list[Path]:
    return [path for path in cache.iterdir() if path.is_dir()]


class Exporter:
    """Stands in for the process that converts: writes what one would hold, and counts."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, source: Source, target: Path, compute_type: str) -> None:
        self.calls += 1
        (target / "model").mkdir()
        (target / "model" / "model.bin").write_bytes(b"weights")
        (target / "facts.json").write_text("{}")


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Exporter:
    standing_in = Exporter()
    monkeypatch.setattr(convert, "_export", standing_in)
    return standing_in


@pytest.fixture
def bart(tiny_model: Callable[[str], Path], tmp_path: Path) -> Source:
    """Return a tiny model of its own, to be altered."""
    copy = tmp_path / "bart"
    shutil.copytree(tiny_model("bart"), copy)
    return Source(folder=copy, name="bart")


def made(source: Source, cache: Path, compute_type: str = "int8") -> Path:
    return converted(source, cache=cache, compute_type=compute_type)


def test_a_conversion_is_made_once(exporter: Exporter, bart: Source, tmp_path: Path) -> None:
    assert made(bart, tmp_path / "cache") == made(bart, tmp_path / "cache")
    assert exporter.calls == 1


def test_another_type_is_another_conversion(
    exporter: Exporter, bart: Source, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    assert made(bart, cache, "int8") != made(bart, cache, "float32")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_an_altered_model_is_another_conversion(
    exporter: Exporter, bart: Source, tmp_path: Path, name: str
) -> None:
    cache = tmp_path / "cache"
    before = made(bart, cache)
    with (bart.folder / name).open("ab") as file:
        file.write(b" ")
    assert made(bart, cache) != before


def test_a_commit_stands_for_the_weights(exporter: Exporter, bart: Source, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    one, other = (
        made(Source(folder=bart.folder, name="bart", commit=commit), cache) for commit in "ab"
    )
    assert one != other


def test_a_truncated_entry_is_made_anew(exporter: Exporter, bart: Source, tmp_path: Path) -> None:
    entry = made(bart, tmp_path / "cache")
    (entry / "model" / "model.bin").write_bytes(b"weig")
    assert made(bart, tmp_path / "cache") == entry
    assert (exporter.calls, (entry / "model" / "model.bin").read_bytes()) == (2, b"weights")


def test_an_entry_without_one_of_its_files_is_made_anew(
    exporter: Exporter, bart: Source, tmp_path: Path
) -> None:
    entry = made(bart, tmp_path / "cache")
    (entry / "facts.json").unlink()
    made(bart, tmp_path / "cache")
    assert (exporter.calls, (entry / "facts.json").exists()) == (2, True)


def test_what_a_crash_left_is_not_used_and_is_removed(
    exporter: Exporter, bart: Source, tmp_path: Path
) -> None:
    entry = made(bart, tmp_path / "cache")
    left = entry.with_name(f"{entry.name}.1.partial")
    entry.rename(left)
    assert made(bart, tmp_path / "cache") == entry
    assert (exporter.calls, entries(tmp_path / "cache")) == (2, [entry])


def test_a_refusal_leaves_nothing(
    bart: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Source, target: Path, compute_type: str) -> None:
        (target / "model.bin").write_bytes(b"half")
        raise ModelRefused(source.name, "no")

    monkeypatch.setattr(convert, "_export", refuse)
    with pytest.raises(ModelRefused):
        made(bart, tmp_path / "cache")
    assert entries(tmp_path / "cache") == []


def test_a_cache_that_cannot_be_written_is_a_reason(
    exporter: Exporter, bart: Source, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelRefused, match="its conversion cannot be kept"):
        made(bart, tmp_path / "file" / "cache")


@pytest.mark.parametrize("family", ["led", "encoder-decoder"])
def test_a_family_without_a_known_conversion_is_refused(
    exporter: Exporter, tiny_model: Callable[[str], Path], tmp_path: Path, family: str
) -> None:
    with pytest.raises(ModelRefused, match="CTranslate2 runs only bart, mt5, pegasus, t5"):
        made(Source(folder=tiny_model(family), name=family), tmp_path)
    assert exporter.calls == 0


def test_pointer_heads_that_are_not_the_first_are_refused(
    exporter: Exporter, bart: Source, tmp_path: Path
) -> None:
    profile = {"family": "x", "prompt": "plain", "pointer": {"layer": 0, "heads": [1]}}
    (bart.folder / "wellsourced.json").write_text(json.dumps(profile))
    with pytest.raises(ModelRefused, match="only the first heads of a layer"):
        made(bart, tmp_path / "cache")


def test_a_type_the_processor_lacks_is_refused(
    exporter: Exporter, bart: Source, tmp_path: Path
) -> None:
    with pytest.raises(ModelRefused, match="has no 'int3', only"):
        made(bart, tmp_path / "cache", "int3")


def test_a_folder_without_a_type_is_refused(
    exporter: Exporter, bart: Source, tmp_path: Path
) -> None:
    (bart.folder / "config.json").write_text("{}")
    with pytest.raises(ModelRefused, match="names no model_type"):
        made(bart, tmp_path / "cache")


@pytest.mark.slow
def test_the_converting_process_says_why_it_refuses(bart: Source, tmp_path: Path) -> None:
    (bart.folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelRefused) as refused:
        made(bart, tmp_path / "cache")
    assert "status" not in refused.value.reason
    assert entries(tmp_path / "cache") == []


@pytest.mark.slow
def test_the_converting_process_ends_with_the_one_that_started_it(
    bart: Source, tmp_path: Path
) -> None:
    order = {
        "folder": str(bart.folder),
        "name": bart.name,
        "commit": "",
        "target": str(tmp_path / "target"),
        "compute_type": "int8",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "service.backends.seq2seq.export", json.dumps(order)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    answer, _ = process.communicate()
    assert (process.returncode, answer) == (1, b"")


@pytest.mark.slow
def test_two_processes_at_once_make_one_conversion(
    tiny_model: Callable[[str], Path], tmp_path: Path
) -> None:
    running = [opening(tiny_model("pegasus"), tmp_path) for _ in range(2)]
    answers = [json.loads(process.communicate()[0]) for process in running]
    assert answers[0] == answers[1]
    assert [process.returncode for process in running] == [0, 0]
    assert len(entries(tmp_path)) == 1


def test_a_kept_conversion_opens_without_torch(
    compact_int8: OpenModel, compact_cache: Path
) -> None:
    [entry] = entries(compact_cache)
    before = (entry / "model" / "model.bin").stat().st_mtime_ns
    process = opening(folder("models") / "compact", compact_cache)
    [name, rows, loaded] = json.loads(process.communicate()[0])
    assert (name, rows, loaded) == (compact_int8.engine.name, 1, [])
    assert (entry / "model" / "model.bin").stat().st_mtime_ns == before


def test_a_process_that_has_written_ends_in_order(
    compact_int8: OpenModel, compact_cache: Path
) -> None:
    process = opening(folder("models") / "compact", compact_cache)
    process.communicate()
    assert process.returncode == 0


def test_a_conversion_keeps_the_figures_of_its_check(
    compact_int8: OpenModel, compact_cache: Path
) -> None:
    [entry] = entries(compact_cache)
    figures = json.loads((entry / "parity.json").read_text())
    assert figures["float32"]["logits"] < 1e-5
    assert figures["int8"]["logits"] < 0.3
