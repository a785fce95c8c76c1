"""States that exclude each other, and the words by which news tells that something is in one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# "Was arrested" in the passive, "police arrested" in the active: whoever it happened to is named
# before the one and behind the other, so that the words around are compared, and not their order.
_BE = r"(?:(?:is|are|was|were|be|been|being|has been|have been|had been|remains?|remained|stays?|stayed)\s+)"
_HAVE = r"(?:(?:has|have|had)\s+)"
_MODAL = r"(?:(?:will|would)\s+(?:be\s+)?)"
_ADVERB = r"(?:(?:now|still|also|later|reportedly|again|finally|officially|formally|already)\s+)"
_HELP = rf"(?:{_MODAL}?{_ADVERB}?(?:{_BE}|{_HAVE})?{_ADVERB}?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """What can be in one of several states at a time.

    `passes` tells that the states follow each other in the course of things, as an arrest is followed
    by a release, so that both may be true of one day. The patterns are keyed by their state.
    """

    name: str
    question: str
    passes: bool
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state told of at [start, end) of a sentence, its auxiliaries included; `is_ahead`: by "will"."""

    start: int
    end: int
    contrast: Contrast
    state: str
    is_ahead: bool


def _contrast(name: str, question: str, *states: str, passes: bool = False) -> Contrast:
    """Make a contrast of rows such as "free: released, freed, at large", the state before the colon."""
    patterns = []
    for row in states:
        state, _, said = row.partition(": ")
        forms = "|".join(sorted((re.escape(s) for s in said.split(", ")), key=len, reverse=True))
        pattern = re.compile(rf"(?<![\w-]){_HELP}(?P<cue>{forms})(?![\w-])")
        patterns.append((state, pattern))
    return Contrast(name=name, question=question, passes=passes, patterns=tuple(patterns))


