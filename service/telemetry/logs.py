"""Log lines: one JSON object each, on one stream, from this service and the libraries alike."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Literal, TextIO

import structlog

from service.telemetry.places import where
from service.telemetry.tracing import current_trace_id

LogLevel = Literal["debug", "info", "warning", "error"]

# Whose messages are told as they are: they speak of addresses, processes and migrations only.
_PLAIN_SPOKEN = ("uvicorn", "alembic", "saq", "opentelemetry")
_Event = MutableMapping[str, Any]


def configure_logs(level: LogLevel, out: Callable[[], TextIO] = lambda: sys.stderr) -> None:
    """Send everything at this level or above to a stream, in place of whatever was set up before."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        _errors_without_messages,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    lines = _Lines(out)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _reticent],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level.upper())
    # It tells of every part of its own that it loads.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # The server comes with handlers of its own, which would write every line twice.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


class _Lines(logging.Handler):
    """Writes to whatever the stream is at the time: tests and supervisors exchange it."""

    def __init__(self, out: Callable[[], TextIO]) -> None:
        super().__init__()
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        stream = self._out()
        stream.write(self.format(record) + "\n")
        stream.flush()


def _add_trace(_: object, __: str, event: _Event) -> _Event:
    trace_id = current_trace_id()
    if trace_id is not None:
        event["trace_id"] = trace_id
    return event


def _errors_without_messages(_: object, __: str, event: _Event) -> _Event:
    """Tell an error by its type and place alone: what it says may quote a document."""
    told = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = sys.exc_info()[1] if told is True else told
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"], event["at"] = type(error).__name__, where(error)
    return event


def _reticent(_: object, __: str, event: _Event) -> _Event:
    """Leave out what a library says, unless it never speaks of documents."""
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if record.name.partition(".")[0] not in _PLAIN_SPOKEN:
        event["event"] = "library_message"
        event.setdefault("at", [f"{record.pathname}:{record.lineno} {record.funcName}"])
    return event
