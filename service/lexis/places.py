"""Countries under their several names, so that one land is not taken for two."""

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
venezuela venezuelan; vietnam vietnamese; yemen yemeni; zambia; zimbabwe; britain british uk england english;
scotland scottish; wales welsh; u.s us usa america american"""
_LAND: dict[str, str] = {
    form: row.split()[0] for row in _ROWS.replace("\n", " ").split(";") for form in row.split()
}
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


def is_wide(word: str) -> bool:
    """Say whether a lower-case word names a country or a part of the world, in which places lie."""
    return word in _LANDS or word in _REGIONS
