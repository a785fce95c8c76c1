import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.lexis.person_names import fold, same_bearer, spelled_alike
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.disagree.names import name_rivals
from service.stages.disagree.rivals import Rivals
from service.stages.draft import draft
from service.stages.story import tell
from tests.conftest import MakeArticle


def rivals(*articles: Article) -> tuple[Rivals, ...]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return name_rivals(story, {c.key: c for c in found})


def values(*articles: Article) -> list[list[str]]:
    return [[v for v, _ in r.positions] for r in rivals(*articles)]


def test_a_surname_spelled_in_two_ways_is_one_person(make_article: MakeArticle) -> None:
    one = "The trade envoy, Anton Belikov, told reporters that talks would go on in Oslo."
    other = "Talks go on, said Anton Belinov, the trade envoy, after a long night in Oslo."
    [found] = rivals(make_article("a", one), make_article("b", other))
    assert found.kind == "name"
    assert found.question == "How is the name spelled: Belikov or Belinov?"
    assert [v for v, _ in found.positions] == ["Belikov", "Belinov"]


@pytest.mark.parametrize(
    "other",
    [
        # Accents and umlauts.
        "Talks go on, said Anton Mueller, the trade envoy, after a long night in Oslo.",
        # A middle name.
        "Talks go on, said Anton J. Müller, the trade envoy, after a long night in Oslo.",
        # No given name, a title.
        "Talks go on, said Mr Müller, the trade envoy, after a long night in Oslo.",
        # Another given name: a relative, or a colleague.
        "Talks go on, said Greta Miller, the trade envoy's aide, after a long night in Oslo.",
    ],
)
def test_other_forms_of_a_name_are_no_disagreement(make_article: MakeArticle, other: str) -> None:
    one = "The trade envoy, Anton Müller, told reporters that talks would go on in Oslo."
    assert values(make_article("a", one), make_article("b", other)) == []


