"""Killing a service again and again while it is used, and counting what became of every brief."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from tests.chaos.clients import Clients
from tests.chaos.deployments import Deployment
from tests.chaos.ledgers import briefs, ends

# From the last kill on, until everything that was accepted has to be done.
DONE_WITHIN_S = 30.0
_COMES_UP = 0.7
_SHORTEST_S, _LONGEST_S = 0.1, 3.0


@dataclass(kw_only=True)
class Tally:
    """What a campaign came to. `faults` is empty where the service kept its promise."""

    kills: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    asked_again: int = 0
    taken_over: int = 0
    verified: int = 0
    drained_s: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        killed = ", ".join(f"{n} {what}" for what, n in sorted(self.kills.items()))
        return (
            f"{sum(self.kills.values())} kills ({killed}), {self.accepted} briefs accepted,"
            f" {self.asked_again} requests repeated, {self.taken_over} briefs taken over,"
            f" {self.verified} verified, all done {self.drained_s:.1f} s after the last kill,"
            f" {len(self.faults)} faults"
        )


def campaign(
    deployment: Deployment, rounds: int, seed: int, *, clients: int = 2, wait_s: float = 0.3
) -> Tally:
    """Kill what is running, `rounds` times at moments of chance, and examine what is left."""
    tally, chance = Tally(), random.Random(seed)
    asking = Clients(url=deployment.server.url, wait_s=wait_s)
    kinds = {
        "server": deployment.kill_server,
        "worker": lambda: deployment.kill_worker(chance.randrange(8)),
        "all": deployment.kill_all,
    }
    with asking.asking(clients):
        for _ in range(rounds):
            time.sleep(chance.uniform(_SHORTEST_S, _LONGEST_S))
            # A worker that dies is what a service sees most.
            kind = chance.choice(["worker", "worker", "server", "all"])
            kinds[kind]()
            tally.kills[kind] += 1
            # The moments of a start are moments too, but a service must come up now and then.
            if chance.random() < _COMES_UP:
                deployment.server.until_ready()
        killed_at = time.monotonic()
    _wait_for_all(deployment, asking, tally, killed_at)
    _examine(deployment, asking, tally)
    return tally


def _wait_for_all(deployment: Deployment, asking: Clients, tally: Tally, killed_at: float) -> None:
    """Wait until every accepted brief has ended. A server that still starts does not count."""
    deployment.server.until_ready()
    ends_at = time.monotonic() + DONE_WITHIN_S
    left = set(asking.accepted.values())
    while left and time.monotonic() < ends_at:
        entries = briefs(deployment.ledger)
        left = {id_ for id_ in left if _open(entries.get(id_, None))}
        time.sleep(0.1)
    tally.drained_s = time.monotonic() - killed_at
    tally.faults.extend(f"{id_} is not done {DONE_WITHIN_S:g} s later" for id_ in sorted(left))


def _open(entry: object) -> bool:
    return getattr(entry, "status", None) in ("queued", "running")


def _examine(deployment: Deployment, asking: Clients, tally: Tally) -> None:
    entries, ended = briefs(deployment.ledger), ends(deployment.ledger)
    known = asking.accepted
    tally.accepted, tally.asked_again = len(known), asking.again
    tally.taken_over = sum(entry.attempts > 1 for entry in entries.values())
    tally.faults.extend(asking.refused)
    if len(set(known.values())) != len(known):
        tally.faults.append("one brief for two keys")
    tally.faults.extend(
        f"{id_} is there, and no key was answered with it"
        for id_ in entries.keys() - known.values()
    )
    for id_ in sorted(known.values()):
        entry = entries.get(id_)
        if entry is None:
            tally.faults.append(f"{id_} was accepted, and is not there")
        elif entry.status != "done":
            tally.faults.append(f"{id_} is {entry.status}: {entry.error}")
        if ended[id_] != 1:
            tally.faults.append(f"{id_} ended {ended[id_]} times")
    _verify(deployment, tally, [i for i in known.values() if i in entries])


def _verify(deployment: Deployment, tally: Tally, ids: list[str]) -> None:
    with httpx.Client(base_url=deployment.server.url, timeout=60) as client:
        for id_ in ids:
            answer = client.get(f"/v1/briefs/{id_}/verification")
            if answer.status_code == 200 and answer.json()["holds"]:
                tally.verified += 1
            else:
                tally.faults.append(f"{id_} does not hold: {answer.text[:300]}")
