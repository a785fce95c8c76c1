import os
from pathlib import Path

import pytest

from service.backends.load import Runtime
from service.bootstrap.models import runtime
from service.domain.errors import BadSettings
from service.resources import cache_folder, data_folder
from service.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("BRIEF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "kept"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cached"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_settings_there_are_safe_ones() -> None:
    made = Settings.read()
    assert not made.allow_remote
    assert (made.documents_per_brief, made.queue_limit) == (100, 100)
    assert (made.bytes_per_document, made.bytes_per_request) == (5_000_000, 20_000_000)
    assert made.database_url == f"sqlite+aiosqlite:///{data_folder() / 'brief.db'}"


def test_the_file_is_read_and_the_environment_wins(
    nothing_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nothing_set / "brief.toml").write_text("threads = 3\nqueue_limit = 7\n")
    monkeypatch.setenv("BRIEF_THREADS", "5")
    made = Settings.read()
    assert (made.threads, made.queue_limit) == (5, 7)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1", "^colour: there is no such setting$"),
        ("threads = 0", "threads"),
        ('engine = "onnx"', "^engine: "),
        ('compute_type = "int4"', "^compute_type: "),
        ("batch_rows = 0", "^batch_rows: "),
        ("batch_tokens = 0", "^batch_tokens: "),
        ("threads = 257", "^threads: .* less than or equal to 256$"),
        ("batch_rows = 1025", "^batch_rows: .* less than or equal to 1024$"),
        ("batch_tokens = 1000001", "^batch_tokens: .* less than or equal to 1000000$"),
        ('cache_dir = "~no such user/x"', "^cache_dir: '~no such user/x' is in no user's home$"),
        ('database_url = "mysql://a/b"', "^database_url: data is kept in SQLite or PostgreSQL"),
        ('queue_url = "amqp://a"', "^queue_url: a shared queue is redis://"),
        ('secret = "short"', "^secret: each secret needs 32 characters"),
        ('database_url = "sqlite://"', "memory"),
        ('database_url = "nonsense"', "database address"),
        ("threads =", "brief.toml"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(nothing_set: Path, text: str, told: str) -> None:
    (nothing_set / "brief.toml").write_text(text)
    with pytest.raises(BadSettings, match=told):
        Settings.read()


@pytest.mark.parametrize("variable", ["BRIEF_ENGINE", "brief_engine"])
def test_a_setting_of_the_environment_is_named_as_its_variable(
    nothing_set: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    (nothing_set / "brief.toml").write_text("threads = 0\nqueue_limit = 0\n")
    monkeypatch.setenv(variable, "onnx")
    monkeypatch.setenv("BRIEF_THREADS", "100000")
    with pytest.raises(BadSettings) as caught:
        Settings.read()
    named = {name for name, _ in caught.value.problems}
    assert named == {"BRIEF_ENGINE", "BRIEF_THREADS", "queue_limit"}


@pytest.mark.parametrize("cores", [1, 256, 100_000])
def test_as_many_threads_as_cores_are_no_more_than_may_be_set(
    monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert Settings.read().threads == min(cores, 256)


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_an_empty_variable_is_one_that_is_not_set(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    without = Settings.read()
    monkeypatch.setenv(f"BRIEF_{name.upper()}", "")
    assert Settings.read() == without


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("name", ["model", "entailment", "embeddings", "cache_dir", "models_dir"])
def test_an_empty_place_is_none_and_never_the_working_folder(
    nothing_set: Path, name: str, empty: str
) -> None:
    without = Settings.read()
    (nothing_set / "brief.toml").write_text(f'{name} = "{empty}"\n')
    assert Settings.read() == without


def test_a_file_that_may_not_be_read_is_named(nothing_set: Path) -> None:
    file = nothing_set / "brief.toml"
    file.write_text("threads = 1\n")
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read any file")
    with pytest.raises(BadSettings, match=r"^brief\.toml: it cannot be read: Permission denied$"):
        Settings.read()


def test_a_path_alone_is_enough_for_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEF_DATABASE_URL", "sqlite:////srv/brief.db")
    assert Settings.read().database_url == "sqlite+aiosqlite:////srv/brief.db"


def test_without_settings_the_engine_is_chosen_and_folders_are_the_users() -> None:
    made = Settings.read()
    assert (made.engine, made.compute_type) == ("auto", "auto")
    assert made.cache_dir == cache_folder() / "engines"
    assert made.models_dir == data_folder() / "models"
    assert (made.batch_rows, made.batch_tokens) == (2, 4096)


@pytest.mark.parametrize("name", ["cache_dir", "models_dir"])
def test_a_folder_may_be_named_from_home(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"BRIEF_{name.upper()}", "~/kept here")
    assert getattr(Settings.read(), name) == Path.home() / "kept here"


def test_what_runs_a_model_is_what_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "engine": "torch",
        "compute_type": "float32",
        "cache_dir": "/srv/cache",
        "models_dir": "/srv/models",
        "threads": "3",
        "batch_rows": "4",
        "batch_tokens": "512",
    }
    for name, value in said.items():
        monkeypatch.setenv(f"BRIEF_{name.upper()}", value)
    assert runtime(Settings.read()) == Runtime(
        engine="torch",
        compute_type="float32",
        cache=Path("/srv/cache"),
        models=Path("/srv/models"),
        threads=3,
        batch_rows=4,
        batch_tokens=512,
    )


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_explained(name: str) -> None:
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("name", ["entailment", "embeddings"])
def test_no_judge_is_loaded_unless_one_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert getattr(Settings.read(), name) is None
    monkeypatch.setenv(f"BRIEF_{name.upper()}", "org/judge")
    assert getattr(Settings.read(), name) == "org/judge"