def test_a_source_that_uses_both_spellings_means_two_people(make_article: MakeArticle) -> None:
    one = "The trade envoy, Anton Belikov, told reporters that talks would go on in Oslo."
    both = "Anton Belinov, 34, met his cousin Anton Belikov in Oslo, and both said they were tired."
    assert values(make_article("a", one), make_article("b", both)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            "Rosa Vidal, the mayor of Pelado, welcomed the ruling on the harbour.",
            "The mayor of Pelado, Henrik Strand, criticised what the judges wrote.",
            ["Rosa Vidal", "Henrik Strand"],
        ),
        (
            "Portuguese President Rosa Vidal opened the fair in the old town.",
            "Henrik Strand, the president of Portugal, spoke at the fair.",
            ["Rosa Vidal", "Henrik Strand"],
        ),
        (
            "Tarncom CEO Rosa Vidal will open the plant in the old harbour.",
            "Staff were told by Henrik Strand, Tarncom CEO, that the plant opens soon.",
            ["Rosa Vidal", "Henrik Strand"],
        ),
        (
            "Rosa Vidal, chief technology officer of Tarncom, blamed a cable.",
            "A cable was to blame, wrote Henrik Strand, chief technology officer at Tarncom.",
            ["Rosa Vidal", "Henrik Strand"],
        ),
    ],
)
def test_two_holders_of_one_office_are_a_disagreement(
    make_article: MakeArticle, one: str, other: str, expected: list[str]
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == [expected]


@pytest.mark.parametrize(
    "other",
    [
        "Henrik Strand, the former mayor of Pelado, welcomed the ruling on the harbour.",
        "Henrik Strand, the deputy mayor of Pelado, welcomed the ruling on the harbour.",
        "Henrik Strand, the mayor of Carrizo, welcomed the ruling on the bridge.",
        "Mayor Vidal of Pelado welcomed the ruling on the harbour.",
        "Rosa M. Vidal, mayor of Pelado, welcomed the ruling on the harbour.",
    ],
)
def test_another_office_or_another_form_of_the_name_is_none(
    make_article: MakeArticle, other: str
) -> None:
    one = "Rosa Vidal, the mayor of Pelado, welcomed the ruling on the harbour."
    assert values(make_article("a", one), make_article("b", other)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            "Rosa Vidal won the eleventh stage of the coastal race after a long climb.",
            "Henrik Strand won the eleventh stage of the coastal race after a long climb.",
            ["Rosa Vidal", "Henrik Strand"],
        ),
        (
            "A blast at a paint factory in Pelado broke windows across the whole district.",
            "A blast at a paint factory in Carrizo broke windows across the district.",
            ["Pelado", "Carrizo"],
        ),
        # Other words of one meaning right beside the name.
        (
            "The singer's lawyer, Rosa Vidal, asked the court for another week to answer the charges.",
            "The singer's attorney, Henrik Strand, asked the court for another week to answer the charges.",
            ["Rosa Vidal", "Henrik Strand"],
        ),
        (
            "The freight train left the rails near Pelado in heavy fog before sunrise.",
            "The freight train left the rails close to Carrizo in heavy fog before sunrise.",
            ["Pelado", "Carrizo"],
        ),
        # Two countries, and two places one of which is called by a quarter of the sky.
        (
            "The stolen paintings were found in a warehouse in Portugal after a long search.",
            "The stolen paintings were found in a warehouse in New Zealand after a long search.",
            ["Portugal", "New Zealand"],
        ),
        (
            "Clashes between rival fans and guards broke out in East Pelado after the match.",
            "Clashes between rival fans and guards broke out in Carrizo after the match.",
            ["East Pelado", "Carrizo"],
        ),
        # The place opens one of the sentences.
        (
            "A paint factory exploded and broke windows across the old harbour district in Pelado.",
            "In Carrizo, a paint factory exploded and broke windows across the old harbour district.",
            ["Pelado", "Carrizo"],
        ),
        # One position in the team, two who play it.
        (
            "Carrizo signed CB Rosa Vidal, who spent five games with the juniors, to fill the last spot.",
            "Carrizo signed CB Henrik Strand to fill the last spot.",
            ["CB Rosa Vidal", "CB Henrik Strand"],
        ),
    ],
)
def test_one_fact_told_of_two_names_is_a_disagreement(
    make_article: MakeArticle, one: str, other: str, expected: list[str]
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == [expected]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # One land, two names.
        (
            "Britain sent two rescue ships to the flooded islands in the southern ocean.",
            "The UK sent two rescue ships to the flooded islands in the southern ocean.",
        ),
        # A place and the land it lies in.
        (
            "A blast at a paint factory in Lisbon broke windows across the whole district.",
            "A blast at a paint factory in Portugal broke windows across the whole district.",
        ),
        (
            "The stolen paintings were found in a warehouse in Oregon after a long search.",
            "The stolen paintings were found in a warehouse in Carrizo after a long search.",
        ),
        # Several may say the same.
        (
            "Rosa Vidal said the coastal race would be held again next year.",
            "Henrik Strand said the coastal race would be held again next year.",
        ),
        # A list names who else there was.
        (
            "Rosa Vidal and Henrik Strand won medals in the long coastal race on the island.",
            "Ida Holm and Henrik Strand won medals in the long coastal race on the island.",
        ),
        # A number that opens a sentence is no name.
        (
            "Seven people died in a fire in Velmora on Friday, the fire department said.",
            "Nine people died in a fire in Velmora on Friday, police said.",
        ),
        # Two stages.
        (
            "Rosa Vidal won the eleventh stage of the coastal race after a long climb.",
            "Henrik Strand won the twelfth stage of the coastal race after a long climb.",
        ),
    ],
)
def test_names_that_can_both_be_right_are_no_disagreement(
    make_article: MakeArticle, one: str, other: str
) -> None:
    assert values(make_article("a", one), make_article("b", other)) == []


def test_a_source_that_tells_it_of_both_disagrees_with_nobody(make_article: MakeArticle) -> None:
    one = "Rosa Vidal finished the coastal race in the rain after a long climb."
    two = "Henrik Strand finished the coastal race in the rain after a long climb."
    assert values(make_article("a", one), make_article("b", one, two)) == []


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("Gaddafi", "Qadhafi", True),
        ("Belikov", "Belinov", True),
        ("Müller", "Mueller", False),
        ("al-Assad", "Assad", False),
        ("Brown", "Strand", False),
        ("Kim", "Kin", False),
    ],
)
def test_spellings_are_alike_by_letters_or_by_sound(a: str, b: str, alike: bool) -> None:
    assert spelled_alike(fold(a), fold(b)) is alike


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (("who",), ("world", "health", "organization"), True),
        (("rosa", "vidal"), ("vidal",), True),
        (("britain",), ("uk",), True),
        (("rosa", "vidal"), ("henrik", "strand"), False),
        (("ana", "rosa", "vidal"), ("ana", "eva", "strand"), False),
        (("new", "delhi"), ("new", "york"), False),
        (("ana", "vidal"), ("ana", "holm"), True),
    ],
)
def test_short_forms_and_other_names_are_one_bearers(
    a: tuple[str, ...], b: tuple[str, ...], same: bool
) -> None:
    assert same_bearer(a, b) is same


def test_what_an_article_tells_of_many_is_no_disagreement_about_one(
    make_article: MakeArticle,
) -> None:
    shape = "{} was named an honorary citizen of the port of Vega for helping its people."
    first = make_article("a", *(shape.format(n) for n in ("Rosa Vidal", "Ana Holm")))
    second = make_article("b", *(shape.format(n) for n in ("Henrik Strand", "Eva Lund")))
    assert values(first, second) == []
