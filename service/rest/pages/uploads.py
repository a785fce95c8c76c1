"""From the bytes of a form to what a brief is to be made of: a plain function that any process can run."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)
from pydantic import ValidationError

from service.domain.brief import Dropped, Options
from service.domain.claims import PROVENANCES
from service.domain.text import Document
from service.intake import IntakeLimits, SentFile, read_files
from service.jobs.limits import Limits
from service.render.outline import shortened
from service.rest.parsing import Refusal
from service.rest.problems import Fault
from service.rest.schemas import DocumentIn, faults_of

FILES, TOKEN, MAX_WORDS, PROVENANCE = "files", "token", "max_words", "provenance"
# A browser sends a type, and a boundary of at most 70 characters.
_LONGEST_TYPE = 300
# The longest name that a file has on any disk still fits, each of its characters escaped.
_LONGEST_HEADER = 2048
# An article has five. Twice as many, so that a few documents too many are counted and told.
_FIELDS_A_DOCUMENT, _OTHER_FIELDS = 10, 20
_LONGEST_REASON, _LONGEST_NAME = 500, 200
_OF_ARTICLE = re.compile(r"article-([1-9][0-9]{0,3})-(?:text|title|publisher|date|address)")
_NUMBER = re.compile(r"[0-9]{1,9}")
# What the fields of the form are called in a document.
_IN_DOCUMENT = {
    "text": "content",
    "title": "title",
    "publisher": "publisher",
    "date": "published_at",
    "address": "url",
}
_IN_FORM = {called: name for name, called in _IN_DOCUMENT.items()}
_OF_FILE = ("title", "publisher", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a form asks for. `typed` are its fields as they were typed, to be shown again.

    `notes` are what a reader should know of how the files were read.

    `given` counts all documents, those in `unread` as well, which could not be read. `key` stands
    for the page that the form was on and for all that it says; None where it does not tell the page.
    """

    typed: Mapping[str, str]
    has_files: bool
    documents: tuple[Document, ...]
    unread: tuple[Dropped, ...]
    notes: tuple[str, ...]
    given: int
    options: Options
    faults: tuple[Fault, ...]
    key: str | None


def read_form(body: bytes, content_type: str, limits: Limits) -> Form | Refusal:
    """Return what a form asks for, or why it is none.

    What is wrong with a field is a fault of the form; what is wrong with a file, of that file alone.
    """
    sent = _Sent()
    refusal = _parse(sent, body, content_type, limits.documents_per_brief)
    if refusal is not None:
        return refusal
    articles = tuple(_articles(sent))
    bounds = IntakeLimits(
        bytes_per_document=limits.bytes_per_document,
        bytes_in_all=limits.bytes_per_request,
        documents=limits.documents_per_brief,
    )
    read = read_files(tuple(_files(sent)), bounds)
    judged = [(one, _refused(one)) for one in read.documents]
    refused = [(one.origin or "", reason) for one, reason in judged if reason]
    unread = [*((one.text, one.reason) for one in read.problems), *refused]
    # That there are too many is a problem of its own, and no document.
    given = len(articles) + len(read.documents) + len(read.problems)
    given += read.too_many - bool(read.too_many)
    options = _options(sent)
    if not given and not sent.faults:
        sent.fault(FILES, "choose a file, or paste an article")
    return Form(
        typed=sent.typed,
        has_files=bool(sent.files),
        documents=(*(one for one, reason in judged if not reason), *articles),
        # More of them are too many for a brief.
        unread=tuple(_dropped(*one) for one in unread[: limits.documents_per_brief]),
        notes=read.notes,
        given=given,
        options=options,
        faults=tuple(sent.faults),
        key=f"form {sent.hashed.hexdigest()}" if sent.typed.get(TOKEN) else None,
    )


def articles_typed(typed: Mapping[str, str]) -> list[int]:
    """Return the numbers of the articles that a form has fields for, in order."""
    found = (_OF_ARTICLE.fullmatch(name) for name in typed)
    return sorted({int(match[1]) for match in found if match})


@dataclass(slots=True)
class _Sent:
    """The fields and files of a form as they were sent, and what is wrong with them."""

    typed: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hashed: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def take(self, segment: MultipartSegment, content: bytes) -> None:
        name, file_name = segment.name or "", segment.filename
        for part in (name.encode(), (file_name or "").encode(), content):
            # Told apart by their lengths, as each of them may hold anything.
            self.hashed.update(b"%d:" % len(part))
            self.hashed.update(part)
        if file_name is None:
            self._type(name, content)
        elif name == FILES and (file_name or content):
            # Where none was chosen, browsers send one without a name and content.
            own = re.split(r"[/\\]", file_name)[-1]
            self.files.append((own or file_name or "a file without a name", content))

    def fault(self, name: str, detail: str) -> None:
        self.faults.append(Fault(pointer=f"#/{name}", detail=detail))

    def said(self, prefix: str, names: Iterable[str]) -> dict[str, str]:
        """Return what was typed of a document, under the names that a document has for it."""
        typed = {name: self.typed.get(f"{prefix}-{name}", "") for name in names}
        return {
            _IN_DOCUMENT[name]: text if name == "text" else text.strip()
            for name, text in typed.items()
            if text.strip()
        }

    def checked(self, prefix: str, said: Mapping[str, str]) -> Document | None:
        """Return a document of which this is said, None where there are faults in it."""
        try:
            return DocumentIn.model_validate({"content": "", **said}).document()
        except ValidationError as error:
            for fault in faults_of(error):
                called = fault.pointer.rpartition("/")[2]
                self.fault(f"{prefix}-{_IN_FORM.get(called, 'text')}", fault.detail)
            return None

    def _type(self, name: str, content: bytes) -> None:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = content.decode(errors="replace")
            self.fault(name, "it is not UTF-8")
        # The line breaks are those of the form, not of what was typed.
        self.typed[name] = text.replace("\r\n", "\n")


