"""What reader processes are given in tests: lines that do what a document's text says."""

import os
import signal
import time
from collections.abc import Sequence

from service.domain.errors import BadDocument, ModelError
from service.domain.text import Article, Document, Sentence, text_sha256
from service.jobs.reading.inside import MOST_SENTENCES, Broken, Line


def obedient() -> Line:
    return Line(model_name="obedient", prepare=_prepare, recheck=_recheck)


def without_model() -> Line:
    raise ModelError("lost", "no such folder")


def _prepare(document: Document) -> Article:
    what = document.content
    if what == "hang":
        time.sleep(60)
    elif what == "spin":
        # One call into C, which lets no signal handler of Python run.
        sum(range(10**12))
    elif what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif what == "eat":
        bytearray(10**12)
    elif what == "break":
        raise KeyError("a secret")
    elif what == "refuse":
        raise BadDocument("x", "it is empty")
    count = MOST_SENTENCES + 1 if what == "many" else 1
    return Article(
        id=document.id or document.content_id,
        sha256=text_sha256(what),
        text=what,
        sentences=tuple(Sentence(index=i, start=0, end=1) for i in range(count)),
    )


def _recheck(body: str, article_jsons: Sequence[str]) -> Sequence[Broken]:
    return [Broken(statement_id="s1", reason=f"{body} of {len(article_jsons)} articles")]


def pid_of(path: str) -> None:
    """Write this process's id into a file, and stay."""
    with open(path, "w") as told:
        told.write(str(os.getpid()))
    sum(range(10**12))
