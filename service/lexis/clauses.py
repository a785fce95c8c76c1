"""Closed lists that tell a description from an assertion, where commas or dashes set it off."""

DETERMINERS = frozenset("a an the his her its their".split())
# What opens a clause that only describes; "that" and "as" open ones that restrict.
RELATIVES = frozenset("who which whose where whom".split())
# With these a pair of commas sets off a part of a claim, or of a group that the claim is about.
SCOPES = frozenset(
    """all any every each no most some many few several only those anyone everyone anybody everybody
    both either neither none such same other others more less another whoever whatever""".split()
)
# Time, cause, condition, concession and comparison: a claim without them is another claim.
SUBORDINATORS = frozenset(
    """if unless although though because since after before when while whenever whereas until till once as
    despite notwithstanding given provided providing lest whether why how than so thus therefore hence
    due owing like unlike during following amid upon without except excluding including instead rather
    versus against even still yet already then now later earlier previously formerly originally initially
    eventually soon recently currently today yesterday tomorrow ago ever again too also not merely just
    temporarily partly partially largely mainly mostly officially unofficially supposedly technically
    nominally self-proclaimed self-styled self-described so-called would-be""".split()
)
# Told of somebody or something in passing, these undo or colour what the sentence goes on to say.
REVERSALS = frozenset(
    """acquitted cleared exonerated pardoned convicted sentenced jailed charged indicted arrested suspended
    overturned reversed quashed repealed revoked rescinded withdrawn withdrew retracted cancelled canceled
    annulled abandoned scrapped shelved postponed delayed blocked vetoed defeated dismissed disputed disputes
    contested criticised criticized condemned opposed opposes oppose controversial contentious discredited
    debunked disproved disproven false fake hoax unproven unconfirmed unverified disgraced ousted deposed
    sacked fired resigned retired died dead deceased late dying defunct bankrupt banned outlawed illegal
    unlawful void invalid unfounded baseless satirical fictional fictitious hypothetical imaginary mock
    proposed planned future prospective provisional interim acting draft preliminary tentative rumored
    rumoured presumed supposed ostensible self-declared breakaway unrecognised unrecognized wrongly falsely
    mistakenly erroneously suspect suspects candidate candidates hopeful favourite favorite nominee""".split()
)
# Participles that describe: "a company based in Paris". Others make a clause: "the court ruled".
DESCRIPTIVE_PARTICIPLES = frozenset(
    """based located situated headquartered founded established owned operated run led known used dedicated
    devoted specialised specialized affiliated associated related connected located populated""".split()
)
# Nouns of office and kind that open a description without an article: "Kim, president of the club, ...".
OFFICES = frozenset(
    """president minister secretary chairman chairwoman chair chief head director manager leader governor mayor
    senator ambassador spokesman spokeswoman spokesperson commissioner commander founder co-founder professor
    editor author head coach captain owner deputy vice assistant executive chancellor bishop archbishop
    sheriff attorney administrator treasurer curator superintendent principal dean""".split()
)
# Nouns that the list of common verbs holds too.
NOUNS_LIKE_VERBS = frozenset(
    """head heads chief plan plans report reports force forces search support work works play plays place
    party home state states part parts host hosts line lines name names team centre center base
    offer vote votes cause share cost cover trade match show shows use view touch rule rules strike claim
    target display visit attack release record bank house market change need needs call calls""".split()
)
PREPOSITIONS = frozenset(
    """in at on from to near by with for into of under over through between across along around behind beside
    towards toward within outside inside among amongst about above below off onto""".split()
)
JOINERS = frozenset("and or but nor yet plus as".split())
# What a reference after the part left out may have meant in it.
ANAPHORS = frozenset("he she it him her his hers its himself herself itself there".split())
PLURAL_ANAPHORS = frozenset(
    "they them their theirs themselves both these those this such latter former".split()
)
# Notes to the reader of a page, of no use away from it.
PAGE_NOTES = frozenset("pictured shown photographed video image photo picture map audio".split())
