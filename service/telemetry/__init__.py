"""How the service tells of itself: counts, spans and log lines; ids and numbers, never text."""
