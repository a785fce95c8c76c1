"""The wiring of the readers: which model they count tokens for, and their bounds."""

from service.bootstrap.models import runtime
from service.bootstrap.reader_process import Opener
from service.jobs.reading.processes import Bounds, ProcessReaders
from service.settings import Settings

# More would only wait for each other: the parsers are bound by the processor, drafting as well.
_MOST = 4


def process_readers(settings: Settings) -> ProcessReaders:
    """Return the readers that the settings describe; they are not started yet."""
    opener = Opener(
        model=settings.model,
        runtime=runtime(settings),
        entailment=settings.entailment,
        memory_bytes=settings.read_memory_bytes,
        log_level=settings.log_level,
    )
    return ProcessReaders(
        opener,
        Bounds(
            width=min(settings.threads, _MOST),
            timeout_s=settings.read_timeout_s,
            memory_bytes=settings.read_memory_bytes,
        ),
        default_model=settings.model,
        judges=settings.entailment is not None,
        preloaded=(
            "service.rest.bodies",
            "service.rest.pages.uploads",
            "service.rest.pages.documents",
        ),
    )
