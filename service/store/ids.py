"""What can be stored under a name or as a text, and asked for at once, in either database."""

from collections.abc import Iterator, Sequence

# SQLite takes a limited number of bound values in one statement.
_A_QUERY = 500


def storable(id: str) -> bool:
    """Say whether an id can be that of a row: what a database cannot hold is nobody's id."""
    return "\0" not in id and not any("\ud800" <= c <= "\udfff" for c in id)


def plain(text: str | None) -> str | None:
    """Return a text without NUL, which PostgreSQL does not keep."""
    return None if text is None else text.replace("\0", "")


def parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the values in parts, in their order, each of which one statement can ask for."""
    for at in range(0, len(values), _A_QUERY):
        yield values[at : at + _A_QUERY]
