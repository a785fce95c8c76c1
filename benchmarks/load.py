"""The service under load: what it takes in, what it refuses, and how fast it does either.

Run: python -m benchmarks.load [SECONDS]    (of each rate; 20 if not said)

The capacity is what a few callers who wait for their briefs get done. Then briefs are asked for at
0.5, 1, 3 and 10 times that, at random moments (Poisson, seeded), whether or not others are done.
"""

import asyncio
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.machine import described
from tests.serving import Serving

SEEDS = Path(__file__).parent.parent / "seeds"
QUEUE_LIMIT = 20
CALLERS = 4
FACTORS = (0.5, 1.0, 3.0, 10.0)
_ANSWER_S = 120.0
_BLOCKED_S = 0.05


@dataclass(kw_only=True)
class Seen:
    """What came of the requests at one rate. Times are in seconds."""

    accepting: list[float] = field(default_factory=list)
    refusing: list[float] = field(default_factory=list)
    completing: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0
    ends: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lags:
    """How often the event loop was asked to come back, how often it did within 50 ms, and the worst."""

    all: float
    within: float
    longest_s: float
    blocked_s: float


class Orders:
    """Bodies of briefs to ask for, each of two documents that nobody has sent before."""

    def __init__(self) -> None:
        self._texts = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
        self._count = 0

    def body(self) -> bytes:
        self._count += 1
        pair = [self._texts[(self._count + i) % len(self._texts)] for i in range(2)]
        documents = [
            {"content": f"{text}\n\nThis report is number {self._count}."} for text in pair
        ]
        return json.dumps({"documents": documents}).encode()


async def capacity(client: httpx.AsyncClient, orders: Orders, seconds: float) -> float:
    """Return the briefs a second that callers who wait for each get done."""
    done = 0
    ends = time.monotonic() + seconds

    async def caller() -> None:
        nonlocal done
        while time.monotonic() < ends:
            answer = await _ask(client, orders.body(), {"Prefer": "wait=60"})
            done += answer.status_code == 201

    started = time.monotonic()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done / (time.monotonic() - started)


async def offered(
    client: httpx.AsyncClient, orders: Orders, rate: float, seconds: float, seed: int
) -> Seen:
    """Ask for briefs at a rate, and wait until all that were accepted have ended."""
    draw, seen = random.Random(seed), Seen()
    tasks: list[asyncio.Task[None]] = []
    ends = time.monotonic() + seconds
    watching = asyncio.create_task(_watch(client, seen))
    while (now := time.monotonic()) < ends:
        tasks.append(asyncio.create_task(_one(client, orders.body(), seen)))
        await asyncio.sleep(max(0.0, now + draw.expovariate(rate) - time.monotonic()))
    await asyncio.gather(*tasks)
    over = time.monotonic() + _ANSWER_S
    while seen.ends and time.monotonic() < over:
        await asyncio.sleep(0.1)
    watching.cancel()
    return seen


async def _one(client: httpx.AsyncClient, body: bytes, seen: Seen) -> None:
    started = time.monotonic()
    answer = await _ask(client, body, {})
    took = time.monotonic() - started
    seen.statuses[answer.status_code] += 1
    if answer.status_code == 202:
        seen.accepting.append(took)
        seen.ends[answer.json()["id"]] = started
    else:
        seen.refusing.append(took)
        seen.without_retry_after += "retry-after" not in answer.headers


async def _ask(client: httpx.AsyncClient, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return await client.post(
        "/v1/briefs", content=body, headers={"Content-Type": "application/json", **headers}
    )


async def _watch(client: httpx.AsyncClient, seen: Seen) -> None:
    """Note when briefs have ended, by one list of those that are done."""
    while True:
        answer = await client.get("/v1/briefs", params={"limit": 200})
        now = time.monotonic()
        for brief in answer.json()["briefs"]:
            if brief["status"] in ("done", "failed") and brief["id"] in seen.ends:
                seen.completing.append(now - seen.ends.pop(brief["id"]))
        await asyncio.sleep(0.1)


async def lags(client: httpx.AsyncClient) -> Lags:
    """Return how late the event loop of the service has come back so far."""
    told = (await client.get("/metrics")).text
    name = "brief_event_loop"
    counts = re.findall(rf'^{name}_lag_seconds_bucket{{le="([^"]+)"}} (\S+)$', told, re.MULTILINE)
    longest = {
        what: float(seconds)
        for what, seconds in re.findall(rf"^{name}_(\w+)_max_seconds (\S+)$", told, re.MULTILINE)
    }
    by_bound = {float(bound): float(count) for bound, count in counts}
    return Lags(
        all=by_bound.get(float("inf"), 0.0),
        within=by_bound.get(_BLOCKED_S, 0.0),
        longest_s=longest["lag"],
        blocked_s=longest["blocked"],
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which so many of the others lie, NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def row(factor: float, rate: float, seen: Seen, before: Lags, after: Lags) -> str:
    """Return one line of the table; times in milliseconds, of briefs in seconds."""
    accepting, completing = (
        " / ".join(f"{scale * percentile(values, share):.{digits}f}" for share in (0.5, 0.95, 0.99))
        for values, scale, digits in ((seen.accepting, 1000, 0), (seen.completing, 1, 1))
    )
    refused = sum(count for status, count in seen.statuses.items() if status == 429)
    others = {status: n for status, n in seen.statuses.items() if status not in (202, 429)}
    slowest = f"{1000 * max(seen.refusing):.0f}" if seen.refusing else ""
    within = (after.within - before.within) / max(1.0, after.all - before.all)
    cells = (
        f"{factor:g}x ({rate:.1f}/s)",
        f"{seen.statuses[202]}",
        f"{refused}{f' and {others}' if others else ''}",
        accepting,
        completing,
        f"{1000 * percentile(seen.refusing, 0.99):.0f}" if seen.refusing else "",
        slowest,
        f"{seen.without_retry_after}",
        f"{100 * within:.2f} %",
        f"{1000 * after.longest_s:.0f}",
        f"{1000 * after.blocked_s:.0f}",
    )
    return f"| {' | '.join(cells)} |"


HEAD = """
| offered | accepted | refused (429) | accepting, p50 / p95 / p99 ms | done after, p50 / p95 / p99 s \
| refusing, p99 ms | slowest refusal, ms | without Retry-After | loop back within 50 ms \
| longest lag, ms | longest block, ms |
|---|---|---|---|---|---|---|---|---|---|---|"""


async def measure(serving: Serving, seconds: float) -> None:
    limits = httpx.Limits(max_connections=500)
    orders = Orders()
    async with httpx.AsyncClient(base_url=serving.url, timeout=_ANSWER_S, limits=limits) as client:
        await capacity(client, orders, 5.0)
        able = await capacity(client, orders, seconds)
        # The longest lag is that of the last minute: what the start took is no part of it.
        await asyncio.sleep(60)
        print(f"{described()}; {able:.2f} briefs/s, {QUEUE_LIMIT} may wait, {seconds:g} s each")
        print(HEAD, flush=True)
        for factor in FACTORS:
            before = await lags(client)
            seen = await offered(client, orders, factor * able, seconds, seed=int(10 * factor))
            print(row(factor, factor * able, seen, before, await lags(client)), flush=True)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with tempfile.TemporaryDirectory() as folder:
        serving = Serving.on(Path(folder), BRIEF_QUEUE_LIMIT=str(QUEUE_LIMIT))
        serving.start()
        try:
            serving.until_ready()
            asyncio.run(measure(serving, seconds))
        finally:
            serving.stop()


if __name__ == "__main__":
    main()
