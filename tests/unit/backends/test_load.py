import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import Request, Response
from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError

from service.backends.load import (
    Runtime,
    load_drafter,
    load_models,
    locate,
    locate_files,
    open_model,
    wanted_engine,
)
from service.backends.registry import Registered, Registry
from service.backends.weights import weights_sha256
from service.domain.claims import DraftRequest
from service.domain.errors import ModelNotFound, ModelRefused
from service.resources import cache_folder, folder

Make = Callable[[str], Path]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(models=tmp_path / "models", threads=1)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("the network was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


class FakeHub:
    """Has one repository, and remembers what it was asked for."""

    def __init__(self, snapshot: Path, *, cached: bool = False) -> None:
        self.snapshot, self.cached = snapshot, cached
        self.asked: list[tuple[str, str | None, bool]] = []
        self.error: Exception | None = None

    def __call__(
        self, repository: str, *, revision: str | None, local_files_only: bool, **_: object
    ) -> str:
        self.asked.append((repository, revision, local_files_only))
        if self.error is not None:
            raise self.error
        if local_files_only and not self.cached:
            raise LocalEntryNotFoundError("not cached")
        return str(self.snapshot)


@pytest.fixture
def hub(tiny_model: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeHub:
    made = FakeHub(Path(shutil.copytree(tiny_model("bart"), tmp_path / COMMIT)))
    monkeypatch.setattr("huggingface_hub.snapshot_download", made)
    return made


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("family", ["bart", "t5"])
def test_a_folder_is_loaded_without_the_network(
    tiny_model: Make, request_for: Callable[..., DraftRequest], runtime: Runtime, family: str
) -> None:
    drafter, _ = load_drafter(str(tiny_model(family)), runtime=replace(runtime, engine="torch"))
    assert drafter.draft([request_for()])[0].picks


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", [None, "compact"])
def test_the_box_is_loaded_without_the_network(name: str | None) -> None:
    drafter, tokens = load_drafter(name, threads=1)
    assert (drafter.name, tokens.count("The port")) == ("compact", 2)


def test_all_ports_are_filled(runtime: Runtime) -> None:
    models = load_models(None, runtime=runtime)
    assert models.drafter.name == "compact"
    assert models.tokens.count("The port") == 2
    assert models.languages.identify("The council approved the plan on Tuesday evening.") == "en"


def test_a_model_is_named_after_its_folder_and_its_weights(
    tiny_model: Make, runtime: Runtime
) -> None:
    path = tiny_model("bart")
    drafter, _ = load_drafter(str(path), runtime=replace(runtime, engine="torch"))
    digest = hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    assert (drafter.name, drafter.revision) == ("bart", digest[:16])


def test_a_relative_folder_is_named_in_full(
    tiny_model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_model("bart"))
    assert locate(".").name == "bart"


@pytest.mark.parametrize("name", ["", "no such model", "/nowhere/at/all", "a/b/c", "../x/y"])
def test_a_name_of_nothing_is_not_found(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(folder("prompts"))
    with pytest.raises(ModelNotFound):
        locate(name, models=tmp_path)


@pytest.mark.parametrize(
    "name",
    ["./models", "../x/y", "/nowhere/at/all", "~/nowhere/at all", "~no such user", "a/b/c", "a/b/"],
)
def test_what_is_written_as_a_path_is_never_asked_of_the_hub(
    name: str, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelNotFound, match=r"': there is no such folder$"):
        locate(name, models=tmp_path / "models")
    assert hub.asked == []


@pytest.mark.parametrize("name", ["ours", "our/weights.bin", "./ours"])
def test_a_file_is_told_and_never_asked_of_the_hub(
    name: str, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "our").mkdir()
    for file in ("ours", "our/weights.bin"):
        (tmp_path / file).write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelNotFound, match="it is a file, not a folder"):
        locate(name, models=tmp_path / "models")
    assert hub.asked == []


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + "/y", "a\0b"])
def test_what_no_path_can_be_is_no_folder(name: str, tmp_path: Path, hub: FakeHub) -> None:
    hub.error = RepositoryNotFoundError("none", response=Response(404, request=Request("GET", "x")))
    with pytest.raises(ModelNotFound, match="there is no such folder"):
        locate(name, models=tmp_path)


