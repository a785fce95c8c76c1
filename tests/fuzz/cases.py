"""The cases: what of the interface they go for, and what is wrong with them."""

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.fuzz import bodies
from tests.fuzz.wire import Case, request

JSON_TYPE = ("Content-Type", "application/json")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW")
_KEPT = 200


@dataclass(slots=True)
class Known:
    """Ids that the service gave out, so that some requests meet what is there."""

    briefs: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)

    def learn(self, briefs: list[str], documents: list[str], cursors: list[str]) -> None:
        for kept, new in (
            (self.briefs, briefs),
            (self.documents, documents),
            (self.cursors, cursors),
        ):
            kept.extend(new)
            del kept[:-_KEPT]


Make = Callable[[random.Random, Known], Case]

_ODD_IDS = (
    "..",
    "%2e%2e%2fetc%2fpasswd",
    "%00",
    "%0d%0aSet-Cookie:%20a=b",
    "a" * 5_000,
    "%ff%fe",
    "%F0%9F%98%80",
    "constructor",
    "__proto__",
    "null",
    "-1",
    "a%20b",
    "a;b=c",
    "*",
    "%25%25",
    "brf_" + "A" * 22,
    "doc_" + "0" * 20,
)
_ODD_QUERY_VALUES = (
    "",
    "-1",
    "0",
    "1",
    "999999999999999999999",
    "1e9",
    "abc",
    "%00",
    "%ff",
    "eyJ9",
    "e30=",
    "W10",
    "bnVsbA",
    "2026-01-01T00:00:00Z",
    "2026-13-45",
    "0001-01-01T00:00:00%2B23:59",
    "9999-12-31T23:59:59-23:59",
    "done",
    "queued,running",
    "true",
    "maybe",
    "a" * 3_000,
)
_ODD_HEADERS: tuple[tuple[str, str | bytes], ...] = (
    ("Accept", "text/html;q=9,*/*;q=-1,;;;,"),
    ("Accept", "application/xml"),
    ("Accept", b"\xff\xfe/\x80"),
    ("Accept", "text/markdown," * 500),
    ("Prefer", "wait=999999999999999999999"),
    ("Prefer", "wait=-1, wait=x; a=b"),
    ("Prefer", "wait=0"),
    ("Idempotency-Key", ""),
    ("Idempotency-Key", "k" * 5_000),
    ("Idempotency-Key", b"\xff\xfe"),
    ("Idempotency-Key", "one-and-the-same"),
    ("If-None-Match", '*, W/"x", "'),
    ("Last-Event-ID", "99999999999999999999-7"),
    ("Last-Event-ID", "x"),
    ("Authorization", "Bearer "),
    ("Authorization", b"Bearer brief_\xff_\x00"),
    ("Authorization", "Basic AAAA"),
    ("Cookie", "a=b;" * 1_000),
    ("X-Request-Id", "x" * 3_000),
    ("X-Forwarded-For", "127.0.0.1, evil"),
    ("traceparent", "00-zz-zz-zz"),
    ("Host", "evil.example"),
    ("Host", ""),
    ("Content-Type", "application/json; charset=utf-7"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Content-Type", "text/plain"),
    ("Content-Encoding", "gzip"),
    ("Content-Encoding", "br, gzip"),
    ("Content-Length", "-5"),
    ("Content-Length", "99999999999999999999"),
    ("Content-Length", "5, 6"),
    ("Transfer-Encoding", "chunked"),
    ("Transfer-Encoding", "gzip, chunked"),
    ("Expect", "100-continue"),
    ("Upgrade", "websocket"),
    ("Range", "bytes=0-1,5-"),
    ("X" * 300, "y"),
)


def mutated_brief(chance: random.Random, known: Known) -> Case:
    value = bodies.brief(chance, known.documents)
    for _ in range(chance.randint(1, 3)):
        value = bodies.mutated(chance, value)
    return _post("mutated brief", "/v1/briefs", bodies.encoded(value, chance))


def mutated_document(chance: random.Random, known: Known) -> Case:
    value = bodies.mutated(chance, bodies.document(chance))
    sent = value if chance.random() < 0.5 else {"documents": [bodies.document(chance), value]}
    return _post("mutated document", "/v1/documents", bodies.encoded(sent, chance))


def broken_json(chance: random.Random, known: Known) -> Case:
    sound = bodies.encoded(bodies.brief(chance, known.documents), chance)
    target = chance.choice(("/v1/briefs", "/v1/documents"))
    return _post("broken JSON", target, bodies.broken(chance, sound))


def sound_brief(chance: random.Random, known: Known) -> Case:
    return _post("sound brief", "/v1/briefs", bodies.encoded(bodies.brief(chance, []), chance))


def sound_document(chance: random.Random, known: Known) -> Case:
    return _post("sound document", "/v1/documents", bodies.encoded(bodies.document(chance), chance))


def bomb(chance: random.Random, known: Known) -> Case:
    made = bodies.bomb(chance)
    if chance.random() < 0.5:
        return _post("bomb", "/v1/documents", bodies.encoded(made, chance))
    sent = {"documents": [made, bodies.document(chance)]}
    return _post("bomb in a brief", "/v1/briefs", bodies.encoded(sent, chance))


def odd_headers(chance: random.Random, known: Known) -> Case:
    headers = chance.sample(_ODD_HEADERS, chance.randint(1, 4))
    if chance.random() < 0.5:
        body = bodies.encoded(bodies.brief(chance, []), chance)
        given = {name for name, _ in headers}
        headers += [JSON_TYPE] if "Content-Type" not in given else []
        sent = request(
            "POST", chance.choice(("/v1/briefs", "/v1/documents")), headers=headers, body=body
        )
    else:
        sent = request("GET", _path(chance, known), headers=headers)
    return Case(name="odd headers", pieces=(sent,))


def conflicting_lengths(chance: random.Random, known: Known) -> Case:
    body = bodies.encoded(bodies.brief(chance, []), chance)
    pairs = chance.choice(
        (
            [("Content-Length", str(len(body))), ("Content-Length", str(len(body) + 5))],
            [("Content-Length", str(len(body))), ("Transfer-Encoding", "chunked")],
            [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")],
            [("Content-Length", str(max(0, len(body) - 7)))],
        )
    )
    sent = request("POST", "/v1/briefs", headers=[JSON_TYPE, *pairs], body=body)
    return Case(name="conflicting lengths", pieces=(sent,))


def odd_chunks(chance: random.Random, known: Known) -> Case:
    body = bodies.encoded(bodies.brief(chance, []), chance)
    head = request(
        "POST", "/v1/briefs", headers=[JSON_TYPE, ("Transfer-Encoding", "chunked")], body=b""
    )
    size = f"{len(body):x}".encode()
    framed = chance.choice(
        (
            size + b"\r\n" + body + b"\r\n0\r\n\r\n",
            size + b"\r\n" + body + b"\r\n",
            b"zz\r\n" + body,
            b"ffffffffffffffff\r\n" + body,
            size + b";ext=" + b"x" * 5_000 + b"\r\n" + body + b"\r\n0\r\n\r\n",
            b"".join(b"1\r\n" + bytes([one]) + b"\r\n" for one in body[:3_000]) + b"0\r\n\r\n",
        )
    )
    return Case(
        name="odd chunks", pieces=(head, framed), hangs_up=not framed.endswith(b"0\r\n\r\n")
    )


def cut_off(chance: random.Random, known: Known) -> Case:
    body = bodies.encoded(bodies.brief(chance, []), chance)
    sent = request("POST", "/v1/briefs", headers=[JSON_TYPE], body=body)
    return Case(name="cut off", pieces=(sent[: chance.randrange(len(sent))],), hangs_up=True)


def slow(chance: random.Random, known: Known) -> Case:
    body = bodies.encoded(bodies.document(chance), chance)
    sent = request("POST", "/v1/documents", headers=[JSON_TYPE], body=body)
    size = max(1, len(sent) // chance.randint(3, 12))
    pieces = tuple(sent[at : at + size] for at in range(0, len(sent), size))
    leaves = chance.random() < 0.3
    kept = pieces[: chance.randrange(len(pieces))] if leaves else pieces
    return Case(name="slow", pieces=kept, pause_s=chance.uniform(0.02, 0.3), hangs_up=leaves)


def any_path(chance: random.Random, known: Known) -> Case:
    sent = request(chance.choice(METHODS), _path(chance, known), headers=[JSON_TYPE], body=b"")
    return Case(name="any path", pieces=(sent,))


def any_query(chance: random.Random, known: Known) -> Case:
    names = ("limit", "cursor", "status", "since", "force", "x", "limit")
    values = (*_ODD_QUERY_VALUES, *known.cursors[-5:])
    chosen = chance.choices(names, k=chance.randint(1, 4))
    query = "&".join(f"{name}={chance.choice(values)}" for name in chosen)
    path = chance.choice(("/v1/briefs", "/v1/documents", "/v1/webhooks/deliveries"))
    return Case(name="any query", pieces=(request("GET", f"{path}?{query}"),))


def life_of_a_brief(chance: random.Random, known: Known) -> Case:
    brief_id = chance.choice(known.briefs) if known.briefs else "brf_none"
    method, what = chance.choice(
        (
            ("GET", ""),
            ("HEAD", ""),
            ("GET", "/events"),
            ("GET", "/verification"),
            ("POST", "/cancel"),
            ("POST", "/rebuild"),
            ("DELETE", ""),
        )
    )
    accept = chance.choice(("*/*", "text/html", "text/markdown", "text/plain", "application/json"))
    sent = request(method, f"/v1/briefs/{brief_id}{what}", headers=[("Accept", accept)])
    return Case(name="life of a brief", pieces=(sent,), hangs_up=chance.random() < 0.1)


def life_of_a_document(chance: random.Random, known: Known) -> Case:
    document_id = quote(chance.choice(known.documents) if known.documents else "none")
    method = chance.choice(("GET", "HEAD", "DELETE"))
    force = chance.choice(("", "?force=true", "?force=1", "?force=x"))
    sent = request(method, f"/v1/documents/{document_id}{force}")
    return Case(name="life of a document", pieces=(sent,))


def with_a_webhook(chance: random.Random, known: Known) -> Case:
    url = chance.choice(
        (
            "http://127.0.0.1:9/",
            "http://169.254.169.254/latest/meta-data",
            "http://2130706433/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost./x",
            "file:///etc/passwd",
            "gopher://example.com",
            "https://user:pass@example.com/",
            "https://example.com:99999/",
            "https://\u4f8b\u3048.\u30c6\u30b9\u30c8/",
            "http://",
            "",
            7,
        )
    )
    value = bodies.brief(chance, []) | {"webhook": {"url": url, "secret": "whsec_" + "A" * 32}}
    if chance.random() < 0.3:
        value = bodies.mutated(chance, value)
    return _post("with a webhook", "/v1/briefs", bodies.encoded(value, chance))


def packed(chance: random.Random, known: Known) -> Case:
    body = gzip.compress(b'{"documents":[{"content":"' + b"a" * 20_000_000 + b'"}]}')
    headers = [JSON_TYPE, ("Content-Encoding", chance.choice(("gzip", "deflate", "br")))]
    return Case(name="packed", pieces=(request("POST", "/v1/briefs", headers=headers, body=body),))


def not_http(chance: random.Random, known: Known) -> Case:
    sent = chance.choice(
        (
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET /\x00\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /v1/briefs HTTP/1.1\r\n\r\n",
            b"GET /healthz HTTP/1.0\r\n\r\n",
            b"\r\n" * 500,
            b"A" * 100_000,
            b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
            chance.randbytes(300),
        )
    )
    return Case(name="not HTTP", pieces=(sent,), hangs_up=True)


# Bombs are few: each holds a reader of two for seconds.
_MAKERS: tuple[tuple[float, Make], ...] = (
    (14, mutated_brief),
    (14, mutated_document),
    (14, broken_json),
    (3, sound_brief),
    (4, sound_document),
    (0.2, bomb),
    (12, odd_headers),
    (4, conflicting_lengths),
    (4, odd_chunks),
    (4, cut_off),
    (2, slow),
    (12, any_path),
    (10, any_query),
    (10, life_of_a_brief),
    (6, life_of_a_document),
    (5, with_a_webhook),
    (0.5, packed),
    (4, not_http),
)


def any_case(chance: random.Random, known: Known) -> Case:
    """Return the next case; the same chance and the same answers give the same."""
    weights = [weight for weight, _ in _MAKERS]
    [(_, make)] = chance.choices(_MAKERS, weights)
    return make(chance, known)


def _post(name: str, target: str, body: bytes) -> Case:
    return Case(name=name, pieces=(request("POST", target, headers=[JSON_TYPE], body=body),))


def _path(chance: random.Random, known: Known) -> str:
    id_ = chance.choice((*_ODD_IDS, *known.briefs[-3:], *known.documents[-3:]))
    return chance.choice(
        (
            f"/v1/briefs/{id_}",
            f"/v1/briefs/{id_}/verification",
            f"/v1/briefs/{id_}/events",
            f"/v1/briefs/{id_}/cancel",
            f"/v1/briefs/{id_}/rebuild",
            f"/v1/documents/{id_}",
            f"/v1/webhooks/deliveries/{id_}",
            f"/v1/webhooks/deliveries/{id_}/redeliver",
            f"/v1/{id_}",
            f"/errors/{id_}",
            f"/schema/{id_}",
            f"/schema/assets/{id_}",
            f"/{id_}",
            "/",
            "//v1//briefs",
            "/v1/briefs/",
            "/v1/documents",
            "/healthz",
            "/readyz",
            "/metrics",
            "/schema",
            "/schema/ui",
            "/errors",
        )
    )
