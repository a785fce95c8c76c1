from dataclasses import replace
from datetime import datetime

import pytest

from service.domain.edition import Change, ChangeKind, Gone, StoryState
from service.domain.errors import InconsistentCitation
from tests.unit.domain.editions import (
    TODAY,
    YESTERDAY,
    edition,
    rain,
    source,
    statement,
    story,
    updated,
)


@pytest.mark.parametrize(
    ("kind", "before"),
    [("new", "Snow fell."), ("changed", None), ("corrected", None), ("changed", "Rain fell.")],
)
def test_a_change_tells_what_stood_before_exactly_where_something_did(
    kind: ChangeKind, before: str | None
) -> None:
    with pytest.raises(ValueError, match=kind):
        Change(kind=kind, statement=statement("s1", "Rain fell."), before=before)


@pytest.mark.parametrize("state", ["new", "unchanged"])
def test_only_an_updated_story_has_changes(state: StoryState) -> None:
    with pytest.raises(ValueError, match="1 changes"):
        replace(updated(), state=state)


def test_an_updated_story_has_some_change() -> None:
    with pytest.raises(ValueError, match="0 changes"):
        replace(updated(), changes=())


@pytest.mark.parametrize(
    "told",
    [
        {"headline": statement("h", markers=(2,))},
        {"lede": statement("s1", markers=(2,))},
        {
            "state": "updated",
            "changes": (Change(kind="new", statement=statement("s", "No.", (2,))),),
        },
    ],
)
def test_a_story_cites_no_source_that_it_does_not_list(told: dict[str, object]) -> None:
    with pytest.raises(InconsistentCitation):
        story(**told)


def test_a_storys_sources_state_the_zone_of_their_times() -> None:
    with pytest.raises(ValueError, match=r"source 2 .* zone"):
        story(
            sources=(source(1), source(2, published_at=datetime(2026, 11, 21, 6))),  # noqa: DTZ001
            independent_sources=2,
            documents=2,
        )


def test_a_storys_sources_are_numbered_in_order() -> None:
    with pytest.raises(ValueError, match=r"1\.\.2"):
        story(sources=(source(1), source(3)), independent_sources=2, documents=2)


@pytest.mark.parametrize(
    ("independent", "documents"), [(0, 2), (2, 2), (1, 1)], ids=["none", "copies", "too few"]
)
def test_a_story_counts_its_sources_as_they_are(independent: int, documents: int) -> None:
    copies = source(1), source(2, independent_group=1)
    with pytest.raises(ValueError, match="2 sources in 1 groups"):
        story(sources=copies, independent_sources=independent, documents=documents)


def test_a_story_shows_headline_lede_and_changes_in_this_order() -> None:
    assert [one.id for one in rain().statements()] == ["h", "s1", "s2", "s3", "s4"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"previous": TODAY}, "not before"),
        ({"created_at": datetime(2026, 11, 21, 6)}, "zone"),  # noqa: DTZ001
        ({"changed_at": datetime(2026, 11, 21, 6)}, "zone"),  # noqa: DTZ001
        ({"articles": -1}, "duplicates of -1"),
        ({"articles": 1, "duplicates": 2}, "2 duplicates of 1"),
        ({"stories": (story("a"), story("a", brief_id="b"))}, "story 'a'"),
        ({"stories": (story("a", brief_id="b"), story("c", brief_id="b"))}, "brief 'b'"),
        (
            {"stories": (story("a"),), "gone": (Gone(id="a", headline="A.", last=YESTERDAY),)},
            "story 'a'",
        ),
        ({"gone": (Gone(id="a", headline="A.", last=TODAY),)}, "after it was gone"),
        ({"previous": None, "stories": (updated(),)}, "from no edition"),
        ({"previous": None, "stories": (story(state="unchanged"),)}, "from no edition"),
        (
            {"previous": None, "gone": (Gone(id="a", headline="A.", last=YESTERDAY),)},
            "from no edition",
        ),
    ],
)
def test_an_edition_that_contradicts_itself_is_refused(
    told: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        edition(**told)


def test_an_edition_may_have_no_story_and_be_the_first() -> None:
    assert edition(previous=None).stories == ()
