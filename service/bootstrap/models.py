"""The wiring of the models alone: all that briefing files needs, and the list of those there are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.backends.load import Runtime, load_models, locate, locate_files, wanted_engine
from service.backends.registry import (
    BOXED,
    Registered,
    Registry,
    check_name,
    licence_of,
    name_for,
)
from service.backends.seq2seq.profile import read_profile
from service.backends.trial import Report, try_afresh
from service.backends.weights import weights_bytes, weights_sha256
from service.domain.errors import ModelNotFound
from service.domain.ports import Models
from service.settings import Settings

if TYPE_CHECKING:
    from service.backends.seq2seq.facts import Source

# It was made for this project, and travels under its licence.
_BOXED_LICENCE = "Apache-2.0"


def load(settings: Settings) -> Models:
    """Load the models that the settings name. Raises `ModelError`."""
    return load_models(settings.model, runtime=runtime(settings))


def runtime(settings: Settings) -> Runtime:
    """Return what the settings say of how a model is run."""
    return Runtime(
        engine=settings.engine,
        compute_type=settings.compute_type,
        cache=settings.cache_dir,
        models=settings.models_dir,
        threads=settings.threads,
        batch_rows=settings.batch_rows,
        batch_tokens=settings.batch_tokens,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list of models; sizes are those of the weights."""

    name: str
    family: str
    engine: str
    licence: str
    size_bytes: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The models there are: the one in the box, and those added by name."""

    runtime: Runtime
    default: str = BOXED
    trial: Callable[[str, Runtime], Report] = try_afresh

    def listed(self) -> list[Listed]:
        """Return the model in the box, then the others in order of names."""
        others = Registry(self.runtime.models).entries()
        return [self._boxed(), *(_listed(entry) for entry in others)]

    def add(
        self,
        source: str,
        *,
        name: str | None = None,
        revision: str | None = None,
        force: bool = False,
    ) -> tuple[str, Report]:
        """Try a folder or hub name, note it under a name if it holds, and return both.

        Raises `ModelNotFound`, and `ModelRefused` for a model or a name that cannot be used.
        """
        found = _located(source, revision)
        called = name_for(found.name) if name is None else name
        check_name(called)
        registry = Registry(self.runtime.models)
        place = (
            {"repository": found.name, "commit": found.commit}
            if found.commit
            else {"folder": str(found.folder), "weights_sha256": weights_sha256(found.folder)}
        )
        entry = Registered(
            name=called,
            family="",
            engine="",
            licence=licence_of(found.folder),
            size_bytes=weights_bytes(found.folder),
            **place,
        )
        if not force:
            registry.check_free(entry)
        exact = f"{found.name}@{found.commit}" if found.commit else str(found.folder)
        report = self.trial(exact, self.runtime)
        if not report.faults:
            known = {"family": report.family, "engine": report.engine}
            registry.add(entry.model_copy(update=known), force=force)
        return called, report

    def check(self, name: str | None) -> Report:
        """Try a model, the setting's if None. Raises `ModelError`."""
        return self.trial(self.default if name is None else name, self.runtime)

    def _boxed(self) -> Listed:
        source = locate(BOXED)
        return Listed(
            name=BOXED,
            family=read_profile(source.folder, BOXED, "").family,
            engine=wanted_engine(self.runtime),
            licence=_BOXED_LICENCE,
            size_bytes=weights_bytes(source.folder),
            where=str(source.folder),
        )


def catalogue(settings: Settings) -> Catalogue:
    """Return the models that the settings reach."""
    return Catalogue(runtime=runtime(settings), default=settings.model or BOXED)


def _listed(entry: Registered) -> Listed:
    return Listed(
        name=entry.name,
        family=entry.family,
        engine=entry.engine,
        licence=entry.licence,
        size_bytes=entry.size_bytes,
        where=entry.where,
    )


def _located(source: str, revision: str | None) -> "Source":
    """Return what is to be added, by its full path, or at a commit that is fetched if need be."""
    path = Path(source).expanduser()
    if path.is_dir():
        if revision is not None:
            raise ModelNotFound(source, "a folder has no revisions")
        return locate_files(str(path.resolve()))
    return locate_files(source if revision is None else f"{source}@{revision}", cached=False)
