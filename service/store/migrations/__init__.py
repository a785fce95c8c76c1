"""How the tables of an earlier version of the service become those of today."""
