"""Models added by name: one JSON file a name, each pinned to exact weights."""

import re
from pathlib import Path
from typing import Annotated, Self

import filelock
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from service.backends.weights import told, weights_sha256
from service.domain.errors import BadSettings, ModelError, ModelRefused

BOXED = "compact"
NOT_STATED = "not stated"
_NAME = r"[a-z0-9][a-z0-9._-]{0,63}"
_MAX_CARD_BYTES = 1_000_000
_MAX_LICENCE_CHARACTERS = 80
_LOCK_TIMEOUT_S = 10.0

_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class Registered(BaseModel):
    """A model under a name: a folder with the hash of its weights, or a commit of a repository.

    `family` and `engine` are what it was when it was added; `size_bytes` is that of its weights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[str, StringConstraints(pattern=f"^{_NAME}$")]
    folder: str | None = None
    weights_sha256: _Sha256 | None = None
    repository: str | None = None
    commit: _Commit | None = None
    family: str
    engine: str
    licence: str
    size_bytes: int = Field(ge=0)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        in_folder = (self.folder is None, self.weights_sha256 is None)
        on_hub = (self.repository is None, self.commit is None)
        if {in_folder, on_hub} != {(True, True), (False, False)}:
            raise ValueError("need a folder with a hash, or else a repository with a commit")
        return self

    @property
    def where(self) -> str:
        """Return the folder, or the repository with the first letters of its commit."""
        return self.folder or f"{self.repository}@{(self.commit or '')[:12]}"

    def same_model(self, other: Self) -> bool:
        """Say whether both name the same weights in the same place."""
        mine, others = (
            (one.folder, one.weights_sha256, one.repository, one.commit) for one in (self, other)
        )
        return mine == others


class Registry:
    """The folder of names. It need not exist until something is added."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str) -> Registered | None:
        """Return the model of that name, or None; raises `ModelRefused` for a damaged entry."""
        if not re.fullmatch(_NAME, name):
            return None
        try:
            written = self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = f"its entry {str(self._file(name))!r} cannot be read: {told(error)}"
            raise ModelRefused(name, reason) from error
        try:
            entry = Registered.model_validate_json(written)
        except ValidationError as error:
            reason = f"its entry {str(self._file(name))!r} is damaged: {error.errors()[0]['msg']}"
            raise ModelRefused(name, reason) from error
        if entry.name != name:
            raise ModelRefused(name, f"its entry {str(self._file(name))!r} is of {entry.name!r}")
        return entry

    def names(self) -> list[str]:
        """Return the name of every entry, damaged or not, in order.

        Raises `BadSettings` for a folder that cannot be listed.
        """
        try:
            # Not `glob`, for which a folder that cannot be listed is an empty one.
            stems = [path.stem for path in self._folder.iterdir() if path.suffix == ".json"]
        except FileNotFoundError:
            return []
        except OSError as error:
            reason = f"{str(self._folder)!r} cannot be listed: {told(error)}"
            raise BadSettings([("models_dir", reason)]) from error
        return sorted(stem for stem in stems if re.fullmatch(_NAME, stem))

    def check_free(self, entry: Registered) -> None:
        """Raise `ModelError` where the name is another model's, `ModelRefused` for a damaged entry."""
        taken = self.find(entry.name)
        if taken is not None and not taken.same_model(entry):
            raise ModelError(entry.name, f"the name is taken by {taken.where}; --force replaces it")

    def add(self, entry: Registered, *, force: bool = False) -> None:
        """Write an entry, whole or not at all.

        Raises `ModelError` where the name is another model's, unless forced to, and where nothing
        can be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self._folder / ".lock", timeout=_LOCK_TIMEOUT_S):
                if not force:
                    self.check_free(entry)
                self._write(entry)
        except (OSError, filelock.Timeout) as error:
            raise ModelError(entry.name, f"its entry cannot be written: {error}") from error

    def _write(self, entry: Registered) -> None:
        draft = self._folder / f".{entry.name}.tmp"
        try:
            draft.write_text(entry.model_dump_json(indent=2, exclude_none=True) + "\n", "utf-8")
            draft.replace(self._file(entry.name))
        finally:
            draft.unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def check_name(name: str) -> None:
    """Raise `ModelError` where a model cannot be added under that name, whichever it is."""
    if name == BOXED:
        raise ModelError(name, "the name is that of the model in the box")
    if not re.fullmatch(_NAME, name):
        reason = "a name has 1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first"
        raise ModelError(name, reason)


def name_for(called: str) -> str:
    """Return a name to add a model under, from what its folder or repository is called."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", called.rsplit("/", 1)[-1].lower())
    return plain.strip("._-")[:64] or "model"


def check_pinned(entry: Registered) -> None:
    """Raise `ModelRefused` where a folder's weights are not those that were added."""
    if entry.folder is None:
        return
    try:
        found = weights_sha256(Path(entry.folder))
    except OSError as error:
        raise ModelRefused(entry.name, f"its weights cannot be read: {told(error)}") from error
    if found != entry.weights_sha256:
        reason = f"its weights have changed: SHA-256 {found}, added with {entry.weights_sha256}"
        raise ModelRefused(entry.name, reason)


def licence_of(folder: Path) -> str:
    """Return the licence that a model's card states in its front matter, or `NOT_STATED`."""
    from huggingface_hub.repocard import metadata_load

    card = folder / "README.md"
    try:
        if card.stat().st_size > _MAX_CARD_BYTES:
            return NOT_STATED
        stated = metadata_load(card) or {}
    # A card is anyone's text: what cannot be read as YAML states no licence.
    except Exception:
        return NOT_STATED
    licence = stated.get("license")
    if licence == "other":
        licence = stated.get("license_name") or licence
    told = ", ".join(map(str, licence)) if isinstance(licence, list) else str(licence or "")
    return told.strip()[:_MAX_LICENCE_CHARACTERS] or NOT_STATED
