"""The session of who signed in: the key, sealed, in a cookie that ends."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from litestar.datastructures import Cookie, Headers
from litestar.types import HTTPScope

from service.domain.errors import BadSettings
from service.jobs.parts import Vault

LASTING = timedelta(hours=12)
_NAME = "brief_session"
# A browser takes no cookie of this name from a page of another host or from one without TLS.
_SECURE_NAME = f"__Host-{_NAME}"
# What else the vault seals is no session.
_TOLD = re.compile(r"session ([0-9]{1,12}) (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Makes and reads the cookie of a session. The key in it is kept nowhere else."""

    vault: Vault
    now: Callable[[], datetime]

    def begun(self, scope: HTTPScope, token: str) -> Cookie:
        """Return the cookie of a session with a key."""
        ends_s = int((self.now() + LASTING).timestamp())
        sealed = self.vault.seal(f"session {ends_s} {token}")
        return _cookie(scope, sealed, int(LASTING.total_seconds()))

    def ended(self, scope: HTTPScope) -> Cookie:
        """Return the cookie that takes a session's place, and ends with that."""
        return _cookie(scope, "", 0)

    def token(self, scope: HTTPScope) -> str | None:
        """Return the key of a request's session, None where it has none that still lasts."""
        sealed = _sent(scope)
        if not sealed:
            return None
        try:
            told = _TOLD.fullmatch(self.vault.unseal(sealed))
        except BadSettings:
            # Sealed by another secret, or by nobody.
            return None
        if told is None or self.now().timestamp() >= int(told[1]):
            return None
        return told[2]


def _name(scope: HTTPScope) -> str:
    return _SECURE_NAME if scope["scheme"] == "https" else _NAME


def _cookie(scope: HTTPScope, value: str, max_age_s: int) -> Cookie:
    return Cookie(
        key=_name(scope),
        value=value,
        max_age=max_age_s,
        path="/",
        secure=scope["scheme"] == "https",
        httponly=True,
        samesite="lax",
    )


def _sent(scope: HTTPScope) -> str | None:
    """Return the cookie that was sent, None where there is none, or more than one of the name.

    Of two, one was planted: by a page of another port or a neighbouring host, for example.
    """
    pairs = ";".join(Headers.from_scope(scope).getall("cookie", [])).split(";")
    # Of spaces that only Unicode knows a name may begin with one, and is another name.
    named = [pair.strip(" \t").partition("=") for pair in pairs]
    values = [value for name, _, value in named if name == _name(scope)]
    return values[0].strip('"') if len(values) == 1 else None
