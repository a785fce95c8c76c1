"""Changes of what a sentence denies, doubts, foresees or puts in someone's mouth."""

import re
from collections.abc import Iterator
from itertools import chain

from service.evaluation.changes import Change, replacing
from service.evaluation.edit_words import base_of, past_of, third_person

_DO_NOT = re.compile(
    r"\b(?P<do>did|does|do)(?: not|n[’']t) (?P<adverb>[a-z]+ly )?(?P<verb>[a-z]{2,})\b"
)
_AUXILIARY_NOT = re.compile(
    r"\b(?P<aux>is|are|was|were|has|have|had|would|could|should|must|may|might|do|does|did|will)"
    r"(?: not\b|n[’']t\b)(?! only)"
)
_CANNOT = re.compile(r"\b(?:cannot|can not|can[’']t)\b")
_WILL_NOT = re.compile(r"\bwon[’']t\b")
_NO = re.compile(
    r"\b(?:No|no|Never|never|neither|Neither) (?=[a-z]{3,})(?!longer|doubt|matter|more|one)"
)
_NO_ONE = re.compile(r"\b(?P<who>No one|no one|Nobody|nobody|None|none)\b")
_NO_LONGER = re.compile(r"\bno longer\b")
_WITHOUT = re.compile(r"\bwithout\b")
_REFUSED = re.compile(r"\b(?:refused|declined|failed|refuses|declines|fails) to (?P<verb>[a-z]+)\b")
_DENIED = re.compile(r"\b(?P<verb>denied|denies|deny)\b")

_AUXILIARY = re.compile(
    r"(?<![,;] )\b(?P<aux>is|are|was|were|has|have|had|will|would|could|should|can|must|may|might)"
    r"(?= (?:[a-z]+ly )?(?:been |be )?[a-z]{2,})(?! not| no | never| to |n[’'])"
)
_SUBJECT = (
    r"(?:[A-Z][\w’'.\-]+|[Hh]e|[Ss]he|[Tt]hey|[Ww]e|[Ii]t|who|which|police|officials|authorities"
    r"|government|company"
    r"|court|judge|[a-z]+(?:er|or|ist|ers|ors|ists|ment|men|man))"
)
# Behind a bare noun a form in -ed may be a participle: "the men arrested on Friday".
_NOUN_ACTION = re.compile(
    r"(?P<lead>\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir) (?:[a-z]+ ){0,2}[a-z]+ )(?P<verb>[a-z]{3,})"
    r"(?= (?:the|an?|his|her|its|their|that|\d|[A-Z]))"
)
_ACTION = re.compile(
    rf"(?P<lead>\b(?!Having|Being|After|When){_SUBJECT} )(?P<verb>[a-z]{{3,}})"
    r"(?= (?:the|an?|his|her|its|their|that|to|on|in|at|with|from|for|into|out|up|down|off|against"
    r"|about|\d|[A-Z]))"
)

_HEDGE = re.compile(
    r"\b(?:[Aa]llegedly|[Rr]eportedly|[Aa]pparently|[Ss]upposedly|[Pp]urportedly|[Pp]robably|[Pp]ossibly"
    r"|[Pp]erhaps|[Pp]resumably|[Ll]ikely|alleged|suspected|presumed|so-called|potential(?:ly)?),? (?!of )"
)
_ABOUT = re.compile(
    r"\b(?:about|around|nearly|almost|approximately|roughly|some|at least|more than|over|up to|as many as"
    r"|fewer than|less than|an estimated|under) (?=[$€£]?\d)",
    re.IGNORECASE,
)
_BELIEVED = re.compile(
    r"\b(?P<be>is|are|was|were) (?:believed|thought|said|alleged|reported|understood|suspected"
    r"|feared) to (?:be|have been)\b"
)
_SPEAKER = (
    r"(?:[A-Z][^,“”\"]{1,60}|(?:the |local |state |federal )?[a-z]+(?: [a-z]+){0,3}|he|she|they)"
)
_VERB = (
    r"(?:said|says|say|told [^,.]{2,40}|added|announced|claimed|claims|reported|reports|warned"
    r"|confirmed|alleged|stated"
    r"|according to [^,.“”]{2,80})"
)
_TRAILING = re.compile(
    rf",[”\"]? (?:(?:{_SPEAKER} )?{_VERB}(?: (?:on )?[A-Z][a-z]+day)?|(?:said|says) {_SPEAKER})(?=\.[”\"]?$|$)"
)
_ACCORDING = re.compile(r"\A(?:According to|As reported by|In a statement,?) [^,]{2,80}, ")
_THAT = re.compile(
    r"(?P<speaker>\A[^,;“”\"]{2,70}?)\b (?:has |have |had )?(?:said|says|say|alleged|alleges|allege"
    r"|claimed|claims|claim"
    r"|announced|announces|reported|reports|believes?|believed|argued?s?|warned|warns|insists?|insisted|suggested"
    r"|suggests?|stated?s?|estimates?|estimated)(?: [A-Z][a-z]+ ?[A-Z]?[a-z]*day| on [A-Z][a-z]+day)? that "
)

