"""How often a key asks: one number for each key, shared by all processes.

The generic cell rate algorithm (ITU-T I.371): at an even pace each request would be due some time
after the one before it; who is ahead of that by more than a minute waits.
"""

from datetime import datetime

from sqlalchemy import case, select, update

from service.store.database import Database
from service.store.tables import RateRow
from service.store.tenancy import EVERYONE

_MINUTE_S = 60.0
_SLACK = 0.01


class RateStore:
    """Counts the requests of keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, key_id: str, now: datetime, per_minute: int) -> float:
        """Count one request, or return how many seconds to wait until it may be sent again.

        0.0 is to go ahead. A key that was quiet for a minute may send `per_minute` at once, and then
        one each time that 60 s / `per_minute` have passed; refused requests do not count.
        """
        now_s, pace_s = now.timestamp(), _MINUTE_S / per_minute
        # Sums of paces are not exact, and the last of a minute's requests must not fail for that.
        latest_s = now_s + _MINUTE_S - pace_s * (1 - _SLACK)
        next_s = case((RateRow.due_s > now_s, RateRow.due_s), else_=now_s) + pace_s
        # One statement: reading first would let two processes count from the same number.
        counted = (
            update(RateRow)
            .where(RateRow.key_id == key_id, RateRow.due_s <= latest_s)
            .values(due_s=next_s)
            .returning(RateRow.due_s)
            .execution_options(synchronize_session=False)
        )
        async with self._database.counting() as session:
            if await session.scalar(counted) is not None:
                return 0.0
        async with self._database.reading(EVERYONE) as session:
            due_s = await session.scalar(select(RateRow.due_s).where(RateRow.key_id == key_id))
        # A moment at least: 0.0 would say that it was counted.
        return max((due_s or 0.0) - latest_s, pace_s * _SLACK)
