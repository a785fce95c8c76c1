"""What there is only so much of at once, and how much of it one tenant may hold."""

from collections import Counter
from dataclasses import dataclass, field

from service.domain.errors import Overloaded
from service.jobs.limits import Limits
from service.store.records import LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """So much of something, for everyone together: both limits are inclusive.

    `share` is what one tenant may hold, so that none keeps the others out. Callers without a key
    are all of one tenant, and may hold everything. `unit` is told to who is refused.
    """

    limit: int
    share: int
    unit: str = "callers"
    _held: Counter[str] = field(default_factory=Counter, init=False)

    @classmethod
    def halved(cls, limit: int, *, least: int = 1, unit: str = "callers") -> "Quota":
        """Return so much of something, of which one tenant may hold half, and `least` in any case."""
        return cls(limit=limit, share=max(least, limit // 2), unit=unit)

    @property
    def held(self) -> int:
        return self._held.total()

    def check(self, tenant: str, amount: int = 1) -> None:
        """Raise `Overloaded` where that much more would be too much."""
        if self.held + amount > self.limit:
            raise Overloaded(self.held + amount, self.limit, self.unit)
        if tenant != LOCAL and self._held[tenant] + amount > self.share:
            raise Overloaded(self._held[tenant] + amount, self.share, self.unit)

    def add(self, tenant: str, amount: int = 1) -> None:
        """Count what is held from now on, too much or not."""
        self._held[tenant] += amount

    def take(self, tenant: str, amount: int = 1) -> None:
        """Count what is held from now on; raises `Overloaded` where it would be too much."""
        self.check(tenant, amount)
        self.add(tenant, amount)

    def give_back(self, tenant: str, amount: int = 1) -> None:
        """Count no longer what was taken."""
        self._held[tenant] -= amount
        if not self._held[tenant]:
            # Not one entry for every tenant that there ever was.
            del self._held[tenant]


def bytes_held(limits: Limits) -> Quota:
    """Return the bytes of large bodies; one tenant may hold at least those of the largest request."""
    return Quota.halved(limits.bytes_at_once, least=limits.bytes_per_request, unit="bytes")


def tenant_of(state: dict[str, object]) -> str:
    """Return whose request it is that has this state; that of nobody's counts as of this machine's."""
    return str(getattr(state.get("caller"), "tenant", LOCAL))
