"""Does a date lie ahead or behind, as its sentence puts it?"""

import re
from collections.abc import Sequence
from typing import Literal

from service.lexis.cues import ATTRIBUTION_STEMS
from service.lexis.dates import DateMention
from service.lexis.verbs import is_past, is_verb_like
from service.lexis.words import Word, stem, words

Outlook = Literal["behind", "ahead", "reported", "lapsed", "possible", "unsaid"]
"""Where the event of a date lies, seen from its report.

"reported" is ahead of what somebody said then ("said it would close"); "lapsed" was once to come,
and nobody knows whether it did ("was due to open"); "possible" may come ("could open", "called for
elections"); "unsaid" is a present that looks either way ("meets on Thursday"), or a promise.
"""

_WILL = frozenset(
    {"will", "shall", "won't", "he'll", "she'll", "it'll", "they'll", "we'll", "i'll"}
)
_MAYBE = frozenset({"could", "may", "might", "should", "must", "can", "can't", "couldn't"})
_MODALS = _WILL | _MAYBE | {"would", "wouldn't"}
_PLANNED = frozenset(
    """scheduled due set planned slated expected upcoming poised tipped likely
    rescheduled postponed adjourned delayed""".split()
)
_PLANS = frozenset("plans intends aims hopes wants seeks plan intend aim hope want seek".split())
_MEANT = frozenset("plans intends plan intend".split())
_INTENDING = frozenset("planning hoping going expecting supposed meant intended preparing".split())
_NOW = frozenset({"is", "are", "am", "it's", "he's", "she's", "they're", "we're", "i'm"})
_THEN = frozenset({"was", "were", "been", "had", "wasn't", "weren't"})
_DID = frozenset({"did", "didn't"})
_PAST_DENIED = frozenset({"didn't", "wasn't", "weren't", "hadn't"})
_ADVERBS = frozenset(
    "not also now still never ever only both just soon finally then be being".split()
)
# Done in being said to be: "was forced to resign", "met to discuss", "failed to appear".
_ACHIEVED = frozenset(
    """forced compelled managed failed began started continued refused declined neglected dared
    met gathered came went travelled traveled flew returned rose stood used""".split()
)
# What is called for, hoped or promised may have been done since or not.
_WISHES = frozenset(stem(v) for v in "promise vow agree order invite nominate prepare".split())
# What is only asked for may never come.
_ASKED = frozenset(
    stem(v)
    for v in "call urge hope want demand propose ask request recommend consider threaten suggest seek aim".split()
)
_DETERMINERS = frozenset(
    """as the a an its their his her our my your this that these those no any some every each another of in for
    on at with from by about over under against into during first second third last next two three
    four five six general""".split()
)
_SAYS = frozenset(
    "said says say added adds believes believe insisted insists noted notes thinks think".split()
)
_AFTER_SAID = frozenset("in at on by from during through via to after before late early".split())
_PARTS_OF_DAY = frozenset("morning afternoon evening night".split())
# Behind one of these a date opens a clause of its own, and goes with the verb that follows.
_OPENS = re.compile(r"(?:[,;:–—]|\b(?:that|and|but|as|if|while|when|because|whether))\s*$")
_LEADING = re.compile(
    r"(?i)(?:\b(?:in|on|late|early|earlier|later|during|at|the|hours|morning|afternoon|evening|night|end"
    r"|start|of)\s+)*$"
)


def outlook(text: str, mention: DateMention) -> Outlook:
    """Say where a date lies as its sentence puts it.

    The verb nearest before the date decides ("said on Thursday that it will ..." looks back, "will
    meet on Thursday" ahead); a date before any verb, or at the head of a clause, goes with the first
    one behind it.
    """
    spoken = words(text)
    before = [i for i, w in enumerate(spoken) if w.end <= mention.start and _tells(spoken, i)]
    after = [i for i, w in enumerate(spoken) if w.start >= mention.end and _tells(spoken, i)]
    lead = _LEADING.sub("", text[: mention.start])
    if (
        not before
        and _may_be_a_clause(lead)
        and not (after and _stands_before(spoken, mention, after[0]))
    ):
        # "Voters elect a mayor Sunday in a vote called early": there is a verb that no list has.
        return "unsaid"
    if before and _may_hide_a_verb(spoken, before[-1], lead):
        return "unsaid"
    if not before or (after and _OPENS.search(lead)):
        told = _outlook_at(spoken, after[0]) if after else "unsaid"
        # "He was shot by police, Monday morning, and will ..." could be of either verb.
        comma = before and lead.rstrip().endswith(",")
        return told if not comma or told == _outlook_at(spoken, before[-1]) else "unsaid"
    return _outlook_at(spoken, before[-1])


def looks_ahead(text: str, mention: DateMention) -> bool | None:
    """Say whether a date is of something still to come; None where the sentence does not tell."""
    return {"behind": False, "ahead": True}.get(outlook(text, mention))


def _may_be_a_clause(lead: str) -> bool:
    """Say whether what stands before a date could be more than an opening phrase."""
    said = words(lead)
    return len(said) > 1 and said[0].lower not in _AFTER_SAID and not lead.rstrip().endswith(",")


def _stands_before(spoken: Sequence[Word], mention: DateMention, verb: int) -> bool:
    """Say whether a date stands right before a verb, adverbs and auxiliaries aside: "Lee on Monday said"."""
    between = [w.lower for w in spoken[:verb] if w.start >= mention.end]
    return all(w.endswith("ly") or w in _ADVERBS or w in _PARTS_OF_DAY for w in between)


def _may_hide_a_verb(spoken: Sequence[Word], verb: int, lead: str) -> bool:
    """Say whether what somebody said follows without a verb we know: "said the court convenes Monday"."""
    if spoken[verb].lower not in _SAYS:
        return False
    said = [w.lower for w in spoken[verb + 1 :] if w.end <= len(lead)]
    return len(said) > 1 and said[0] not in _AFTER_SAID


