"""The verb that a form is of, so that "did not write" and "wrote" can be held against each other."""

from service.lexis.verbs import is_past
from service.lexis.words import Word, stem

_IRREGULAR = """be was were been is are am; become became; begin began begun; bear bore borne; beat beaten;
blow blew blown; break broke broken; bring brought; build built; buy bought; catch caught; choose chose chosen;
come came; deal dealt; dig dug; do did done does; draw drew drawn; drive drove driven; eat ate eaten;
fall fell fallen;
feed fed; feel felt; fight fought; find found; flee fled; fly flew flown; forget forgot forgotten;
freeze froze frozen;
get got gotten; give gave given; go went gone goes; grow grew grown; hang hung; have had has; hear heard;
hide hid hidden; hold held; keep kept; know knew known; lay laid; lead led; leave left; lend lent; lose lost;
make made; mean meant; meet met; overcome overcame; overthrow overthrew overthrown; pay paid; ride rode ridden;
ring rang rung; rise rose risen; run ran; say said; see saw seen; seek sought; sell sold; send sent;
shake shook shaken; shoot shot; show shown; shrink shrank; sing sang sung; sink sank sunk; sit sat;
sleep slept; speak spoke spoken; spend spent; stand stood; steal stole stolen; strike struck;
swear swore sworn; sweep swept; swim swam swum; take took taken; teach taught; tear tore torn; tell told;
slay slew slain; think thought; throw threw thrown;
undergo underwent undergone; understand understood; wake woke; wear wore worn; win won;
withdraw withdrew withdrawn;
withstand withstood; write wrote written"""
_BASE = {
    form: forms.split()[0]
    for forms in _IRREGULAR.replace("\n", " ").split(";")
    for form in forms.split()
}
_PARTICIPLES = frozenset(_BASE)


def base_stem(word: str) -> str:
    """Return the stem of a lower-case verb form's base: of "wrote" and "writing" that of "write"."""
    return stem(_BASE.get(word, word))


def irregular_base(form: str) -> str:
    """Return the stem of the base that an irregular form is of, "" for a base or a regular form."""
    base = _BASE.get(form, form)
    return stem(base) if base != form else ""


def is_told(word: Word) -> bool:
    """Say whether a word may be a past form or a participle, and so tell what was done."""
    return (
        is_past(word) or (word.lower in _PARTICIPLES and word.lower not in _BASE.values())
    ) and not word.capitalised
