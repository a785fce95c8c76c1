"""The wiring of the models alone: all that briefing files needs."""

from service.backends.load import load_models
from service.domain.ports import Models
from service.settings import Settings


def load(settings: Settings) -> Models:
    """Load the models that the settings name. Raises `ModelError`."""
    return load_models(settings.model, threads=settings.threads)
