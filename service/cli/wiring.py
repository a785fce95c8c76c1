"""What the commands call, each imported only where it is used, so that `--help` is instant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

import click

from service.domain.ports import Extractor, LanguageIdentifier, Models

if TYPE_CHECKING:
    from service.backends.trial import Report
    from service.bootstrap.models import Listed
    from service.evaluation.coverage import Scorer
    from service.intake import Intake
    from service.jobs.keys import MadeKey
    from service.store.records import Key, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What reads a document into an article; no model is in it."""

    extractor: Extractor
    languages: LanguageIdentifier


class Catalogue(Protocol):
    """The models there are."""

    def listed(self) -> "Sequence[Listed]":
        """Return the model in the box, then those added, in order of names."""
        ...

    def add(
        self, source: str, *, name: str | None, revision: str | None, force: bool
    ) -> "tuple[str, Report]":
        """Return the name a model was added under and how it did; it is not added with faults."""
        ...

    def check(self, name: str | None) -> "Report":
        """Return how a model does in a fresh process."""
        ...


class Keys(Protocol):
    """The API keys of a service."""

    def create(self, name: str, tenant: str, scopes: "frozenset[Scope]") -> "MadeKey":
        """Make a key; what is returned is all that ever holds its token."""
        ...

    def listed(self) -> "Sequence[Key]":
        """Return all keys, revoked ones too, the oldest first."""
        ...

    def holding(self, *tenants: str) -> frozenset[str]:
        """Return those of the tenants for which documents or briefs are stored."""
        ...

    def revoke(self, key_id: str) -> bool:
        """Revoke a key; return False where there is none."""
        ...


def _read_paths(paths: Sequence[str], stdin: BinaryIO) -> "Intake":
    from service.intake import read_paths

    return read_paths(paths, stdin=stdin)


def _load_models(model: str | None) -> Models:
    from service.bootstrap.models import load
    from service.settings import Settings

    settings = Settings.read()
    return load(settings if model is None else settings.model_copy(update={"model": model}))


def _load_catalogue() -> Catalogue:
    from service.bootstrap.models import catalogue
    from service.settings import Settings

    return catalogue(Settings.read())


def _load_keys() -> Keys:
    from service.bootstrap.keys import KeyDesk
    from service.settings import Settings

    return KeyDesk(settings=Settings.read())


def _load_reader() -> Reader:
    from service.backends.extract import DocumentExtractor
    from service.backends.language import Py3LangIdentifier

    return Reader(extractor=DocumentExtractor(), languages=Py3LangIdentifier())


def _load_scorer() -> "Scorer":
    from service.evaluation.coverage import Scorer

    return Scorer()


def _serve(host: str, port: int, workers: int) -> int:
    from service.bootstrap.telemetry import telemetry
    from service.settings import Settings
    from service.telemetry.shared import shared_counts

    settings = Settings.read()
    # Before the metrics library is imported, which is told in the environment.
    with telemetry(settings), shared_counts():
        from service.bootstrap.server import run_server

        return run_server(settings, host, port, workers)


def _work(concurrency: int, supervised: bool, figures_at: tuple[str, int] | None) -> None:
    from service.bootstrap.telemetry import figures_told, telemetry
    from service.settings import Settings

    settings = Settings.read()
    with telemetry(settings):
        from service.bootstrap.worker import run_worker
        from service.telemetry.metrics import Metrics

        metrics = Metrics()
        with figures_told(metrics, figures_at):
            run_worker(settings, concurrency, supervised=supervised, metrics=metrics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The parts behind the commands; None for a model is the setting's."""

    read_paths: Callable[[Sequence[str], BinaryIO], "Intake"] = _read_paths
    load_models: Callable[[str | None], Models] = _load_models
    load_catalogue: Callable[[], Catalogue] = _load_catalogue
    load_keys: Callable[[], Keys] = _load_keys
    load_reader: Callable[[], Reader] = _load_reader
    load_scorer: Callable[[], "Scorer"] = _load_scorer
    serve: Callable[[str, int, int], int] = _serve
    work: Callable[[int, bool, tuple[str, int] | None], None] = _work


pass_wiring = click.make_pass_decorator(Wiring, ensure=True)
