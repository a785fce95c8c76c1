"""Options that several commands share."""

import click

from service.domain.brief import Options
from service.domain.claims import PROVENANCES

model_option = click.option(
    "--model", metavar="NAME", help="A model's name or folder.  [default: BRIEF_MODEL]"
)
entailment_option = click.option(
    "--entailment",
    metavar="NAME",
    help="A folder or hub name of the entailment model.  [default: BRIEF_ENTAILMENT]",
)
provenance_option = click.option(
    "--provenance",
    metavar="MODE",
    type=click.Choice(PROVENANCES),
    default=Options().provenance,
    show_default=True,
    help="How freely the model may write: strict, lexical or open.",
)
