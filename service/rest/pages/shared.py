"""To come."""

HANDLERS: tuple[()] = ()
