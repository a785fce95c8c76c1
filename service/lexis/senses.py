"""Closed lists of common words of news that mean much the same, and of such as exclude one another."""

from functools import lru_cache

from service.lexis.verb_forms import base_stem

# Words that reports of one thing use for one another; the first stands for all.
_SAME = """\
say state tell announce declare note add report reveal mention|kill slay murder execute
die dead death fatal decease|injure wound hurt|ill sick sickness illness
begin start launch initiate commence open|end finish conclude cease stop|buy purchase acquire|sell sale
big large huge major massive great|small little minor tiny|rise increase climb grow soar jump surge
fall drop decline decrease tumble slump plunge slide|arrest detain apprehend capture nab
job post position role|company firm business corporation|boss chief head leader ceo
police officer cop authority|gunman shooter attacker assailant|child kid youngster|school classroom
house home residence|car vehicle automobile|plane aircraft jet airplane|ship vessel boat
attack assault strike raid|fight battle combat clash|protest demonstration rally march|injury wound
help aid assist assistance support back|need require|want seek wish|try attempt bid effort
show reveal display demonstrate exhibit|ban prohibit forbid bar outlaw|allow permit let enable
win triumph victory|lose defeat loss|quit resign|fire sack dismiss|hire recruit appoint
make create produce build construct|use utilise utilize employ|get receive obtain gain|keep retain maintain
give provide supply offer grant|take seize|send dispatch|meet meeting talk|agree agreement deal pact accord
law legislation bill act|vote ballot poll election|murder homicide|money fund cash|price cost|tax levy
debt liability|income earning revenue|plan scheme project intend
probe investigation inquiry investigate enquiry|proof evidence|crash collision accident|fire blaze
storm hurricane cyclone typhoon|quake earthquake|flood flooding|doctor physician medic|drug medicine
lawyer attorney solicitor counsel|judge justice|jail prison imprison|trial hearing|charge accuse
country nation state|city town|worker employee staff|footballer player|match game|goal score|film movie
song track|picture image photo photograph|book novel|phone smartphone mobile|internet web online
almost nearly|about around roughly approximately some|often frequently|quick fast rapid
important significant key|danger threat risk|result consequence|problem issue trouble|worry concern fear
leave depart exit|arrive come|return back|go travel head visit trip journey|live reside|marry wed wedding
family relative|mother mum mom|father dad|wife spouse husband|secret covert clandestine secretly
different distinct|new novel fresh|old ageing aging elderly|famous renowned noted famed|rich wealthy
whole entire full|remove delete|order instruct command direct|think believe consider deem
see observe view watch spot|find discover detect|put place|choose select pick|pay spend|happen occur
confirm verify|deny refute|criticise criticize slam condemn blast denounce|praise hail laud applaud
hide conceal|steal theft rob robbery|escape flee|save rescue|warn caution|urge call|expect anticipate
change alter modify|join unite|divide split|destroy ruin wreck|damage harm|clear acquit
guilty convict conviction"""
# Words that cannot both be said of one thing.
_OPPOSITES = """\
rise fall|increase decrease|increase decline|rise decline|gain lose|win lose|victory defeat|accept reject
accept refuse|before after|first last|more less|most least|more fewer|many few|high low|higher lower
highest lowest|up down|early late|earlier later|begin end|start stop|open close|reopen close|buy sell
arrive leave|enter leave|join leave|join quit|support oppose|back oppose|allow ban|allow forbid
approve reject|adopt reject|confirm deny|admit deny|agree disagree|agree refuse|guilty innocent
convict acquit|convict clear|alive dead|live die|survive die|survive kill|male female|man woman|boy girl
son daughter|brother sister|father mother|husband wife|uncle aunt|king queen|prince princess|his her|he she
him her|himself herself|good bad|best worst|better worse|strong weak|strengthen weaken|success failure
succeed fail|success fail|hope fear|love hate|like dislike|praise criticise|praise criticize|praise condemn
rich poor|wealthy poor|large small|big small|long short|longer shorter|wide narrow|young old|younger older
new old|hot cold|warm cold|heavy light|fast slow|near far|north south|east west|northern southern
eastern western|left right|inside outside|above below|over under|include exclude|legal illegal
lawful unlawful|possible impossible|likely unlikely|able unable|happy unhappy|happy sad|healthy sick
healthy ill|safe dangerous|safe unsafe|public private|public secret|domestic foreign|internal external
import export|friend enemy|ally enemy|ally rival|peace war|attack defend|accuse defend|hire fire
hire dismiss|appoint dismiss|arrest release|detain release|jail free|capture escape|expand shrink
expand reduce|rise shrink|raise cut|raise lower|increase reduce|increase cut|extend shorten|build destroy
create destroy|remember forget|teach learn|borrow lend|send receive|give take|ask answer|question answer
encourage discourage|encourage deter|cause prevent|help hinder|help harm|help prevent|fail manage|day night
morning evening|today yesterday|today tomorrow|same different|always never|everyone nobody|all none
everything nothing|major minor|minority majority|minimum maximum|few most|future past|former current
previous next|previous current|last next|profit loss|surplus deficit|success disaster|popular unpopular
known unknown|experienced inexperienced|voluntary compulsory|optional mandatory|temporary permanent
partial full|partly fully|deny reveal|hide reveal|reveal conceal|secret open|secretly openly|quick slow
quickly slowly|private state|empty full|rare common|increase fall|increase drop|rise drop|lead follow
trail lead|ahead behind|lock unlock|lift impose|install remove|add remove|connect disconnect
appear disappear|ill well|sober drunk|credit blame|strength weakness|advantage disadvantage|benefit harm
benefit suffer|calm angry|certain doubtful"""


def standing(found: str) -> str:
    """Return the stem that stands for all of a stem's family; itself where it has none."""
    return _families().get(found, found)


def opposed(a: str, b: str) -> bool:
    """Say whether two stems are a known pair of opposites."""
    return frozenset((a, b)) in _pairs()


@lru_cache(maxsize=1)
def _families() -> dict[str, str]:
    """Map stems to the first of their family; a stem in two families stays in the first."""
    stands_for: dict[str, str] = {}
    for family in _SAME.replace("\n", "|").split("|"):
        first, *others = map(base_stem, family.split())
        stands_for.setdefault(first, first)
        for other in others:
            stands_for.setdefault(other, stands_for[first])
    return stands_for


@lru_cache(maxsize=1)
def _pairs() -> frozenset[frozenset[str]]:
    pairs = _OPPOSITES.replace("\n", "|").split("|")
    return frozenset(frozenset(map(base_stem, pair.split())) for pair in pairs)
