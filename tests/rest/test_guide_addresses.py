import re
from pathlib import Path

from tests.rest.services import Client

GUIDE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")


def test_every_address_of_the_operating_guide_is_answered_by_its_method(client: Client) -> None:
    named = re.findall(r"`(GET|POST) (/[^`?]*)", GUIDE)
    assert len(named) > 4
    paths = client.get("/schema").json()["paths"]
    known = {
        (method.upper(), re.sub(r"\{\w+\}", "ID", path)) for path in paths for method in paths[path]
    }
    assert set(named) <= known
