import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from service.bootstrap.secret import ServerSecret, server_secret
from service.domain.errors import BadSettings
from service.settings import Settings

OLD, NEW = "o" * 32, "n" * 40
ROOT = Path(__file__).parents[3]


def settings(path: Path, **others: object) -> Settings:
    return Settings(secret_file=path, database_url="sqlite:////srv/brief.db", **others)  # type: ignore[arg-type]


def test_the_newest_secret_makes_and_any_of_them_opens() -> None:
    old, both = ServerSecret((OLD,)), ServerSecret((NEW, OLD))
    assert both.unseal(old.seal("whsec_é")) == "whsec_é"
    assert ServerSecret((NEW,)).unseal(both.seal("whsec_é")) == "whsec_é"
    assert both.digests("s") == (ServerSecret((NEW,)).digests("s")[0], old.digests("s")[0])


def test_what_was_sealed_with_another_secret_cannot_be_opened_and_says_which_setting() -> None:
    sealed = ServerSecret((OLD,)).seal("hush")
    for broken in (sealed, "", "é", "A" * 100, sealed[:-2]):
        with pytest.raises(BadSettings) as refused:
            ServerSecret((NEW,)).unseal(broken)
        assert refused.value.problems[0][0] == "secret"
        assert "hush" not in str(refused.value)


def test_sealing_twice_gives_two_texts_and_neither_holds_the_secret() -> None:
    secret = ServerSecret((OLD,))
    sealed = {secret.seal("hush") for _ in range(2)}
    assert len(sealed) == 2
    assert not any("hush" in one for one in sealed)


def test_digests_differ_with_what_is_proven_and_have_the_length_of_their_column() -> None:
    [one], [two] = (ServerSecret((OLD,)).digests(text) for text in ("a", "b"))
    assert one != two
    assert len(one) == 64


def test_without_any_secret_there_is_no_service() -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        ServerSecret(())


def test_the_secrets_of_the_settings_are_taken_and_no_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    given = server_secret(settings(path, secret=SecretStr(f"{NEW} , {OLD}")))
    assert given.digests("s") == ServerSecret((NEW, OLD)).digests("s")
    assert not path.exists()


def test_a_secret_is_made_once_for_its_owner_only_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    first = server_secret(settings(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().strip()) >= 43
    assert server_secret(settings(path)).digests("s") == first.digests("s")
    other = server_secret(settings(tmp_path / "other"))
    assert other.digests("s") != first.digests("s")


def test_processes_that_start_at_once_go_on_with_the_same_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    code = (
        "import sys; from pathlib import Path;"
        "from service.bootstrap.secret import server_secret; from service.settings import Settings;"
        "sys.stdin.readline();"
        "print(server_secret(Settings(secret_file=Path(sys.argv[1]))).digests('s')[0])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    for one in started:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    told = {one.communicate()[0] for one in started}
    assert [one.returncode for one in started] == [0] * 4
    assert told == {server_secret(settings(path)).digests("s")[0] + "\n"}


def test_what_a_killed_process_left_half_made_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    (tmp_path / "secret.new").write_text("half")
    server_secret(settings(path))
    assert len(path.read_text().strip()) >= 43


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40])
def test_a_file_that_holds_no_secret_is_told_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(BadSettings) as refused:
        server_secret(settings(path))
    assert refused.value.problems[0][0] == "secret_file"
    assert path.read_bytes() == content


def test_a_place_where_no_file_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "secret", tmp_path):
        with pytest.raises(BadSettings) as refused:
            server_secret(settings(path))
        assert refused.value.problems[0][0] == "secret_file"


def test_a_secret_that_others_may_read_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    server_secret(settings(path))
    with capture_logs() as logged:
        server_secret(settings(path))
    assert logged == []
    path.chmod(0o644)
    with capture_logs() as logged:
        server_secret(settings(path))
    assert [one["event"] for one in logged] == ["secret_file_open"]
    assert path.read_text().strip() not in str(logged)


def test_a_secret_of_one_machine_is_warned_of_where_the_database_is_shared(tmp_path: Path) -> None:
    shared = Settings(secret_file=tmp_path / "secret", database_url="postgresql://db/briefs")
    with capture_logs() as logged:
        server_secret(shared)
    assert [one["event"] for one in logged] == ["secret_of_one_machine"]
