import hashlib
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from service.backends.load import load_drafter, load_models, locate
from service.domain.claims import DraftRequest
from service.domain.errors import ModelNotFound, ModelRefused
from service.resources import folder

Copy = Callable[[str], Path]


@pytest.fixture
def copy_of(tiny_model: Callable[[str], Path], tmp_path: Path) -> Copy:
    """Return a copy of a tiny model's folder that a test may spoil."""

    def copy(family: str) -> Path:
        return Path(shutil.copytree(tiny_model(family), tmp_path / family))

    return copy


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("the network was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def _change(path: Path, **fields: object) -> None:
    declared = json.loads(path.read_text())
    declared.update(fields)
    path.write_text(json.dumps(declared))


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("family", ["bart", "t5"])
def test_a_folder_is_loaded_without_the_network(
    tiny_model: Callable[[str], Path], request_for: Callable[..., DraftRequest], family: str
) -> None:
    drafter, _ = load_drafter(str(tiny_model(family)), threads=1)
    assert drafter.draft([request_for()])[0].picks


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", [None, "compact"])
def test_the_box_is_loaded_without_the_network(name: str | None) -> None:
    drafter, tokens = load_drafter(name, threads=1)
    assert (drafter.name, tokens.count("The port")) == ("compact", 2)


def test_all_ports_are_filled() -> None:
    models = load_models(None, threads=1)
    assert models.drafter.name == "compact"
    assert models.tokens.count("The port") == 2
    assert models.languages.identify("The council approved the plan on Tuesday evening.") == "en"


def test_a_model_is_named_after_its_folder_and_its_weights(
    tiny_model: Callable[[str], Path],
) -> None:
    path = tiny_model("bart")
    drafter, _ = load_drafter(str(path), threads=1)
    digest = hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    assert (drafter.name, drafter.revision) == ("bart", digest[:16])


def test_a_relative_folder_is_named_in_full(
    tiny_model: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_model("bart"))
    assert locate(".").name == "bart"


@pytest.mark.parametrize("name", ["", "no such model", "/nowhere/at/all", "a/b/c", "../x/y"])
def test_a_name_of_nothing_is_not_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder("prompts"))
    with pytest.raises(ModelNotFound):
        locate(name)


def test_a_folder_without_a_model_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"holds no config\.json"):
        load_drafter(str(tmp_path), threads=1)


def test_an_unreachable_hub_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: object, **kwargs: object) -> str:
        raise LocalEntryNotFoundError("offline")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    with pytest.raises(ModelNotFound, match="cannot be reached, and no copy is cached"):
        locate("some-org/some-model")


def test_a_hub_model_is_named_by_repository_and_commit(
    tiny_model: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    cached = Path(shutil.copytree(tiny_model("bart"), tmp_path / commit))
    asked: list[tuple[str, str | None]] = []

    def cache(repository: str, *, revision: str | None, **patterns: object) -> str:
        asked.append((repository, revision))
        return str(cached)

    monkeypatch.setattr("huggingface_hub.snapshot_download", cache)
    drafter, _ = load_drafter("some-org/some-model@v1.0", threads=1)
    assert asked == [("some-org/some-model", "v1.0")]
    assert (drafter.name, drafter.revision) == ("some-org/some-model", commit)


def test_weights_that_are_not_safetensors_are_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    (path / "model.safetensors").rename(path / "pytorch_model.bin")
    with pytest.raises(ModelRefused):
        load_drafter(str(path), threads=1)


def test_a_broken_weights_file_is_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    (path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelRefused):
        load_drafter(str(path), threads=1)


def test_a_broken_tokenizer_is_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    (path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelRefused):
        load_drafter(str(path), threads=1)


def test_missing_weights_are_refused_rather_than_made_up(copy_of: Copy) -> None:
    path = copy_of("bart")
    _change(path / "config.json", encoder_layers=3)
    with pytest.raises(ModelRefused, match="lack 16 weights"):
        load_drafter(str(path), threads=1)


def test_an_unknown_architecture_is_refused(copy_of: Copy) -> None:
    path = copy_of("bart")
    _change(path / "config.json", model_type="mbart")
    with pytest.raises(ModelRefused, match="of type 'mbart'"):
        load_drafter(str(path), threads=1)


def test_code_in_a_model_folder_is_never_run(copy_of: Copy, tmp_path: Path) -> None:
    path = copy_of("bart")
    trace = tmp_path / "ran"
    (path / "evil.py").write_text(f"open({str(trace)!r}, 'w').close()\n")
    names = {"AutoConfig": "evil.Config", "AutoModelForSeq2SeqLM": "evil.Model"}
    _change(path / "config.json", auto_map=names, model_type="evil")
    with pytest.raises(ModelRefused):
        load_drafter(str(path), threads=1)
    assert not trace.exists()


def test_a_model_without_an_input_limit_is_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    _change(path / "tokenizer_config.json", model_max_length=10**30)
    with pytest.raises(ModelRefused, match="states an input limit"):
        load_drafter(str(path), threads=1)


def test_a_model_without_a_decoder_start_is_refused(copy_of: Copy) -> None:
    path = copy_of("t5")
    _change(path / "config.json", decoder_start_token_id=None)
    _change(path / "generation_config.json", decoder_start_token_id=None)
    with pytest.raises(ModelRefused, match="which token its decoder starts with"):
        load_drafter(str(path), threads=1)


def test_the_smaller_of_two_limits_holds(copy_of: Copy) -> None:
    path = copy_of("pegasus")
    wide, _ = load_drafter(str(path), threads=1)
    _change(path / "tokenizer_config.json", model_max_length=50)
    narrow, _ = load_drafter(str(path), threads=1)
    assert (wide.chunk_tokens, narrow.chunk_tokens) == (191, 49)


@pytest.mark.parametrize(
    ("profile", "fault"),
    [
        ("[]", "the file"),
        ("{", "Invalid JSON"),
        ('{"family": "x"}', "prompt"),
        ('{"family": "x", "prompt": "plain", "tone": 1}', "tone"),
        ('{"family": "x", "prompt": "../plain"}', "prompt"),
        ('{"family": "x", "prompt": "absent"}', "no prompt named 'absent'"),
        (
            '{"family": "x", "prompt": "plain", "pointer": {"layer": 2, "heads": [0]}}',
            "2 decoder layers of 2 heads",
        ),
    ],
)
def test_an_unsound_profile_is_refused_with_its_fault(
    copy_of: Copy, profile: str, fault: str
) -> None:
    path = copy_of("bart")
    (path / "wellsourced.json").write_text(profile)
    with pytest.raises(ModelRefused, match=fault):
        load_drafter(str(path), threads=1)


def test_a_profile_may_state_a_pointer_for_any_model(
    copy_of: Copy, request_for: Callable[..., DraftRequest]
) -> None:
    path = copy_of("bart")
    (path / "wellsourced.json").write_text(
        '{"family": "x", "prompt": "plain", "pointer": {"layer": 1, "heads": [0, 1]}}'
    )
    drafter, _ = load_drafter(str(path), threads=1)
    [draft] = drafter.draft([request_for()])
    assert (len(draft.picks), draft.mean_logprob) == (2, None)


def test_naming_a_model_loads_no_torch() -> None:
    probe = "import sys, service.backends.load; print('torch' in sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "False"
