"""Which processes make briefs, as they tell of themselves."""

from datetime import datetime

from sqlalchemy import delete, select

from service.store.database import Database
from service.store.records import Presence, WorkerRecord
from service.store.tables import WorkerRow
from service.store.tenancy import EVERYONE


class WorkerStore:
    """Keeps what each worker last told of itself; one that tells nothing any more is gone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, worker: WorkerRecord) -> None:
        """Store what a worker says of itself, in place of what it said before."""
        async with self._database.counting() as session:
            await session.merge(_row(worker))

    async def leave(self, worker_id: str) -> None:
        """Forget a worker that stops."""
        async with self._database.writing(EVERYONE) as session:
            await session.execute(delete(WorkerRow).where(WorkerRow.id == worker_id))

    async def seen_since(self, moment: datetime) -> Presence:
        """Return the workers that told something at the moment or later, in order of their ids."""
        query = select(WorkerRow).where(WorkerRow.seen_at >= moment).order_by(WorkerRow.id)
        async with self._database.reading(EVERYONE) as session:
            return Presence(workers=tuple(_record(row) for row in await session.scalars(query)))

    async def forget(self, before: datetime) -> None:
        """Forget the workers that last told something before the moment."""
        async with self._database.writing(EVERYONE) as session:
            await session.execute(delete(WorkerRow).where(WorkerRow.seen_at < before))


def _row(worker: WorkerRecord) -> WorkerRow:
    return WorkerRow(
        id=worker.id,
        host=worker.host,
        pid=worker.pid,
        version=worker.version,
        model=worker.model,
        ready=worker.ready,
        reason=worker.reason,
        started_at=worker.started_at,
        seen_at=worker.seen_at,
    )


def _record(row: WorkerRow) -> WorkerRecord:
    return WorkerRecord(
        id=row.id,
        host=row.host,
        pid=row.pid,
        version=row.version,
        model=row.model,
        ready=row.ready,
        reason=row.reason,
        started_at=row.started_at,
        seen_at=row.seen_at,
    )
