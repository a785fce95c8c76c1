"""The wiring of the models alone: all that briefing files needs, and the list of those there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from service.backends.weights import check_files, weights_bytes, weights_sha256
from service.domain.errors import ModelRefused
from service.domain.ports import EntailmentScorer, Models
from service.settings import Settings

if TYPE_CHECKING:
    from service.backends.seq2seq.facts import Source
    from service.backends.seq2seq.turns import Turn
    from service.telemetry.metrics import Metrics

# It was made for this project, and travels under its licence.
_BOXED_LICENCE = "Apache-2.0"


def load(settings: Settings, metrics: "Metrics | None" = None) -> Models:
    """Load the models that the settings name, their work counted by `metrics`. Raises `ModelError`."""
    scorer, embedder = load_scorer(settings), None
    if settings.embeddings is not None:
        from service.backends.embeddings import load_embedder

        embedder = load_embedder(settings.embeddings)
    # Last: from here on there are threads to end.
    on_turn = None if metrics is None else _counted_by(metrics)
    models = load_models(settings.model, runtime=runtime(settings), on_turn=on_turn)
    return replace(models, scorer=scorer, embedder=embedder)


def _counted_by(metrics: "Metrics") -> Callable[["Turn"], None]:
    def count(turn: "Turn") -> None:
        metrics.drafted(chunks=turn.pieces, tokens=turn.tokens, most_chunks=turn.most_pieces)

    return count


def load_scorer(settings: Settings) -> EntailmentScorer | None:
    """Load the entailment model that the settings name, None for none. Raises `ModelError`."""
    if settings.entailment is None:
        return None
    from service.backends.entailment import load_scorer as load

    return load(settings.entailment)


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
    """One line of the list of models; sizes are those of the weights.

    `fault` is what is wrong with a damaged entry, of which nothing else but its name is known.
    """

    name: str
    family: str
    engine: str
    licence: str
    size_bytes: int
    where: str
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The models there are: the one in the box, and those added by name."""

    runtime: Runtime
    default: str = BOXED
    trial: Callable[[str, Runtime], Report] = try_afresh

    def listed(self) -> list[Listed]:
        """Return the model in the box, then the others in order of names, damaged entries too.

        Raises `BadSettings` for a folder of names that cannot be listed.
        """
        registry = Registry(self.runtime.models)
        others = (_noted(registry, name) for name in registry.names())
        return [self._boxed(), *(one for one in others if one is not None)]

    def add(
        self,
        source: str,
        *,
        name: str | None = None,
        revision: str | None = None,
        force: bool = False,
    ) -> tuple[str, Report]:
        """Try a folder or hub name, note it under a name if it holds, and return both.

        Raises `ModelNotFound`, `ModelRefused` for a model that cannot be used, and `ModelError` for
        a name that cannot.
        """
        # Fetched if need be, even where a copy is cached: it may lack what was added since.
        found = locate_files(source, revision=revision, cached=False)
        called = name_for(found.name) if name is None else name
        check_name(called)
        check_files(found.name, found.folder)
        registry, entry = Registry(self.runtime.models), _entry(called, found)
        if not force:
            registry.check_free(entry)
        exact = f"{entry.repository}@{entry.commit}" if entry.folder is None else entry.folder
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


def _entry(called: str, found: "Source") -> Registered:
    """Return the entry of a model that is still to be tried: its family and engine are not known."""
    path = found.folder.resolve()
    place = (
        {"repository": found.name, "commit": found.commit}
        if found.commit
        else {"folder": str(path), "weights_sha256": weights_sha256(path)}
    )
    return Registered(
        name=called,
        family="",
        engine="",
        licence=licence_of(path),
        size_bytes=weights_bytes(path),
        **place,
    )


def _noted(registry: Registry, name: str) -> Listed | None:
    """Return a name's line, None where its entry has gone meanwhile."""
    try:
        entry = registry.find(name)
    except ModelRefused as refusal:
        return Listed(
            name=name,
            family="",
            engine="",
            licence="",
            size_bytes=0,
            where="",
            fault=refusal.reason,
        )
    return None if entry is None else _listed(entry)


def _listed(entry: Registered) -> Listed:
    return Listed(
        name=entry.name,
        family=entry.family,
        engine=entry.engine,
        licence=entry.licence,
        size_bytes=entry.size_bytes,
        where=entry.where,
    )
