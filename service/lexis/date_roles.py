"""Does a date tell when the thing happened that its sentence tells, or is it of something on the side?"""

import re

from service.lexis.cues import ATTRIBUTION_STEMS
from service.lexis.dates import MONTH_WORDS, DateMention
from service.lexis.verbs import has_finite_verb, is_past, is_verb_like
from service.lexis.words import QUOTATION, STOPWORDS, Word, stem, words

_GAP = r"[^\S\n]{1,3}"
# What may stand right before a date that tells when; behind anything else it is a start, a deadline,
# a distance, or tells which one of several is meant.
_WHEN_DAY = re.compile(
    rf"(?i)(?:(?:^|[\s(—–-])(?:on|late|early|earlier|later|just|only){_GAP}"
    rf"|(?:^|\s)(?:on|in|during|at){_GAP}the{_GAP}(?:early{_GAP}|late{_GAP})?"
    rf"(?:hours|morning|afternoon|evening|night){_GAP}of{_GAP})\Z"
)
_WHEN_SPAN = re.compile(
    rf"(?i)(?:(?:^|[\s(—–-])(?:in|during|earlier|later|early|late|just|back{_GAP}in|again{_GAP}in){_GAP}"
    rf"(?:early{_GAP}|late{_GAP}|mid-?)?"
    rf"|(?:^|\s)(?:in|during|at){_GAP}the{_GAP}(?:(?:early|late|first|second){_GAP})?"
    rf"(?:start|beginning|middle|end|spring|summer|autumn|fall|half|months?|days|part){_GAP}of{_GAP})\Z"
)
_FEW_WORDS = rf"(?:{_GAP}[\w’'-]+){{0,4}}?"
_SET_FOR = re.compile(
    rf"(?i)(?<!the )(?<!a )\b(?:scheduled|set|planned|slated|due|called|announced|fixed|rescheduled|arranged"
    rf"|booked){_FEW_WORDS}{_GAP}for{_GAP}\Z"
    rf"|\b(?:postponed|adjourned|delayed|deferred|put{_GAP}(?:off|back)){_FEW_WORDS}{_GAP}(?:until|till|to){_GAP}\Z"
)
_ORDINAL_LEAD = re.compile(rf"(?i)\bon{_GAP}the{_GAP}\Z")
_RANGE = re.compile(rf"(?i)(?:^|\s)from{_GAP}\Z")
_NOT_BARE = re.compile(
    rf"(?i)(?:(?<![\w])(?:the|an?|its|his|her|their|our|my|this|that|these|every|each|any|one|some|another|since|until|till"
    rf"|by|before|after|following|to|through|for|between|than|with|and|or|about|over|under|as|of|against|like|per|from|if"
    rf"|around|past|upon|within|versus|at|during|in|ahead|pre|post|not|mid|previous|usual|regular|first|second|third"
    rf"|weekly|annual|special|live|good){_GAP}|[’']s?{_GAP}|[-/(\[]{_GAP}?)\Z"
)
_OF_ITS_OWN = re.compile(rf"[’']|[-–—/]\w|{_GAP}(?:or|and/or){_GAP}(?:[A-Z\d]|the\b|early|late)|/")
# "notes maturing on 15 May", "from the year starting in 2018", "As described in March, ...".
_PARTICIPLE = re.compile(
    rf"(?i)(?<!\w)(?!evening|morning|during)[a-z]+ing{_GAP}(?:in|on|late|early)?(?:{_GAP}(?:in|on))?{_GAP}?\Z"
)
_OPENING_ASIDE = re.compile(r"(?:As|Once|With|Like|Unlike|Even|Given|Based|Having)\b")
_UNSURE = re.compile(
    rf"(?i)\b(?:perhaps|maybe|possibly|probably|likely|as{_GAP}(?:early|late|soon){_GAP}as|no{_GAP}(?:later|earlier){_GAP}than"
    rf"|by{_GAP}(?:noon|midnight|midday|dawn|dusk|sunset|\d[\w:.]*(?:{_GAP}[ap]\.?m\.?)?|the{_GAP}end{_GAP}of)"
    rf"|around|about|some{_GAP}time|sometime|each|every)(?:{_GAP}(?:in|on|during))?{_GAP}\Z"
)
# "in 2009 and 2010" is neither.
_MORE_THAN_ONE = re.compile(
    rf"{_GAP}(?:and|through|to|until){_GAP}(?:in{_GAP})?(?:[12]\d{{3}}\b|(?:{MONTH_WORDS})\b)"
)
_OR = re.compile(rf"(?:\bor|\bnot){_GAP}(?:on{_GAP}|in{_GAP})?\Z")

