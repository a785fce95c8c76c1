"""Groups that grow by joining: the disjoint sets of Galler and Fischer (1964), with their members."""

from collections.abc import Sequence


class Unions:
    """The indices 0 to n - 1, each in one group; at first each is alone."""

    def __init__(self, n: int) -> None:
        self._group = [[i] for i in range(n)]

    def root(self, i: int) -> int:
        """Return the lowest index of a group."""
        return self._group[i][0]

    def members(self, i: int) -> Sequence[int]:
        """Return the indices of a group in order: the same object for each of its members."""
        return self._group[i]

    def join(self, i: int, j: int) -> None:
        if self._group[i] is not self._group[j]:
            joined = sorted(self._group[i] + self._group[j])
            for member in joined:
                self._group[member] = joined

    def groups(self) -> list[Sequence[int]]:
        """Return the groups in the order of their lowest indices."""
        return [group for i, group in enumerate(self._group) if group[0] == i]
