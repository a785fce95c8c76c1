"""Words that edits put in the place of others, and the forms of the verbs they turn."""

import re

_IRREGULAR = """be was; become became; begin began; blow blew; break broke; bring brought; build built; buy bought;
catch caught; choose chose; come came; draw drew; drive drove; eat ate; fall fell; feel felt; fight fought;
find found; fly flew; forget forgot; get got; give gave; go went; grow grew; have had; hear heard; hide hid;
hold held; keep kept; know knew; lead led; leave left; lend lent; lose lost; make made; mean meant; meet met;
pay paid; ride rode; rise rose; run ran; say said; see saw; seek sought; sell sold; send sent; shake shook;
shoot shot; show showed; sing sang; sink sank; sit sat; sleep slept; speak spoke; spend spent; stand stood;
steal stole; stick stuck; strike struck; swear swore; sweep swept; swim swam; take took; teach taught;
tear tore; tell told; think thought; throw threw; wake woke; wear wore; win won; withdraw withdrew;
write wrote; undergo underwent; undertake undertook; overturn overturned; offer offered; visit visited;
enter entered; order ordered; suffer suffered; deliver delivered; consider considered; discover discovered;
recover recovered; murder murdered; happen happened; open opened; target targeted; order ordered;
occur occurred; refer referred; prefer preferred; commit committed; admit admitted; permit permitted;
submit submitted; control controlled; cancel cancelled; travel travelled; agree agreed; free freed;
flee fled; die died; tie tied; lie lied; focus focused; reveal revealed; fail failed; sign signed; add added;
score scored; store stored; restore restored; explore explored; ignore ignored"""
_PAST_OF = {base: past for base, past in (pair.split() for pair in _IRREGULAR.split(";"))}
_BASE_OF = {past: base for base, past in _PAST_OF.items()}
# Pasts in -ed whose base keeps the e: charged, released, closed, announced.
_KEEPS_E = re.compile(r"(?:c|[rdnlaeio]g|[^i]s|ais|v|z|u|[^aeiou]l|[aeiou][lrtdkmpn])\Z")
_NO_E = re.compile(
    r"(?:ai[lnrtdm]|(?<!cr)ea[dklmnrt]|ee[dklmnprt]|oi[nlt]|oo[dklmnprt]|ou[nrt]|[^vu]it"
    r"|[^aeiou](?:er|en|on|op|el|[^l]et|or|ow)"
    r"|ress|cess|ess|iss|ass|uss|all|ell|ill|ull)\Z"
)
_DOUBLED = re.compile(r"([bdgmnprt])\1\Z")
_VOWELS = "aeiou"


def past_of(base: str) -> str:
    """Return the simple past of a verb's base form."""
    if base in _PAST_OF:
        return _PAST_OF[base]
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return base[:-1] + "ied"
    return base + "ed"


def base_of(past: str) -> str | None:
    """Return the base form of a simple past, None where its spelling does not tell."""
    if past in _BASE_OF:
        return _BASE_OF[past]
    if not past.endswith("ed") or len(past) < 5:
        return None
    stem = past[:-2]
    if stem.endswith("i"):
        return stem[:-1] + "y"
    if _DOUBLED.search(stem):
        return stem[:-1]
    if _NO_E.search(stem) or not _KEEPS_E.search(stem):
        return stem
    return stem + "e"


def third_person(base: str) -> str:
    """Return the present form of a verb that goes with "she"."""
    if base == "be":
        return "is"
    if base == "have":
        return "has"
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return base[:-1] + "ies"
    return base + "s"


# Units of one sort; any of a row may stand where another does.
UNITS = tuple(
    tuple(row.split())
    for row in (
        "miles kilometres metres feet",
        "miles kilometers yards",
        "mile kilometre",
        "km mi",
        "kg lb",
        "kilograms pounds",
        "tonnes pounds",
        "tons kilograms",
        "acres hectares",
        "hundred thousand million billion trillion",
        "hundreds thousands millions",
        "bn m",
        "mph km/h",
        "seconds minutes hours days weeks months years",
        "second minute hour day week month year",
        "dollars euros pounds yen",
        "dollar euro pound",
        "USD EUR GBP",
        "litres gallons barrels",
        "degrees percent",
        "inches centimetres",
        "knots mph",
    )
)
SIGNS = ("$", "€", "£", "¥")

NUMBER_WORDS = tuple(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety".split()
)
MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
SHORT_MONTHS = tuple("Jan. Feb. Aug. Sept. Oct. Nov. Dec.".split())
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

# A word and what a careless or dishonest hand may put for it; read both ways.
_OPPOSED = """good bad; great small; first last; new old; high low; strong weak; more fewer; big small; early late;
right wrong; true false; safe dangerous; possible impossible; important minor; best worst; long short;
happy angry; peace war; friend enemy; friends enemies; win lose; hope fear; increase decrease; help harm;
start end; before after; always rarely; everyone nobody; people officials; men women; man woman; public private;
support oppose; allow forbid; accept reject; respect ignore; legal illegal; innocent guilty; clear unclear;
certain doubtful; serious trivial; open closed; better worse; easy difficult; positive negative; future past;
country company; government opposition; police army; family colleagues; work rest; free captive;
local foreign; national regional; ready unready; sure unsure; fair unfair; strongly mildly; quickly slowly;
deeply slightly; proud ashamed; love hatred; life death; success failure; victory defeat; fast slow;
trusted suspected; ally rival; major minor; full partial; final first; human animal; real imagined;
children adults; morning evening; day night; world region; market economy; price cost; part whole;
believe doubt; know guess; think say; want need; continue stop; make avoid; take leave; give withhold;
team company; game season; terrible wonderful; tragic joyful; unacceptable acceptable"""
OPPOSED = {
    a: b
    for one, other in (pair.split() for pair in _OPPOSED.split(";"))
    for a, b in ((one, other), (other, one))
}
# Where nothing better is known: a frequent word of the same ending keeps the sentence a sentence.
BY_ENDING = (
    ("ing", ("working", "leaving", "waiting", "paying")),
    ("tion", ("decision", "operation", "situation")),
    ("ly", ("slowly", "openly", "rarely", "mostly")),
    ("ed", ("delayed", "discussed", "prepared", "rejected")),
    ("s", ("plans", "rules", "workers", "results")),
)

INVENTED_NAMES = tuple(
    """Daniel Okafor; Marta Lindqvist; Tom Ferreira; Helen Basri; Viktor Anselm; Ruth Castellan;
    Peter Nakagawa; Ines Dorval; Samuel Whitlock; Carla Benedek; Andrew Pellerin; Nadia Voss;
    George Tamihana; Lucy Abernathy; Hassan Rahmani; Elena Marchetti; Paul Dragomir; Joan Kirkby""".replace(
        "\n", " "
    ).split("; ")
)

CITIES = (
    "Lisbon",
    "Denver",
    "Nairobi",
    "Oslo",
    "Karachi",
    "Leicester",
    "Toulouse",
    "Brisbane",
    "Ottawa",
)
LONG_MONTHS = tuple("January March May July August October December".split())