_SIDE = re.compile(
    r"\b(?:since|after|following|before(?! (?:an?|the) (?:\w+ )?(?:judge|court|magistrates?|jury|tribunal|panel"
    r"|committee|parliament|crowd))|until|despite|which|who|whom|whose|where|when|while|because"
    r"|although|though|unless|if|whether|amid|as of|according to|wake of|based on|compared|anniversary|than"
    r"|due to (?=the|an?|its|his|her|their|this|that|\w+ing\b|bad|poor|heavy|strong)"
    r"|first time|last time|next time|on record|in memory|marking|commemorat\w+|formerly|previously|so far)\b"
    # "accused of killing", "jailed for bombing", "the effort to end".
    r"|\b(?:of|for|from|with|about|over|against|without) (?:\w+ly )?(?!during|morning|evening)[a-z]+ing\b",
    re.IGNORECASE,
)
_OPENING_SIDE = re.compile(
    r"(?:After|Following|Despite|While|When|As|Because|Since|Although|Though|With|If|Amid|Before|Until|Unlike"
    r"|Like|Whether|Once|Where|Even|Just|According|Due|Based|Compared|Days|Hours|Weeks|Months|Years"
    r"|On the \w+ anniversary)\b[^,]*,"
)
# "Lee, who is 50, resigned" and "Lee, after a long talk, resigned" come back to what they tell.
_ENCLOSED = re.compile(
    r", (?:who|which|whose|where|whom|after|following|despite|as|while|when|because|along|including|such|like"
    r"|according|though|although|once|formerly|then|now|aged?|also|at|in|from|of)\b[^,;]*,(?= (?!and\b|or\b))"
)
# "Born in Odessa in 1931, she ..." dates the birth, and not what is told.
_OPENING_PARTICIPLE = re.compile(
    r"[A-Z][a-z]+(?:ed|ing)\b|Born\b|Founded\b|Built\b|Known\b|Held\b|Made\b|Set\b"
)
# "Two men died, police said on Tuesday" dates what police said.
_ATTRIBUTION = re.compile(
    r"[,?!—–][”\"’']?[^,]*\b(?:said|says|told|announced|reported|confirmed|added|wrote|stated|according)\b[^,]*$"
)
# A phrase set off by a comma that tells more of something just named ("..., a status imposed in 2003").
_PARTICIPLES = (
    "[a-z]+ed|born|built|made|held|written|known|led|set|sent|found|shot|seen|begun|given|taken|shown"
    "|won"
)
_APPOSITION = re.compile(
    rf"\s*(?:a|an|the|{_PARTICIPLES}|[a-z]+ing|one|both|all|its|his|her|their)\s", re.IGNORECASE
)
# "The mayor, elected in 2022, resigned on Tuesday"
_SUBJECT_WITH_PARTICIPLE = re.compile(rf"([^,]*), (?:{_PARTICIPLES})\b[^,]*,(?= [a-z])")
_OPENING_PLACE = re.compile(
    r"(?:In|On|At|Under|During|For|By|From|Across|Near|Outside|Inside|Over|Earlier|Later|Meanwhile|Separately"
    r"|Also|However|Instead|Then|Now|Again|Yesterday|Today|Late|Early|Last|This|To|Police|Elsewhere)\b"
)
_HAPPENINGS = (
    "(?:attack|bombing|war|crash|election|invasion|earthquake|quake|tsunami|disaster|killing|murder|death|fire|coup"
    "|riot|shooting|explosion|blast|game|final|protest|collapse|outbreak|uprising|revolution|referendum|summit"
    "|siege|raid|kidnapping|hijacking|flood|hurricane|storm|incident|accident|scandal|vote|championship|cup"
    "|tournament|conference|strike|assassination|arrest|trial|disappearance|takeover|merger|match|race|crime"
    "|conflict|massacre|clash|conviction|operation|event|launch|visit|speech|meeting|raid|robbery|deal)(?:e?s)?"
    "|olympics|crisis|genocide|independence|birth|violence|theft"
)
# "the bombings in July": a thing known already, and when it was.
_KNOWN_THING = re.compile(
    rf"\b(?:of|over|in{_GAP}connection{_GAP}with|for|about|from|with|against|through){_GAP}"
    rf"(?:the|his|her|its|their|[A-Z][\w.]+[’']s?){_GAP}"
    rf"(?:(?!(?:in|on|at|to|by|of|for|and)\b)[\w’'-]+{_GAP}){{0,3}}(?:{_HAPPENINGS}){_GAP}(?:in|on){_GAP}\Z"
)
_LEAD = re.compile(r"(?i)(?:\b(?:in|on|late|early|earlier|later|during|just|only)\s+)+\Z")
_JOINS = frozenset({"and", "but", "or", "then"})


