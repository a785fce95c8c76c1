"""Every kind of problem that a client can be told of, and what each means."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of problem. `slug` ends its type and never changes; `meaning` is its page."""

    slug: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        return f"/errors/{self.slug}"


_KINDS = (
    Kind("bad-request", 400, "The request is malformed", "It breaks a rule of HTTP."),
    Kind("malformed-json", 400, "The body is not JSON", "It must be one JSON value in UTF-8."),
    Kind(
        "bad-cursor",
        400,
        "No such page",
        "The query parameter `cursor` takes what a page gave as `next_cursor`, unchanged.",
    ),
    Kind(
        "unauthorized",
        401,
        "A valid key is needed",
        "Send Authorization: Bearer KEY. Whether a key is unknown, revoked or wrong is not told.",
    ),
    Kind(
        "forbidden",
        403,
        "The key does not allow this",
        "Reading needs the scope `read`, everything that changes something `write`, operating `admin`.",
    ),
    Kind(
        "cross-site",
        403,
        "The request comes from another site",
        "A browser says so by Sec-Fetch-Site or Origin. What changes something is asked for by the"
        " service's own pages, or by programs, which send neither header and no cookie.",
    ),
    Kind("not-found", 404, "There is nothing here", "No resource has this address."),
    Kind("unknown-document", 404, "No such document", "No stored document has this id."),
    Kind("unknown-brief", 404, "No such brief", "No stored brief has this id."),
    Kind("unknown-delivery", 404, "No such delivery", "No message to a webhook has this id."),
    Kind(
        "unknown-edition",
        404,
        "No such edition",
        "No day written like this, YYYY-MM-DD, has an edition.",
    ),
    Kind(
        "unknown-share",
        404,
        "Nothing is shared here",
        "No brief is shared by this link or id, or none is any more.",
    ),
    Kind(
        "method-not-allowed",
        405,
        "The method is not allowed here",
        "The header Allow lists those that are.",
    ),
    Kind(
        "not-acceptable",
        406,
        "No acceptable form",
        "The header Accept allows none of the forms this resource has; `available` lists them.",
    ),
    Kind(
        "request-timeout",
        408,
        "The request took too long to arrive",
        "The whole body must arrive within the time that the service allows for it.",
    ),
    Kind(
        "document-conflict",
        409,
        "One id for two documents",
        "The request gives one id to documents that differ. Another id, or none, tells them apart.",
    ),
    Kind(
        "document-cited",
        409,
        "Briefs stand on this document",
        "`briefs` lists them. With ?force=true the document goes, and their statements become stale.",
    ),
    Kind(
        "idempotency-in-flight",
        409,
        "The first request is still being answered",
        "A request with this Idempotency-Key is being answered. Try again after Retry-After.",
    ),
    Kind(
        "wrong-status",
        409,
        "The brief's status does not allow this",
        "Only a brief that is done can be rendered or verified, and only one that has not ended"
        " can be cancelled.",
    ),
    Kind(
        "too-large",
        413,
        "Too large",
        "A request or a document has more bytes than the service takes; `limit` says how many.",
    ),
    Kind(
        "unsupported-media-type",
        415,
        "The body's media type is not supported",
        "Send JSON with the header Content-Type: application/json, and no content coding.",
    ),
    Kind(
        "misdirected",
        421,
        "Not this service's host name",
        "The service answers to its loopback names only, so that no web page can reach it by"
        " another name.",
    ),
    Kind(
        "validation",
        422,
        "The request does not have the right shape",
        "Each of `errors` points at a field of the body and says what is wrong with it.",
    ),
    Kind(
        "too-many-documents",
        422,
        "Too many documents",
        "One request names more documents than the service takes; `limit` says how many.",
    ),
    Kind(
        "idempotency-reused",
        422,
        "The Idempotency-Key was used for another request",
        "One key stands for one request, to the last byte of its body. Take a new key for a new one.",
    ),
    Kind("bad-document", 422, "The document cannot be read", "The detail says why."),
    Kind(
        "no-usable-document",
        422,
        "No usable document",
        "None of the documents could be read; `documents` gives the reason for each.",
    ),
    Kind(
        "queue-full",
        429,
        "Too many briefs are waiting",
        "Nothing was stored. Try again after the time in the header Retry-After.",
    ),
    Kind(
        "overloaded",
        429,
        "Too many requests at once",
        "Nothing was stored. Try again after the time in the header Retry-After.",
    ),
    Kind(
        "rate-limited",
        429,
        "Too many requests with this key",
        "The key may be used again after the time in the header Retry-After.",
    ),
    Kind("internal", 500, "The service failed", "This is a defect of the service, not a mistake."),
    Kind(
        "not-ready",
        503,
        "The service is not ready",
        "Its models are not loaded or its database cannot be used. Try again later.",
    ),
)
KINDS = {kind.slug: kind for kind in _KINDS}
# What the framework itself may raise; other kinds of the same statuses are raised by name.
_OF_HTTP = (
    "bad-request",
    "unauthorized",
    "forbidden",
    "not-found",
    "method-not-allowed",
    "not-acceptable",
    "request-timeout",
    "too-large",
    "unsupported-media-type",
    "misdirected",
    "validation",
    "overloaded",
    "internal",
    "not-ready",
)
BY_STATUS = {kind.status: kind for kind in reversed(_KINDS) if kind.slug in _OF_HTTP}
