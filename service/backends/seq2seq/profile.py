"""How a model wants its input and what it was trained for."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from service.backends.seq2seq.prompt import MOST_SENTENCES
from service.domain.errors import ModelRefused

PROFILE_FILE = "wellsourced.json"
# Most sentences of news have fewer tokens; where a chunk holds none, nothing can be drafted.
LEAST_CHUNK_TOKENS = 32
_MAX_BYTES = 65_536

# Architectures that read plain text in one encoder pass, and their families of prompts. Those that
# want a language code (mBART, M2M100) are not guessed at.
_PROMPT_OF_TYPE = {
    "bart": "plain",
    "encoder-decoder": "plain",
    "led": "plain",
    "mt5": "plain",
    "pegasus": "plain",
    "t5": "t5",
}
# T5s that were taught to follow instructions have the architecture of T5s that were not.
_INSTRUCTED = "flan"

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
_LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
_Index = Annotated[int, Field(ge=0, le=1023)]


class Pointer(BaseModel):
    """Cross-attention heads trained to point at the sentence to say next, counted from 0."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    layer: _Index
    heads: tuple[_Index, ...] = Field(min_length=1)


class Profile(BaseModel):
    """What a model's folder says of it, or what its architecture implies.

    `family` says what kind of model it is, `prompt` which family of templates it is asked with.
    `chunk_tokens` is the longest run of sentence tokens it was trained on, None where only its
    input limit is known. `most_sentences` is the largest number its prompt may ask for. `beams` is
    the width of free decoding. `languages` are ISO 639-1 codes; empty means unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    family: _Name
    prompt: _Name
    chunk_tokens: int | None = Field(default=None, ge=LEAST_CHUNK_TOKENS, le=1_000_000)
    most_sentences: int = Field(default=9, ge=1, le=MOST_SENTENCES)
    pointer: Pointer | None = None
    languages: tuple[_LanguageCode, ...] = ()
    beams: int = Field(default=4, ge=1, le=16)


def read_profile(folder: Path, model: str, model_type: str) -> Profile:
    """Return the folder's own profile, else that of its architecture and, for a T5, its name.

    Raises `ModelRefused` for a malformed profile, and for an architecture that has none.
    """
    path = folder / PROFILE_FILE
    if path.is_file():
        return _declared(path, model)
    if model_type not in _PROMPT_OF_TYPE:
        known = ", ".join(sorted(_PROMPT_OF_TYPE))
        raise ModelRefused(
            model, f"of type {model_type!r}; without {PROFILE_FILE} only {known} are understood"
        )
    return Profile(family=model_type, prompt=_prompt_of(model_type, folder, model))


def _prompt_of(model_type: str, folder: Path, model: str) -> str:
    named = f"{model} {folder.name}".lower()
    return (
        "instruct" if model_type == "t5" and _INSTRUCTED in named else _PROMPT_OF_TYPE[model_type]
    )


def _declared(path: Path, model: str) -> Profile:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelRefused(model, f"{PROFILE_FILE} is larger than {_MAX_BYTES} bytes")
        return Profile.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ModelRefused(model, f"{PROFILE_FILE}: {where}: {first['msg']}") from error
    except OSError as error:
        raise ModelRefused(model, f"{PROFILE_FILE} cannot be read: {error}") from error
