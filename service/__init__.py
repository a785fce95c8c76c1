"""wellsourced: many documents in, one brief out, every word traceable to its source."""

__version__ = "0.1.0"
