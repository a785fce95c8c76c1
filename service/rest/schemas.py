"""What clients send, checked once, here; and the answers that are not a document or a brief."""

import re
from datetime import datetime
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from service.domain.brief import Dropped, Options
from service.domain.claims import Provenance
from service.domain.text import Article, Document, MediaType
from service.intake.wire import moment
from service.jobs.desk import Order, Webhook
from service.jobs.limits import Limits
from service.rest.problems import CheckedPart, Fault
from service.store.records import BriefSummary, DocumentSummary
from service.webhooks.addresses import check_url

MADE_ID_PREFIX = "doc_"
_MAX_SEED = 2**32 - 1
_FAULTS_TOLD = 20


def _web_address(value: str) -> str:
    # Renderings link to it: a `javascript:` address must never come that far.
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must be an absolute http or https address")
    if re.search(r"[\s\x00-\x1f\x7f<>\"]", value):
        raise ValueError("must not hold white space, quotes or angle brackets")
    return value


DocumentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@~-]*$", max_length=128)]
Time = Annotated[
    datetime | None,
    BeforeValidator(moment),
    WithJsonSchema({"type": ["string", "null"], "format": "date-time"}),
]
WebAddress = Annotated[str, Field(max_length=2048), AfterValidator(_web_address)]
Name = Annotated[str, Field(max_length=1000)]
Secret = Annotated[SecretStr, Field(min_length=8, max_length=512)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DocumentIn(_Sent):
    """A document to brief. `content` is text, or base64 for `application/pdf`."""

    content: str
    media_type: MediaType = "text/plain"
    id: DocumentId | None = None
    title: Name | None = None
    publisher: Name | None = None
    author: Name | None = None
    url: WebAddress | None = None
    published_at: Time = None
    language: Language | None = None

    @model_validator(mode="after")
    def _own_id(self) -> Self:
        made = self.id is not None and self.id.startswith(MADE_ID_PREFIX)
        if made and self.id != self.document().content_id:
            raise ValueError(
                f"an id that begins with {MADE_ID_PREFIX!r} is made from the content, and this one"
                " is not"
            )
        return self

    def document(self) -> Document:
        """Return the domain's value."""
        return Document(
            content=self.content,
            media_type=self.media_type,
            id=self.id,
            title=self.title,
            publisher=self.publisher,
            author=self.author,
            url=self.url,
            published_at=self.published_at,
            language=self.language,
        )


class DocumentsIn(_Sent):
    """Several documents; a bad one does not sink the others."""

    documents: list[DocumentIn] = Field(min_length=1)


class OptionsIn(_Sent):
    """What a caller may choose."""

    max_words: int = Options().max_words
    provenance: Provenance = Options().provenance
    model: str | None = None
    seed: int = Field(default=Options().seed, ge=0, le=_MAX_SEED)


class WebhookIn(_Sent):
    """Where to tell how a brief ended. `secret` signs what is sent (Standard Webhooks)."""

    url: WebAddress
    secret: Secret

    def order(self) -> Webhook:
        """Return the part of an order that the desk takes."""
        return Webhook(url=self.url, secret=self.secret.get_secret_value())


class BriefIn(_Sent):
    """A brief to make, of documents sent along, documents stored before, or both."""

    documents: list[DocumentIn] = []
    document_ids: list[DocumentId] = []
    options: OptionsIn = OptionsIn()
    webhook: WebhookIn | None = None

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.documents and not self.document_ids:
            raise ValueError("needs documents, document_ids or both")
        return self

    def order(self) -> Order:
        """Return the order that the desk takes."""
        return Order(
            documents=tuple(one.document() for one in self.documents),
            document_ids=tuple(self.document_ids),
            options=Options(
                max_words=self.options.max_words,
                provenance=self.options.provenance,
                model=self.options.model,
                seed=self.options.seed,
            ),
            webhook=None if self.webhook is None else self.webhook.order(),
        )


class DocumentsOut(BaseModel):
    """What became of several documents."""

    documents: list[Article]
    dropped: list[Dropped]


class DocumentsPage(BaseModel):
    """A page of the documents. `next_cursor` begins the next one; null at the end."""

    documents: list[DocumentSummary]
    next_cursor: str | None


class BriefsOut(BaseModel):
    """A page of the briefs. `next_cursor` begins the next one; null at the end."""

    briefs: list[BriefSummary]
    next_cursor: str | None


class CheckedStatement(BaseModel):
    """One statement checked again; it holds where there is no reason against it."""

    id: str
    text: str
    holds: bool
    reasons: list[str]


class VerificationOut(BaseModel):
    """A brief checked again. `reasons` are against the brief as a whole, not one statement."""

    brief_id: str
    holds: bool
    statements: list[CheckedStatement]
    reasons: list[str]


class Health(BaseModel):
    """A sign of life."""

    status: str = Field(examples=["ok"])


class Readiness(BaseModel):
    """Whether briefs can be made. `degraded`: they are accepted, and may be made later."""

    status: Literal["ok", "degraded"]
    checks: dict[str, CheckedPart] = Field(
        examples=[{"database": {"status": "ok"}, "workers": {"status": "ok"}}]
    )


def faults_of(error: ValidationError) -> list[Fault]:
    """Return what is wrong with a body, field by field; no input is repeated."""
    told = [
        Fault(
            pointer=_pointer(fault["loc"]),
            detail=_reason(fault["type"], fault["msg"]),
        )
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    if len(told) > _FAULTS_TOLD:
        left = len(told) - _FAULTS_TOLD
        return [*told[:_FAULTS_TOLD], Fault(pointer="#", detail=f"and {left} more")]
    return told


def option_faults(
    options: OptionsIn | Options, limits: Limits, model_names: frozenset[str]
) -> list[Fault]:
    """Return what the settings of this service have against the options."""
    faults = []
    if not limits.min_words <= options.max_words <= limits.max_words:
        reason = f"{options.max_words}, must be {limits.min_words} to {limits.max_words}"
        faults.append(Fault(pointer="#/options/max_words", detail=reason))
    if options.model is not None and options.model not in model_names:
        names = ", ".join(map(repr, sorted(model_names)))
        reason = f"{options.model!r} is not served here, only {names}"
        faults.append(Fault(pointer="#/options/model", detail=reason))
    return faults


def webhook_faults(webhook: WebhookIn | None, limits: Limits) -> list[Fault]:
    """Return what can be said against a webhook before anything is sent to it."""
    if webhook is None:
        return []
    try:
        check_url(webhook.url, limits.webhook_private)
    except ValueError as fault:
        return [Fault(pointer="#/webhook/url", detail=str(fault))]
    return []


def _pointer(loc: tuple[int | str, ...]) -> str:
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in loc)
    return "#" + "".join(f"/{step}" for step in steps)


def _reason(kind: str, text: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such field"
    return text.removeprefix("Value error, ")
