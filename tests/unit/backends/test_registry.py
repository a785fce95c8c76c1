import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.backends.registry import (
    NOT_STATED,
    Registered,
    Registry,
    check_name,
    licence_of,
    name_for,
)
from service.backends.weights import weights_bytes, weights_sha256
from service.domain.errors import BadSettings, ModelError, ModelRefused

SHA256 = "a" * 64
COMMIT = "b" * 40


def entry(name: str = "ours", **fields: object) -> Registered:
    known: dict[str, object] = {
        "name": name,
        "folder": "/models/ours",
        "weights_sha256": SHA256,
        "family": "bart",
        "engine": "ctranslate2 4.8.5 cpu int8",
        "licence": "MIT",
        "size_bytes": 1_000,
    }
    return Registered.model_validate(known | fields)


def from_hub(name: str = "ours") -> Registered:
    return entry(name, folder=None, weights_sha256=None, repository="some-org/model", commit=COMMIT)


@pytest.mark.parametrize("added", [entry(), from_hub()], ids=["folder", "hub"])
def test_what_is_added_is_found(tmp_path: Path, added: Registered) -> None:
    registry = Registry(tmp_path / "not yet there")
    registry.add(added)
    assert registry.find("ours") == added


def test_names_come_in_order(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    for name in ("c", "a", "b"):
        registry.add(entry(name))
    assert registry.names() == ["a", "b", "c"]


def test_a_damaged_entry_has_a_name(tmp_path: Path) -> None:
    Registry(tmp_path).add(entry())
    (tmp_path / "damaged.json").write_text("{")
    (tmp_path / "No Name.json").write_text("{")
    assert Registry(tmp_path).names() == ["damaged", "ours"]


def test_an_empty_registry_has_no_names(tmp_path: Path) -> None:
    assert Registry(tmp_path / "nowhere").names() == []


def test_a_registry_that_cannot_be_listed_is_not_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        BadSettings, match=r"^models_dir: '.*file' cannot be listed: Not a directory$"
    ):
        Registry(tmp_path / "file").names()


def test_an_entry_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "ours.json").mkdir()
    with pytest.raises(ModelRefused, match=r"ours\.json' cannot be read: Is a directory$"):
        Registry(tmp_path).find("ours")


@pytest.mark.parametrize("name", ["", "absent", "../ours", "/etc/passwd", "OURS", ".lock"])
def test_a_name_of_nothing_finds_nothing(tmp_path: Path, name: str) -> None:
    registry = Registry(tmp_path / "models")
    registry.add(entry())
    (tmp_path / "ours.json").write_text(entry().model_dump_json())
    assert registry.find(name) is None


def test_another_models_name_is_not_taken(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.add(entry())
    with pytest.raises(ModelError, match="taken by /models/ours") as caught:
        registry.add(from_hub())
    # The model may be sound all the same.
    assert not isinstance(caught.value, ModelRefused)
    assert registry.find("ours") == entry()


def test_other_weights_in_the_same_folder_are_another_model(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.add(entry())
    with pytest.raises(ModelError, match="is taken"):
        registry.add(entry(weights_sha256="c" * 64))


def test_another_models_name_is_taken_by_force(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.add(entry())
    registry.add(from_hub(), force=True)
    assert registry.find("ours") == from_hub()


def test_the_same_model_may_be_added_again(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.add(entry())
    registry.add(entry(licence="Apache-2.0"))
    found = registry.find("ours")
    assert found is not None
    assert found.licence == "Apache-2.0"


def test_nothing_but_whole_entries_is_left_behind(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.add(entry())
    registry.add(entry(), force=True)
    assert {path.name for path in tmp_path.iterdir()} - {".lock"} == {"ours.json"}


def test_a_registry_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        Registry(tmp_path / "file" / "models").add(entry())


@pytest.mark.parametrize(
    "written",
    ["", "{", "[]", '{"name": "ours"}', entry("theirs").model_dump_json()],
    ids=["empty", "cut short", "a list", "fields missing", "another's"],
)
def test_a_damaged_entry_is_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "ours.json").write_text(written)
    with pytest.raises(ModelRefused, match="its entry"):
        Registry(tmp_path).find("ours")


@pytest.mark.parametrize(
    "fields",
    [
        {"weights_sha256": None},
        {"folder": None},
        {"repository": "some-org/model", "commit": COMMIT},
        {"folder": None, "weights_sha256": None},
        {"folder": None, "weights_sha256": None, "repository": "some-org/model"},
        {"weights_sha256": "abc"},
        {"name": "../x"},
        {"size_bytes": -1},
    ],
)
def test_an_entry_names_one_pinned_place(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        entry(**fields)


@pytest.mark.parametrize("name", ["compact", "Ours", "a/b", "", "-a", "a" * 65, "a b"])
def test_a_name_that_could_not_be_asked_for_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="name") as caught:
        check_name(name)
    assert not isinstance(caught.value, ModelRefused)


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("google/flan-T5-small", "flan-t5-small"),
        ("Our Model (v2)", "our-model-v2"),
        ("_._", "model"),
        ("日本", "model"),
        ("x" * 80, "x" * 64),
    ],
)
def test_a_name_is_made_of_what_the_model_is_called(called: str, name: str) -> None:
    assert name_for(called) == name
    check_name(name)


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0\ntags: [x]\n---\n# A model\n", "apache-2.0"),
        ("---\nlicense: other\nlicense_name: bespoke\n---\n", "bespoke"),
        ("---\nlicense: other\n---\n", "other"),
        ("---\nlicense: [mit, cc0-1.0]\n---\n", "mit, cc0-1.0"),
        ("---\nlicense:\n---\n", NOT_STATED),
        ("---\ntags: [x]\n---\nlicense: mit\n", NOT_STATED),
        ("# A model\nlicense: mit\n", NOT_STATED),
        ("---\n- a\n- b\n---\n", NOT_STATED),
        ("---\nlicense: !!python/object/apply:os.getcwd []\n---\n", NOT_STATED),
        ("---\nlicense: [\n---\n", NOT_STATED),
        ("---\nlicense: " + "x" * 200 + "\n---\n", "x" * 80),
    ],
)
def test_a_licence_is_read_from_the_cards_front_matter(
    tmp_path: Path, card: str, licence: str
) -> None:
    (tmp_path / "README.md").write_text(card)
    assert licence_of(tmp_path) == licence


def test_a_model_without_a_card_states_no_licence(tmp_path: Path) -> None:
    assert licence_of(tmp_path) == NOT_STATED


def test_weights_are_all_safetensors_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "b.safetensors").write_bytes(b"2")
    (tmp_path / "a.safetensors").write_bytes(b"1")
    whole = weights_sha256(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({}))
    assert (weights_sha256(tmp_path), weights_bytes(tmp_path)) == (whole, 2)
    (tmp_path / "a.safetensors").write_bytes(b"2")
    (tmp_path / "b.safetensors").write_bytes(b"1")
    assert weights_sha256(tmp_path) != whole
