"""Reading JSON bodies: one parser, which bounds nesting and refuses what is not Unicode.

`service.rest.admission` parses them before the handlers' turn, large ones in another process.
"""

from abc import abstractmethod
from collections.abc import Generator, Mapping
from typing import Any, Protocol

from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.types import Scope
from litestar.typing import FieldDefinition
from pydantic import BaseModel

from service.domain.errors import InputTooLarge
from service.rest.parsing import Refusal, parsed_brief, parsed_documents
from service.rest.problems import invalid, problem

# Where a request's state has its body once that is parsed.
_PARSED = "parsed_body"


class _SchemaCreator(Protocol):
    """The framework's own, whose module is private."""

    def for_field_definition(self, field_definition: FieldDefinition) -> Reference | Schema: ...


class StrictBody(AbstractDTO[Any]):
    """Gives a handler the body that was parsed before its turn.

    The framework's own decoder would validate as well, but ends in a server error on deep nesting.
    """

    @staticmethod
    @abstractmethod
    def parse(body: bytes, most: int) -> BaseModel | Refusal:
        """Return the model of a body, which may name so many documents, or why there is none.

        Any process can call it.
        """

    def decode_bytes(self, value: bytes) -> BaseModel:
        parsed = self.asgi_connection.scope["state"].get(_PARSED)
        if not isinstance(parsed, BaseModel):
            # Every request with a body passes admission, which refuses one that is empty.
            raise problem("malformed-json", "the body is empty; it must be one JSON value")
        return parsed

    @classmethod
    def create_for_field_definition(cls, *_: object, **__: object) -> None:
        """Prepare nothing: the model is the whole definition."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: _SchemaCreator
    ) -> Reference | Schema:
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(
        cls, model_type: type[Any]
    ) -> Generator[DTOFieldDefinition, None, None]:
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        return False


class BriefBody(StrictBody):
    """A brief to make."""

    parse = staticmethod(parsed_brief)


class DocumentsBody(StrictBody):
    """One document, or several under `documents`."""

    parse = staticmethod(parsed_documents)


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse, before it is read, a body that says it is other than plain JSON."""
    # Strict on purpose: a page of another origin can send anything else without being asked.
    sent, _, _ = headers.get("content-type", "").partition(";")
    if sent.strip().lower() != "application/json":
        raise problem("unsupported-media-type", f"{sent!r} is not application/json")
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise problem("unsupported-media-type", f"the content coding {coding!r} is not read")


def keep_parsed(scope: Scope, parsed: BaseModel | Refusal) -> None:
    """Keep a parsed body for the handler, or raise the problem that it is refused with."""
    if isinstance(parsed, BaseModel):
        scope["state"][_PARSED] = parsed
        return
    if parsed.slug == "too-many-documents":
        raise InputTooLarge("one request", parsed.size, parsed.limit, "documents")
    if parsed.faults:
        raise invalid(parsed.faults)
    raise problem(parsed.slug, parsed.detail)
