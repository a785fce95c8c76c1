"""What is done with a brief that was asked for: it is ended, or made anew."""

from litestar import Controller, Request, Response, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from service.jobs.desk import Desk
from service.jobs.parts import Caller
from service.rest.answers import JSON, PostOperation, described_post
from service.rest.briefs import BriefPostOperation, accepted, idempotency_key_of
from service.rest.forms import brief_spec, json_body
from service.rest.problems import invalid
from service.rest.schemas import option_faults


class BriefChanges(Controller):
    """Ending briefs, and making them anew."""

    path = "/v1/briefs"
    tags = ("briefs",)

    @post(
        "/{brief_id:str}/cancel",
        operation_id="cancelBrief",
        summary="Cancel a brief",
        status_code=200,
        operation_class=PostOperation,
        responses={
            200: brief_spec("It is cancelled, now or before"),
            **described_post("unknown-brief", "wrong-status"),
        },
    )
    async def cancel_brief(
        self,
        brief_id: FromPath[str],
        desk: NamedDependency[Desk],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Cancel a brief that is queued or running; one that is done or failed stays so."""
        record = await desk.cancel(caller, brief_id)
        return Response(await json_body(record, desk.shop), media_type=JSON)

    @post(
        "/{brief_id:str}/rebuild",
        operation_id="rebuildBrief",
        summary="Make a brief anew",
        status_code=202,
        operation_class=BriefPostOperation,
        responses={
            201: brief_spec("It ended within the time that `Prefer: wait=N` gave"),
            202: brief_spec("Accepted: a brief of its own, whose `rebuild_of` is the old one"),
            **described_post(
                "unknown-brief", "wrong-status", "no-usable-document", "validation", "queue-full"
            ),
        },
    )
    async def rebuild_brief(
        self,
        brief_id: FromPath[str],
        request: Request[None, None, State],
        desk: NamedDependency[Desk],
        caller: NamedDependency[Caller],
    ) -> Response[bytes]:
        """Make a brief of what stands now of the documents of one that has ended.

        Documents that were replaced are replaced here, deleted ones are left out and told in
        `dropped`. Options and webhook are those of the old one, which stays as it is.
        """
        old = await desk.get(caller, brief_id)
        options = old.options
        if faults := option_faults(options, desk.shop.limits, desk.shop.readers.model_names()):
            raise invalid(faults)
        record = await desk.rebuild(caller, old, idempotency_key_of(request))
        return await accepted(record, request, desk, caller)
