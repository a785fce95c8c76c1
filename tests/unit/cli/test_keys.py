import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from service.bootstrap.keys import KeyDesk
from service.bootstrap.secret import server_secret
from service.cli import main
from service.cli.keys import draw
from service.jobs.keys import parse_token
from service.settings import Settings
from service.store import Store
from service.store.records import LOCAL
from tests.conftest import NOON
from tests.contract.stores import brief, filed
from tests.unit.cli.conftest import WIRING

Keys = Callable[..., Result]


@pytest.fixture
def desk(tmp_path: Path) -> KeyDesk:
    return KeyDesk(
        settings=Settings(
            database_url=f"sqlite:///{tmp_path / 'brief.db'}", secret_file=tmp_path / "secret"
        )
    )


@pytest.fixture
def keys(desk: KeyDesk) -> Keys:
    """Run `brief keys` over a database of its own."""

    def run(*arguments: str) -> Result:
        wiring = replace(WIRING, load_keys=lambda: desk)
        return CliRunner().invoke(main, ["keys", *arguments], obj=wiring, catch_exceptions=False)

    return run


def listed(keys: Keys) -> list[dict[str, object]]:
    told: list[dict[str, object]] = json.loads(keys("list", "--json").stdout)
    return told


def store_without_keys(desk: KeyDesk, *, cited_and_deleted: bool = False) -> None:
    """Store a document as a service without keys does; where it is deleted, a brief of it stays."""

    async def storing() -> None:
        store = Store.at(desk.settings.database_url)
        await store.database.open()
        one = filed("one")
        await store.documents.add(LOCAL, one, NOON)
        if cited_and_deleted:
            await store.briefs.accept(LOCAL, brief("brf_1", one), 9)
            await store.documents.delete(LOCAL, "one", NOON, force=True)
        await store.database.close()

    asyncio.run(storing())


def test_a_new_key_is_all_that_is_printed_and_opens(keys: Keys, desk: KeyDesk) -> None:
    done = keys("create", "The News Room")
    assert done.exit_code == 0
    [token] = done.stdout.splitlines()
    parsed = parse_token(token)
    assert parsed is not None
    key_id, secret = parsed
    [key] = desk.listed()
    assert (key.id, key.name, key.tenant) == (key_id, "The News Room", "the-news-room")
    assert key.scopes == {"read", "write"}
    assert key.digest == server_secret(desk.settings).digests(secret)[0]
    assert key_id in done.stderr
    assert "'the-news-room'" in done.stderr
    assert secret not in done.stderr


def test_the_first_key_is_told_to_lock_the_service(keys: Keys) -> None:
    assert "only who sends a key" in keys("create", "one").stderr
    assert "only who sends a key" not in keys("create", "two").stderr


def test_a_tenant_that_is_new_is_told_to_be(keys: Keys) -> None:
    told = keys("create", "x y/z").stderr
    assert "'x-y-z'" in told
    assert "tenant is new" in told
    assert "exists already" not in told


def test_a_tenant_that_exists_is_told_with_the_number_of_its_keys(keys: Keys) -> None:
    first = keys("create", "newsroom").stdout.split("_")[1]
    keys("create", "another")
    assert (
        "exists already, with 1 key:" in keys("create", "News Room", "--tenant", "newsroom").stderr
    )
    keys("revoke", first)
    done = keys("create", "newsroom")
    assert "exists already, with 2 keys, 1 of them revoked:" in done.stderr
    assert "tenant is new" not in done.stderr
    assert done.exit_code == 0


def test_a_tenant_whose_only_key_is_revoked_exists_still(keys: Keys) -> None:
    keys("revoke", keys("create", "newsroom").stdout.split("_")[1])
    assert "exists already, with 1 key, a revoked one:" in keys("create", "newsroom").stderr


def test_a_tenant_of_which_only_documents_are_there_exists(keys: Keys, desk: KeyDesk) -> None:
    store_without_keys(desk)
    done = keys("create", "one", "--tenant", "local")
    assert "exists already, with no key:" in done.stderr
    assert "--tenant local" not in done.stderr


