"""Clients that behave: each brief is asked for under one Idempotency-Key until it is answered."""

import itertools
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

# What says "again", of all that a service says.
_AGAIN = frozenset({408, 409, 425, 429, 502, 503, 504})
_ACCEPTED = frozenset({201, 202})
_LONGEST_WAIT_S = 1.0
_PLACES = "Bell Rook Mill Dale Ford Holm Weir Lynn".split()


def documents(number: int) -> list[dict[str, str]]:
    """Return two short reports that no other number has."""
    place = f"{_PLACES[number % len(_PLACES)]} {number}"
    return [
        {
            "content": f"A flood hit the town of {place} on Monday. {40 + number} houses were damaged."
        },
        {
            "content": f"Heavy rain flooded {place} on Monday. The mayor said {40 + number} houses were hit."
        },
    ]


@dataclass
class Clients:
    """Ask for one brief after another, until told to stop; what was begun is seen through.

    `accepted` has the brief of every key; `refused` what no good client would have expected.
    """

    url: str
    wait_s: float
    accepted: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    again: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _given_up: threading.Event = field(default_factory=threading.Event)

    def ask_one(self, client: httpx.Client, number: int) -> None:
        """Ask for the brief of a number until it is answered."""
        key = f"chaos-{number}"
        while not self._given_up.is_set():
            try:
                answer = client.post(
                    "/v1/briefs",
                    json={"documents": documents(number)},
                    headers={"Idempotency-Key": key},
                )
            except httpx.TransportError:
                self.again += 1
                time.sleep(0.1)
                continue
            if answer.status_code in _ACCEPTED:
                self.accepted[key] = str(answer.json()["id"])
                return
            if answer.status_code not in _AGAIN:
                self.refused.append(f"{key}: {answer.status_code} {answer.text[:300]}")
                return
            self.again += 1
            time.sleep(_wait_s(answer.headers))

    def _go_on(self) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self._stopping.is_set():
                self.ask_one(client, next(self._numbers))
                self._stopping.wait(self.wait_s)

    @contextmanager
    def asking(self, count: int) -> Iterator[None]:
        """Let so many clients ask meanwhile, and see every brief that was asked for through."""
        threads = [threading.Thread(target=self._go_on) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        except BaseException:
            # Nobody is left to answer.
            self._given_up.set()
            raise
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()


def _wait_s(headers: Mapping[str, str]) -> float:
    told = headers.get("retry-after", "")
    return min(float(told) if told.isdigit() else 0.2, _LONGEST_WAIT_S)