CONTRASTS = (
    _contrast(
        "custody", "Under arrest, or free?",
        "held: arrested, detained, in custody, taken into custody, in jail, in prison, jailed, imprisoned,"
        " behind bars, captured, in police custody, under arrest, remanded in custody, remanded,"
        " kept in custody, recaptured, caught,"
        " rearrested, re-arrested, held in custody, detained again, denied bail, refused bail",
        "free: released, freed, set free, at large, on the run, escaped, let go, on bail, released on bail,"
        " free, free on bail, freed on bail, walked free, evaded capture, fled",
        passes=True,
    ),
    _contrast(
        "life", "Alive or dead?",
        "dead: dead, died, killed, dead, shot dead, found dead, pronounced dead, perished, murdered, slain, dies",
        "alive: alive, survived, survives, recovering, in stable condition, in a stable condition, unharmed,"
        " unhurt, alive and well, in good health, found alive, escaped unharmed, escaped unhurt, escaped injury,"
        " rescued, saved",
        "hurt: injured, wounded, critically injured, seriously injured, slightly injured, critically wounded,"
        " seriously wounded, hurt",
        passes=False,
    ),
    _contrast(
        "condition", "In what condition?",
        "stable: in stable condition, in a stable condition, stable, out of danger",
        "critical: in critical condition, in a critical condition, fighting for his life,"
        " fighting for her life, critical, in grave condition",
    ),
    _contrast(
        "whereabouts", "Missing or found?",
        "missing: missing, unaccounted for, disappeared, not been found, lost",
        "found: found, found safe, located, rescued, turned up, recovered, accounted for, safe, retrieved",
        passes=True,
    ),
    _contrast(
        "access", "Open or closed?",
        "open: open, reopened, opened, back in service, back in operation, reopens, re-opened, running",
        "closed: closed, shut, shut down, sealed off, closed off, out of service, closed down, shuttered,"
        " suspended",
        passes=True,
    ),
    _contrast(
        "decision", "Approved or rejected?",
        "for: approved, passed, adopted, backed, endorsed, ratified, accepted, upheld, granted, agreed to,"
        " voted for, voted in favor of, voted in favour of, voted to approve, cleared, authorised, authorized,"
        " gave the green light to, welcomed, allowed, supported, voted to accept, voted to adopt",
        "against: rejected, voted down, defeated, vetoed, turned down, blocked, threw out, thrown out,"
        " overturned,"
        " struck down, quashed, refused, dismissed, declined, voted against, voted to reject, denied, opposed,"
        " halted, scrapped, condemned, rescinded, reversed, repealed, revoked",
    ),
    _contrast(
        "verdict", "Guilty or not?",
        "guilty: found guilty, convicted, guilty, found him guilty, found her guilty, found them guilty",
        "cleared: acquitted, not guilty, found not guilty, cleared, exonerated, found innocent, innocent",
    ),
    _contrast(
        "plea", "What was the plea?",
        "guilty: pleaded guilty, pled guilty, pleads guilty, admitted",
        "not: pleaded not guilty, pled not guilty, pleads not guilty, denied",
    ),
    _contrast(
        "office", "In office or out of it?",
        "out: resigned, stepped down, quit, left office, stood down, sacked, fired, dismissed, ousted,"
        " removed from office, stepped aside, has left, forced out, removed, suspended, resigns, quits",
        "in: remains in office, remained in office, stays in office, stayed in office, stays on, stayed on,"
        " stay in office, stay on, remain in office, refused to resign, refused to step down, refused to quit,"
        " reinstated, remains in his post, remains in her post, kept his job, kept her job, reappointed,"
        " remains in charge, remained in charge, rejected calls to resign, retained, kept on, stayed on as,"
        " kept as",
    ),
    _contrast(
        "plan", "Cancelled, or going ahead?",
        "off: cancelled, canceled, called off, scrapped, abandoned, postponed, put off, delayed, suspended,"
        " halted",
        "on: went ahead, goes ahead, going ahead, go ahead, took place, takes place, take place, taken place,"
        " proceeded, went on as planned, held, held as planned, go ahead as planned, going ahead as planned,"
        " resumed, continued, began",
    ),
    _contrast(
        "signature", "Signed or not?",
        "signed: signed, has signed, signed off on, put his name to, put her name to",
        "unsigned: refused to sign, declined to sign, unsigned, vetoed, walked away from, withdrew from,"
        " pulled out of, rejected, backed out of",
    ),
    _contrast(
        "result", "Won or lost?",
        "won: won, victorious, wins, clinched, took, captured, triumphed in, winning",
        "lost: lost, loses, conceded, was defeated in, was beaten in, missed out on, losing, surrendered",
    ),
    _contrast(
        "score", "Who beat whom?",
        "beat: beat, defeated, overcame, beats, defeats",
        "lost: lost to, fell to, was beaten by, were beaten by, was defeated by, were defeated by, loses to",
    ),
    _contrast(
        "force", "In force or not?",
        "on: in force, in effect, took effect, came into force, went into effect, entered into force, imposed,"
        " introduced, reinstated, extended, upheld",
        "off: suspended, lifted, repealed, rescinded, reversed, blocked, halted, revoked, expired, ended,"
        " withdrawn, removed, abolished",
        passes=True,
    ),
    _contrast(
        "confirmation", "Confirmed or denied?",
        "yes: confirmed, acknowledged, admitted, confirms, admits",
        "no: denied, ruled out, refuted, rejected, dismissed, denies, disputed, disputes",
    ),
    _contrast(
        "answer", "Accepted or refused?",
        "yes: accepted, agreed, accepts, agrees, consented",
        "no: refused, rejected, declined, turned down, refuses, rejects, declines",
    ),
    _contrast(
        "trend", "Up or down?",
        "up: rose, increased, grew, climbed, jumped, surged, soared, gained, risen, up, rises, increases, higher",
        "down: fell, decreased, dropped, declined, plunged, slid, shrank, tumbled, sank, fallen, down, falls,"
        " lower",
    ),
    _contrast(
        "permission", "Allowed or banned?",
        "allowed: allowed, permitted, legal, authorised, authorized, legalised, legalized, allows, permits",
        "banned: banned, barred, suspended, prohibited, forbidden, illegal, outlawed, forbade,"
        " bans, prohibits, blocked",
    ),
    _contrast(
        "success", "Did it succeed?",
        "yes: succeeded, managed, successful, successfully",
        "no: failed, unsuccessful, unsuccessfully",
    ),
    _contrast(
        "support", "For it or against it?",
        "for: supported, backed, supports, backs, favoured, favored, endorsed, endorses, praised, welcomed",
        "against: opposed, opposes, condemned, criticised, criticized, objected to, rejected, rejects",
    ),
    _contrast(
        "stay", "Did they stay or leave?",
        "there: remained, stayed, remains, stays, arrived, entered, joined",
        "gone: left, departed, withdrew, pulled out, quit, fled, leaves",
    ),
    _contrast(
        "entry", "In or out?",
        "in: checked into, checked in to, checked herself into, checked himself into, entered, admitted to,"
        " joined,"
        " moved into, enrolled in, boarded",
        "out: checked out of, checked herself out of, checked himself out of, left, discharged from,"
        " walked out of,"
        " moved out of, released from, disembarked from",
    ),
    _contrast(
        "trade", "Bought or sold?",
        "bought: bought, acquired, purchased, took over",
        "sold: sold, divested, disposed of",
    ),
    _contrast(
        "launch", "Launched or dropped?",
        "launched: launched, unveiled, introduced, started, opened",
        "dropped: shelved, scrapped, dropped, cancelled, canceled, abandoned, halted",
    ),
    _contrast(
        "timing", "Earlier or later than planned?",
        "later: postponed, delayed, put off, pushed back",
        "earlier: brought forward, moved up, moved forward",
    ),
    _contrast(
        "harm", "Damaged or not?",
        "whole: intact, undamaged, unscathed, spared",
        "damaged: destroyed, damaged, collapsed, wrecked, burned down, burnt down, gutted",
    ),
    _contrast(
        "charges", "Charged or not?",
        "charged: charged, indicted",
        "cleared: released without charge, cleared, freed without charge, not charged, dropped",
        passes=True,
    ),
    _contrast(
        "strike", "Going on, or over?",
        "on: continues, continued, ongoing, under way, underway, continuing, began, started, launched",
        "over: ended, over, stopped, ceased, came to an end, halted, ends, finished, completed",
        passes=True,
    ),
    _contrast(
        "control", "Contained, or out of control?",
        "contained: under control, contained, extinguished, put out, brought under control",
        "raging: out of control, raging, burning, spreading, uncontrolled",
        passes=True,
    ),
)  # fmt: skip

