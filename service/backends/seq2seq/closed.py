"""The closed list of words that a `lexical` draft may use besides those of its source."""

from service.backends.seq2seq.facts import Facts
from service.backends.tokens import TextEncoder, in_chunk

# No negation, modal or number is here: those change what is said, so they come from the source only.
FUNCTION_WORDS = (
    *"a an the and or as at by for from in into of on to with after before during over".split(),
    *"under about is are was were be been being has have had that which who whom whose".split(),
    *"this these those it its he she they his her their them when where while".split(),
    *". , ; : ’s 's".split(),
)


def closed_ids(encoder: TextEncoder, facts: Facts) -> frozenset[int]:
    """Return the tokens that are such a word whole, as one opens a text or stands in it."""
    spelled = [encoder.encode(form) for word in FUNCTION_WORDS for form in (word, in_chunk(word))]
    whole = {ids[0] for ids in spelled if len(ids) == 1}
    return frozenset(whole - {facts.unknown})
