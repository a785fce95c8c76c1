"""`brief serve`: the REST service."""

import click

from service.cli.wiring import Wiring, pass_wiring


@click.command(epilog="\b\nExample:\n  brief serve --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default="8000",
    help="Port to listen on.",
)
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=1,
    show_default="1",
    help="Processes that make briefs, each one at a time; 0 where `brief worker` runs elsewhere.",
)
@pass_wiring
@click.pass_context
def serve(ctx: click.Context, wiring: Wiring, host: str, port: int, workers: int) -> None:
    """Serve the REST API and its pages.

    The database is SQLite and the model the one in the box, unless settings say otherwise.
    """
    ctx.exit(wiring.serve(host, port, workers))
