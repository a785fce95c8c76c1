"""What whoever runs the service may set: `BRIEF_*` in the environment, or `brief.toml` here."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from service.domain.errors import BadSettings
from service.resources import cache_folder, data_folder

Count = Annotated[int, Field(ge=1)]
# CTranslate2 starts as many at once, and ends the process where the system has no more.
_MOST_THREADS = 256
_MOST_BATCH_TOKENS = 1_000_000
# Where an empty text would mean the working folder.
_PLACES = ("model", "entailment", "embeddings", "cache_dir", "models_dir", "secret_file")
LEAST_SECRET = 32
SQLITE, POSTGRESQL = "sqlite+aiosqlite", "postgresql+asyncpg"
_DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}
_PREFIX = "BRIEF_"

Seconds = Annotated[float, Field(ge=0)]


class Settings(BaseSettings):
    """The settings. The environment wins over the file, in which unknown names are refused.

    Sizes are in bytes as sent, times in seconds; every limit is inclusive. An empty variable is one
    that is not set.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        toml_file="brief.toml",
        extra="forbid",
        frozen=True,
    )

    model: str | None = Field(
        default=None,
        description="Name or folder of the model, or its name on the hub; none is the one in the box.",
    )
    entailment: str | None = Field(
        default=None,
        description="Folder or hub name of a model that says what follows from a passage; none by default.",
    )
    embeddings: str | None = Field(
        default=None,
        description="Folder or hub name of a model that finds sentences alike; none by default.",
    )
    engine: Literal["auto", "ctranslate2", "torch"] = Field(
        default="auto",
        description="What runs the model; auto takes torch on a GPU, else CTranslate2 where it can.",
    )
    compute_type: Literal["auto", "int8", "int8_float32", "bfloat16", "float32"] = Field(
        default="auto",
        description="The numbers to compute with; auto is int8, or what torch runs in: it has no other.",
    )
    cache_dir: Path = Field(
        default_factory=lambda: cache_folder() / "engines",
        description="Where converted models are kept; they are made again where they are missing.",
    )
    models_dir: Path = Field(
        default_factory=lambda: data_folder() / "models",
        description="Where the models added by name are noted.",
    )
    batch_rows: Annotated[int, Field(ge=1, le=1024)] = Field(
        default=2, description="The most chunks of one brief that a thread drafts in its turn."
    )
    batch_tokens: Annotated[int, Field(ge=1, le=_MOST_BATCH_TOKENS)] = Field(
        default=4096, description="The most tokens of one brief that a thread reads in its turn."
    )
    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{data_folder() / 'brief.db'}",
        description="Where documents and briefs are kept: an SQLite file, or a PostgreSQL database.",
    )
    queue_url: str | None = Field(
        default=None,
        description="A queue that workers share, redis:// or postgresql://; none is the database itself.",
    )
    secret: SecretStr | None = Field(
        default=None,
        description="Proves keys and seals webhook secrets; newest first where several, by commas."
        " None is made once and kept in secret_file.",
    )
    secret_file: Path = Field(
        default_factory=lambda: data_folder() / "secret",
        description="Where the secret is kept that was made because none was given.",
    )
    threads: Annotated[int, Field(ge=1, le=_MOST_THREADS)] = Field(
        default_factory=lambda: min(os.cpu_count() or 1, _MOST_THREADS),
        description="Threads of the model's engine, and of those that read documents.",
    )
    allow_remote: bool = Field(
        default=False,
        description="Bind to other than loopback addresses although there are no keys. Anyone who"
        " reaches them may use it.",
    )
    host_names: str = Field(
        default="",
        description="Names, divided by commas, under which the service is reached while it needs no key,"
        " beside localhost and addresses. Others are refused: a page elsewhere can be called anything.",
    )
    documents_per_brief: Count = Field(default=100, description="Documents in one request.")
    bytes_per_document: Count = Field(default=5_000_000, description="Bytes of one document.")
    bytes_per_request: Count = Field(default=20_000_000, description="Bytes of one request.")
    min_words: Count = Field(default=20, description="The fewest words a brief may be asked for.")
    max_words: Count = Field(default=2000, description="The most words a brief may be asked for.")
    queue_limit: Count = Field(default=100, description="Briefs that may wait.")
    requests_at_once: Count = Field(
        default=64, description="Requests whose bodies are read at the same time, by one process."
    )
    streams: Count = Field(default=200, description="Event streams at once, of one process.")
    body_timeout_s: Annotated[float, Field(gt=0)] = Field(
        default=30.0, description="How long a request's body may take to arrive."
    )
    read_timeout_s: Annotated[float, Field(gt=0)] = Field(
        default=30.0, description="How long one document may take to be read."
    )
    read_memory_bytes: Count = Field(
        default=1_500_000_000, description="Memory that reading one document may take."
    )
    requests_per_minute: Annotated[int, Field(ge=0)] = Field(
        default=600, description="Requests that one key may send a minute; 0 is no limit."
    )
    idempotency_s: Annotated[float, Field(gt=0)] = Field(
        default=86_400.0, description="How long the answer to an Idempotency-Key is kept."
    )
    webhook_private: bool = Field(
        default=False, description="Send webhooks to private and loopback addresses as well."
    )
    webhook_timeout_s: Annotated[float, Field(gt=0)] = Field(
        default=15.0, description="How long a webhook may take to answer."
    )
    lease_s: Annotated[float, Field(ge=2)] = Field(
        default=8.0, description="How long a process that died keeps its brief from the others."
    )
    max_attempts: Count = Field(
        default=5,
        description="Workers that may die over a brief before it is set aside as failed.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is worth a log line."
    )
    grace_s: Seconds = Field(
        default=20.0, description="How long a stopping service goes on with briefs it has begun."
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, given: dict[str, object]) -> dict[str, object]:
        return {
            name: value
            for name, value in given.items()
            if name not in _PLACES or not isinstance(value, str) or value.strip()
        }

    @field_validator("cache_dir", "models_dir", "secret_file")
    @classmethod
    def _home_expanded(cls, value: Path) -> Path:
        try:
            return value.expanduser()
        except RuntimeError as error:
            raise ValueError(f"{str(value)!r} is in no user's home") from error

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except ArgumentError:
            raise ValueError("not a database address, such as sqlite:////srv/brief.db") from None
        driver = _DRIVERS.get(url.drivername)
        if driver is None:
            raise ValueError(f"data is kept in SQLite or PostgreSQL, not in {url.drivername!r}")
        if driver == SQLITE and url.database in (None, "", ":memory:"):
            raise ValueError("needs a file: what is only in memory would be lost")
        return url.set(drivername=driver).render_as_string(hide_password=False)

    @field_validator("queue_url")
    @classmethod
    def _queue(cls, value: str | None) -> str | None:
        scheme = None if value is None else value.partition("://")[0]
        if scheme not in (None, "redis", "rediss", "postgres", "postgresql"):
            raise ValueError("a shared queue is redis://, rediss:// or postgresql://")
        return value

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        for one in value.get_secret_value().split(",") if value else ():
            if len(one.strip()) < LEAST_SECRET:
                raise ValueError(f"each secret needs {LEAST_SECRET} characters or more")
        return value

    @property
    def own_names(self) -> frozenset[str]:
        """The names of `host_names`, in lower case."""
        return frozenset(
            name.strip().lower() for name in self.host_names.split(",") if name.strip()
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, the strongest first."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def read(cls) -> Self:
        """Return the settings that the environment and the file give; raises `BadSettings`."""
        try:
            return cls()
        except ValidationError as fault:
            raise BadSettings([(_name(one), _reason(one)) for one in fault.errors()]) from fault
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise BadSettings([("brief.toml", str(fault))]) from fault
        except OSError as fault:
            reason = f"it cannot be read: {fault.strerror}"
            raise BadSettings([("brief.toml", reason)]) from fault


def _name(fault: ErrorDetails) -> str:
    """Return what a setting is called where it was set; the environment wins over the file."""
    name = ".".join(map(str, fault["loc"]))
    variable = f"{_PREFIX}{name}".upper()
    # As they are read: in any case, and not where they are empty.
    said = {other.upper() for other, value in os.environ.items() if value}
    return variable if variable in said else name


def _reason(fault: ErrorDetails) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such setting"
    return fault["msg"].removeprefix("Value error, ")