_AHEAD = re.compile(r"\b(?:will|would)\b")
# What stands before a state and makes it a wish, a doubt, a denial or a thing of the past.
_UNREAL = re.compile(
    r"(?:\b(?:not|never|no|nobody|none|to|if|unless|whether|may|might|could|can|should|must|until|before|after|being"
    r"|denied|refused|failed|nearly|almost|without|once|formerly|previously|those|recently|expected"
    r"|yet|pleaded|pled|pleads|pleading|of|for|by|from|when|since|feared|presumed|believed|wrongly|falsely|an?|the|cannot)|n[’']t)\s+$",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def states(text: str) -> tuple[State, ...]:
    """Return the states that a sentence tells something to be in, none of them doubted or denied."""
    return tuple(sorted(_states(text), key=lambda s: (s.start, -s.end, s.contrast.name, s.state)))


def _states(text: str) -> Iterator[State]:
    for contrast in CONTRASTS:
        found = [(state, m) for state, p in contrast.patterns for m in p.finditer(text)]
        for state, match in found:
            start = match.start()
            if _UNREAL.search(text[:start]) or _inside(match, found):
                continue
            ahead = _AHEAD.match(match.group()) is not None
            yield State(
                start=start, end=match.end(), contrast=contrast, state=state, is_ahead=ahead
            )


def _inside(match: re.Match[str], found: list[tuple[str, re.Match[str]]]) -> bool:
    """Say whether a cue is only a part of another: "guilty" of "not guilty", "dead" of "found dead"."""
    start, end = match.span("cue")
    return any(
        o.start("cue") <= start and end <= o.end("cue") and o.span("cue") != (start, end)
        for _, o in found
    )
