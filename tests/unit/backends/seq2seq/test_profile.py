from pathlib import Path

import pytest

from service.backends.seq2seq.profile import read_profile
from service.domain.errors import ModelRefused


@pytest.mark.parametrize(
    ("model_type", "name", "prompt"),
    [
        ("bart", "org/bart-large-cnn", "plain"),
        ("led", "org/PRIMERA", "plain"),
        ("pegasus", "org/pegasus-xsum", "plain"),
        ("t5", "org/t5-small", "t5"),
        ("t5", "google/flan-t5-small", "instruct"),
        ("t5", "My-FLAN", "instruct"),
        ("mt5", "org/mt5-small", "plain"),
        ("mt5", "org/flan-mt5", "plain"),
        ("bart", "flanders/bart", "plain"),
    ],
)
def test_a_models_prompts_follow_from_its_architecture_and_a_t5s_from_its_name(
    tmp_path: Path, model_type: str, name: str, prompt: str
) -> None:
    profile = read_profile(tmp_path, name, model_type)
    assert (profile.family, profile.prompt, profile.languages) == (model_type, prompt, ())


def test_a_t5_may_be_told_apart_by_its_folder(tmp_path: Path) -> None:
    assert read_profile(tmp_path / "flan-t5-base", "ours", "t5").prompt == "instruct"


def test_a_folders_own_profile_overrides_its_architecture(tmp_path: Path) -> None:
    (tmp_path / "wellsourced.json").write_text(
        '{"family": "t5", "prompt": "instruct", "languages": ["en", "de"]}'
    )
    profile = read_profile(tmp_path, "ours", "t5")
    assert (profile.prompt, profile.languages) == ("instruct", ("en", "de"))


def test_an_architecture_that_is_not_understood_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="of type 'mbart'"):
        read_profile(tmp_path, "ours", "mbart")


@pytest.mark.parametrize(
    ("profile", "fault"),
    [
        ("[]", "the file"),
        ("{", "Invalid JSON"),
        ('{"family": "x"}', "prompt"),
        ('{"family": "x", "prompt": "plain", "tone": 1}', "tone"),
        ('{"family": "x", "prompt": "../plain"}', "prompt"),
        ('{"family": "x", "prompt": "plain", "most_sentences": 100}', "most_sentences"),
        ('{"family": "x", "prompt": "plain", "languages": ["english"]}', "languages"),
        (
            '{"family": "x", "prompt": "plain", "chunk_tokens": 31}',
            r"wellsourced\.json: chunk_tokens: .* greater than or equal to 32",
        ),
        ('{"family": "x", "prompt": "plain"}' + " " * 70_000, "larger than 65536 bytes"),
    ],
)
def test_an_unsound_profile_is_refused_with_its_fault(
    tmp_path: Path, profile: str, fault: str
) -> None:
    (tmp_path / "wellsourced.json").write_text(profile)
    with pytest.raises(ModelRefused, match=fault):
        read_profile(tmp_path, "ours", "bart")
