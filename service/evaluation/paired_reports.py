"""Two desks' sentences on invented events: pairs that contradict each other, and pairs that only seem to.

Wordings differ freely here, as those of two reporters do, where rivals made from a set's own
sentences stay close to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from service.domain.brief import DisagreementKind
from service.domain.ports import Models
from service.domain.text import Article
from service.evaluation.changes import draw, pick
from service.evaluation.planting import DocumentSet, Planted, Told, body, with_content

# The Tuesday on which pairs that turn on a day are published.
_PUBLISHED = datetime(2019, 5, 7, 12, 0, tzinfo=UTC)
SPELLING = "no spelling"
_TOWNS = ("Tervale", "Harlow Bay", "Ostrany", "Lake Merrin", "Port Dunmore", "Kestrel Falls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sentences with "{town}" for a place; `kinds` is empty where both can be true.

    `days_later` is how long after the first report the second appeared; None where neither is dated.
    """

    name: str
    value: str
    one: str
    other: str
    kinds: frozenset[DisagreementKind] = frozenset()
    days_later: int | None = None


def _rivals(kind: DisagreementKind, *rows: tuple[str, str, str]) -> tuple[Pair, ...]:
    also: Mapping[str, frozenset[DisagreementKind]] = {
        "negation": frozenset({"negation", "status"}),
        "status": frozenset({"negation", "status"}),
    }
    kinds = also.get(kind, frozenset({kind}))
    return tuple(
        Pair(name=f"told {kind}", value=value, one=one, other=other, kinds=kinds)
        for value, one, other in rows
    )


RIVALS: tuple[Pair, ...] = (
    *_rivals(
        "number",
        (
            "14",
            "The gas explosion in {town} killed 14 people, the fire service said.",
            "Nine people died when gas exploded in {town}, according to the regional governor.",
        ),
        (
            "$40 million",
            "Rebuilding the harbour at {town} will cost $40 million, the port authority said.",
            "The port authority put the cost of rebuilding the {town} harbour at $65 million.",
        ),
        (
            "300",
            "About 300 passengers were on board the ferry when it ran aground off {town}.",
            "The ferry that ran aground off {town} was carrying 120 passengers, its owner said.",
        ),
        (
            "62",
            "Turnout in the {town} referendum was 62 percent, the election commission said.",
            "Officials said that 48 percent of voters took part in the referendum in {town}.",
        ),
        (
            "three",
            "Police arrested three men over the robbery of the {town} savings bank.",
            "Five men have been arrested over the {town} savings bank robbery, police said.",
        ),
    ),
    *_rivals(
        "date",
        (
            "12 March",
            "The old town hall of {town} burned down on 12 March 2019.",
            "Fire destroyed the old town hall of {town} on 14 March 2019, the council said.",
        ),
        (
            "1987",
            "The dam above {town} was completed in 1987.",
            "Engineers completed the dam above {town} in 1983, records show.",
        ),
        (
            "Tuesday",
            "The mine near {town} collapsed on Tuesday, trapping its night shift.",
            "The night shift was trapped on Sunday when the mine near {town} collapsed.",
        ),
    ),
    *_rivals(
        "name",
        (
            "Ruth Castellan",
            "Ruth Castellan, the mayor of {town}, ordered schools to close.",
            "The mayor of {town}, Peter Nakagawa, ordered the schools to be closed.",
        ),
        (
            "Tom Ferreira",
            "Police named the driver of the {town} bus as Tom Ferreira.",
            "The driver of the {town} bus was named by police as Viktor Anselm.",
        ),
    ),
    *_rivals(
        "status",
        (
            "alive",
            "The climber missing above {town} was found alive, rescuers said.",
            "The missing climber was found dead above {town}, the rescue service said.",
        ),
        (
            "released",
            "Police released the owner of the {town} nightclub without charge.",
            "The owner of the {town} nightclub remains in police custody.",
        ),
        (
            "approved",
            "The council of {town} approved the plan for a second bridge.",
            "The plan for a second bridge was rejected by the council of {town}.",
        ),
        (
            "signed",
            "The union at the {town} steelworks signed the pay agreement.",
            "The union refused to sign the pay agreement at the {town} steelworks.",
        ),
    ),
    *_rivals(
        "negation",
        (
            "warned",
            "Residents of {town} were warned before the dam was opened.",
            "Residents of {town} were not warned before the dam was opened, a survivor said.",
        ),
        (
            "had insured",
            "The firm had insured the warehouse in {town} that burned down.",
            "The warehouse in {town} that burned down had never been insured by the firm.",
        ),
        (
            "did not use",
            "Guards did not use tear gas at the {town} stadium, the club said.",
            "Fans said that guards used tear gas at the {town} stadium.",
        ),
    ),
)


def _no_rivals(*rows: tuple[str, int | None, str, str]) -> tuple[Pair, ...]:
    return tuple(
        Pair(name=f"no {name}", value="", one=one, other=other, days_later=days)
        for name, days, one, other in rows
    )


