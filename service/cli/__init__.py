"""The `brief` command: results on stdout, everything else on stderr."""

from service.cli.root import main

__all__ = ["main"]
