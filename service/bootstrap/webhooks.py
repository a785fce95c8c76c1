"""The wiring of webhooks: who sends them, and by which rules."""

import secrets

from service.jobs.deliveries import Deliveries, Rounds
from service.jobs.parts import Shop
from service.settings import Settings
from service.webhooks.sender import Rules, Sender

# Over the time that one message may take: for writing what became of it to a busy database.
_LEASE_MARGIN_S = 45.0


def deliveries(settings: Settings, shop: Shop) -> Deliveries:
    """Return what sends the webhooks of a service; it must be started inside an event loop."""
    rounds = Rounds(lease_s=settings.webhook_timeout_s + _LEASE_MARGIN_S)
    rules = Rules(
        timeout_s=settings.webhook_timeout_s,
        allow_private=settings.webhook_private,
        at_once=rounds.at_once,
    )
    return Deliveries(
        store=shop.store.deliveries,
        post=Sender(rules),
        vault=shop.vault,
        surroundings=shop.surroundings,
        metrics=shop.metrics,
        chance=secrets.SystemRandom().random,
        rounds=rounds,
    )
