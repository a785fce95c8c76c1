import base64
import hashlib
import hmac
import re
import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from service.webhooks.schedule import DELAYS_S
from service.webhooks.signing import signed_headers

BODY = '{"type":"brief.done","data":{"brief_id":"brf_1","who":"Zoë"}}'.encode()
KEY = bytes(range(24))
GUIDE = Path(__file__).parents[3] / "docs" / "webhooks.md"
PREFIXED = "whsec_" + base64.b64encode(KEY).decode()


def now() -> datetime:
    # The library compares with the clock, and has no other.
    return datetime.now(UTC)


def by_hand(key: bytes, headers: dict[str, str], body: bytes) -> str:
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def test_the_headers_are_the_three_of_the_standard() -> None:
    at = datetime(2026, 11, 21, 12, 0, 0, 999_999, tzinfo=UTC)
    headers = signed_headers("msg_1", at, BODY, PREFIXED)
    assert headers == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1795262400",
        "webhook-signature": by_hand(KEY, headers, BODY),
    }


def test_the_example_of_the_standard_gets_its_signature() -> None:
    # https://github.com/standard-webhooks/standard-webhooks, the vector of its libraries' tests.
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "secret",
    [PREFIXED, PREFIXED.rstrip("="), "whsec_" + "A" * 41 + "g", base64.b64encode(KEY).decode()],
)
def test_the_official_library_accepts_a_signature(secret: str) -> None:
    headers = signed_headers("msg_1", now(), BODY, secret)
    assert Webhook(secret).verify(BODY, headers)["type"] == "brief.done"


@pytest.mark.parametrize("changed", ["body", "id", "timestamp", "secret"])
def test_the_official_library_refuses_what_was_changed(changed: str) -> None:
    headers = signed_headers("msg_1", now(), BODY, PREFIXED)
    body = BODY + b" " if changed == "body" else BODY
    if changed == "id":
        headers["webhook-id"] = "msg_2"
    if changed == "timestamp":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 1)
    other = base64.b64encode(KEY[::-1]).decode()
    with pytest.raises(WebhookVerificationError):
        Webhook(other if changed == "secret" else PREFIXED).verify(body, headers)


def test_a_secret_with_the_prefix_signs_once() -> None:
    assert " " not in signed_headers("msg_1", now(), BODY, PREFIXED)["webhook-signature"]


def test_base64_without_the_prefix_signs_for_both_readings_of_it() -> None:
    secret = base64.b64encode(KEY).decode()
    headers = signed_headers("msg_1", now(), BODY, secret)
    assert headers["webhook-signature"].split(" ") == [
        by_hand(KEY, headers, BODY),
        by_hand(secret.encode(), headers, BODY),
    ]


@pytest.mark.parametrize(
    "secret",
    ["correct horse battery staple", "not-base64!", "abcde", "whsec_not base64", "schön-8"],
)
def test_what_is_not_base64_signs_with_its_bytes_alone(secret: str) -> None:
    headers = signed_headers("msg_1", now(), BODY, secret)
    assert headers["webhook-signature"] == by_hand(secret.encode(), headers, BODY)


@given(
    secret=st.text(st.characters(codec="utf-8"), min_size=8, max_size=80),
    body=st.binary(max_size=200),
)
def test_every_secret_signs_by_one_of_its_readings_at_least(secret: str, body: bytes) -> None:
    headers = signed_headers("msg_1", now(), body, secret)
    signatures = headers["webhook-signature"].split(" ")
    assert 1 <= len(signatures) <= 2
    if not secret.startswith("whsec_"):
        assert by_hand(secret.encode(), headers, body) in signatures


def test_the_receivers_of_the_guide_accept_what_is_sent_and_nothing_else(tmp_path: Path) -> None:
    codes = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    by_library, by_hand_ = (tmp_path / name for name in ("library.py", "hand.py"))
    for path, code in zip((by_library, by_hand_), codes, strict=True):
        path.write_text(code)
    headers = signed_headers("msg_1", now(), BODY, PREFIXED)
    holds = runpy.run_path(str(by_hand_))["holds"]
    assert holds(PREFIXED, headers, BODY)
    assert not holds(PREFIXED, headers, BODY + b" ")
    given = {"secret": PREFIXED, "headers": headers, "body": BODY}
    assert runpy.run_path(str(by_library), given)["message"]["type"] == "brief.done"
    with pytest.raises(WebhookVerificationError):
        runpy.run_path(str(by_library), {**given, "body": BODY + b" "})


def test_the_guide_tells_the_delays_that_are_kept() -> None:
    told = " ".join(GUIDE.read_text("utf-8").split())
    delays = "5 seconds later, then 30 seconds, 2 minutes, 10 minutes, 1 hour, 3 hours, 8 hours and 12 hours"
    assert delays in told
    assert DELAYS_S == (5, 30, 120, 600, 3600, 3 * 3600, 8 * 3600, 12 * 3600)
