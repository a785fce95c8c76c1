"""Reading JSON bodies: one parser, which bounds nesting and refuses what is not Unicode."""

from collections.abc import Generator
from typing import Any, ClassVar, Protocol

from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from service.rest.problems import invalid, problem
from service.rest.schemas import BriefIn, DocumentIn, DocumentsIn, faults_of


class _SchemaCreator(Protocol):
    """The framework's own, whose module is private."""

    def for_field_definition(self, field_definition: FieldDefinition) -> Reference | Schema: ...


class StrictBody(AbstractDTO[Any]):
    """Turns a body into the model that a subclass names.

    The framework's own decoder would validate as well, but ends in a server error on deep nesting.
    """

    model: ClassVar[type[BaseModel]]

    def decode_bytes(self, value: bytes) -> BaseModel:
        self._check_headers()
        try:
            return self.model_for(value).model_validate_json(value)
        except ValidationError as fault:
            first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
            if first["type"] == "json_invalid":
                raise problem("malformed-json", first["msg"]) from fault
            raise invalid(faults_of(fault)) from fault

    def model_for(self, value: bytes) -> type[BaseModel]:
        """Return the model that the body is to be read as."""
        return self.model

    def _check_headers(self) -> None:
        headers = self.asgi_connection.headers
        # Strict on purpose: a page of another origin can send anything else without being asked.
        sent, _, _ = headers.get("content-type", "").partition(";")
        if sent.strip().lower() != "application/json":
            raise problem("unsupported-media-type", f"{sent!r} is not application/json")
        coding = headers.get("content-encoding", "identity").strip().lower()
        if coding != "identity":
            raise problem("unsupported-media-type", f"the content coding {coding!r} is not read")

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

    model = BriefIn


class DocumentsBody(StrictBody):
    """One document, or several under `documents`: never tried as both, so that faults are plain."""

    def model_for(self, value: bytes) -> type[BaseModel]:
        try:
            shape = from_json(value)
        except ValueError:
            return DocumentIn
        several = isinstance(shape, dict) and "documents" in shape
        return DocumentsIn if several else DocumentIn
