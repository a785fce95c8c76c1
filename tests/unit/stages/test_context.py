import pytest

from service.stages.context import antecedent, continues_allegation, dependence, opening_to_lose
from tests.conftest import MakeArticle


@pytest.mark.parametrize(
    "sentence",
    [
        "He left the country on Monday.",
        "This move could pave the way for more trade.",
        "Such threats are growing in the region.",
        "The move comes as Russia seeks new partners.",
        "The bill, passed on Tuesday, outlines a process.",
        "The group has barred girls from schools.",
        "“The final decision will be made by the leadership,” the ministry told reporters.",
        "“We will win.”",
        '"We will win in the end.',
        "She's in hospital in Vega.",
        "Everything else went as planned in Vega.",
        "Six other boats arrived in Vega.",
        "The ensuing fire killed nine people in Vega.",
        "Pending the trial, he was held in the jail of Rebibbia, Rome.",
        "We think the plan is good.",
        "Is the plan any good?",
        "Despite his remarks, no country has recognised the government.",
        "It now moves to the upper house.",
        "Officials said that this step was overdue.",
        "Similar remarks were made by the minister last year.",
        "Novak will sue the newspaper, he added.",
        "Ivan Kral had threatened her, she said.",
        "On Monday, he flew to Rome.",
        "After a stay in Paris in 1961, he married Ole Brun.",
        "In Stockholm in 1972, they bought a theatre.",
        "Police in Rome arrested her on Monday.",
    ],
)
def test_a_sentence_that_leans_on_others_is_found(sentence: str) -> None:
    assert dependence(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "Russia announced on Thursday that it has lifted its ban.",
        "The decision by the Russian parliament drew protests.",
        "It is unclear who fired first in Kabul.",
        "This year the harvest in Kenya failed.",
        "In his first speech, Keir Starmer promised change.",
        "The Taliban has been courting Moscow since the group’s return to power.",
        "“They are our neighbours,” Lee said in Seoul.",
        "The US and China signed a deal.",
        "The copper mine in Vega was shut.",
        "More than 40 boats arrived in Vega.",
        "Nora Lund took the money from a safe in Orno, the court heard.",
        "Thousands of soldiers died in World War I.",
        "Elizabeth I ruled England for 44 years.",
        "Forbudet gjelder i hele Norge.",
        "Anna Hill told members: ‘I will not resign, it’s wrong’ in London.",
        "The earthquake struck northern Chile at dawn.",
    ],
)
def test_a_sentence_that_stands_alone_is_let_be(sentence: str) -> None:
    assert dependence(sentence) is None


@pytest.mark.parametrize(
    ("before", "sentence", "continues"),
    [
        ("They hid the results, a lawsuit says.", "Executives knew of the harm.", True),
        ("Prosecutors say she took bribes.", "The money went to her brother.", True),
        ("Prosecutors say she took bribes.", "She will appeal, her lawyer said.", False),
        ("Rain fell in Vega.", "The money went to her brother.", False),
    ],
)
def test_what_goes_on_with_an_allegation_is_known(
    before: str, sentence: str, continues: bool
) -> None:
    assert continues_allegation(before, sentence) is continues


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("However, Russia stayed.", "Russia stayed."),
        ("KABUL, AFGHANISTAN – The ministry has spoken to us.", "The ministry has spoken to us."),
        ("Earlier, police in Lyon said so.", "Earlier, police in Lyon said so."),
        (
            "LONDON (Reuters) - Britain said on Monday it agreed.",
            "Britain said on Monday it agreed.",
        ),
        ("At the same time, prices rose.", "prices rose."),
        ("But prices rose.", "prices rose."),
        ("Meanwhile prices rose.", "Meanwhile prices rose."),
        ("NATO – the alliance – met.", "NATO – the alliance – met."),
    ],
)
def test_only_datelines_and_connectives_are_safe_to_lose_at_the_start(
    sentence: str, rest: str
) -> None:
    assert sentence[opening_to_lose(sentence) :] == rest


def test_the_group_gets_the_name_that_ends_the_sentence_before(make_article: MakeArticle) -> None:
    article = make_article(
        "a", "Russia fears the Afghan branch, known as ISIS-K. The group claimed an attack."
    )
    naming = antecedent(article, article.sentences[1], 0)
    assert naming is not None
    assert article.quote(naming.name) == "ISIS-K"
    assert article.quote(naming.replaces) == "The group"


def test_the_group_is_not_guessed_when_nothing_names_it(make_article: MakeArticle) -> None:
    article = make_article("a", "Russia fears ISIS-K and the Taliban. The group claimed an attack.")
    assert antecedent(article, article.sentences[1], 0) is None
