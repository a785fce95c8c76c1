"""Entailment models behind the port: which of two kinds a model is, and whether it knows its trade."""

from service.domain.errors import ModelRefused
from service.domain.ports import EntailmentScorer

# What follows from each passage, and what does not, in words that any such model has seen.
_PROBES = (
    (
        "The council voted on Monday to close the old bridge to traffic.",
        "The council voted to close the old bridge.",
        "The council voted to keep the old bridge open.",
    ),
    (
        "A fire destroyed two houses in the village, and nobody was hurt.",
        "Two houses in the village were destroyed by a fire.",
        "Several people died in a flood in the village.",
    ),
    (
        "The company sold its paper mill to a Swedish rival.",
        "A Swedish company bought the paper mill.",
        "The company bought a paper mill in Sweden.",
    ),
)
# A model that was trained for this tells these apart by nearly 1, one that was not by nearly nothing.
_LEAST_DIFFERENCE = 0.2


def load_scorer(name: str, *, probe: bool = True) -> EntailmentScorer:
    """Return the entailment model of a folder or hub name.

    A seq2seq model is asked as MiniCheck is (Tang, Laban and Durrett, EMNLP 2024); a classifier of
    sentence pairs must have a label for entailment, or a single output for consistency. With
    `probe`, one that cannot tell plain cases apart is refused: the files alone do not show what a
    model was trained for. Raises `ModelNotFound` and `ModelRefused`.
    """
    from service.backends.pretrained import describe

    described = describe(name)
    scorer: EntailmentScorer
    if described.architecture.endswith("ForConditionalGeneration"):
        from service.backends.entailment.minicheck import open_minicheck

        scorer = open_minicheck(described)
    elif described.architecture.endswith("ForSequenceClassification"):
        from service.backends.entailment.cross_encoder import open_cross_encoder

        scorer = open_cross_encoder(described)
    else:
        found = described.architecture or "no architecture"
        reason = (
            "an entailment model is a seq2seq model or a classifier of sentence pairs;"
            f" its config.json names {found}"
        )
        raise ModelRefused(described.source.name, reason)
    if probe:
        _check(scorer)
    return scorer


def _check(scorer: EntailmentScorer) -> None:
    """Raise `ModelRefused` unless a model tells on average what follows from what does not."""
    scores = scorer.score([(passage, c) for passage, *claims in _PROBES for c in claims])
    difference = sum(scores[::2]) / len(_PROBES) - sum(scores[1::2]) / len(_PROBES)
    if difference < _LEAST_DIFFERENCE:
        reason = (
            "it does not tell what follows from a passage from what does not:"
            f" their scores differ by {difference:.2f} in plain cases, least {_LEAST_DIFFERENCE}"
        )
        raise ModelRefused(scorer.name, reason)
