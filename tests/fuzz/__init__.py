"""Requests that no sound client sends: `python -m tests.fuzz --requests 20000`."""