_MODAL = re.compile(
    r"\b(?:may|might|could|would|should|can|must|shall) (?P<adverb>[a-z]+ly )?(?P<verb>[a-z]{2,})\b"
)
_MODAL_HAVE = re.compile(r"\b(?:may|might|could|would|should|must) have (?P<been>been\b)?")
_MODAL_PLANS = re.compile(
    r"\b(?P<be>is|are) (?:expected|likely|set|due|scheduled|planning|hoping|about|considering|poised"
    r"|believed) to\b"
)
_WERE_PLANS = re.compile(
    r"\b(?:was|were) (?:expected|likely|set|due|scheduled|planning|hoping|about) to be\b"
)
_PLANS = re.compile(
    r"\b(?:plans|hopes|intends|wants|aims|seeks|threatens|plan|hope|intend|want|aim|seek|threaten) to (?=[a-z])"
)
_PLANNED = re.compile(
    r"\b(?:planned|hoped|intended|wanted|aimed|sought|threatened|tried|attempted|agreed|decided|offered|vowed) to"
    r" (?P<verb>[a-z]+)\b"
)
_CONSIDERING = re.compile(
    r"\b(?P<be>is|are|was|were) (?:considering|weighing|discussing) (?:the )?(?P<verb>[a-z]+ing)\b"
)
_PLURAL_BEFORE = re.compile(
    r"(?:\b(?:they|we|you|I|who)|[a-z]s|\b(?:people|police|men|women|children)) \Z"
)


def dropped_negations(sentence: str) -> Iterator[Change]:
    """Yield what denies, turned into what affirms."""
    yield from replacing(_DO_NOT, sentence, _affirmed)
    if not _DO_NOT.search(sentence):
        yield from replacing(_AUXILIARY_NOT, sentence, lambda m: m["aux"])
    yield from replacing(_CANNOT, sentence, lambda _: "can")
    yield from replacing(_WILL_NOT, sentence, lambda _: "will")
    yield from replacing(_NO, sentence, lambda _: "")
    yield from replacing(_NO_ONE, sentence, lambda m: _someone(m["who"]))
    yield from replacing(_NO_LONGER, sentence, lambda _: "still")
    yield from replacing(_WITHOUT, sentence, lambda _: "with")
    yield from replacing(_REFUSED, sentence, lambda m: past_of(m["verb"]))
    yield from replacing(
        _DENIED,
        sentence,
        lambda m: {"denied": "confirmed", "denies": "confirms"}.get(m[0], "confirm"),
    )


def _affirmed(match: re.Match[str]) -> str:
    adverb = match["adverb"] or ""
    verb = match["verb"]
    if match["do"] == "did":
        return adverb + past_of(verb)
    return adverb + (third_person(verb) if match["do"] == "does" else verb)


def _someone(word: str) -> str:
    some = {"none": "all"}.get(word.lower(), "someone")
    return some.capitalize() if word[0].isupper() else some


def added_negations(sentence: str) -> Iterator[Change]:
    """Yield what affirms, turned into what denies."""
    yield from replacing(_AUXILIARY, sentence, lambda m: m["aux"] + " not")
    yield from replacing(_ACTION, sentence, _denied)
    yield from replacing(_NOUN_ACTION, sentence, _denied)


def _denied(match: re.Match[str]) -> str | None:
    base = base_of(match["verb"])
    return f"{match['lead']}did not {base}" if base and base not in ("be", "have", "do") else None


def lost_hedges(sentence: str) -> Iterator[Change]:
    """Yield words of doubt and of rough size cut away."""
    yield from replacing(_HEDGE, sentence, lambda _: "")
    yield from replacing(_ABOUT, sentence, lambda _: "")
    yield from replacing(_BELIEVED, sentence, lambda m: m["be"])


def lost_attributions(sentence: str) -> Iterator[Change]:
    """Yield what someone said turned into what is so."""
    yield from replacing(_TRAILING, sentence, lambda m: "”" if m[0][1] == "”" else "")
    yield from replacing(_ACCORDING, sentence, lambda _: "")
    yield from replacing(_THAT, sentence, lambda _: "")


def lost_modals(sentence: str) -> Iterator[Change]:
    """Yield what may or will be turned into what is."""
    plain = chain(
        replacing(_MODAL_HAVE, sentence, lambda m: "was" if m["been"] else None),
        replacing(_MODAL_PLANS, sentence, lambda _: "will"),
        replacing(_WERE_PLANS, sentence, lambda m: m[0].split()[0]),
        replacing(_PLANS, sentence, lambda _: "will "),
        replacing(_PLANNED, sentence, lambda m: past_of(m["verb"])),
        replacing(_CONSIDERING, sentence, lambda m: f"{m['be']} {m['verb']}"),
    )
    yield from plain
    for match in _MODAL.finditer(sentence):
        before = sentence[: match.start()]
        if change := _without_modal(match, before):
            yield change


def _without_modal(match: re.Match[str], before: str) -> Change | None:
    verb, adverb = match["verb"], match["adverb"] or ""
    if verb in ("not", "have", "also", "only", "now", "still", "never", "even") or verb.endswith(
        "ly"
    ):
        return None
    plural = _PLURAL_BEFORE.search(before) is not None
    form = ("are" if plural else "is") if verb == "be" else verb if plural else third_person(verb)
    return Change(start=match.start(), end=match.end(), text=adverb + form)
