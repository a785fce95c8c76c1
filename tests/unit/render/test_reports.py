from service.domain.brief import Source
from service.render.reports import copies, reports
from tests.unit.domain.editions import source


def grouped(*groups: int) -> list[Source]:
    return [source(marker, independent_group=group) for marker, group in enumerate(groups, start=1)]


def test_reports_stand_in_the_order_of_their_first_source() -> None:
    assert reports(grouped(7, 2, 7, 1, 2)) == ((1, 3), (2, 5), (4,))


def test_each_source_knows_the_others_of_its_report() -> None:
    assert copies(grouped(1, 2, 1, 1)) == {1: (3, 4), 2: (), 3: (1, 4), 4: (1, 3)}
