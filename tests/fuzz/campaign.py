"""Many cases against one service, and what it may not do whatever they are."""

import asyncio
import json
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.fuzz.cases import Known, any_case
from tests.fuzz.wire import Case, Reply, send
from tests.serving import Serving, resident_bytes

AT_ONCE = 12
# Briefs are asked for faster than two cores make them; each is told to wait for none.
MOST_GROWTH_BYTES = 600_000_000
_FAULTS_TOLD = 30


@dataclass(slots=True)
class Findings:
    """What came of it: how often each status was answered, and everything that must not be."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    slowest: str = ""
    most_bytes: int = 0

    def fault(self, what: str, case: Case, reply: Reply) -> None:
        sent = b"".join(case.pieces)[:300]
        self.faults.append(f"{what}: {case.name}: {sent!r} -> {reply.status} {reply.body[:200]!r}")

    def told(self) -> str:
        statuses = ", ".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        lines = [
            f"{self.sent} requests, {len(self.faults)} faults",
            f"statuses (0: closed without an answer): {statuses}",
            f"slowest {self.slowest_s:.1f} s ({self.slowest})",
            f"the service held {self.most_bytes / 1e6:.0f} MB at most",
            *self.faults[:_FAULTS_TOLD],
        ]
        return "\n".join(lines)


async def run(service: Serving, requests: int, seed: int) -> Findings:
    """Send so many cases, some at once, and return what came of it."""
    findings, known = Findings(), Known()
    chance = random.Random(seed)
    before = resident_bytes(service.pid)
    watching = asyncio.create_task(_watch(service, findings))
    left = iter(range(requests))

    async def one_after_another() -> None:
        for _ in left:
            case = any_case(chance, known)
            reply = await send(service.port, case)
            judge(case, reply, findings)
            learn(reply, known)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    if findings.most_bytes > before + MOST_GROWTH_BYTES:
        findings.faults.append(
            f"memory: {before / 1e6:.0f} MB before, {findings.most_bytes / 1e6:.0f} MB at most"
        )
    return findings


def judge(case: Case, reply: Reply, findings: Findings) -> None:
    """Note what an answer does that none may do."""
    findings.sent += 1
    findings.statuses[reply.status] += 1
    if reply.seconds > findings.slowest_s:
        findings.slowest_s, findings.slowest = reply.seconds, case.name
    if reply.status >= 500:
        findings.fault("a server error", case, reply)
    if reply.timed_out:
        findings.fault("no end", case, reply)
    if reply.status == 429 and "retry-after" not in reply.headers:
        findings.fault("no Retry-After", case, reply)
    if "set-cookie" in reply.headers:
        findings.fault("a header was injected", case, reply)
    of_the_service = reply.headers.get("x-content-type-options") == "nosniff"
    told = reply.status >= 400 and of_the_service and reply.body
    if told and not (reply.is_problem and _is_sound(reply)):
        findings.fault("not a problem", case, reply)


def _is_sound(reply: Reply) -> bool:
    try:
        problem = json.loads(reply.body)
    except ValueError:
        return False
    return problem["status"] == reply.status and problem["type"].startswith("/errors/")


def learn(reply: Reply, known: Known) -> None:
    """Remember the ids of an answer."""
    if reply.status not in (200, 201, 202) or not reply.body.startswith(b"{"):
        return
    with suppress(ValueError, TypeError, KeyError):
        body = json.loads(reply.body)
        some = [body, *body.get("briefs", ()), *body.get("documents", ())]
        ids = [one["id"] for one in some if isinstance(one.get("id"), str)]
        cursor = body.get("next_cursor")
        known.learn(
            [id_ for id_ in ids if id_.startswith("brf_")],
            [id_ for id_ in ids if not id_.startswith("brf_")],
            [cursor] if isinstance(cursor, str) else [],
        )


async def _watch(service: Serving, findings: Findings) -> None:
    while True:
        findings.most_bytes = max(findings.most_bytes, resident_bytes(service.pid))
        await asyncio.sleep(0.2)


def until_quiet(service: Serving, timeout_s: float) -> float:
    """Wait until the service makes a sound brief again; return how many seconds that took."""
    import httpx

    began = time.monotonic()
    body = {"documents": [{"content": "Rain fell on Monday. The river rose by two metres."}]}
    while time.monotonic() - began < timeout_s:
        with suppress(httpx.TransportError):
            answer = httpx.post(
                f"{service.url}/v1/briefs", json=body, headers={"Prefer": "wait=30"}, timeout=60
            )
            if answer.status_code == 201 and answer.json()["status"] == "done":
                return time.monotonic() - began
        time.sleep(0.5)
    raise TimeoutError(f"no brief was made within {timeout_s} s")
