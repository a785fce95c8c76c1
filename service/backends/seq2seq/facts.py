"""What is known of a model besides its weights: established once, and kept with a conversion."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from tokenizers import Tokenizer

from service.backends.seq2seq.engine import Engine
from service.backends.seq2seq.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a model lies and what it is called; without a `commit` its weights give the revision."""

    folder: Path
    name: str
    commit: str = ""


class Facts(BaseModel):
    """The limits and ids of a model. Limits are in tokens, specials included.

    `opening` is the decoder's start token and, for some models, one that always follows it. `first`
    and `last` are what the tokenizer puts around a text. `control` are the ids that stand for no
    text. `separator` goes between documents where the model knows one. `rows` is the size of its
    output. `max_target` is None where the decoder's positions are relative.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    revision: str
    model_type: str
    opening: tuple[int, ...] = Field(min_length=1)
    eos: tuple[int, ...] = Field(min_length=1)
    pad: int
    unknown: int | None
    first: tuple[int, ...]
    last: tuple[int, ...]
    control: tuple[int, ...]
    separator: int | None
    rows: int
    max_source: int
    max_target: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModel:
    """A model ready to be asked: what it is called, what is known of it, and the engine that runs it."""

    name: str
    facts: Facts
    profile: Profile
    tokenizer: Tokenizer
    engine: Engine
    notes: tuple[str, ...] = ()
