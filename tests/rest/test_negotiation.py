import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.rest.negotiation import best_offer, is_known, preferred_wait_s

OFFERS = ("application/json", "text/markdown", "text/html")


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        ("text/html;q=0.2, application/json;q=0.1", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/html; charset=utf-8", "text/html"),
        ("*/*;q=0.5, text/markdown;q=0.4", "application/json"),
        ("text/*, text/markdown;q=0", "text/html"),
        ("*/*;q=0", None),
        ("text/html;q=2", None),
        ("nonsense", None),
        (" ", "application/json"),
    ],
)
def test_the_closest_range_decides_on_an_offer(accept: str, best: str | None) -> None:
    assert best_offer(accept, OFFERS) == best


@given(qualities=st.permutations([0.9, 0.5, 0.1]))
@settings(max_examples=6, deadline=None)
def test_the_highest_quality_wins_in_any_order(qualities: list[float]) -> None:
    accept = ", ".join(f"{o};q={q}" for o, q in zip(OFFERS, qualities, strict=True))
    assert best_offer(accept, OFFERS) == OFFERS[qualities.index(0.9)]


@given(accept=st.text(), prefer=st.lists(st.text()), known=st.text())
@settings(max_examples=100, deadline=None)
def test_no_header_is_more_than_it_can_take(accept: str, prefer: list[str], known: str) -> None:
    assert best_offer(accept, OFFERS) in (None, *OFFERS)
    wait_s = preferred_wait_s(prefer)
    assert wait_s is None or 0 <= wait_s <= 60
    assert is_known(known, '"tag"') == ('"tag"' in known or known.strip() == "*")


@pytest.mark.parametrize(
    ("prefer", "wait_s"),
    [
        (["wait=10"], 10),
        (["respond-async, wait=5"], 5),
        (["respond-async", "Wait = 7"], 7),
        (['wait="3"'], 3),
        (["wait=100000"], 60),
        (["wait=-1"], None),
        (["wait=soon"], None),
        (["waiting=4"], None),
        ([], None),
    ],
)
def test_a_wait_is_read_as_rfc_7240_says(prefer: list[str], wait_s: int | None) -> None:
    assert preferred_wait_s(prefer) == wait_s
