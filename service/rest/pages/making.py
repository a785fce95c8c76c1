"""Making a brief: the form, and what becomes of it once it is sent."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.plugins.problem_details import ProblemDetailsException

from service.domain.brief import Options
from service.domain.claims import Provenance
from service.domain.errors import BadDocument, BriefError, InputTooLarge, NotReady, NoUsableDocument
from service.jobs.desk import Desk, Order
from service.jobs.limits import Limits
from service.jobs.parts import Caller, Shop
from service.rest.pages.kit import STATUS_WORDS, PageRequest, led_to, page, wants_page
from service.rest.pages.steps import line_of
from service.rest.pages.uploads import TOKEN, Form, articles_typed, read_form
from service.rest.parsing import Refusal
from service.rest.problems import invalid, problem, problem_of
from service.rest.schemas import option_faults
from service.store.records import BriefRecord

_TEMPLATE = "making.html.j2"
_NEWEST = 5
_ARTICLES = (1, 2, 3)
_MEGABYTE = 1_000_000
_OUR_FAULT = 500
# How each mode writes, in a line.
_MODES: Mapping[Provenance, str] = {
    "strict": "Every sentence is a source's own, word for word.",
    "lexical": "The model may write, with the words of the sources alone; what is not borne out gives"
    " way to a sentence of the source.",
    "open": "The model may write as it likes; what is not borne out gives way to a sentence of the"
    " source.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What the form is filled in with; after a fault, what was typed, and what is wrong.

    `numbers` are those of the articles that there are fields for; `faults` are by field.
    """

    limits: Limits
    typed: Mapping[str, str]
    problem: ProblemDetailsException | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    unusable: Sequence[Mapping[str, str]] = ()
    had_files: bool = False

    @property
    def modes(self) -> Mapping[Provenance, str]:
        return _MODES

    @property
    def default(self) -> Options:
        return Options()

    @property
    def numbers(self) -> Sequence[int]:
        return articles_typed(self.typed) or _ARTICLES

    @property
    def heading(self) -> str:
        title = "" if self.problem is None else self.problem.title
        return "This needs mending" if self.faults else title or ""

    def megabytes(self, size: int) -> str:
        return f"{size / _MEGABYTE:g} MB"


@get("/")
async def new_brief(
    request: PageRequest, desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Return the form that asks for a brief, and the newest briefs."""
    newest = await desk.list(caller, limit=_NEWEST, after=None)
    filling = Filling(limits=desk.shop.limits, typed={TOKEN: secrets.token_urlsafe()})
    lines = [line_of(one) for one in newest.entries]
    return await page(request, _TEMPLATE, form=filling, newest=lines, words=STATUS_WORDS)


@post("/briefs", status_code=303)
async def ask_for_brief(
    request: PageRequest, desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Accept the brief that a form asks for, and lead to it.

    What can be mended or waited out is told in the form, with all that was typed still in it; a
    script is told it as a problem.
    """
    form = await _read(request, desk.shop, caller)
    try:
        record = await _accepted(form, desk, caller)
    except (ProblemDetailsException, BriefError) as fault:
        told = problem_of(fault, desk.shop.limits)
        mendable = told.status_code < _OUR_FAULT or isinstance(fault, NotReady)
        if not mendable or not wants_page(request):
            raise
        return await _again(request, desk, form, told)
    return led_to(f"/briefs/{record.id}")


async def _read(request: PageRequest, shop: Shop, caller: Caller) -> Form:
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise problem("unsupported-media-type", f"the content coding {coding!r} is not read")
    body, sent = await request.body(), request.headers.get("content-type", "")
    try:
        # However small it is: a packed file in it grows a thousandfold, and each line may be a record.
        form = await shop.readers.compute(caller.tenant, read_form, body, sent, shop.limits)
    except BadDocument as failure:
        raise problem("bad-request", failure.reason) from failure
    if isinstance(form, Refusal):
        raise problem(form.slug, form.detail)
    return form


async def _accepted(form: Form, desk: Desk, caller: Caller) -> BriefRecord:
    shop = desk.shop
    faults = [*form.faults, *option_faults(form.options, shop.limits, frozenset())]
    if faults:
        raise invalid(faults)
    if form.given > shop.limits.documents_per_brief:
        limit = shop.limits.documents_per_brief
        raise InputTooLarge("one brief", form.given, limit, "documents")
    order = Order(
        documents=form.documents,
        options=form.options,
        dropped=form.unread,
        warnings=form.notes,
    )
    try:
        return await desk.accept(caller, order, form.key)
    except NoUsableDocument as fault:
        raise NoUsableDocument(await asyncio.to_thread(_named, fault, form)) from fault


def _named(fault: NoUsableDocument, form: Form) -> list[tuple[str, str]]:
    """Return why nothing can be used, by the names under which it was sent."""
    names = {one.id or one.content_id: one.origin or "" for one in form.documents}
    return [(names.get(name, name), reason) for name, reason in fault.reasons]


async def _again(
    request: PageRequest, desk: Desk, form: Form, told: ProblemDetailsException
) -> Response[bytes]:
    """Return the form as it was typed, with what is wrong on top."""
    desk.shop.metrics.refused((told.type_ or "").rpartition("/")[2])
    members = told.extra if isinstance(told.extra, dict) else {}
    faults = [(one["pointer"], one["detail"]) for one in members.get("errors", [])]
    filling = Filling(
        limits=desk.shop.limits,
        typed=form.typed,
        problem=told,
        faults={pointer.rpartition("/")[2]: detail for pointer, detail in faults},
        unusable=members.get("documents", []),
        had_files=form.has_files,
    )
    return await page(
        request,
        _TEMPLATE,
        status_code=told.status_code,
        headers=told.headers,
        form=filling,
        newest=(),
        words=STATUS_WORDS,
    )


HANDLERS = (new_brief, ask_for_brief)
