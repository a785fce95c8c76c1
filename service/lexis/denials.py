"""What a sentence says was not done, and what it says was: the verb, where it stands, how real it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from service.lexis.verb_forms import base_stem, is_told
from service.lexis.verbs import is_verb_like
from service.lexis.words import STOPWORDS, Word, stem, words

Mode = Literal["fact", "will", "can", "may", "must"]

_MODE: dict[str, Mode] = {
    **dict.fromkeys("will would shall wo sha".split(), "will"),
    **dict.fromkeys("can could ca".split(), "can"),
    **dict.fromkeys("may might".split(), "may"),
    **dict.fromkeys("must should ought".split(), "must"),
}
_BE_HAVE_DO = frozenset(
    "is are was were be been being am has have had having do does did ai".split()
)
_AUXILIARIES = _BE_HAVE_DO | frozenset(_MODE)
_BETWEEN = frozenset(
    "ever yet now still earlier already previously since been be being have also even himself herself itself"
    " themselves".split()
)
# "Not only", "not all", "not far from" deny nothing that is told.
_NOT_DENIED = frozenset(
    """only just all necessarily yet far until least so enough more less as because every always to immediately
    long many much quite very""".split()
)
# What is not said, known or answered has no other side.
_SILENCES = frozenset(
    base_stem(v)
    for v in """say comment respond reply answer elaborate specify know disclose reveal identify name return
    want need think believe expect see do have be get seem appear matter mean like""".split()
)
# Verbs that say little, but say it.
_EMPTY = STOPWORDS - frozenset("make made get got come came become became".split())
_DENIES = frozenset("deny denies denied denying".split())
_REFUSES = frozenset(
    """refuse refuses refused refusing decline declines declined declining fail fails failed failing""".split()
)
# What a body withholds, rather than says is untrue.
_WITHHELD = frozenset(
    """access bail entry permission asylum visa visas parole leave aid food water medical treatment request
    requests
    application appeal motion petition opportunity right rights chance bid""".split()
)
_REPORTS = frozenset(
    "allegation allegations claim claims report reports rumor rumors rumour rumours accusation accusations"
    " suggestion suggestions charge charges".split()
)
_NAMELESS = frozenset(
    """one body injuries casualties deaths victims people details word sign evidence reason doubt longer way
    matter""".split()
)
_UNREAL = frozenset(
    """if whether unless not never no cannot nor neither denied denies deny denying refused refuses refusing
    declined
    failed without allegedly alleged accused suspected threatened threatens hardly barely nearly almost
    wanted wants hoped hopes asked urged ordered""".split()
)
_SUBJECT_WORDS, _REACH = 3, 9
# Verbs of which one is as good as the other, so that who did not do the one did not do the other.
_VERBS = """order command instruct; buy purchase acquire; quit resign; begin start commence; help assist aid;
require need; search look hunt; release free; receive get; allow permit; ban prohibit forbid bar;
fire sack dismiss; injure wound; build construct; choose select pick; hide conceal; rescue save; occur happen;
warn alert; inform notify; try attempt; destroy wreck; shut close; agree consent; promise pledge vow;
postpone delay; cancel scrap; supply provide; seize capture; detect discover; vanish disappear; answer reply;
halt stop; ask request; plan intend; cause trigger; show display"""
_STANDS_FOR = {
    base_stem(verb): base_stem(row.split()[0])
    for row in _VERBS.replace("\n", " ").split(";")
    for verb in row.split()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A verb at [start, end) of a sentence with what belongs to it: "did not sign", "had signed".

    `verb` is the stem of its base; `noun` what there was none of ("no deal was reached"), or "".
    `is_refusal` tells "refused to sign" from "did not sign"; `is_weak` that the verb is as good as none
    ("was not the first", "did not say").
    """

    start: int
    end: int
    verb: str
    mode: Mode = "fact"
    noun: str = ""
    is_refusal: bool = False
    is_weak: bool = False


def verb_of(form: str) -> str:
    """Return the stem of a lower-case verb form's base, or of the verb that is as good as that one."""
    base = base_stem(form)
    return _STANDS_FOR.get(base, base)


def denials(text: str) -> tuple[Deed, ...]:
    """Return what a sentence says was not, is not or will not be done, in order."""
    spoken = words(text)
    found: list[Deed] = []
    for i, word in enumerate(spoken):
        lower = word.lower
        if lower in ("not", "never", "cannot") or lower.endswith("n't"):
            found += _negated(spoken, i)
        elif lower in _DENIES:
            found += _denied(text, spoken, i)
        elif lower in _REFUSES and _follows(spoken, i + 1, "to"):
            found += _verb_at(spoken, i, i + 2, refusal=True)
        elif lower == "no":
            found += _none(spoken, i)
    return tuple(replace(d, is_weak=d.is_weak or d.verb in _SILENCES) for d in found)


