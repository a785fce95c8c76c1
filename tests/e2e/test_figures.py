"""The figures of a service of several processes, told in one place."""

from pathlib import Path

import httpx

from tests.serving import Serving


def test_the_api_tells_what_its_workers_did(tmp_path: Path) -> None:
    service = Serving.on(tmp_path)
    service.start()
    try:
        service.until_ready()
        with httpx.Client(base_url=service.url, timeout=60) as client:
            for text in ("A flood hit Bell on Monday.", "The mayor of Bell spoke on Tuesday."):
                made = client.post(
                    "/v1/briefs",
                    json={"documents": [{"content": text}]},
                    headers={"Prefer": "wait=60"},
                )
                assert made.status_code == 201, made.text
            told = client.get("/metrics").text
    finally:
        service.stop()
    assert 'brief_briefs_total{status="done"} 2.0' in told
    assert "brief_workers_ready 1.0" in told
    assert 'brief_stage_seconds_count{stage="draft"} 2.0' in told
    chunks = next(line for line in told.splitlines() if line.startswith("brief_drafted_chunks"))
    assert float(chunks.split()[1]) >= 2
    assert 'route="/v1/briefs"' in told
