"""What the database itself says of the briefs, seen from outside the service.

A trigger counts how often each brief ended, so that one that ended twice cannot go unseen.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

_SQLITE = """
CREATE TABLE IF NOT EXISTS chaos_ends (brief_id TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS chaos_counts AFTER UPDATE ON briefs
WHEN NEW.finished_at IS NOT NULL
     AND (OLD.finished_at IS NOT NEW.finished_at OR OLD.body IS NOT NEW.body)
BEGIN INSERT INTO chaos_ends VALUES (NEW.id); END;
"""
_POSTGRES = b"""
CREATE TABLE IF NOT EXISTS chaos_ends (brief_id TEXT NOT NULL);
CREATE OR REPLACE FUNCTION chaos_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO chaos_ends VALUES (NEW.id); RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER chaos_counts AFTER UPDATE ON briefs FOR EACH ROW
WHEN (NEW.finished_at IS NOT NULL
      AND (OLD.finished_at IS DISTINCT FROM NEW.finished_at OR OLD.body IS DISTINCT FROM NEW.body))
EXECUTE FUNCTION chaos_count();
"""
_BRIEFS = "SELECT id, status, attempts, error FROM briefs"
_ENDS = "SELECT brief_id FROM chaos_ends"
_RUNNING = "SELECT id FROM briefs WHERE status = 'running'"
_PIDS = "SELECT pid FROM workers"


@dataclass(frozen=True, slots=True)
class Entry:
    """A brief as its row has it."""

    status: str
    attempts: int
    error: str | None


class Ledger(Protocol):
    """A database, asked from outside."""

    def install(self) -> None:
        """Begin to count; the service's tables must be there."""
        ...

    def rows(self, query: str) -> Sequence[tuple[object, ...]]: ...


def briefs(ledger: Ledger) -> dict[str, Entry]:
    return {
        str(id_): Entry(str(status), int(str(attempts)), None if error is None else str(error))
        for id_, status, attempts, error in ledger.rows(_BRIEFS)
    }


def ends(ledger: Ledger) -> Counter[str]:
    """Return how often each brief ended."""
    return Counter(str(id_) for (id_,) in ledger.rows(_ENDS))


def running(ledger: Ledger) -> set[str]:
    return {str(id_) for (id_,) in ledger.rows(_RUNNING)}


def worker_pids(ledger: Ledger) -> set[int]:
    """Return the processes that told of themselves; some may have ended since."""
    return {int(str(pid)) for (pid,) in ledger.rows(_PIDS)}


@dataclass(frozen=True, slots=True)
class SqliteLedger:
    """An SQLite file."""

    path: Path

    def install(self) -> None:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection:
            connection.executescript(_SQLITE)

    def rows(self, query: str) -> Sequence[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path, timeout=30)) as connection:
            return connection.execute(query).fetchall()


@dataclass(frozen=True, slots=True)
class PostgresLedger:
    """A PostgreSQL database."""

    url: str

    def install(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_POSTGRES)

    def rows(self, query: str) -> Sequence[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def cut_connections(self) -> None:
        """End every other connection to the database, as a failing network or server would."""
        self.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
