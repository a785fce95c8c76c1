import io
import json
import logging

import pytest
import structlog

from service.telemetry.logs import configure_logs
from service.telemetry.tracing import context_of, span

pytestmark = pytest.mark.usefixtures("logs_as_before")
SECRET = "what the minister said in confidence"
TRACE = "0af7651916cd43dd8448eb211c80319c"


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_what_is_bound() -> None:
    out = io.StringIO()
    configure_logs("info", lambda: out)
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.stdlib.get_logger("service.x").info("brief_begun", brief_id="b1")
    [line] = lines(out)
    assert (line["event"], line["brief_id"], line["request_id"]) == ("brief_begun", "b1", "r1")
    assert (line["level"], str(line["timestamp"])[-1]) == ("info", "Z")


def test_what_is_below_the_level_is_not_written() -> None:
    out = io.StringIO()
    configure_logs("warning", lambda: out)
    log = structlog.stdlib.get_logger("service.x")
    log.info("unimportant")
    logging.getLogger("uvicorn.error").info("Started")
    log.warning("important")
    assert [line["event"] for line in lines(out)] == ["important"]


def test_an_error_is_told_by_type_and_place_alone() -> None:
    out = io.StringIO()
    configure_logs("info", lambda: out)
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        structlog.stdlib.get_logger("service.x").error("broke", exc_info=True)
        structlog.stdlib.get_logger("service.x").error("broke", exc_info=error)
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
        logging.getLogger("anything").exception("failed on %r", SECRET, stack_info=True)
    assert SECRET not in out.getvalue()
    assert [line["error"] for line in lines(out)] == ["ValueError"] * 4
    assert all("test_logs.py" in str(line["at"]) for line in lines(out))


def test_what_a_library_says_is_not_told_but_where_it_said_it() -> None:
    out = io.StringIO()
    configure_logs("info", lambda: out)
    logging.getLogger("some.library").warning(f"discarding {SECRET}")
    [line] = lines(out)
    assert (line["event"], line["logger"]) == ("library_message", "some.library")
    assert "test_logs.py" in str(line["at"])
    assert SECRET not in out.getvalue()


def test_the_server_s_own_words_are_told_once() -> None:
    out = io.StringIO()
    logging.getLogger("uvicorn").addHandler(logging.StreamHandler(out))
    configure_logs("info", lambda: out)
    logging.getLogger("uvicorn.error").info("Uvicorn running on %s", "http://127.0.0.1:8000")
    [line] = lines(out)
    assert line["event"] == "Uvicorn running on http://127.0.0.1:8000"


def test_a_line_names_its_trace() -> None:
    out = io.StringIO()
    configure_logs("info", lambda: out)
    with span("make", parent=context_of(f"00-{TRACE}-b7ad6b7169203331-01")):
        structlog.stdlib.get_logger("service.x").info("within")
    structlog.stdlib.get_logger("service.x").info("without")
    within, without = lines(out)
    assert within["trace_id"] == TRACE
    assert "trace_id" not in without
