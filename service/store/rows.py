"""Briefs' rows to the values they stand for."""

from typing import cast

from service.domain.brief import Progress, Status
from service.store.codec import (
    dump_dropped,
    dump_options,
    load_dropped,
    load_options,
    load_warnings,
)
from service.store.records import BriefRecord, BriefSummary, Hook, NewBrief
from service.store.tables import BriefRow


def brief_row(brief: NewBrief) -> BriefRow:
    """Return the row of a brief that is accepted."""
    return BriefRow(
        id=brief.id,
        status="queued",
        revision=1,
        created_at=brief.created_at,
        options=dump_options(brief.options),
        intake_dropped=dump_dropped(brief.dropped),
        idempotency_key=brief.idempotency_key,
        rebuild_of=brief.rebuild_of,
        traceparent=brief.traceparent,
        webhook_url=None if brief.hook is None else brief.hook.url,
        webhook_secret=None if brief.hook is None else brief.hook.sealed_secret,
    )


def brief_record(row: BriefRow) -> BriefRecord:
    """Return a brief as stored."""
    hook = None
    if row.webhook_url is not None and row.webhook_secret is not None:
        hook = Hook(url=row.webhook_url, sealed_secret=row.webhook_secret)
    return BriefRecord(
        id=row.id,
        tenant=row.tenant,
        status=cast("Status", row.status),
        revision=row.revision,
        created_at=row.created_at,
        finished_at=row.finished_at,
        options=load_options(row.options),
        dropped=load_dropped(row.intake_dropped),
        progress=_progress(row),
        attempts=row.attempts,
        error=row.error,
        body=row.body,
        headline=row.headline,
        rebuild_of=row.rebuild_of,
        traceparent=row.traceparent,
        hook=hook,
        warnings=load_warnings(row.intake_warnings),
    )


def brief_summary(row: BriefRow) -> BriefSummary:
    """Return a brief as it is listed; its body need not be loaded."""
    return BriefSummary(
        id=row.id,
        status=cast("Status", row.status),
        created_at=row.created_at,
        finished_at=row.finished_at,
        progress=_progress(row),
        headline=row.headline,
        error=row.error,
        rebuild_of=row.rebuild_of,
    )


def _progress(row: BriefRow) -> Progress | None:
    # What the row still says of an ended one is where it ended.
    if row.progress_stage is None or row.status not in ("queued", "running"):
        return None
    return Progress(stage=row.progress_stage, done=row.progress_done, total=row.progress_total)