def tells_when(text: str, mention: DateMention) -> bool:
    """Say whether a date is of what its sentence tells: no start, deadline, side clause or name.

    What is quoted is somebody's, and so are its dates.
    """
    if any(m.start() <= mention.start < m.end() for m in QUOTATION.finditer(text)):
        return False
    before, after = text[: mention.start], text[mention.end :]
    if _OF_ITS_OWN.match(after) or _OR.search(before) or _PARTICIPLE.search(before):
        return False
    if _UNSURE.search(before) or (mention.day is None and _MORE_THAN_ONE.match(after)):
        return False
    if not _is_adverbial(before, mention):
        return False
    if _OPENING_PARTICIPLE.match(text) and "," in after and "," not in before:
        return False
    if _ATTRIBUTION.search(before) or (_is_far(mention) and _KNOWN_THING.search(before)):
        return False
    clause = _own_clause(_SET_FOR.sub("", before))
    if _SIDE.search(clause) or _OPENING_ASIDE.match(clause) or _opens_relative(clause):
        return False
    if _is_apposition(clause, after):
        return False
    lead = _LEAD.sub("", clause)
    return not _is_reduced_clause(lead, after, is_span=mention.day is None and _is_far(mention))


def _is_adverbial(before: str, mention: DateMention) -> bool:
    """Say whether the words right before a date make it tell when."""
    if mention.day is not None and mention.surface[:1].isdigit():
        # "on the 11th of March"
        before = _ORDINAL_LEAD.sub("on ", before)
    if _SET_FOR.search(before):
        return True
    if mention.day is None and (mention.month is not None or mention.year is not None):
        return _WHEN_SPAN.search(before) is not None or (
            mention.relative is not None and not _NOT_BARE.search(before)
        )
    if mention.last_day is not None and _RANGE.search(before):
        return True
    return _WHEN_DAY.search(before) is not None or not _NOT_BARE.search(before)


def _is_far(mention: DateMention) -> bool:
    """Say whether a date could be of long ago: no weekday alone, nothing counted from the report."""
    return mention.year is not None or mention.month is not None


def _own_clause(before: str) -> str:
    """Return what leads up to a date, without the clauses that are closed before it."""
    before = QUOTATION.sub("", before)
    opened = _OPENING_SIDE.match(before)
    clause = before[opened.end() :] if opened else before
    clause = _ENCLOSED.sub("", clause)
    described = _SUBJECT_WITH_PARTICIPLE.match(clause)
    if described and not has_finite_verb(described[1]):
        clause = described[1] + clause[described.end() :]
    return re.split(r"[;:]\s", clause)[-1]


