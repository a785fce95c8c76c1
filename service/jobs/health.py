"""Whether the service can do what it is there for, and if not, what is in the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from service.domain.errors import (
    BriefError,
    NewerTables,
    NotReady,
    QueueUnavailable,
    StoreUnavailable,
)
from service.jobs.parts import Shop
from service.jobs.work.presence import readiness

ANSWER_S = 2.0

State = Literal["ok", "degraded", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing the service needs. `degraded`: briefs are taken and kept, but may be made later."""

    name: str
    status: State = "ok"
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The checks, in a fixed order."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> State:
        """Return the worst of the checks."""
        found = {check.status for check in self.checks}
        if "unavailable" in found:
            return "unavailable"
        return "degraded" if "degraded" in found else "ok"


async def examine(shop: Shop) -> Health:
    """Ask everything at the same time; what does not answer within `ANSWER_S` seconds is not there."""
    checks = await asyncio.gather(
        _asked("database", shop.store.database.ping),
        _asked("schema", shop.store.database.check_schema),
        _asked("workers", lambda: _workers(shop)),
        _asked("readers", lambda: _readers(shop)),
        _asked("queue", shop.dispatch.check),
    )
    return Health(checks=tuple(checks))


async def _asked(name: str, ask: Callable[[], Awaitable[None]]) -> Check:
    try:
        async with asyncio.timeout(ANSWER_S):
            await ask()
    except (QueueUnavailable, NewerTables) as failure:
        # What is accepted stands in the database, where the workers find it all the same; and what
        # runs when its successor changes the tables goes on until it is replaced.
        return Check(name=name, status="degraded", reason=str(failure))
    except (NotReady, StoreUnavailable) as failure:
        return Check(name=name, status="unavailable", reason=failure.reason)
    except BriefError as failure:
        return Check(name=name, status="unavailable", reason=str(failure))
    except TimeoutError:
        reason = f"no answer within {ANSWER_S:g} seconds"
        degraded = name == "queue"
        return Check(name=name, status="degraded" if degraded else "unavailable", reason=reason)
    return Check(name=name)


async def _workers(shop: Shop) -> None:
    presence = await readiness(shop)
    if presence.ready:
        return
    reasons = sorted({worker.reason for worker in presence.workers if worker.reason})
    raise NotReady("; ".join(reasons) or "no worker was seen of late")


async def _readers(shop: Shop) -> None:
    shop.readers.model_names()