def test_a_name_that_was_not_added_is_told_as_such(tmp_path: Path) -> None:
    told = "no such model was added; there is no such folder, and it is no hub name"
    with pytest.raises(ModelNotFound, match=told):
        locate("absent", models=tmp_path)


def test_what_the_hub_has_not_is_told_to_be_no_folder_either(hub: FakeHub, tmp_path: Path) -> None:
    hub.error = RepositoryNotFoundError("none", response=Response(404, request=Request("GET", "x")))
    told = "there is no such folder; the hub has no such model, or it is private"
    with pytest.raises(ModelNotFound, match=told):
        locate("some-org/some-model", models=tmp_path)


def test_a_folder_that_may_not_be_looked_into_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked"
    path.mkdir()
    path.chmod(0)
    if os.access(path, os.X_OK):
        pytest.skip("this user may look into any folder")
    with pytest.raises(ModelRefused, match=r"its folder cannot be read: Permission denied$"):
        locate(str(path), models=tmp_path)
    with pytest.raises(ModelRefused, match=r"it cannot be read: Permission denied$"):
        locate(str(path / "model"), models=tmp_path)


def test_a_path_in_a_circle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "circle"
    path.symlink_to(path)
    with pytest.raises(ModelRefused, match="it cannot be read: Too many levels of symbolic links"):
        locate(str(path), models=tmp_path)


def test_a_folder_without_a_model_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"holds no config\.json"):
        locate(str(tmp_path), models=tmp_path)


def test_an_unreachable_hub_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: object, **kwargs: object) -> str:
        raise LocalEntryNotFoundError("offline")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    with pytest.raises(ModelNotFound, match="cannot be reached, and no copy is cached"):
        locate("some-org/some-model")


def test_a_hub_model_is_named_by_repository_and_commit(hub: FakeHub, runtime: Runtime) -> None:
    drafter, _ = load_drafter("some-org/some-model@v1.0", runtime=replace(runtime, engine="torch"))
    assert hub.asked == [("some-org/some-model", "v1.0", False)]
    assert (drafter.name, drafter.revision) == ("some-org/some-model", COMMIT)


def test_a_commit_that_is_cached_needs_no_network(hub: FakeHub) -> None:
    hub.cached = True
    source = locate(f"some-org/some-model@{COMMIT}")
    assert (source.commit, hub.asked) == (COMMIT, [("some-org/some-model", COMMIT, True)])


def test_a_commit_that_is_not_cached_is_fetched(hub: FakeHub) -> None:
    locate(f"some-org/some-model@{COMMIT}")
    assert [only_local for _, _, only_local in hub.asked] == [True, False]


def test_a_commit_can_be_fetched_again(hub: FakeHub) -> None:
    hub.cached = True
    locate_files(f"some-org/some-model@{COMMIT}", cached=False)
    assert [only_local for _, _, only_local in hub.asked] == [False]


def _entry(path: Path) -> Registered:
    return Registered(
        name="ours",
        folder=str(path),
        weights_sha256=weights_sha256(path),
        family="bart",
        engine="torch",
        licence="MIT",
        size_bytes=1,
    )


def test_a_name_that_was_added_stands_for_its_folder(tiny_model: Make, tmp_path: Path) -> None:
    Registry(tmp_path).add(_entry(tiny_model("bart")))
    source = locate("ours", models=tmp_path)
    assert (source.folder, source.name) == (tiny_model("bart"), "bart")


