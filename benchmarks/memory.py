"""Peak resident memory of the whole service, from its start to its last answer, a mode a process.

Run: python -m benchmarks.memory [SIZE ...]    (Linux: the peak is the kernel's own, VmHWM)

The model is converted before, as `brief models add` would, so that what is measured is serving it.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.articles import SEEDS
from benchmarks.sizes import SIZES, folder_of
from service.domain.claims import PROVENANCES, Provenance

_ROUNDS = 3
_START_S, _ANSWER_S = 300.0, 60


@contextmanager
def serving(model: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Run the service on a free loopback port; yields its process id and address once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "BRIEF_MODEL": str(model),
        "BRIEF_CACHE_DIR": str(root / "cache"),
        "BRIEF_DATABASE_URL": f"sqlite:///{root / 'brief.db'}",
    }
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
    log = (root / "service.log").open("a")
    process = subprocess.Popen(
        [*command, "--port", str(port)], env=environment, stdout=log, stderr=log
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _await_ready(address)
        yield process.pid, address
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def _await_ready(address: str) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"not ready within {_START_S:.0f} s")


def peak_mb(model: Path, root: Path, provenance: Provenance) -> float:
    """Return the peak of a service that briefs the sample documents three times, one after another."""
    documents = [{"content": p.read_text(encoding="utf-8")} for p in sorted(SEEDS.glob("*.txt"))]
    body = {"documents": documents, "options": {"provenance": provenance}}
    with serving(model, root) as (pid, address):
        for _ in range(_ROUNDS):
            answer = httpx.post(
                f"{address}/v1/briefs",
                json=body,
                headers={"Prefer": f"wait={_ANSWER_S}"},
                timeout=2 * _ANSWER_S,
            )
            answer.raise_for_status()
        status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError("the kernel tells no peak")
    return int(found[1]) / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in sys.argv[1:] or [n for n in SIZES if n != "bart-large"]:
            model = folder_of(name, root)
            # The first start converts, in a process of its own; the others find it done.
            with serving(model, root):
                pass
            for provenance in PROVENANCES:
                print(f"{name:12s} {provenance:8s} {peak_mb(model, root, provenance):6.0f} MB peak")


if __name__ == "__main__":
    main()
