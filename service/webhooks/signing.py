"""Signatures as Standard Webhooks has them, https://www.standardwebhooks.com, version 1."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

_PREFIX = "whsec_"


def signed_headers(message_id: str, sent_at: datetime, body: bytes, secret: str) -> dict[str, str]:
    """Return the headers that prove a message to whoever has the secret.

    `sent_at` is when this attempt is made, and is told in whole seconds.
    """
    timestamp = str(int(sent_at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(key, content) for key in _keys(secret)),
    }


def _signature(key: bytes, content: bytes) -> str:
    digest = hmac.digest(key, content, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode('ascii')}"


def _keys(secret: str) -> list[bytes]:
    """Return the keys that a receiver may make of the secret.

    The standard's libraries decode what comes after the prefix. Without a prefix they decode the
    whole, while a receiver written by hand takes its bytes: so both sign, which the standard allows.
    """
    decoded = _decoded(secret.removeprefix(_PREFIX))
    if decoded is not None and secret.startswith(_PREFIX):
        return [decoded]
    plain = secret.encode()
    return [plain] if decoded is None else [decoded, plain]


def _decoded(text: str) -> bytes | None:
    """Return what the text says in base64, with or without its padding; None for other text."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True) or None
    except (binascii.Error, ValueError):
        return None
