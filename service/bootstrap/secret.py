"""The secret of the service: what proves API keys and seals the secrets of webhooks."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from filelock import FileLock

from service.domain.errors import BadSettings
from service.settings import LEAST_SECRET, POSTGRESQL, Settings
from service.store.engines import make_private_folder

_KEY_BYTES = 32
# Each use has a key of its own, so that what is known of one tells nothing of the other.
_FOR_KEYS, _FOR_SEALING = b"wellsourced api keys", b"wellsourced sealed secrets"

_log = structlog.stdlib.get_logger(__name__)


class ServerSecret:
    """The secrets of the service, the newest first: the first makes, any of them proves."""

    def __init__(self, secrets_: tuple[str, ...]) -> None:
        """Derive the keys; raises `ValueError` where there is no secret."""
        if not secrets_:
            raise ValueError("the service needs a secret")
        self._proving = tuple(_derived(one, _FOR_KEYS) for one in secrets_)
        self._sealing = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(_derived(one, _FOR_SEALING))) for one in secrets_]
        )

    def digests(self, secret: str) -> tuple[str, ...]:
        """Return the HMAC-SHA256 of an API key's secret under each secret, the newest first."""
        told = secret.encode()
        return tuple(hmac.new(key, told, hashlib.sha256).hexdigest() for key in self._proving)

    def seal(self, secret: str) -> str:
        """Return a secret as it may stand in the database."""
        return self._sealing.encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Return what was sealed; raises `BadSettings` where it was not with a secret known here."""
        try:
            return self._sealing.decrypt(sealed.encode()).decode()
        except InvalidToken as failure:
            reason = "it does not open what is sealed in the database; add the one that was used"
            raise BadSettings([("secret", reason)]) from failure


def server_secret(settings: Settings) -> ServerSecret:
    """Return the secret of the settings, or the one that is made once and kept in its file.

    Raises `BadSettings` for a file that cannot be written or read.
    """
    if settings.secret is not None:
        given = settings.secret.get_secret_value().split(",")
        return ServerSecret(tuple(one.strip() for one in given))
    path = settings.secret_file
    if settings.database_url.startswith(POSTGRESQL):
        _log.warning(
            "secret_of_one_machine", meaning="others of this database need the same BRIEF_SECRET"
        )
    try:
        return ServerSecret((_kept(path),))
    except UnicodeDecodeError as failure:
        raise BadSettings([("secret_file", f"{path}: it is not text")]) from failure
    except OSError as failure:
        raise BadSettings([("secret_file", f"{path}: {failure.strerror or failure}")]) from failure


def _kept(path: Path) -> str:
    if not path.exists():
        make_private_folder(path.parent)
        # Several processes start at once, and all of them must go on with the same secret.
        with FileLock(f"{path}.lock"):
            if not path.exists():
                _write(path, secrets.token_urlsafe(_KEY_BYTES))
    kept = path.read_text("utf-8").strip()
    if len(kept) < LEAST_SECRET:
        reason = f"{path}: a secret needs {LEAST_SECRET} characters or more"
        raise BadSettings([("secret_file", reason)])
    if path.stat().st_mode & 0o077:
        _log.warning("secret_file_open", meaning="others on this machine may read the secret")
    return kept


def _write(path: Path, secret: str) -> None:
    """Put the file there whole or not at all, for its owner only."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    # Made with these permissions: between writing and narrowing them others could read it.
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # A key made with a secret that a power cut takes away could never be proven again.
        os.fsync(folder)
    finally:
        os.close(folder)


def _derived(secret: str, use: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=use)
    return derivation.derive(secret.encode())
