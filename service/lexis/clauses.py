"""Closed lists of what a sentence can spare about a person or a body: who they are, and where."""

from service.lexis.cues import ATTRIBUTIONS

# Offices, occupations and kin, of one person and none that takes sides: no suspect, hero, rival, witness.
ROLES = frozenset(
    """president minister secretary chairman chairwoman chair chief head director manager governor mayor
    senator ambassador officer commissioner founder co-founder professor lecturer editor author dean principal
    chancellor bishop archbishop treasurer curator superintendent administrator
    attorney lawyer judge doctor physician surgeon nurse dentist pharmacist psychologist scientist physicist
    chemist biologist geologist astronomer historian economist sociologist mathematician engineer architect
    teacher farmer fisherman carpenter electrician plumber baker butcher chef cook tailor builder miner driver
    pilot sailor firefighter paramedic librarian accountant researcher
    actor actress singer musician composer pianist violinist guitarist drummer conductor dancer painter sculptor
    photographer poet novelist writer journalist footballer cricketer goalkeeper striker midfielder golfer swimmer
    sprinter cyclist jockey boxer wrestler gymnast coach
    father mother son daughter brother sister husband wife uncle aunt nephew niece cousin grandfather
    grandmother grandson granddaughter""".split()
)
# What may stand before such a noun: a rank or a field. One word outside the list, "former" or "fake", and
# the description stays.
FIELDS = frozenset(
    """prime deputy vice assistant associate executive managing general senior chief principal lead head
    police army navy fire school university college hospital company bank city county state district regional
    national federal local foreign finance health education interior justice defence defense transport energy
    environment agriculture trade labour labor sports football basketball baseball hockey tennis rugby cricket
    golf chess opera jazz rock folk film theatre theater stage music art science history law medical criminal
    civil human rights research marine computer software mechanical electrical railway family heart brain eye
    primary secondary high young older younger elder eldest youngest""".split()
)
# What a person may belong to, besides what has a name.
INSTITUTIONS = frozenset(
    """university college school academy institute hospital clinic museum gallery library theatre theater
    orchestra choir church cathedral company firm bank airline newspaper magazine club team association
    federation league society council committee department ministry court parliament senate""".split()
)
# What the name of a place may go with.
LANDS = frozenset(
    """city town village county district state province region country island port airport harbour harbor
    station north south east west northern southern eastern western central""".split()
)
# Names that hold one of these are no person's.
BODIES = frozenset(
    """group company corporation corp inc ltd plc bank bureau agency authority association federation league
    union party council committee commission ministry department court parliament senate institute university
    college school academy hospital museum foundation trust fund society club team orchestra band church
    police army navy force forces organization organisation international brothers sons partners holdings
    airlines airways motors records studios systems media news press times post journal radio television
    network
    city town county state states province republic kingdom island islands river lake mount mountain bay valley
    beach street road square park port airport bridge fort north south east west northern southern eastern
    western new saint san los las santa""".split()
)
# Who says something, and for whom, is a part of what is claimed.
SPEECH = ATTRIBUTIONS | frozenset(
    """contend contends contended maintain maintains maintained swear swears swore vow vows vowed assure
    assures assured explain explains explained conclude concludes concluded declare declares declared
    complain complains complained comment comments commented remark remarks remarked reply replies replied
    respond responds responded answer answers answered admit admits admitted concede concedes conceded
    recall recalls recalled think thinks thought hope hopes hoped fear fears feared doubt doubts doubted
    feel feels felt find finds found conjecture call calls called ask asks asked urge urges urged demand
    demands demanded promise promises promised pledge pledges pledged praise praises praised criticise
    criticises criticised criticize criticizes criticized condemn condemns condemned defend defends defended
    speak speaks spoke talk talks talked quote quotes quoted cite cites cited write writes tweet tweets
    tweeted post posts posted propose proposes proposed recommend recommends recommended advise advises
    advised deem deems deemed say state claim tell report add announce emphasize emphasise suggest
    estimate warn describe indicate note""".split()
)
# Notes to the reader of a page, of no use away from it.
PAGE_NOTES = frozenset("pictured shown photographed video image photo picture map audio".split())
NOTED_WHERE = frozenset("left right above below here centre center".split())
