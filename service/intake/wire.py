"""The JSON shapes of a document and of a folder's manifest, checked field by field."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from service.domain.text import Document, MediaType

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


def moment(stated: object) -> datetime | None:
    """Return an RFC 3339 date-time with its zone; a bare date is its midnight, and no zone means UTC.

    Raises ValueError for what is neither.
    """
    if stated is None:
        return None
    if not isinstance(stated, str) or not _MOMENT.fullmatch(stated):
        raise ValueError("neither an RFC 3339 date-time, 2025-04-17T09:30:00Z, nor a date")
    try:
        read = datetime.fromisoformat(stated.upper())
        stated_at = read if read.tzinfo else read.replace(tzinfo=UTC)
        # For its error: everything that is told or compared is in UTC, where the year 0 is none.
        stated_at.astimezone(UTC)
        return stated_at
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no moment in time ({error})") from error


Moment = Annotated[datetime | None, BeforeValidator(moment)]


class Metadata(BaseModel):
    """What may be said of a document besides its content."""

    model_config = _STRICT

    id: str | None = Field(default=None, min_length=1)
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published_at: Moment = None
    language: str | None = None

    @field_validator("*")
    @classmethod
    def _is_unicode(cls, stated: object) -> object:
        # JSON can escape half of a surrogate pair, which no output could carry.
        if isinstance(stated, str) and _SURROGATE.search(stated):
            raise ValueError("it holds half of a surrogate pair, which is no character")
        return stated


class DocumentIn(Metadata):
    """A document as a client sends it; only `content` is required."""

    content: str
    media_type: MediaType = "text/plain"

    @field_validator("content")
    @classmethod
    def _has_content(cls, content: str) -> str:
        if not content.strip():
            raise ValueError("it is empty")
        return content

    def to_document(self) -> Document:
        return Document(**self.model_dump())


class ManifestEntry(Metadata):
    """The metadata of the file of that name in the manifest's folder."""

    file: str = Field(min_length=1)

    @field_validator("file")
    @classmethod
    def _is_beside(cls, file: str) -> str:
        if "/" in file or "\\" in file or file in (".", ".."):
            raise ValueError("only a file in the same folder can be named")
        return file

    def metadata(self) -> dict[str, Any]:
        """Return the stated fields by name, the file's own name left out."""
        return self.model_dump(exclude={"file"}, exclude_none=True)


class Manifest(BaseModel):
    """What a folder's `manifest.json` says of the files beside it."""

    model_config = _STRICT

    documents: list[ManifestEntry]


def document_in(stated: object) -> Document:
    """Return the document of a JSON value; raises ValueError naming the fields at fault."""
    try:
        return DocumentIn.model_validate(stated).to_document()
    except ValidationError as error:
        raise ValueError(faults(error)) from error


def manifest_in(stated: object) -> Manifest:
    """Return the manifest of a JSON value; raises ValueError naming the fields at fault."""
    try:
        return Manifest.model_validate(stated)
    except ValidationError as error:
        raise ValueError(faults(error)) from error


def faults(error: ValidationError) -> str:
    """Return what is wrong with each field, in a line."""
    told = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(map(str, fault["loc"]))
        if fault["type"] == "extra_forbidden":
            told.append(f"unknown field {place!r}")
        elif fault["type"] == "missing":
            told.append(f"field {place!r} is missing")
        else:
            said = fault["msg"].removeprefix("Value error, ")
            told.append(f"{place}: {said[0].lower()}{said[1:]}" if place else said)
    return "; ".join(told)
