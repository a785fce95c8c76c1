"""What a user names or sends to documents: files, folders and standard input."""

from service.intake.limits import Intake, IntakeLimits
from service.intake.reading import SentFile, read_files, read_paths

__all__ = ["Intake", "IntakeLimits", "SentFile", "read_files", "read_paths"]
