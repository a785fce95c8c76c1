import json
from pathlib import Path

import pytest

from service.backends.fakes import fake_models
from service.domain.brief import Progress
from service.domain.ports import Watch
from service.domain.text import Document
from service.evaluation.corpus import ECB_PLUS
from service.evaluation.grouping import group_copies, group_sources, separate
from service.evaluation.holdings import read_holdings

BRIDGE = """The new bridge over the river Ternau opened to traffic on Monday morning.
Mayor Ilse Brandt cut the ribbon before several hundred people from both banks.
Work had taken two years and cost 14 million euros, a third more than was planned.
Cyclists have a lane of their own, which the council had first refused to pay for.
The old ferry will make its last crossing at the end of the month, its owner said."""
FERRY = """Ferryman Otto Lindqvist is selling the boat that carried commuters for 31 summers.
He blames the concrete crossing upstream, where cars have been rolling since the week began.
Nobody asked him, he says, while engineers measured currents beside his landing stage.
Two museums want the vessel, but neither has found somebody who would tow it there.
His daughter plans to rent out canoes instead, and has painted a sign already."""


def documents(*texts: str) -> tuple[Document, ...]:
    return tuple(Document(content=text) for text in texts)


def test_two_separate_reports_are_both_kept() -> None:
    assert separate(documents(BRIDGE, FERRY)) == documents(BRIDGE, FERRY)


def test_a_report_that_shares_more_than_a_little_is_no_second_one() -> None:
    shared = f"{FERRY}\n{BRIDGE.splitlines()[0]}\n{BRIDGE.splitlines()[2]}"
    assert separate(documents(BRIDGE, shared)) == documents(BRIDGE)


def test_a_note_is_no_report() -> None:
    assert separate(documents("The bridge opened on Monday.", FERRY)) == documents(FERRY)


def test_copies_are_found_and_two_reports_kept_apart() -> None:
    found, count = group_copies(documents(BRIDGE, FERRY), fake_models())
    assert (found.precision, count) == (1.0, 16)
    assert found.f1 > 0.9


def write_events(folder: Path, **events: tuple[str, ...]) -> Path:
    rows = [
        json.dumps({"id": f"{name}{i}", "cluster_id": name, "text": text})
        for name, texts in events.items()
        for i, text in enumerate(texts)
    ]
    (folder / ECB_PLUS).write_text("\n".join(rows), "utf-8")
    return folder


def test_events_with_one_report_say_nothing_of_keeping_apart(tmp_path: Path) -> None:
    folder = write_events(tmp_path, both=(BRIDGE, FERRY), one=(BRIDGE, BRIDGE))
    seen: list[Progress] = []
    held = read_holdings(folder, ("sources",))
    [found] = group_sources(held, fake_models(), Watch(on_progress=seen.append))
    assert (found.name, found.events, found.documents) == ("ECB+ events", 1, 16)
    assert found.least_precision == found.precision == pytest.approx(1.0)
    assert seen == [Progress(stage="sources", done=0, total=1)]
