"""Adapters behind the ports: models, extractors, token counters, and a fake of each."""