CONTROLS: tuple[Pair, ...] = _no_rivals(
    (
        "bound",
        None,
        "Over 130 people were taken to hospital after the gas leak in {town}.",
        "The gas leak in {town} put 131 people in hospital, doctors said.",
    ),
    (
        "least",
        None,
        "At least 12 workers were hurt when scaffolding fell in {town}.",
        "The fire service said 15 workers were hurt when scaffolding fell in {town}.",
    ),
    (
        "rounding",
        None,
        "The spring festival in {town} drew 1.2 million visitors.",
        "The organisers counted 1,215,000 visitors at the spring festival in {town}.",
    ),
    (
        "update",
        2,
        "The flood in {town} has killed 21 people, officials said.",
        "The death toll of the flood in {town} has risen to 34, officials said.",
    ),
    (
        "same count",
        None,
        "The bus crash near {town} injured 12 people, police said.",
        "The bus crash near {town} killed eight people, police said.",
    ),
    (
        "same firm",
        None,
        "Corvane said its yearly revenue rose to $4.1 billion.",
        "Altimer said its yearly revenue rose to $5.6 billion.",
    ),
    (
        "same event",
        None,
        "The first debate will be held in {town} on 3 May 2019.",
        "The second debate will be held in {town} on 17 May 2019.",
    ),
    (
        "title",
        None,
        "Mr Whitlock told the council of {town} that the bridge would stay closed.",
        "Samuel Whitlock told the council of {town} that the bridge would stay closed.",
    ),
    (
        "day named",
        0,
        "The ferry sank off {town} on Monday, the coastguard said.",
        "The ferry sank off {town} on 6 May 2019, the coastguard said.",
    ),
    (
        "spelling",
        None,
        "Yusuf Karimov, the governor of the {town} region, opened the plant.",
        "The governor of the {town} region, Yusuf Karimow, opened the plant.",
    ),
    (
        "time zone",
        None,
        "The earthquake shook {town} at 03:15 local time, or 01:15 GMT.",
        "The earthquake shook {town} at 01:15 GMT, the institute said.",
    ),
    (
        "spelled number",
        None,
        "Three children were found safe in the woods near {town}.",
        "The 3 children were found safe in the woods near {town}, police said.",
    ),
    (
        "plan",
        1,
        "The court in {town} is expected to convict the banker.",
        "The court in {town} has convicted the banker of fraud.",
    ),
    (
        "part",
        None,
        "The train from {town} was carrying 40 passengers.",
        "Nine of the passengers on the train from {town} were hurt.",
    ),
    (
        "unit",
        None,
        "The wildfire is 10 miles from {town}, the forest service said.",
        "The wildfire is 16 kilometres from {town}, the forest service said.",
    ),
    (
        "other office",
        None,
        "Carla Benedek, the mayor of {town}, welcomed the ruling.",
        "George Tamihana, the deputy mayor of {town}, welcomed the ruling.",
    ),
    (
        "other denial",
        None,
        "Police in {town} have not named the driver of the lorry.",
        "Police in {town} have named the owner of the lorry.",
    ),
    (
        "other person freed",
        None,
        "The captain of the {town} trawler was arrested, prosecutors said.",
        "The cook of the {town} trawler was released, prosecutors said.",
    ),
    (
        "speech of both sides",
        None,
        "The {town} mill denied that it had polluted the river.",
        "Residents accused the {town} mill of polluting the river.",
    ),
)


def paired(
    found: DocumentSet, pairs: Sequence[Pair], models: Models, *, limit: int, seed: int = 0
) -> tuple[Planted, ...]:
    """Return up to `limit` sets, each with one pair put into two of its reports."""
    if len(found.articles) < 2:
        return ()
    order = sorted(pairs, key=lambda p: draw(f"{seed}:{found.id}:{p.one}"))
    made = (_with_pair(found, pair, models, seed) for pair in order[:limit])
    return tuple(planted for planted in made if planted)


def _with_pair(found: DocumentSet, pair: Pair, models: Models, seed: int) -> Planted | None:
    at = draw(f"{seed}:{pair.one}:{found.id}") % (len(found.articles) - 1)
    town = pick(_TOWNS, f"{seed}:{found.id}:{pair.name}")
    texts = (pair.one.format(town=town), pair.other.format(town=town))
    hosts = found.articles[at : at + 2]
    dates = _dates(hosts, pair)
    told: list[Article] = []
    for host, text, date in zip(hosts, texts, dates, strict=True):
        changed = with_content(replace(host, published_at=date), f"{body(host)}\n\n{text}", models)
        if changed is None or text not in changed.text:
            return None
        told.append(changed)
    by_id = {a.id: a for a in told}
    return Planted(
        set_id=found.id,
        fact=pair.name,
        how="paired",
        kinds=pair.kinds,
        value=pair.value,
        original=Told(document_id=told[0].id, text=texts[0]),
        rival=Told(document_id=told[1].id, text=texts[1]),
        articles=tuple(by_id.get(a.id, a) for a in found.articles),
    )


def _dates(hosts: Sequence[Article], pair: Pair) -> tuple[datetime | None, datetime | None]:
    """Return when the two reports appeared: rivals, and what no date is told of, at one time."""
    if pair.days_later is not None:
        return _PUBLISHED, _PUBLISHED + timedelta(days=pair.days_later)
    return hosts[0].published_at, hosts[0].published_at
