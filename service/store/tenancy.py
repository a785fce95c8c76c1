"""Whose rows a session sees: the one place that keeps the tenants apart.

Every select, update and delete of a session is narrowed to its tenant, and what it adds is stamped
with it. Statements that cannot be narrowed are refused.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    UOWTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql.dml import Insert

from service.domain.errors import OtherTenant
from service.store.tables import TenantScoped


class Everyone(Enum):
    """Workers and operators, who act for all tenants."""

    EVERYONE = "everyone"


EVERYONE: Final = Everyone.EVERYONE
Whose = str | Everyone

# An insert of several rows numbers the names of their values.
_TENANT_VALUE = re.compile(r"tenant(_m\d+)?")


class ScopedSession(Session):
    """A session that acts for one tenant, or for everyone; the listeners below hold it to that."""

    @property
    def whose(self) -> Whose:
        whose = self.info.get("whose")
        if isinstance(whose, Everyone) or (isinstance(whose, str) and whose):
            return whose
        raise OtherTenant("a session belongs to no tenant")


def session_for(whose: Whose, engine: AsyncEngine) -> AsyncSession:
    """Return a session that sees and changes the rows of one tenant only, or everyone's."""
    if not whose:
        raise OtherTenant("a session belongs to no tenant")
    return AsyncSession(
        engine, sync_session_class=ScopedSession, info={"whose": whose}, expire_on_commit=False
    )


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    session = state.session
    whose = session.whose if isinstance(session, ScopedSession) else ""
    if whose is EVERYONE:
        return
    if state.is_insert and isinstance(state.statement, Insert):
        _check_insert(state.statement, state.parameters, str(whose))
    elif not state.is_orm_statement:
        raise OtherTenant("a statement is not one of the mapped rows, and cannot be narrowed")
    else:
        # A load of columns or relations belongs to a row that was found narrowed already.
        state.statement = state.statement.options(
            with_loader_criteria(
                TenantScoped, lambda row: row.tenant == whose, include_aliases=True
            )
        )


def _check_insert(statement: Insert, parameters: object, tenant: str) -> None:
    """Refuse an insert that names another tenant, or none, for a row that belongs to one."""
    if "tenant" not in statement.table.columns:
        return
    if statement.select is not None:
        raise OtherTenant("rows are inserted from a query, which cannot be checked")
    rows = parameters if isinstance(parameters, list | tuple) else [parameters]
    given = [row for row in rows if isinstance(row, Mapping) and row]
    # Named, so that a tenant that is not given comes back as None.
    for row in given or [statement.compile(column_keys=["tenant"]).params]:
        named = [value for name, value in row.items() if _TENANT_VALUE.fullmatch(name)]
        if not named or any(value != tenant for value in named):
            raise OtherTenant("a row is inserted for another tenant")


@event.listens_for(ScopedSession, "before_flush")
def _stamp(session: Session, _: UOWTransaction, __: object) -> None:
    whose = session.whose if isinstance(session, ScopedSession) else ""
    for row in session.new:
        if isinstance(row, TenantScoped) and row.tenant is None and whose is not EVERYONE:
            row.tenant = str(whose)
    if whose is EVERYONE:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantScoped) and row.tenant != whose:
            raise OtherTenant("a row of another tenant would be written")
