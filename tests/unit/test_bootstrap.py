import socket
import warnings
from ipaddress import IPv4Address
from pathlib import Path

import pytest

with warnings.catch_warnings():
    # Where advanced-alchemy happens to be installed the framework imports it, and it warns.
    warnings.simplefilter("ignore", DeprecationWarning)
    from litestar.testing import TestClient

from service.backends.fakes import fake_models
from service.bootstrap.models import load
from service.bootstrap.server import build_app, is_loopback, run_server
from service.domain.errors import BadSettings, ModelRefused
from service.render import load_brief
from service.settings import Settings
from tests.rest.services import until
from tests.unit.backends.tiny_judges import build

STORY = [
    "A flood hit the town of Bell on Monday. About 40 houses were damaged, the mayor said.",
    "Heavy rain flooded the town of Bell on Monday. The mayor said 40 houses were damaged.",
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'brief.db'}",
        secret_file=tmp_path / "secret",
        threads=1,
    )


def test_the_service_makes_and_verifies_a_brief_with_the_real_pipeline(settings: Settings) -> None:
    app = build_app(settings, models=fake_models())
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        until(lambda: client.get("/readyz").status_code == 200)
        sent = {"documents": [{"content": text} for text in STORY]}
        made = client.post("/v1/briefs", json=sent, headers={"Prefer": "wait=30"})
        assert (made.status_code, made.json()["status"]) == (201, "done"), made.text
        assert load_brief(made.text).id == made.json()["id"]
        url = made.headers["location"]
        assert client.get(url + "/verification").json()["holds"]
        page = client.get(url, headers={"Accept": "text/html"})
        assert "unsafe" not in page.headers["content-security-policy"]


def test_ids_of_briefs_cannot_be_guessed(settings: Settings) -> None:
    app = build_app(settings, models=fake_models())
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        until(lambda: client.get("/readyz").status_code == 200)
        sent = {"documents": [{"content": STORY[0]}]}
        ids = {client.post("/v1/briefs", json=sent).json()["id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(one.startswith("brf_") and len(one) >= 24 for one in ids)


def test_the_service_answers_to_names_of_this_machine_only(settings: Settings) -> None:
    app = build_app(settings, models=fake_models())
    with TestClient(app, base_url="http://elsewhere.example") as client:
        assert client.get("/healthz").status_code == 421


@pytest.mark.parametrize("host", [str(IPv4Address(0)), "192.168.1.4", "::", "example.org"])
def test_another_address_than_loopback_is_refused(settings: Settings, host: str) -> None:
    with pytest.raises(BadSettings, match="BRIEF_ALLOW_REMOTE"):
        run_server(settings, host, 8000, 1)


def test_an_address_that_is_taken_is_told_before_anything_is_loaded(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadSettings, match=f"port {port} cannot be listened on"):
            run_server(settings, "127.0.0.1", port, 1)


def test_a_file_that_is_no_database_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("This is a shopping list, and no database at all. " * 100)
    settings = Settings(database_url=f"sqlite:///{path}", threads=1)
    with pytest.raises(BadSettings, match=r"database_url: .*notes\.db: file is not a database"):
        run_server(settings, "127.0.0.1", 0, 1)


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file, where a folder would have to be")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'notes' / 'brief.db'}", threads=1)
    with pytest.raises(BadSettings, match=r"database_url: .*cannot be used"):
        run_server(settings, "127.0.0.1", 0, 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_known_by_name_and_number(host: str) -> None:
    assert is_loopback(host)


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("judges")
    kinds = ("cross-encoder", "encoder")
    return {kind: str(build(kind, folder / kind)) for kind in kinds}


def test_the_embeddings_that_the_settings_name_are_loaded_with_the_model(
    settings: Settings, judges: dict[str, str]
) -> None:
    models = load(settings.model_copy(update={"embeddings": judges["encoder"]}))
    models.drafter.close(drain=False)
    assert models.scorer is None
    assert models.embedder is not None
    assert models.embedder.embed(["one", "two"]).shape[0] == 2


def test_an_entailment_model_that_is_none_is_refused(
    settings: Settings, judges: dict[str, str]
) -> None:
    named = settings.model_copy(update={"entailment": judges["cross-encoder"]})
    with pytest.raises(ModelRefused, match="does not tell what follows from a passage"):
        load(named)
