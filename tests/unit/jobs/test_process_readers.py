import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog

from service.domain.errors import BadDocument, NotReady
from service.domain.text import Document
from service.jobs.reading import inside
from service.jobs.reading.inside import Line
from service.jobs.reading.processes import Bounds, ProcessReaders
from service.store.codec import load_article
from tests.unit.jobs.reading import obedient, pid_of, without_model

QUICK = Bounds(width=1, timeout_s=1.0, memory_bytes=500_000_000)
PATIENT = Bounds(width=1, timeout_s=30.0, memory_bytes=500_000_000)


@asynccontextmanager
async def _reading(
    bounds: Bounds = PATIENT, opener: Callable[[], Line] = obedient
) -> AsyncIterator[ProcessReaders]:
    readers = ProcessReaders(opener, bounds, default_model="called")
    await readers.start()
    try:
        yield readers
    finally:
        await readers.stop()


def _with_readers(
    use: Callable[[ProcessReaders], Awaitable[None]],
    bounds: Bounds = PATIENT,
    opener: Callable[[], Line] = obedient,
) -> None:
    async def run() -> None:
        async with _reading(bounds, opener) as readers:
            await use(readers)

    asyncio.run(run())


async def _refusal(readers: ProcessReaders, content: str) -> str:
    with pytest.raises(BadDocument) as refused:
        await readers.read("t", Document(content=content, id="d"))
    return refused.value.reason


def test_a_document_comes_back_as_the_json_of_its_whole_article() -> None:
    async def use(readers: ProcessReaders) -> None:
        document = Document(content="Rain fell.", id="d")
        filed = await readers.read("t", document)
        assert filed.document is document
        assert load_article(filed.article_json).sentences[0].end == 1
        assert (filed.article.id, filed.article.text, filed.article.sentences) == (
            "d",
            "Rain fell.",
            (),
        )

    _with_readers(use)


@pytest.mark.parametrize("what", ["hang", "spin"])
def test_a_document_that_takes_too_long_is_told_so_and_the_next_one_is_read(what: str) -> None:
    async def use(readers: ProcessReaders) -> None:
        assert await _refusal(readers, what) == "reading it took longer than 1 s"
        assert (
            await readers.read("t", Document(content="Rain fell."))
        ).article.text == "Rain fell."

    _with_readers(use, QUICK)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("crash", "reading it broke the reader"),
        ("eat", "reading it took too much memory"),
        ("break", "it could not be read"),
        ("refuse", "it is empty"),
        ("many", "it has 100001 sentences, limit 100000"),
    ],
)
def test_a_document_that_breaks_its_reader_harms_no_other(what: str, reason: str) -> None:
    async def use(readers: ProcessReaders) -> None:
        bad, good = await asyncio.gather(
            _refusal(readers, what), readers.read("t", Document(content="Rain fell."))
        )
        assert bad == reason
        assert good.article.text == "Rain fell."

    _with_readers(use)


def test_a_brief_is_checked_in_a_reader() -> None:
    async def use(readers: ProcessReaders) -> None:
        [broken] = await readers.recheck("t", "{}", ["{}", "{}"])
        assert (broken.statement_id, broken.reason) == ("s1", "{} of 2 articles")

    _with_readers(use)


def test_a_function_is_computed_elsewhere() -> None:
    async def use(readers: ProcessReaders) -> None:
        assert await readers.compute("t", os.getpid) != os.getpid()
        assert await readers.compute("t", len, b"abc") == 3

    _with_readers(use)


def test_one_computation_that_takes_long_holds_up_no_other(tmp_path: Path) -> None:
    async def use(readers: ProcessReaders) -> None:
        long = asyncio.create_task(readers.compute("a", pid_of, str(tmp_path / "pid")))
        while not (tmp_path / "pid").exists():
            await asyncio.sleep(0.01)
        assert await readers.compute("a", len, b"abc") == 3
        assert not long.done()
        long.cancel()

    _with_readers(use)


def test_a_tenant_with_many_hostile_documents_is_not_served_before_another() -> None:
    async def use(readers: ProcessReaders) -> None:
        hostile = [
            asyncio.create_task(readers.read("a", Document(content="hang", id=f"{n}")))
            for n in range(3)
        ]
        await asyncio.sleep(0)
        filed = await readers.read("b", Document(content="Rain fell."))
        assert filed.article.text == "Rain fell."
        assert [task.done() for task in hostile] == [True, False, False]
        for task in hostile[1:]:
            task.cancel()
        await asyncio.gather(*hostile, return_exceptions=True)

    _with_readers(use, QUICK)


def test_a_document_without_an_id_is_named_by_its_content() -> None:
    async def use(readers: ProcessReaders) -> None:
        for content in ("crash", "refuse"):
            document = Document(content=content)
            with pytest.raises(BadDocument) as refused:
                await readers.read("t", document)
            assert refused.value.name == document.content_id

    _with_readers(use)


def test_the_callers_own_words_are_not_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "_own", inside._Process(opener=obedient))
    with structlog.testing.capture_logs() as logged:
        inside.read(Document(content="break", id="a-name-of-theirs"))
    assert [one["event"] for one in logged] == ["document_broke_a_reader"]
    assert "theirs" not in str(logged)


def test_names_are_known_once_a_reader_has_opened_its_model() -> None:
    async def use(readers: ProcessReaders) -> None:
        with pytest.raises(NotReady):
            readers.model_names()
        await readers.read("t", Document(content="Rain fell."))
        while True:
            try:
                assert readers.model_names() == {"obedient", "called"}
                break
            except NotReady:
                await asyncio.sleep(0.01)

    _with_readers(use)


def test_without_a_model_nothing_is_ready_and_the_reason_is_told() -> None:
    async def use(readers: ProcessReaders) -> None:
        with pytest.raises(NotReady, match="no such folder"):
            await readers.read("t", Document(content="Rain fell."))

    _with_readers(use, opener=without_model)


def test_a_reader_that_is_killed_while_idle_is_replaced() -> None:
    async def use(readers: ProcessReaders) -> None:
        os.kill(await readers.compute("t", os.getpid), signal.SIGKILL)
        await asyncio.sleep(0.5)
        assert await readers.compute("t", len, b"abc") == 3

    _with_readers(use)


def test_readers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    program = (
        "import asyncio\n"
        "from tests.unit.jobs.test_process_readers import main\n"
        f"asyncio.run(main({str(told)!r}))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    try:
        child = int(_awaited(told))
    finally:
        parent.kill()
        parent.wait()
    assert _ends(child)


async def main(told: str) -> None:
    """Keep a reader busy for good, as the parent that is killed."""
    async with _reading() as readers:
        await readers.compute("t", pid_of, told)


def _awaited(path: Path) -> str:
    for _ in range(3000):
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.01)
    raise TimeoutError("no reader came to be")


def _ends(pid: int) -> bool:
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False
