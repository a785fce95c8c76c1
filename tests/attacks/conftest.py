from tests.rest.conftest import client, held, held_models, services

# The services of the tests over HTTP, for the attacks on them.
__all__ = ["client", "held", "held_models", "services"]
