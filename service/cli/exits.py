"""How a command ends: exit codes, and what is said on stderr."""

import os
import sys
from collections.abc import Callable
from enum import IntEnum

import click

from service.domain.errors import (
    BadSettings,
    BriefError,
    BrokenBrief,
    ModelError,
    NoUsableDocument,
)


class Exit(IntEnum):
    """What a caller's script may rely on; the last two are the shell's own for the signals."""

    DONE = 0
    CHECK_FAILED = 1
    WRONG_USAGE = 2
    UNREADABLE = 3
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class CommandGroup(click.Group):
    """Ends every command with an exit code and one plain line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            answer = super().invoke(ctx)
            # Here, where a closed pipe can still be answered; at exit it would be a traceback.
            sys.stdout.flush()
        except BriefError as error:
            for line in _told(error):
                tell(f"brief: {line}")
            ctx.exit(_exit_of(error))
        except BrokenPipeError:
            quieten(sys.stdout.fileno)
            ctx.exit(Exit.PIPE_CLOSED)
        except KeyboardInterrupt:
            ctx.exit(Exit.INTERRUPTED)
        return answer


def tell(line: str) -> None:
    """Say one line on stderr; what comes from a document or a file name cannot drive the terminal."""
    from service.render import shown

    click.echo(shown(line), err=True)


def _told(error: BriefError) -> list[str]:
    if isinstance(error, NoUsableDocument) and error.reasons:
        return ["no usable document", *(f"{name}: {reason}" for name, reason in error.reasons)]
    return [str(error)]


def _exit_of(error: BriefError) -> Exit:
    if isinstance(error, BrokenBrief):
        return Exit.CHECK_FAILED
    if isinstance(error, BadSettings | ModelError):
        return Exit.WRONG_USAGE
    return Exit.UNREADABLE


def quieten(fileno: Callable[[], int]) -> None:
    """Send what is still buffered nowhere, so that flushing it at exit cannot fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, fileno())
    os.close(nowhere)