def test_a_tenant_whose_documents_are_deleted_exists_by_its_briefs(
    keys: Keys, desk: KeyDesk
) -> None:
    store_without_keys(desk, cited_and_deleted=True)
    assert "exists already" in keys("create", "one", "--tenant", "local").stderr


def test_the_first_key_is_told_what_reaches_the_documents_stored_without_one(keys: Keys) -> None:
    assert "--tenant local" in keys("create", "one").stderr
    assert "--tenant local" not in keys("create", "two").stderr


def test_as_long_as_there_are_documents_stored_without_keys_every_key_is_told(
    keys: Keys, desk: KeyDesk
) -> None:
    store_without_keys(desk)
    for name in ("one", "two"):
        assert "--tenant local" in keys("create", name).stderr


def test_a_key_has_the_tenant_and_the_scopes_it_is_given(keys: Keys) -> None:
    keys("create", "one", "--tenant", "local", "--scope", "read")
    keys("create", "two", "--scope", "admin", "--scope", "write")
    assert [(one["tenant"], one["scopes"]) for one in listed(keys)] == [
        ("local", ["read"]),
        ("two", ["write", "admin"]),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("create",),
        ("create", " "),
        ("create", "!!!"),
        ("create", "x" * 129),
        ("create", "one", "--tenant", ""),
        ("create", "one", "--tenant", "Upper"),
        ("create", "one", "--tenant", "a/b"),
        ("create", "one", "--tenant", "a\n"),
        ("create", "one", "--scope", "all"),
    ],
)
def test_what_cannot_be_a_key_is_wrong_usage_and_makes_none(
    keys: Keys, arguments: tuple[str, ...]
) -> None:
    assert keys(*arguments).exit_code == 2
    assert listed(keys) == []


def test_keys_are_listed_in_columns_without_what_proves_them(keys: Keys) -> None:
    token = keys("create", "one\x1b[31m").stdout.strip()
    done = keys("list")
    head, row = done.stdout.splitlines()
    assert head.split("\t") == ["id", "name", "tenant", "scopes", "created", "revoked"]
    cells = row.split("\t")
    assert (cells[0], cells[2], cells[3], cells[5]) == (
        token.split("_")[1], "one-31m", "read, write", "",
    )  # fmt: skip
    assert "\x1b" not in done.stdout
    assert token.split("_")[2] not in done.stdout + keys("list", "--json").stdout


def test_a_list_for_programs_has_every_field_and_no_digest(keys: Keys) -> None:
    keys("create", "one")
    [one] = listed(keys)
    assert list(one) == ["id", "name", "tenant", "scopes", "created_at", "revoked_at"]
    assert str(one["created_at"]).endswith("Z")
    assert one["revoked_at"] is None


def test_a_table_for_people_shows_names_as_they_are(
    keys: Keys, desk: KeyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys("create", "[red]one[/red]", "--tenant", "one")
    shown = StringIO()
    monkeypatch.setattr("rich.console.Console", lambda: Console(file=shown, width=120))
    draw(desk.listed())
    assert "[red]one[/red]" in shown.getvalue()


def test_a_revoked_key_stays_in_the_list(keys: Keys) -> None:
    key_id = keys("create", "one").stdout.split("_")[1]
    done = keys("revoke", key_id)
    assert (done.exit_code, done.stdout) == (0, "")
    assert listed(keys)[0]["revoked_at"] is not None
    assert keys("revoke", key_id).exit_code == 0


def test_revoking_what_is_not_there_is_wrong_usage(keys: Keys) -> None:
    done = keys("revoke", "none")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "there is no key 'none'" in done.stderr


def test_a_database_that_cannot_be_opened_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'file' / 'brief.db'}", secret_file=tmp_path / "secret"
    )
    wiring = replace(WIRING, load_keys=lambda: KeyDesk(settings=settings))
    done = CliRunner().invoke(main, ["keys", "list"], obj=wiring)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("brief: ")


@pytest.mark.parametrize("command", [[], ["create"], ["list"], ["revoke"]])
def test_every_command_has_help_with_an_example(keys: Keys, command: list[str]) -> None:
    done = keys(*command, "--help")
    assert done.exit_code == 0
    assert "Example:\n    brief keys" in done.stdout