def _parse(sent: _Sent, body: bytes, content_type: str, most: int) -> Refusal | None:
    """Take the parts of a form of which `most` documents can be made, or return why it is none."""
    if len(content_type) > _LONGEST_TYPE:
        return Refusal(slug="bad-request", detail="the header Content-Type is too long")
    media_type, parameters = parse_options_header(content_type)
    if media_type != "multipart/form-data":
        told = f"{media_type!r} is not multipart/form-data"
        return Refusal(slug="unsupported-media-type", detail=told)
    fields = _FIELDS_A_DOCUMENT * most + _OTHER_FIELDS
    try:
        with PushMultipartParser(
            parameters.get("boundary", ""),
            max_segment_count=fields,
            max_header_size=_LONGEST_HEADER,
            strict=True,
        ) as parser:
            for segment, content in _segments(parser, body):
                sent.take(segment, content)
    except ParserLimitReached:
        told = (
            f"the form has more than {fields} fields, or one with too long a name;"
            f" one brief may have {most} documents"
        )
        return Refusal(slug="bad-request", detail=told)
    except MultipartError as fault:
        return Refusal(slug="bad-request", detail=f"the form cannot be read: {fault.args[0]}")
    return None


def _segments(parser: PushMultipartParser, body: bytes) -> Iterator[tuple[MultipartSegment, bytes]]:
    """Return the parts of a form with their content; raises `MultipartError`."""
    segment, pieces = None, list[bytes]()
    for event in parser.parse(body):
        if isinstance(event, MultipartSegment):
            segment, pieces = event, []
        elif event is not None:
            pieces.append(bytes(event))
        elif segment is not None:
            yield segment, b"".join(pieces)


def _articles(sent: _Sent) -> Iterator[Document]:
    """Return the articles that were pasted, in order; empty ones are passed over."""
    for number in articles_typed(sent.typed):
        prefix = f"article-{number}"
        said = sent.said(prefix, _IN_DOCUMENT)
        if not said:
            continue
        if "content" not in said:
            sent.fault(f"{prefix}-text", "the text of the article is missing")
        document = sent.checked(prefix, said)
        if document is not None:
            yield replace(document, origin=f"pasted article {number}")


def _files(sent: _Sent) -> Iterator[SentFile]:
    """Return the files, each with what was typed of it."""
    for number, (name, content) in enumerate(sent.files, start=1):
        prefix = f"file-{number}"
        about = sent.checked(prefix, sent.said(prefix, _OF_FILE))
        stated = {} if about is None else {
            "title": about.title,
            "publisher": about.publisher,
            "published_at": about.published_at,
        }  # fmt: skip
        metadata = {said: value for said, value in stated.items() if value is not None}
        yield SentFile(name=name, content=content, metadata=metadata)


def _refused(document: Document) -> str:
    """Return what a document of a file has that one over the network may not have, "" if nothing."""
    said = asdict(document)
    del said["origin"]
    if document.published_at is not None:
        said["published_at"] = document.published_at.isoformat()
    try:
        DocumentIn.model_validate(said)
    except ValidationError as error:
        faults = faults_of(error)
        return "; ".join(f"{one.pointer.removeprefix('#/')}: {one.detail}" for one in faults)
    return ""


def _dropped(name: str, reason: str) -> Dropped:
    # A hostile record has as many faults, and as long ones, as it likes.
    return Dropped(
        text=shortened(name, _LONGEST_NAME),
        document_id=None,
        reason=shortened(reason, _LONGEST_REASON),
    )


def _options(sent: _Sent) -> Options:
    default = Options()
    words = sent.typed.get(MAX_WORDS, "").strip() or str(default.max_words)
    if not _NUMBER.fullmatch(words):
        sent.fault(MAX_WORDS, "it must be a whole number")
    named = sent.typed.get(PROVENANCE, default.provenance)
    mode = next((one for one in PROVENANCES if one == named), None)
    if mode is None:
        sent.fault(PROVENANCE, f"it must be one of {', '.join(PROVENANCES)}")
    return Options(
        max_words=int(words) if _NUMBER.fullmatch(words) else default.max_words,
        provenance=mode or default.provenance,
    )
