"""How often is asked: one number for each key, and for each share, shared by all processes.

The generic cell rate algorithm (ITU-T I.371): at an even pace each request would be due some time
after the one before it; who is ahead of that by more than a minute waits.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, case, select, update

from service.store.database import Database
from service.store.tables import RateRow, ShareRow
from service.store.tenancy import EVERYONE

_MINUTE_S = 60.0
_SLACK = 0.01


class RateStore:
    """Counts requests: those of keys, and those by shares."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, key_id: str, now: datetime, per_minute: int) -> float:
        """Count one request of a key, or return how many seconds to wait until it may be sent again.

        0.0 is to go ahead. A key that was quiet for a minute may send `per_minute` at once, and then
        one each time that 60 s / `per_minute` have passed; refused requests do not count.
        """
        return await self._take(RateRow, RateRow.key_id == key_id, now, per_minute)

    async def take_by_share(self, digest: str, now: datetime, per_minute: int) -> float:
        """Count one request by a share, or return the seconds to wait, as for a key."""
        return await self._take(ShareRow, ShareRow.digest == digest, now, per_minute)

    async def _take(
        self,
        rows: type[RateRow] | type[ShareRow],
        one: ColumnElement[bool],
        now: datetime,
        per_minute: int,
    ) -> float:
        now_s, pace_s = now.timestamp(), _MINUTE_S / per_minute
        # Sums of paces are not exact, and the last of a minute's requests must not fail for that.
        latest_s = now_s + _MINUTE_S - pace_s * (1 - _SLACK)
        next_s = case((rows.due_s > now_s, rows.due_s), else_=now_s) + pace_s
        # One statement: reading first would let two processes count from the same number.
        counted = (
            update(rows)
            .where(one, rows.due_s <= latest_s)
            .values(due_s=next_s)
            .returning(rows.due_s)
            .execution_options(synchronize_session=False)
        )
        async with self._database.counting() as session:
            if await session.scalar(counted) is not None:
                return 0.0
        async with self._database.reading(EVERYONE) as session:
            due_s = await session.scalar(select(rows.due_s).where(one))
        # A moment at least: 0.0 would say that it was counted.
        return max((due_s or 0.0) - latest_s, pace_s * _SLACK)
