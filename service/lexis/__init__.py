"""Words, numbers and dates as they are written: no model, no clock, no guess."""
