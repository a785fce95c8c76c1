"""One fact of a sentence altered so that both sentences cannot be true: what conflicts are made of."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from service.domain.brief import DisagreementKind
from service.evaluation.changes import Change, draw, pick
from service.evaluation.edit_verbs import added_negations, dropped_negations
from service.evaluation.edit_words import CITIES, INVENTED_NAMES, NUMBER_WORDS
from service.evaluation.edits import possible_changes
from service.evaluation.names import TITLES, Pool
from service.lexis.person_names import fold
from service.lexis.places import extent

# "place" is a disagreement of the kind "name"; it is told apart to see which is found.
FACTS = ("number", "date", "name", "place", "status", "negation")
KINDS_OF: Mapping[str, frozenset[DisagreementKind]] = {
    "number": frozenset({"number"}),
    "date": frozenset({"date"}),
    "name": frozenset({"name"}),
    "place": frozenset({"name"}),
    "status": frozenset({"status"}),
    # Who refuses to sign both denies and stands otherwise: either kind is true of it.
    "negation": frozenset({"negation", "status"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalFact:
    """A change that contradicts the sentence, and the kinds of disagreement that are true of it."""

    fact: str
    change: Change
    kinds: frozenset[DisagreementKind]


def rival_facts(fact: str, sentence: str, pool: Pool) -> tuple[RivalFact, ...]:
    """Return what can be altered in a sentence, outside quotations."""
    quoted = [m.span() for m in re.finditer(r"“[^”]*”?|\"[^\"]*\"?", sentence)]
    found = []
    for change, kinds in _FACTS[fact](sentence, pool):
        inside = any(a < change.end and change.start < b for a, b in quoted)
        if not inside and change.of(sentence) != sentence:
            found.append(RivalFact(fact=fact, change=change, kinds=kinds))
    return tuple(dict.fromkeys(found))


_Found = Iterator[tuple[Change, frozenset[DisagreementKind]]]

_NUMBER = re.compile(
    rf"(?P<sign>[$€£]?)(?<![\w.,:/#-])(?P<value>\d+(?:,\d{{3}})*(?:\.\d+)?|(?:{'|'.join(NUMBER_WORDS)}))"
    r"(?P<gap>-| |(?=%))(?P<noun>%|[a-z]{3,}|US|British|[A-Z][a-z]+s?\b)",
    re.IGNORECASE,
)
# Bounds and rough figures do not exclude others.
_BOUND = re.compile(
    r"\b(?:at least|more than|over|up to|as many as|fewer than|less than|under|about|around|nearly|almost|some"
    r"|approximately|roughly|estimated|exceed\w*|above|below|between|or|and|to|than|of|No\.?|number"
    r"|page|aged?|Flight"
    r"|Route|Highway|Channel|chapter|section|article|January|February|March|April|May|June|July|August|September"
    r"|October|November|December|Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.) (?:the )?\Z",
    re.IGNORECASE,
)
_NO_COUNT = frozenset(
    "january february march april may june july august september october november december and or to the of"
    " in at from"
    " on with for by was were is are had has that others more other pm am edt est gmt utc per who they".split()
)


def _numbers(sentence: str, pool: Pool) -> _Found:
    for match in _NUMBER.finditer(sentence):
        noun, value = match["noun"].lower(), match["value"]
        before = sentence[: match.start()]
        year = re.fullmatch(r"(?:19|20)\d\d", value) and match["gap"] != "-" and not match["sign"]
        if noun in _NO_COUNT or noun == "year" or year or _BOUND.search(before):
            continue
        if re.search(r"\d[-–, ]*\Z", before) or value in ("1", "0"):
            continue
        start, end = match.span("value")
        text = _rival_number(value, sentence)
        yield Change(start=start, end=end, text=text), KINDS_OF["number"]


def _rival_number(value: str, key: str) -> str:
    """Return a number of the same look that no rounding makes the same."""
    if value.lower() in NUMBER_WORDS:
        at = NUMBER_WORDS.index(value.lower())
        steps = [i for i in range(len(NUMBER_WORDS)) if 1 <= abs(i - at) <= 4]
        word = NUMBER_WORDS[pick(steps, key + value)]
        return word.capitalize() if value[0].isupper() else word
    plain = value.replace(",", "")
    factor = pick((0.6, 0.75, 1.3, 1.5, 1.8), key + value)
    if "." in plain:
        return f"{float(plain) * factor:.{len(plain.split('.')[1])}f}"
    made = round(int(plain) * factor)
    zeros = len(plain) - len(plain.rstrip("0"))
    made = max(2, round(made, -min(zeros, max(0, len(plain) - 2))))
    made = made + 3 if made == int(plain) else made
    return f"{made:,}" if "," in value else str(made)


_OF_A_YEAR = re.compile(r"(?:\b(?:in|since|until|of|by|from|late|early|mid|after|before)[ -]|, )\Z")
_DATE_BESIDE = re.compile(r",? (?:the )?(?:\d|[A-Z][a-z]{2,8}\.? \d)")


def _dates(sentence: str, pool: Pool) -> _Found:
    for change in possible_changes("date", sentence):
        word = sentence[change.start : change.end]
        if word.lower() in ("yesterday", "today", "tomorrow") or word.lower().startswith("last "):
            continue
        if len(word) == 4 and word.isdigit() and not _OF_A_YEAR.search(sentence[: change.start]):
            continue
        # A weekday beside its date would contradict the same sentence, not another's.
        if word.endswith("day") and _DATE_BESIDE.match(sentence[change.end :]):
            continue
        yield change, KINDS_OF["date"]


# Several may say the same; who holds an office of which there is one is told apart by it.
_SPEAKS_AFTER = re.compile(
    r"(?:,? \([^)]*\))?(?:, (?!the )[^,]{1,80},)?"
    r" (?:said|says|told|added|announced|claimed|warned|insisted|wrote|stated|believes?|accused)\b"
)
# Of several who are named together, one source may name some and another others.
_LISTED_BEFORE = re.compile(r"[A-Z][\w.’'-]*,? and (?:[\w.’'-]+ ){0,4}\Z")
_LISTED_AFTER = re.compile(r"(?:, (?!who|the|an?|his|her)[^,]{2,40})*,? and (?:[a-z]+ ){0,3}[A-Z]")


def _names(sentence: str, pool: Pool) -> _Found:
    for name in pool.people:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence):
            before, after = sentence[: match.start()], sentence[match.end() :]
            in_role = re.search(rf"\b(?:{TITLES}),? \Z", before) or re.match(
                r", (?:the|an?|who|\d\d|his|her|[a-z]+)\b", after
            )
            of_several = (
                _SPEAKS_AFTER.match(after)
                or _LISTED_BEFORE.search(before)
                or _LISTED_AFTER.match(after)
            )
            if in_role and not of_several:
                text = _stranger(name, sentence, pool)
                yield Change(start=match.start(), end=match.end(), text=text), KINDS_OF["name"]


def _stranger(name: str, sentence: str, pool: Pool) -> str:
    """Return another person's name: one of the same set, or one who is not in it."""
    own = set(name.split())
    others = [n for n in pool.people if not own & set(n.split()) and n.split()[-1] not in sentence]
    if others and draw(sentence + name) % 2:
        return pick(others, sentence)
    return pick([n for n in INVENTED_NAMES if not own & set(n.split())], sentence + name)


