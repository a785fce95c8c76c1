"""Countries under their several names, so that one land is not taken for two."""

from collections.abc import Sequence
from typing import Literal

from service.lexis.words import stem

_ROWS = """afghanistan afghan; albania albanian; algeria algerian; angola angolan; argentina argentine argentinian;
armenia armenian; australia australian; austria austrian; azerbaijan azerbaijani; bahrain bahraini;
bangladesh bangladeshi; belarus belarusian; belgium belgian; benin; bolivia bolivian; bosnia bosnian; botswana;
brazil brazilian; bulgaria bulgarian; burundi; cambodia cambodian; cameroon; canada canadian; chad; chile chilean;
china chinese; colombia colombian; congo congolese; croatia croatian; cuba cuban; cyprus cypriot; czech czechia;
denmark danish danes; ecuador ecuadorian; egypt egyptian; eritrea eritrean; estonia estonian; ethiopia ethiopian;
fiji; finland finnish; france french; gabon; gambia; georgia georgian; germany german; ghana ghanaian;
greece greek; guatemala; guinea; haiti haitian; honduras honduran; hungary hungarian; iceland icelandic;
india indian; indonesia indonesian; iran iranian; iraq iraqi; ireland irish; israel israeli; italy italian;
jamaica jamaican; japan japanese; jordan jordanian; kazakhstan kazakh; kenya kenyan; korea korean; kosovo;
kuwait kuwaiti; kyrgyzstan kyrgyz; laos; latvia latvian; lebanon lebanese; liberia liberian; libya libyan;
lithuania lithuanian; luxembourg; macedonia macedonian; madagascar; malawi; malaysia malaysian; mali malian;
malta maltese; mauritania; mauritius; mexico mexican; moldova moldovan; mongolia mongolian; montenegro;
morocco moroccan; mozambique; myanmar burma burmese; namibia; nepal nepalese; netherlands dutch holland;
nicaragua; niger; nigeria nigerian; norway norwegian; oman; pakistan pakistani; palestine palestinian; panama;
paraguay; peru peruvian; philippines filipino philippine; poland polish; portugal portuguese; qatar qatari;
romania romanian; russia russian; rwanda rwandan; senegal; serbia serbian; singapore; slovakia slovak;
slovenia slovenian; somalia somali; spain spanish; sudan sudanese; sweden swedish; switzerland swiss;
syria syrian; taiwan taiwanese; tajikistan tajik; tanzania; thailand thai; togo; tunisia tunisian;
turkey turkish turkiye; turkmenistan; uganda ugandan; ukraine ukrainian; uruguay; uzbekistan uzbek;
venezuela venezuelan; vietnam vietnamese; yemen yemeni; zambia; zimbabwe; zealand; arabia saudi; lanka lankan;
rica; salvador salvadoran; emirates emirati; britain british uk england english;
scotland scottish; wales welsh; u.s us usa america american"""
_LAND: dict[str, str] = {
    form: row.split()[0] for row in _ROWS.replace("\n", " ").split(";") for form in row.split()
}
_STATES = frozenset(
    """alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
    mississippi missouri montana nebraska nevada hampshire jersey carolina dakota ohio oklahoma oregon
    pennsylvania rhode tennessee texas utah vermont virginia wisconsin wyoming ontario quebec manitoba
    saskatchewan alberta queensland tasmania bavaria saxony catalonia andalusia punjab sindh kashmir gujarat
    kerala""".split()
)
_LANDS = {stem(form): stem(land) for form, land in _LAND.items()} | _LAND
# Parts of the world hold places, and are none of them.
_REGIONS = frozenset(
    """africa asia europe european african asian arctic antarctica atlantic pacific mediterranean caribbean balkans
    middle east west north south northern southern eastern western central state states county united kingdom
    republic province island islands""".split()
)


def land(word: str) -> str:
    """Return the one name of the country that a lower-case word or its stem names, or ""."""
    return _LANDS.get(word, "")


def extent(parts: Sequence[str]) -> Literal["country", "state", "region", "place"]:
    """Say how far a place reaches whose name has these folded words: what lies in it is no rival of it.

    "Central Aceh" is a place like others, and so is a town that no list knows.
    """
    if any(p in _LANDS and p != "georgia" for p in parts):
        return "country"
    if any(p in _STATES for p in parts):
        return "state"
    return "region" if all(p in _REGIONS for p in parts) else "place"


def is_wide(word: str) -> bool:
    """Say whether a lower-case word names a country or a part of the world, in which places lie."""
    return word in _LANDS or word in _REGIONS
