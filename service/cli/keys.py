"""`brief keys`: who may ask the service, and with what."""

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

import click

from service.cli.exits import Exit, tell
from service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from service.store.records import Key, Scope

_COLUMNS = ("id", "name", "tenant", "scopes", "created", "revoked")
_SCOPES = ("read", "write", "admin")
_TENANT = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_LONGEST_NAME = 128
_EPILOG = """\b
Example:
  brief keys create newsroom > newsroom.key
  brief keys list
  brief keys revoke 3kTz81mQxWb0
"""


def _named(ctx: click.Context, param: click.Parameter, name: str) -> str:
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise click.BadParameter(f"it needs 1 to {_LONGEST_NAME} characters", ctx=ctx, param=param)
    return name.strip()


def _tenant(ctx: click.Context, param: click.Parameter, tenant: str | None) -> str | None:
    if tenant is not None and not _TENANT.fullmatch(tenant):
        reason = "it is 1 to 128 of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit"
        raise click.BadParameter(reason, ctx=ctx, param=param)
    return tenant


@click.group(epilog=_EPILOG)
def keys() -> None:
    """Make, list and revoke API keys.

    As long as there never was a key, the service needs none, and listens on this machine only.
    """


@keys.command(
    epilog="""\b
Example:
  brief keys create newsroom > newsroom.key
  brief keys create newsroom-2 --tenant newsroom
  brief keys create monitoring --scope admin
  brief keys create desk --tenant local
"""
)
@click.argument("name", callback=_named)
@click.option(
    "--tenant",
    metavar="TENANT",
    callback=_tenant,
    help="Whose documents and briefs it reaches; what was stored without keys is of 'local'."
    "  [default: from NAME]",
)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(_SCOPES),
    multiple=True,
    default=("read", "write"),
    show_default="read and write",
    help="What it allows; admin includes write, and write includes read.",
)
@pass_wiring
def create(wiring: Wiring, name: str, tenant: str | None, scopes: tuple[str, ...]) -> None:
    """Make a key and print it, once: only a digest of it is kept.

    It is all that is printed on stdout. To replace a key, make another one for the same tenant and
    revoke the first when nobody uses it any more.
    """
    from service.store.records import LOCAL

    reached = tenant or _slug(name)
    desk = wiring.load_keys()
    others, holding = desk.listed(), desk.holding(reached, LOCAL)
    made = desk.create(name, reached, frozenset(cast("tuple[Scope, ...]", scopes)))
    tell(f"Key {made.key.id} for tenant {reached!r}: {_told_scopes(made.key)}.")
    tell(_standing([one for one in others if one.tenant == reached], reached in holding))
    if not others:
        tell("It is the first: from now on the service answers only who sends a key.")
    if reached != LOCAL and (LOCAL in holding or not others):
        tell(
            "It does not reach what was stored while no key was needed;"
            " one made with `--tenant local` does."
        )
    click.echo(made.token)


@keys.command(name="list", epilog="\b\nExample:\n  brief keys list --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@pass_wiring
def list_keys(wiring: Wiring, as_json: bool) -> None:
    """List all keys, the revoked ones too; what proves them is not kept."""
    listed = wiring.load_keys().listed()
    if as_json:
        click.echo(json.dumps([_described(key) for key in listed], ensure_ascii=True, indent=2))
    elif sys.stdout.isatty():
        draw(listed)
    else:
        for row in (_COLUMNS, *map(_cells, listed)):
            click.echo("\t".join(row).encode("utf-8", "replace"))


@keys.command(epilog="\b\nExample:\n  brief keys revoke 3kTz81mQxWb0")
@click.argument("key_id", metavar="ID")
@pass_wiring
@click.pass_context
def revoke(ctx: click.Context, wiring: Wiring, key_id: str) -> None:
    """Revoke a key: the service refuses it from the next request on, for good.

    Exits 2 where there is no such key.
    """
    if not wiring.load_keys().revoke(key_id):
        tell(f"brief: there is no key {key_id!r}")
        ctx.exit(Exit.WRONG_USAGE)
    tell(f"Key {key_id} is revoked.")


def draw(listed: "Sequence[Key]") -> None:
    """Print a table for a person at a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*_COLUMNS, box=None, pad_edge=False, header_style="bold")
    for key in listed:
        # As text: a name must not be read as markup.
        table.add_row(*(Text(cell) for cell in _cells(key)))
    Console().print(table)


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug:
        raise click.UsageError(f"no tenant can be called after {name!r}; name one with --tenant")
    return slug


def _standing(of_tenant: "Sequence[Key]", holds: bool) -> str:
    """Say whether a tenant was there before a key was made for it, with which others."""
    if not (of_tenant or holds):
        return "The tenant is new: nothing is stored for it."
    told = {0: "no key", 1: "1 key"}.get(len(of_tenant), f"{len(of_tenant)} keys")
    if revoked := sum(one.revoked_at is not None for one in of_tenant):
        told += f", {revoked} of them revoked" if len(of_tenant) > 1 else ", a revoked one"
    return f"The tenant exists already, with {told}: this key reaches what is stored for it."


def _cells(key: "Key") -> list[str]:
    """Return a key's cells in order of the columns."""
    from service.render import shown

    revoked = "" if key.revoked_at is None else _day(key.revoked_at)
    told = (key.id, key.name, key.tenant, _told_scopes(key), _day(key.created_at), revoked)
    return [shown(cell) for cell in told]


def _described(key: "Key") -> dict[str, object]:
    """Return a key's fields, for programs."""
    return {
        "id": key.id,
        "name": key.name,
        "tenant": key.tenant,
        "scopes": [one for one in _SCOPES if one in key.scopes],
        "created_at": _moment(key.created_at),
        "revoked_at": None if key.revoked_at is None else _moment(key.revoked_at),
    }


def _told_scopes(key: "Key") -> str:
    return ", ".join(one for one in _SCOPES if one in key.scopes)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