# Rarer names of a pool are often no places.
_BEST_KNOWN = 3
_COUNTRIES = ("Portugal", "Kenya", "Norway", "Chile", "Poland", "Ghana", "Nepal")
_STATES = ("Ohio", "Oregon", "Kansas", "Vermont", "Nevada")


def _places(sentence: str, pool: Pool) -> _Found:
    for name in pool.places:
        pattern = rf"\b(?:in|at|near|outside) (?P<place>{re.escape(name)})(?=[ .,])(?! [A-Z])"
        for match in re.finditer(pattern, sentence):
            others = [p for p in _like(name, pool) if p not in sentence]
            if others:
                start, end = match.span("place")
                change = Change(start=start, end=end, text=pick(others, sentence))
                yield change, KINDS_OF["place"]


def _like(place: str, pool: Pool) -> tuple[str, ...]:
    """Return places of the same extent: what happened in a town of a country happened there, too."""
    reach = extent([fold(w) for w in place.split()])
    if reach == "country":
        return _COUNTRIES
    if reach == "state":
        return _STATES
    if reach == "region":
        return ()
    known = [p for p in pool.places if extent([fold(w) for w in p.split()]) == "place"]
    return (*known[:_BEST_KNOWN], *CITIES)


_BOTH: frozenset[DisagreementKind] = frozenset({"status", "negation"})
_STATUSES: tuple[tuple[str, str, frozenset[DisagreementKind]], ...] = tuple(
    (
        before,
        after,
        _BOTH
        if re.search(r"\bnot\b|refus|denied|reject|declin|acquit", before + after)
        else KINDS_OF["status"],
    )
    for before, after in (
        (r"(was|were|been|is|are) arrested", r"\1 released"),
        (r"(was|were|been|is|are) detained", r"\1 set free"),
        (r"(was|were|been|be) (?:released|freed) on (?:bail|bond)", r"\1 denied bail"),
        (r"(was|were|been|be) (?:released|freed)(?! on (?:bail|bond))", r"\1 kept in custody"),
        (r"(is|are|was|were|remains|remained) in custody", r"\1 free on bail"),
        (r"(was|were|been) killed", r"\1 rescued"),
        (r"(has|have|had) died", r"\1 survived"),
        (r"\bdied\b(?= (?:in|on|at|after|of|from)\b)", "survived"),
        (r"(is|was|are|were) alive", r"\1 dead"),
        (r"\bsurvived\b", "died in"),
        (r"\bsigned\b(?= (?:a|an|the|into|on|his|her)\b)", "refused to sign"),
        (r"(was|were|been) signed", r"\1 vetoed"),
        (r"\bapproved\b(?= (?:a|an|the|it|this|new|plans?)\b)", "rejected"),
        (r"\b(?:passed|adopted)\b(?= (?:a|an|the|by|new)\b)", "rejected"),
        (r"\bwon\b(?= (?:the|a|an|his|her|stage|gold)\b)", "lost"),
        (r"found guilty", "acquitted"),
        (r"(was|were|been) convicted", r"\1 acquitted"),
        (r"pleaded guilty", "pleaded not guilty"),
        (r"pleaded not guilty|pled not guilty", "pleaded guilty"),
        (
            r"\b(?:resigned|stepped down|quit)\b(?= (?:as|from|on|after|over|his|her|the)\b)",
            "stayed on",
        ),
        (r"(was|were|been) (?:fired|sacked|dismissed)", r"\1 retained"),
        (r"(has|have|had) (?:fired|sacked)", r"\1 retained"),
        (
            r"\b(?:accepted|agreed to)\b(?= (?:a|an|the|his|her|take|buy|pay|release|send)\b)",
            "rejected",
        ),
        (r"\blifted\b", "extended"),
        (r"(was|were|been|be) (?:closed|shut)", r"\1 opened"),
        (r"\b(?:resumed|restarted)\b", "suspended"),
        (r"\b(?:postponed|delayed|suspended)\b", "brought forward"),
        (r"(was|were|been) (?:cancelled|canceled|called off)", r"\1 held as planned"),
        (r"(was|were|been) charged with", r"\1 cleared of"),
        (r"\bupheld\b", "overturned"),
        (r"\b(?:rescinded|overturned|repealed)\b", "upheld"),
        (r"\brose\b(?= (?:to|by|from|\d)|$)", "fell"),
        (r"\bincreased\b", "decreased"),
        (r"\bfell\b(?= (?:to|by|from|\d))", "rose"),
        (r"\bconfirmed\b(?= (?:that|the|to|on|he|she)\b)", "denied"),
        (r"\bdenied\b(?= (?:that|the|any|all|a)\b)", "confirmed"),
        (r"in (?:stable|good|fair) condition", "in critical condition"),
        (r"in (?:critical|serious) condition", "in stable condition"),
        (r"(has|have|had) escaped", r"\1 been recaptured"),
        (r"\bescaped\b(?= (?:from|on|after|when|with|by)\b)", "was recaptured"),
        (r"(was|were|been) (?:recaptured|caught|captured)", r"\1 still at large"),
        (r"checked (?:herself |himself )?(?:in)?to", "checked out of"),
        (r"(has|have) entered", r"\1 left"),
        (r"\bentered\b(?= (?:the|a|rehab|into)\b)", "left"),
        (r"\b(?:withdrew|pulled out)\b", "stayed"),
        (r"(was|were|been) (?:banned|barred|suspended)", r"\1 allowed"),
        (r"(was|were|been) granted", r"\1 denied"),
        (r"\b(?:bought|acquired|purchased)\b", "sold"),
        (r"\bwill replace\b", "will work alongside"),
        (r"(is|was) (?:open|reopened)\b", r"\1 closed"),
        (r"\blaunched\b(?= (?:a|an|the|its|his|their)\b)", "shelved"),
    )
)
# A patch and a film are released too, and nobody keeps them in custody.
_CUSTODY = re.compile(r"arrested|detained|released|freed|custody|escaped|captured|caught")
_PERSON_BEFORE = re.compile(
    r"(?:[A-Z][\w’'-]+|\b(?:he|she|they|who|man|men|woman|women|suspects?|teenager|driver|actor|actress|player"
    r"|people|sailors?|marines?|personnel|crew|soldiers?|inmates?|prisoners?|students?|bombers?"
    r"|protesters?|others?"
    r"|pirates?|hostages?|boy|girl))(?:,[^,]*,)? (?:also |later |now )?\Z"
)
# Nobody is released on suspicion of something.
_ON_SUSPICION = re.compile(
    r" (?:[a-z]+ )?(?:[A-Z][a-z]+day )?(?:on|for|under) (?:suspicion|(?:a )?charges?|allegedly|[a-z]+ing)\b"
)
_STATUS_PATTERNS = tuple((re.compile(b), a, kinds) for b, a, kinds in _STATUSES)


