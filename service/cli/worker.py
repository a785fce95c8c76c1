"""`brief worker`: a worker for a service that outgrows one machine."""

import click

from service.cli.wiring import Wiring, pass_wiring

_EPILOG = """\b
Example:
  brief worker --concurrency 2
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=1,
    show_default="1",
    help="Briefs made at the same time, by one model.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Tell Prometheus this worker's figures on this port.",
)
@click.option(
    "--metrics-host",
    default="127.0.0.1",
    show_default=True,
    help="The address for --metrics-port.",
)
@click.option("--supervised", is_flag=True, hidden=True)
@pass_wiring
def worker(
    wiring: Wiring,
    concurrency: int,
    metrics_port: int | None,
    metrics_host: str,
    supervised: bool,
) -> None:
    """Make the briefs that a service accepts, until stopped.

    Needs the service's database and, where it has one, its queue, by the same settings. Stopped by
    SIGTERM or Ctrl-C it finishes what it has begun, within BRIEF_GRACE_S seconds, or puts it back;
    stopped again it ends at once.
    """
    figures_at = None if metrics_port is None else (metrics_host, metrics_port)
    wiring.work(concurrency, supervised, figures_at)
