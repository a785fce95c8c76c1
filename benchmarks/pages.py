"""How long the service takes to answer with a page of a brief of 300 statements on 40 sources.

Run: python -m benchmarks.pages [REQUESTS]    (of each page; 50 if not said)
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.machine import described
from tests.browser.site import finished, served
from tests.browser.stories import STATEMENTS, large

PAGES = (
    "/briefs/brf_large",
    f"/briefs/brf_large/s{STATEMENTS}/20",
    "/briefs/brf_large/download?as=html",
    "/documents/doc_19",
)
REQUESTS = 50


def took_ms(client: httpx.Client, path: str, requests: int) -> tuple[list[float], int]:
    """Return how long each answer took to come whole, and its size in bytes."""
    size = len(client.get(path).raise_for_status().content)
    took = []
    for _ in range(requests):
        started = time.perf_counter()
        client.get(path)
        took.append(1000 * (time.perf_counter() - started))
    return took, size


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    print(f"{described()}\n\n| page | bytes | median, ms | slowest, ms |\n|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), finished(large())) as site,
        httpx.Client(base_url=site.url, timeout=60) as client,
    ):
        for path in PAGES:
            took, size = took_ms(client, path, requests)
            print(f"| {path} | {size:,} | {statistics.median(took):.0f} | {max(took):.0f} |")


if __name__ == "__main__":
    main()