def _statuses(sentence: str, pool: Pool) -> _Found:
    for pattern, after, kinds in _STATUS_PATTERNS:
        for match in pattern.finditer(sentence):
            denied = re.search(
                r"\b(?:not|never|no|n[’']t|to|would|could|may)\b.{0,12}\Z",
                sentence[: match.start()],
            )
            after_it = sentence[match.end() :]
            custody = _CUSTODY.search(match[0]) and not _PERSON_BEFORE.search(
                sentence[: match.start()]
            )
            if not denied and not custody and not _ON_SUSPICION.match(after_it):
                yield Change(start=match.start(), end=match.end(), text=match.expand(after)), kinds


_SUBORDINATE = re.compile(
    r"\b(?:who|which|that|as|when|while|because|if|what|where|after|before|since|police say)\b[^,]*\Z",
    re.IGNORECASE,
)
_SOFT = re.compile(r"(?:may|might|could|should|can|must|would) not|\bnot (?:only|just|yet)\b")


# Who did not say it has not denied it; "not only", "not fully" and "has not one" deny little or nothing.
_SPOKEN = re.compile(
    r"\bnot (?:say|add|tell|note|only|now|fully|totally|completely|entirely|always|yet|just|one|an?|the)\b"
    r"|\b(?:said|told|added)\b"
)
_NEXT_WORD = 12


def _negations(sentence: str, pool: Pool) -> _Found:
    if re.search(r"\b(?:not|no|never|nobody|none|without|neither|nor)\b|n[’']t\b", sentence, re.I):
        changes = [
            c
            for c in dropped_negations(sentence)
            if "not" in sentence[c.start : c.end] or "n" in c.text
        ]
    else:
        # The first finite verb is, as a rule, that of the main clause.
        main = [
            c for c in added_negations(sentence) if not _SUBORDINATE.search(sentence[: c.start])
        ]
        changes = sorted(main, key=lambda c: c.start)[:1]
    for change in changes:
        made = change.of(sentence)[change.start :]
        if sentence[change.end :].startswith((" yet", " just", " more", " less")):
            continue
        spoken = _SPOKEN.search(made[: len(change.text) + _NEXT_WORD])
        if not _SOFT.search(change.text) and not spoken and len(change.text) > 1:
            yield change, KINDS_OF["negation"]


_FACTS: Mapping[str, Callable[[str, Pool], _Found]] = {
    "number": _numbers,
    "date": _dates,
    "name": _names,
    "place": _places,
    "status": _statuses,
    "negation": _negations,
}
