"""What a user names on the command line: files, folders and standard input, to documents."""

from service.intake.limits import Intake, IntakeLimits
from service.intake.reading import read_paths

__all__ = ["Intake", "IntakeLimits", "read_paths"]
