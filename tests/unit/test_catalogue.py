import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from service.backends.load import Runtime
from service.backends.registry import Registry
from service.backends.trial import Report
from service.backends.weights import weights_bytes, weights_sha256
from service.bootstrap.models import Catalogue
from service.domain.errors import BadSettings, ModelError, ModelNotFound, ModelRefused

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(kw_only=True)
class FakeTrial:
    """Finds every model sound unless told otherwise, and remembers which were tried."""

    faults: tuple[str, ...] = ()
    tried: list[str] = field(default_factory=list)

    def __call__(self, name: str, runtime: Runtime) -> Report:
        self.tried.append(name)
        return Report(
            name=name,
            revision="0",
            family="bart",
            engine="ctranslate2 4.8.5 cpu int8",
            size_bytes=7,
            languages=(),
            chunk_tokens=100,
            notes=(),
            parity=None,
            load_s=0.1,
            strict_chunks_per_s=1.0,
            free_chunks_per_s=1.0,
            peak_mb=None,
            samples={},
            faults=self.faults,
        )


@pytest.fixture
def trial() -> FakeTrial:
    return FakeTrial()


@pytest.fixture
def catalogue(tmp_path: Path, trial: FakeTrial) -> Catalogue:
    return Catalogue(runtime=Runtime(models=tmp_path / "names", threads=1), trial=trial)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "Our Model"
    path.mkdir()
    (path / "config.json").write_text("{}")
    (path / "tokenizer.json").write_text("{}")
    save_file({"weight": np.zeros(2, np.float32)}, path / "model.safetensors")
    (path / "README.md").write_text("---\nlicense: mit\n---\n")
    return path


@pytest.fixture
def hub(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Return the revisions that the hub is asked for; whichever it is, it is one commit."""
    snapshot = Path(shutil.copytree(model, tmp_path / COMMIT))
    asked: list[str | None] = []

    def download(repository: str, *, revision: str | None, **_: object) -> str:
        asked.append(revision)
        return str(snapshot)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    return asked


def test_the_model_in_the_box_is_listed_first(catalogue: Catalogue, model: Path) -> None:
    catalogue.add(str(model), name="a")
    assert [one.name for one in catalogue.listed()] == ["compact", "a"]
    boxed = catalogue.listed()[0]
    assert (boxed.family, boxed.licence) == ("compact", "Apache-2.0")
    assert boxed.size_bytes > 40_000_000


def test_a_folder_is_pinned_to_its_weights_with_its_licence(
    catalogue: Catalogue, model: Path, trial: FakeTrial
) -> None:
    name, _ = catalogue.add(str(model))
    entry = Registry(catalogue.runtime.models).find(name)
    assert entry is not None
    assert (name, entry.folder, entry.licence) == ("our-model", str(model), "mit")
    assert (entry.weights_sha256, entry.size_bytes) == (
        weights_sha256(model),
        weights_bytes(model),
    )
    assert (entry.family, entry.engine) == ("bart", "ctranslate2 4.8.5 cpu int8")
    assert trial.tried == [str(model)]


def test_a_damaged_entry_hides_no_other(catalogue: Catalogue, model: Path) -> None:
    for name in ("a", "c"):
        catalogue.add(str(model), name=name)
    (catalogue.runtime.models / "b.json").write_text("{")
    listed = catalogue.listed()
    assert [one.name for one in listed] == ["compact", "a", "b", "c"]
    assert [one.name for one in listed if one.fault] == ["b"]
    assert "b.json' is damaged: " in (listed[2].fault or "")


def test_names_that_cannot_be_listed_are_told(catalogue: Catalogue) -> None:
    catalogue.runtime.models.write_text("")
    with pytest.raises(BadSettings, match=r"^models_dir: .* cannot be listed: Not a directory$"):
        catalogue.listed()


def test_weights_that_cannot_be_read_are_refused_before_the_trial(
    catalogue: Catalogue, model: Path, trial: FakeTrial
) -> None:
    (model / "model.safetensors").unlink()
    (model / "model.safetensors").mkdir()
    with pytest.raises(ModelRefused, match=r"its model\.safetensors cannot be read: Is a dir"):
        catalogue.add(str(model))
    assert trial.tried == []


def test_a_relative_folder_is_kept_by_its_full_path(
    catalogue: Catalogue, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model)
    catalogue.add(".", name="ours")
    assert catalogue.listed()[1].where == str(model)


def test_a_revision_of_the_hub_is_pinned_to_its_commit(
    catalogue: Catalogue, hub: list[str | None], trial: FakeTrial
) -> None:
    name, _ = catalogue.add("some-org/Model-1", revision="v1")
    entry = Registry(catalogue.runtime.models).find(name)
    assert entry is not None
    assert (name, entry.repository, entry.commit) == ("model-1", "some-org/Model-1", COMMIT)
    assert entry.licence == "mit"
    assert (hub, trial.tried) == (["v1"], [f"some-org/Model-1@{COMMIT}"])


def test_a_folder_has_no_revision(catalogue: Catalogue, model: Path) -> None:
    with pytest.raises(ModelNotFound, match="a folder has no revisions"):
        catalogue.add(str(model), revision="v1")


def test_what_does_not_hold_is_not_added(
    catalogue: Catalogue, model: Path, trial: FakeTrial
) -> None:
    trial.faults = ("two strict drafts of one text differ",)
    _, report = catalogue.add(str(model))
    assert report.faults == trial.faults
    assert len(catalogue.listed()) == 1


@pytest.mark.parametrize("name", ["compact", "Not A Name"])
def test_a_name_that_cannot_be_used_is_refused_before_the_trial(
    catalogue: Catalogue, model: Path, trial: FakeTrial, name: str
) -> None:
    with pytest.raises(ModelError, match="name"):
        catalogue.add(str(model), name=name)
    assert trial.tried == []


def test_a_name_that_is_taken_is_refused_before_the_trial(
    catalogue: Catalogue, model: Path, hub: list[str | None], trial: FakeTrial
) -> None:
    catalogue.add(str(model), name="ours")
    with pytest.raises(ModelError, match="taken"):
        catalogue.add("some-org/model", name="ours")
    assert len(trial.tried) == 1


def test_a_folder_whose_weights_changed_is_added_again_by_force(
    catalogue: Catalogue, model: Path
) -> None:
    catalogue.add(str(model))
    save_file({"weight": np.zeros(9, np.float32)}, model / "model.safetensors")
    with pytest.raises(ModelError, match="taken"):
        catalogue.add(str(model))
    catalogue.add(str(model), force=True)
    assert catalogue.listed()[1].size_bytes == weights_bytes(model)


@pytest.mark.parametrize(("named", "tried"), [("ours", "ours"), (None, "the settings' own")])
def test_a_check_is_of_the_model_that_is_named_or_the_settings(
    tmp_path: Path, trial: FakeTrial, named: str | None, tried: str
) -> None:
    runtime = Runtime(models=tmp_path, threads=1)
    Catalogue(runtime=runtime, default="the settings' own", trial=trial).check(named)
    assert trial.tried == [tried]
