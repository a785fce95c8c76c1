"""Which sources are one report: the first of them to be cited, and its copies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from service.domain.brief import Source


def reports(sources: Iterable[Source]) -> tuple[tuple[int, ...], ...]:
    """Return the markers of sources by independent reporting, all in the order of the sources."""
    groups: dict[int, list[int]] = defaultdict(list)
    for source in sources:
        groups[source.independent_group].append(source.marker)
    return tuple(tuple(markers) for markers in groups.values())


def copies(sources: Iterable[Source]) -> Mapping[int, tuple[int, ...]]:
    """Return, by the marker of each source, the markers of the others that are the same reporting."""
    return {
        marker: tuple(other for other in report if other != marker)
        for report in reports(sources)
        for marker in report
    }
