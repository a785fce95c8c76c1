"""The pages that there are, each as an address that has something to show."""

from collections.abc import Mapping
from typing import Any

from tests.browser.site import CANCELLED, FAILED, RUNNING

# Those that need no brief of the sample documents, by what they are for.
OPEN: Mapping[str, str] = {
    "making": "/",
    "briefs": "/briefs",
    "watching": f"/briefs/{RUNNING}",
    "failed": f"/briefs/{FAILED}",
    "cancelled": f"/briefs/{CANCELLED}",
    "deleting": "/briefs/brf_world/delete",
    "reading-world": "/briefs/brf_world",
    "source-world": "/briefs/brf_world/s1/1",
    "reading-large": "/briefs/brf_large",
    "documents": "/documents",
    "document": "/documents/doc_world",
    "document-deleting": "/documents/doc_world/delete",
    "editions": "/editions",
    "edition": "/editions/2026-11-21",
}


def of_brief(brief: Mapping[str, Any]) -> dict[str, str]:
    """Return the addresses of the pages that show a brief as JSON tells it."""
    said = next(one for one in brief["statements"] if len(one["citations"]) > 1)
    marker = said["citations"][0]["marker"]
    return {
        "reading": f"/briefs/{brief['id']}",
        "source": f"/briefs/{brief['id']}/{said['id']}/{marker}",
        "article": f"/documents/{brief['sources'][0]['document_id']}",
    }
