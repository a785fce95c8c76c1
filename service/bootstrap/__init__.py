"""The wiring: here, and nowhere else, the parts of the service meet."""