def _tells(spoken: Sequence[Word], i: int) -> bool:
    word = spoken[i]
    if word.capitalised and not word.text.isupper():
        # Mark, Will and May are names.
        return False
    if word.lower in _MODALS:
        return True
    if word.lower in _PLANNED or word.lower in _PLANS:
        return i == 0 or spoken[i - 1].lower not in _DETERMINERS
    return is_verb_like(word) and not _is_noun(spoken, i)


def _is_noun(spoken: Sequence[Word], i: int) -> bool:
    """Say whether a word that could be a present form is a noun here: "the vote", "began a strike"."""
    word = spoken[i]
    if is_past(word) or word.lower in _NOW or word.lower in _THEN:
        return False
    last = spoken[i - 1].lower if i else ""
    return last in _DETERMINERS or last.endswith(("'s", "s'"))


def _outlook_at(spoken: Sequence[Word], i: int) -> Outlook:
    word = spoken[i].lower
    group = _group(spoken, i)
    if word in _PLANNED or "to" in group:
        plan = _of_plan(spoken, i)
        # "is believed to have died", but "was to have met".
        return "behind" if "have" in group and plan == "unsaid" else plan
    for modal in (word, *reversed(group)):
        if modal in _WILL:
            return "ahead"
        if modal in _MAYBE:
            return "behind" if _has_have(spoken, i, group) else "possible"
        if modal in ("would", "wouldn't"):
            return _of_would(spoken, i, group)
    return _of_verb(spoken, i, group)


def _of_verb(spoken: Sequence[Word], i: int, group: Sequence[str]) -> Outlook:
    """Read a verb that no modal or plan governs."""
    word = spoken[i].lower
    if word in ("was", "were") and _INTENDING & {w.lower for w in spoken[i + 1 : i + 3]}:
        return "lapsed"
    if word in _PAST_DENIED or _DID & set(group):
        return "behind"
    if stem(word) in _ASKED:
        # "called elections for May" sets a day, "called for elections in May" asks for one.
        calls = stem(word) == "call" and [w.lower for w in spoken[i + 1 : i + 2]] != ["for"]
        return "unsaid" if calls else "possible"
    if stem(word) in _WISHES or word in _PLANS or not is_past(spoken[i]):
        return "unsaid"
    # "Today the union has called" looks back, "today the union has a hall" does not say.
    if word in ("has", "have") and not any(is_past(w) for w in spoken[i + 1 : i + 4]):
        return "unsaid"
    # "The funeral is held on Monday", "is being held": of a day past, or to come.
    passive_now = bool(_NOW & set(group)) and word not in _THEN
    return "unsaid" if passive_now else "behind"


def _group(spoken: Sequence[Word], i: int) -> list[str]:
    """Return what stands with a verb before it, in order: auxiliaries, "to" and adverbs."""
    group: list[str] = []
    for word in reversed(spoken[max(0, i - 5) : i]):
        lower = word.lower
        known = lower in _MODALS | _NOW | _THEN | _ADVERBS | _DID
        known = known or lower in ("to", "has", "have", "having") or lower.endswith("ly")
        if not known or (lower == "may" and word.text == "May"):
            break
        group.insert(0, lower)
        if lower == "to":
            break
    return group


def _of_plan(spoken: Sequence[Word], i: int) -> Outlook:
    """Read "is due", "is to meet", "plans to open", "was forced to resign"."""
    at = i
    if spoken[i].lower not in _PLANNED:
        at = next(k for k in range(i - 1, -1, -1) if spoken[k].lower == "to") - 1
    governor = spoken[at].lower if at >= 0 else ""
    around = _group(spoken, at) if at >= 0 else []
    if governor in _NOW or governor in _THEN:
        return "ahead" if governor in _NOW else "lapsed"
    if governor in _PLANNED:
        return _of_planned(spoken, at, around)
    if governor in _MEANT or (governor == "going" and _NOW & set(around)):
        return "ahead"
    if stem(governor) in _ASKED:
        return "possible"
    if governor in _ACHIEVED and not _WILL & set(around):
        return "behind"
    return "ahead" if _WILL & set(around) and governor not in _PLANS else "unsaid"


def _of_planned(spoken: Sequence[Word], at: int, around: Sequence[str]) -> Outlook:
    if _THEN & set(around) and not {"has", "have"} & set(around):
        return "lapsed"
    if spoken[at].lower == "likely":
        return "possible"
    if (_NOW | {"has", "have"}) & set(around) or _WILL & set(around):
        return "ahead"
    follows = spoken[at + 1].lower if at + 1 < len(spoken) else ""
    # "scheduled elections for May", "the trial, set for May": past form or not, what it sets is to come.
    return (
        "ahead"
        if spoken[at].lower in ("due", "slated", "upcoming") or follows == "for"
        else "unsaid"
    )


def _of_would(spoken: Sequence[Word], i: int, group: Sequence[str]) -> Outlook:
    """Tell what somebody said would come from what would be if something else were."""
    if _has_have(spoken, i, group):
        return "unsaid"
    said = [k for k in range(i) if stem(spoken[k].text) in ATTRIBUTION_STEMS]
    if not said or "had" in [w.lower for w in spoken[max(0, said[-1] - 2) : said[-1]]]:
        return "unsaid"
    return "reported" if is_past(spoken[said[-1]]) else "unsaid"


def _has_have(spoken: Sequence[Word], i: int, group: Sequence[str]) -> bool:
    following = [w.lower for w in spoken[i + 1 : i + 3]] if spoken[i].lower in _MODALS else []
    return "have" in (*group, spoken[i].lower, *following)
