"""Pure values and ports: no I/O, no clock, no model, and no import from any other room."""
