"""The command group; each command's own imports wait until it runs."""

import click

from service import __version__
from service.cli.evaluate import evaluate
from service.cli.exits import CommandGroup
from service.cli.keys import keys
from service.cli.models import models
from service.cli.run import run
from service.cli.serve import serve
from service.cli.verify import verify
from service.cli.worker import worker

_EPILOG = """\b
Example:
  brief run articles/ -o today.json
  brief verify today.json articles/

Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 input could not be read
(what could be read is still done).
"""


@click.group(
    name="brief",
    epilog=_EPILOG,
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="brief", message="%(prog)s %(version)s")
def main() -> None:
    """Many documents in, one brief out, every word traceable to its source."""


main.add_command(evaluate)
main.add_command(keys)
main.add_command(models)
main.add_command(run)
main.add_command(serve)
main.add_command(verify)
main.add_command(worker)
