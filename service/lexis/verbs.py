"""Is there a finite verb? Told by closed lists and endings, without a tagger."""

from collections.abc import Sequence

from service.lexis.words import Word, stem, words

_AUXILIARIES = frozenset(
    """is are was were am be been has have had do does did will would shall should can could may
    might must won't can't isn't aren't wasn't weren't hasn't haven't hadn't didn't doesn't don't it's he's
    she's they're we're i'm i've we've they've who's that's there's""".split()
)
_IRREGULAR_PASTS = frozenset(
    """said rose fell hit told made took went came saw gave got found left felt kept held brought thought
    bought caught taught fought sought led met put cut set let shut beat became began broke chose drew drove
    ate flew forgot froze grew hid knew lay lost paid ran rang read rode sang sank sat sent shook shot sold
    spent spoke spread stole stood struck swam swore threw understood wore won wrote woke built burnt dealt
    heard hurt laid lent meant overcame quit sped split sprang stuck swept tore withdrew withstood dug fled
    hung bound blew bore bred clung crept cast cost bid burst rid slid slept spun stung swung wound""".split()
)
_PRESENT = frozenset(
    """say make take go come see give get find leave feel keep hold bring think show mean need want seek
    call plan hope claim accuse argue believe warn urge fear expect remain continue include contain face
    follow lead live lose meet move offer open pay play provide reach receive report require run seem send
    serve set sit speak spend stand start stop support tell tend try turn use view visit vote wait walk win
    work write signal reflect mark underscore highlight establish involve outline appear aim allow announce
    appeal approve ask back become begin belong bid block build carry cause change charge close compete
    condemn confirm consider cost cover create cut deal decide decline defend demand deny depend describe
    die draw drop end enter estimate exist express extend fall fight fly force form gain grow happen head
    hear help hit host identify increase indicate insist join kill know lack launch lie list look maintain
    manage match name note observe occur operate oppose pass permit point pose post prepare present press
    produce promise propose protect pull push put question raise read recall reject release rely represent
    respond rest return reveal rise rule search share sign strike suffer suggest take target teach threaten
    touch trade travel treat understand unveil vow want warn welcome worry yield""".split()
)


_BE = frozenset({"is", "are", "was", "were", "be", "been", "am"})
_PAST_AUXILIARIES = frozenset({"was", "were", "had", "has", "have", "did"})
_AFTER_VERBS = frozenset(
    "the a an in on to for its their his her from with into that by all no more about over up out".split()
)
# Verbs that say little by themselves; two reports of one thing differ in them freely.
_LIGHT = frozenset(
    """lead led see saw seen make made take took taken come came go went gone get got give gave given have
    set keep kept put become became remain remained include included mean meant help helped begin began
    begun start started continue continued call called""".split()
)


def is_past(word: Word) -> bool:
    """Say whether a word is a past form, or an auxiliary that makes one."""
    lower = word.lower
    if lower in _PAST_AUXILIARIES or lower in _IRREGULAR_PASTS:
        return True
    return lower.endswith("ed") and len(lower) > 3 and not word.capitalised


def telling_verbs(text: str) -> frozenset[str]:
    """Return the stems of the verbs that carry what a sentence tells: no auxiliaries, no light verbs."""
    spoken = words(text)
    return frozenset(
        stem(w.text)
        for i, w in enumerate(spoken)
        if w.lower not in _AUXILIARIES
        and w.lower not in _LIGHT
        and (is_verb_like(w) or _is_progressive(spoken, i))
    )


def past_verbs(text: str) -> frozenset[str]:
    """Return the stems of the verbs that stand in a past form, auxiliaries and light verbs left out."""
    return frozenset(
        stem(w.text)
        for w in words(text)
        if is_past(w) and w.lower not in _AUXILIARIES and w.lower not in _LIGHT
    )


def _is_progressive(spoken: Sequence[Word], i: int) -> bool:
    return spoken[i].lower.endswith("ing") and any(
        w.lower in _BE for w in spoken[max(0, i - 2) : i]
    )


def is_verb_like(word: Word) -> bool:
    """Say whether a word may be a finite verb: an auxiliary, a past form, or a common present one."""
    lower = word.lower
    if lower in _AUXILIARIES or lower in _IRREGULAR_PASTS or lower in _PRESENT:
        return True
    if lower.endswith("ed") and len(lower) > 3 and (not word.capitalised or word.text.isupper()):
        return True
    return lower.endswith("s") and _bare(lower) in _PRESENT


def has_finite_verb(text: str) -> bool:
    """Say whether a text may hold a finite verb; captions and lists of names do not."""
    spoken = words(text)
    return any(is_verb_like(w) or _is_third_person(spoken, i) for i, w in enumerate(spoken))


def _is_third_person(spoken: Sequence[Word], i: int) -> bool:
    """Say whether a word in -s stands where a verb does: "expires in", "employs 40", "forbids smoking"."""
    word = spoken[i].lower
    if not 0 < i < len(spoken) - 1 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return False
    follower = spoken[i + 1]
    return (
        (len(word) > 3 and (follower.lower in _AFTER_VERBS or follower.lower.endswith("ing")))
        or follower.text[0].isnumeric()
        or (follower.capitalised and not spoken[i].capitalised)
    )


def _bare(third_person: str) -> str:
    """Return the base form of a third person: "carries" to "carry", "reaches" to "reach"."""
    if third_person.endswith("ies"):
        return third_person[:-3] + "y"
    if third_person.endswith(("ches", "shes", "sses", "xes", "oes")):
        return third_person[:-2]
    return third_person[:-1]
