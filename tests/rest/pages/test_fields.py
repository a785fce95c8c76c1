"""Small forms: what is larger or other than a few fields is refused before it is taken apart."""

import pytest

from tests.rest.services import Client, done

FORM = {"content-type": "application/x-www-form-urlencoded"}
STORY = {"documents": [{"content": "Rain fell on Monday."}]}
MULTIPART = (
    b"--x\r\nContent-Disposition: form-data; name=days\r\n"
    b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 1000 + b"\r\n--x--\r\n"
)


def sent(client: Client, body: bytes, content_type: str) -> int:
    address = done(client, STORY).removeprefix("/v1")
    headers = {"content-type": content_type}
    return client.post(f"{address}/share", content=body, headers=headers).status_code


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"days=30", FORM["content-type"], 200),
        (b"days=0", FORM["content-type"], 422),
        (b"", FORM["content-type"], 422),
        (b"days=30&" + b"a=&" * 10_000, FORM["content-type"], 413),
        (b"days=30&" + b"a=&" * 100, FORM["content-type"], 400),
        (b"days=\xff", FORM["content-type"], 400),
        (MULTIPART, "multipart/form-data; boundary=x", 415),
        (b'{"days": 30}', "application/json", 415),
    ],
)
def test_a_small_form_is_a_few_fields(
    client: Client, body: bytes, content_type: str, status: int
) -> None:
    assert sent(client, body, content_type) == status