def test_a_name_that_was_added_comes_before_a_folder_of_that_name(
    tiny_model: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Registry(tmp_path / "models").add(_entry(tiny_model("bart")))
    shutil.copytree(tiny_model("t5"), tmp_path / "ours")
    monkeypatch.chdir(tmp_path)
    assert locate("ours", models=tmp_path / "models").folder == tiny_model("bart")


def test_a_named_model_of_the_hub_is_that_commit(hub: FakeHub, tmp_path: Path) -> None:
    hub.cached = True
    place = {"folder": None, "weights_sha256": None, "repository": "some-org/m", "commit": COMMIT}
    Registry(tmp_path).add(_entry(hub.snapshot).model_copy(update=place))
    source = locate("ours", models=tmp_path)
    assert (source.name, source.commit) == ("some-org/m", COMMIT)
    assert hub.asked == [("some-org/m", COMMIT, True)]


def test_a_named_folder_with_other_weights_is_refused_with_both_hashes(
    tiny_model: Make, tmp_path: Path
) -> None:
    path = Path(shutil.copytree(tiny_model("bart"), tmp_path / "bart"))
    entry = _entry(path)
    Registry(tmp_path).add(entry)
    (path / "model.safetensors").write_bytes(b"others")
    now = hashlib.sha256(b"others").hexdigest()
    with pytest.raises(ModelRefused, match=f"{now}, added with {entry.weights_sha256}"):
        locate("ours", models=tmp_path)


def test_a_named_folder_that_is_gone_is_not_found(tiny_model: Make, tmp_path: Path) -> None:
    entry = _entry(tiny_model("bart")).model_copy(update={"folder": str(tmp_path / "gone")})
    Registry(tmp_path).add(entry)
    with pytest.raises(ModelNotFound, match="no longer there"):
        locate("ours", models=tmp_path)


def test_what_does_not_convert_runs_on_torch_and_says_so(
    tiny_model: Make, runtime: Runtime
) -> None:
    drafter, _ = load_drafter(str(tiny_model("led")), runtime=runtime)
    assert drafter.engine.startswith("torch ")
    [note] = drafter.notes
    assert note.startswith("led runs on torch, as CTranslate2 does not take it: of type 'led'")


def test_an_engine_that_was_asked_for_is_not_replaced(tiny_model: Make, runtime: Runtime) -> None:
    source = locate(str(tiny_model("led")))
    with pytest.raises(ModelRefused, match="of type 'led'; CTranslate2"):
        open_model(source, replace(runtime, engine="ctranslate2"))


def test_torch_that_was_asked_for_needs_no_explanation(tiny_model: Make, runtime: Runtime) -> None:
    model = open_model(locate(str(tiny_model("bart"))), replace(runtime, engine="torch"))
    assert (model.engine.name.split()[0], model.notes) == ("torch", ())


def test_a_model_that_no_engine_takes_is_refused(
    tiny_model: Make, runtime: Runtime, tmp_path: Path
) -> None:
    path = Path(shutil.copytree(tiny_model("led"), tmp_path / "led"))
    (path / "model.safetensors").unlink()
    with pytest.raises(ModelRefused, match="safetensors"):
        open_model(locate(str(path)), runtime)


@pytest.mark.parametrize(
    ("engine", "gpus", "wanted"),
    [
        ("auto", 0, "ctranslate2"),
        ("auto", 1, "torch"),
        ("ctranslate2", 1, "ctranslate2"),
        ("torch", 0, "torch"),
    ],
)
def test_the_engine_follows_the_machine_unless_it_is_named(
    runtime: Runtime, engine: str, gpus: int, wanted: str
) -> None:
    assert wanted_engine(replace(runtime, engine=engine), lambda: gpus) == wanted


def test_conversions_are_kept_where_the_user_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Runtime().cache == cache_folder() / "engines"
    if sys.platform == "linux":
        assert Runtime().cache == tmp_path / "wellsourced" / "engines"


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_naming_a_model_loads_no_torch() -> None:
    assert python("import sys, service.backends.load; print('torch' in sys.modules)") == "False"


_DRAFTING = """
import sys
from service.backends.load import Runtime, load_drafter
from service.domain.claims import DraftRequest
from service.domain.text import Span
drafter, _ = load_drafter(None, runtime=Runtime(engine={engine!r}, threads=1))
text = "The port reopened on Tuesday. The mayor said that 145 ships had waited."
spans = (Span(0, 29), Span(30, len(text)))
for way in ("strict", "lexical", "open"):
    request = DraftRequest(text=text, sentences=spans, max_sentences=1, provenance=way)
    [draft] = drafter.draft([request])
    assert draft.picks or draft.text, way
drafter.close()
print(*sorted({{"torch", "transformers"}} & set(sys.modules)))
"""


@pytest.mark.usefixtures("compact")
def test_drafting_by_ctranslate2_loads_neither_torch_nor_transformers() -> None:
    assert python(_DRAFTING.format(engine="ctranslate2")) == ""


def test_drafting_by_torch_would_be_seen() -> None:
    assert python(_DRAFTING.format(engine="torch")) == "torch transformers"