def deeds_of(text: str, verb: str) -> tuple[Deed, ...]:
    """Return where a sentence says that something was done, is done or will be, with that verb."""
    spoken = words(text)
    found = []
    for i, word in enumerate(spoken):
        if word.capitalised or verb_of(word.lower) != verb:
            continue
        first = i
        while first and _helps(spoken[first - 1]):
            first -= 1
        told = spoken[first:i]
        before = [w.lower for w in spoken[max(0, first - _SUBJECT_WORDS) : first]]
        if any(w.lower in _UNREAL or w.lower.endswith("n't") for w in told) or _is_unreal(before):
            continue
        if not told and (word.lower in _EMPTY or not (is_told(word) or _is_present(word))):
            continue
        found.append(Deed(start=spoken[first].start, end=word.end, verb=verb, mode=_mode(told)))
    return tuple(found)


def _is_unreal(before: Sequence[str]) -> bool:
    return any(w in _UNREAL or w.endswith("n't") for w in before) or before[-1:] == ["to"]


def _is_present(word: Word) -> bool:
    return word.lower.endswith("s") and is_verb_like(word)


def _helps(word: Word) -> bool:
    return _is_auxiliary(word) or word.lower in _BETWEEN or word.lower.endswith("ly")


def _is_auxiliary(word: Word) -> bool:
    return word.lower in _AUXILIARIES


def _mode(told: Sequence[Word]) -> Mode:
    return next((_MODE[w.lower] for w in told if w.lower in _MODE), "fact")


def _follows(spoken: Sequence[Word], i: int, word: str) -> bool:
    return i < len(spoken) and spoken[i].lower == word


def _negated(spoken: Sequence[Word], i: int) -> Iterator[Deed]:
    """Yield the verb of "did not sign", "hasn't been signed", "never signed", "cannot sign"."""
    lower = spoken[i].lower
    helper = lower.removesuffix("n't").removesuffix("not")
    first = i
    if lower in ("not", "never") and i and _is_auxiliary(spoken[i - 1]):
        first, helper = i - 1, spoken[i - 1].lower
    elif lower == "not":
        return
    follower = spoken[i + 1].lower if i + 1 < len(spoken) else ""
    if follower not in _NOT_DENIED:
        yield from _verb_at(spoken, first, i + 1, mode=_MODE.get(helper, "fact"))


def _verb_at(
    spoken: Sequence[Word], first: int, i: int, *, mode: Mode = "fact", refusal: bool = False
) -> Iterator[Deed]:
    """Yield what starts at `first` and whose verb stands at `i` or right behind small words."""
    while i < len(spoken) and (
        spoken[i].lower in _BETWEEN or (spoken[i].lower.endswith("ly") and i + 1 < len(spoken))
    ):
        i += 1
    if i >= len(spoken) or spoken[i].capitalised:
        return
    yield Deed(
        start=spoken[first].start,
        end=spoken[i].end,
        verb=verb_of(spoken[i].lower),
        mode=mode,
        is_refusal=refusal,
        is_weak=spoken[i].lower in _EMPTY,
    )


def _denied(text: str, spoken: Sequence[Word], i: int) -> Iterator[Deed]:
    """Yield what is denied: "denied ordering", "denied that he ordered", "denied involvement"."""
    if i and spoken[i - 1].lower in _BE_HAVE_DO - {"has", "have", "had"}:
        return
    at = i + 1
    while at < len(spoken) and spoken[at].lower in (
        "any", "all", "having", "ever", "the", "his", "her", "their", "its", "that", "been", "being"
    ):  # fmt: skip
        at += 1
    if at >= len(spoken) or "," in text[spoken[i].end : spoken[at].start]:
        return
    word = spoken[at]
    if word.lower in _WITHHELD:
        return
    between = {w.lower for w in spoken[i + 1 : at]}
    is_clause = "that" in between or (word.lower in _REPORTS and _follows(spoken, at + 1, "that"))
    if not is_clause and word.lower not in STOPWORDS and not word.capitalised:
        if word.lower not in _REPORTS:
            yield Deed(start=spoken[i].start, end=word.end, verb=verb_of(word.lower))
        return
    for j in range(at + 1, min(at + _REACH, len(spoken))):
        if is_verb_like(spoken[j]) and not _is_auxiliary(spoken[j]):
            told = [w for w in spoken[at:j] if w.lower in _MODE]
            yield Deed(
                start=spoken[i].start,
                end=spoken[j].end,
                verb=verb_of(spoken[j].lower),
                mode=_mode(told),
            )
            return


def _none(spoken: Sequence[Word], i: int) -> Iterator[Deed]:
    """Yield the verb of "no agreement was reached"."""
    for j in range(i + 1, min(i + 4, len(spoken) - 1)):
        if spoken[j].lower in ("was", "were", "has", "have", "had", "is", "are"):
            noun = spoken[j - 1]
            if j - 1 > i and noun.lower not in _NAMELESS:
                for deed in _verb_at(spoken, i, j + 1):
                    yield Deed(start=deed.start, end=deed.end, verb=deed.verb, noun=stem(noun.text))
            return