def _opens_relative(clause: str) -> bool:
    """Say whether a "that" leads up to the date as "which" does: "the law that took effect in 2003"."""
    spoken = words(clause)
    return any(
        word.lower == "that" and not any(_can_report(w) for w in spoken[max(0, i - 3) : i])
        for i, word in enumerate(spoken)
    )


def _can_report(word: Word) -> bool:
    return stem(word.text) in ATTRIBUTION_STEMS or word.lower in _FINDS


_FINDS = frozenset(
    """found showed shown shows agreed decided ruled learned revealed reveals admitted recalled declared so such
    knew know""".split()
)


def _is_apposition(before: str, after: str) -> bool:
    if "," not in before:
        return False
    first, _, side = before.rpartition(",")
    if not _APPOSITION.match(side):
        return False
    if has_finite_verb(first):
        return True
    if not _OPENING_PLACE.match(first):
        # "Lee, the mayor of Oslo, resigned on Monday": a pair of commas closes what they enclose.
        return first.count(",") != 1
    return (
        re.match(r"\s*,\s*(?:who|which|and|said|was|were|is|are|has|had|will|\w+ed)\b", after)
        is not None
    )


def _is_reduced_clause(clause: str, after: str, *, is_span: bool) -> bool:
    """Say whether a date is that of a noun or participle inside the clause: "a law adopted in 2003"."""
    part = re.split(r",\s|\b(?:that|but)\s", clause)[-1]
    spoken = words(part)
    verbs = [i for i, w in enumerate(spoken) if is_verb_like(w) and not _is_nominal(spoken, i)]
    follower = words(after)[:2] if re.match(_GAP, after) else ()
    if not verbs:
        # "Lee on Monday announced", but "the launch in 2010 will be announced".
        return is_span and bool(part.strip()) and bool(follower) and _is_finite(follower, False)
    last = verbs[-1]
    # "the man arrested on Monday pleaded guilty", "said the vote on Monday was fair".
    if follower and _is_finite(follower, stem(spoken[last].text) in ATTRIBUTION_STEMS):
        return True
    if not is_past(spoken[last]) or len(verbs) < 2:
        return False
    if _group_start(spoken, last) < last:
        return False
    between = spoken[verbs[-2] + 1 : last]
    if not between or _JOINS & {w.lower for w in between}:
        return False
    return stem(spoken[verbs[-2]].text) not in ATTRIBUTION_STEMS


def _is_finite(follower: tuple[Word, ...], after_speech: bool) -> bool:
    """Say whether a clause's verb follows; behind "said Monday" a plural is more likely than a verb."""
    skips = follower[0].lower.endswith("ly") and len(follower) > 1
    word = follower[1] if skips else follower[0]
    in_s = word.lower.endswith("s") and not word.lower.endswith(("ss", "us", "is"))
    plain = word.lower not in STOPWORDS and not word.capitalised
    return is_verb_like(word) or (in_s and plain and not after_speech)


def _is_nominal(spoken: tuple[Word, ...], i: int) -> bool:
    """Say whether a word that may be a verb stands where a noun or an adjective does, or is a name."""
    if spoken[i].capitalised and not spoken[i].text.isupper():
        return True
    last = spoken[i - 1].lower if i else ""
    return last in _BEFORE_NOUNS or last.endswith(("'s", "s'"))


_BEFORE_NOUNS = frozenset(
    """as the a an its their his her our this these no any some every each another of in for on at with from by
    into""".split()
)
_AUXILIARIES = frozenset(
    """is are was were be been being has have had will would shall should can could may might must to not also
    he she it they we who i you""".split()
)


def _group_start(spoken: tuple[Word, ...], i: int) -> int:
    while i and (spoken[i - 1].lower in _AUXILIARIES or spoken[i - 1].lower.endswith("ly")):
        i -= 1
    return i
