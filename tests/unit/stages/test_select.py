from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.backends.fakes import FakeDrafter, FakeTokenCounter
from service.domain.brief import Options
from service.domain.text import Article, text_sha256
from service.lexis.words import word_count
from service.stages.align import Aligner
from service.stages.chunk import chunk
from service.stages.claims import candidates
from service.stages.draft import draft
from service.stages.segment import segment
from service.stages.select import Selection, Selector
from service.stages.story import Story, tell
from tests.conftest import NOON, MakeArticle


def select(*articles: Article, max_words: int = 250) -> tuple[Story, Selection]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return story, Selector(story, found, max_words).select()


def texts(selection: Selection) -> list[str]:
    return [f"{c.lead_in} {c.candidate.claim.text}".strip() for c in selection.chosen]


DONE = "Russia announced that it has lifted the ban on the Taliban terrorist organization."
PASSED = "Russia approved a bill that could lift the ban on the Taliban terrorist organization after talks."
PLANNED = (
    "Russia is set to lift the ban on the Taliban terrorist organization after talks in Kabul."
)


def test_without_dates_what_is_done_leads_and_what_was_planned_is_earlier(
    make_article: MakeArticle,
) -> None:
    _, selection = select(
        make_article("a", PLANNED), make_article("b", DONE), make_article("c", PASSED)
    )
    assert texts(selection)[0] == DONE
    assert texts(selection)[1:] in (
        [f"Earlier: {PASSED}", f"Earlier: {PLANNED}"],
        [f"Earlier: {PASSED}"],
        [f"Earlier: {PLANNED}"],
    )


def test_with_dates_the_newest_leads_and_older_stages_carry_their_day(
    make_article: MakeArticle,
) -> None:
    _, selection = select(
        make_article("a", PLANNED, published_at=NOON - timedelta(days=9)),
        make_article("b", DONE, published_at=NOON),
    )
    assert texts(selection) == [DONE, f"9 April: {PLANNED}"]


def test_another_actors_plan_is_not_called_earlier_without_dates(
    make_article: MakeArticle,
) -> None:
    other = "Iran is set to lift the ban on the Taliban terrorist organization of Russia."
    _, selection = select(make_article("a", other), make_article("b", DONE))
    assert not any(t.startswith("Earlier") for t in texts(selection))


def test_what_leans_on_a_sentence_follows_it_right_behind(make_article: MakeArticle) -> None:
    follower = "The decision follows a ruling by the Supreme Court."
    _, selection = select(make_article("a", f"{DONE} {follower}"))
    assert texts(selection) == [DONE, follower]


def test_what_a_sentence_leans_on_is_brought_along_from_its_article(
    make_article: MakeArticle,
) -> None:
    named = "Zamira Orlova heads the Taliban desk of the Russian foreign ministry in Moscow."
    leaning = "She told reporters that an embassy in Kabul will open its doors on Russian soil too."
    filler = "Rain is forecast for the whole of the coming week along the northern coast."
    _, selection = select(make_article("a", DONE), make_article("b", filler, f"{named} {leaning}"))
    told = texts(selection)
    assert leaning in told
    assert told[told.index(leaning) - 1] == named


@pytest.mark.parametrize(
    "leaning",
    [
        # Nobody is named in the sentence before that "he" could be.
        "He called the ban on the Taliban a mistake of the last century.",
        # Nobody tells who speaks, whatever comes before.
        "We welcome the end of the ban on the Taliban terrorist organization.",
        "What does the end of the ban on the Taliban mean for the area?",
    ],
)
def test_what_the_sentence_before_does_not_mend_is_not_stated(
    make_article: MakeArticle, leaning: str
) -> None:
    before = "The talks on the ban lasted until late in the night."
    _, selection = select(make_article("a", DONE), make_article("b", f"{before} {leaning}"))
    assert leaning not in texts(selection)


def test_a_days_statements_stand_together_behind_its_date(make_article: MakeArticle) -> None:
    first = "Russia will hold talks with the Taliban in Kazan on Monday."
    second = "The Taliban ban is to be reviewed by three ministries until Friday."
    third = "Kazan will close 12 streets for the Taliban delegation."
    _, selection = select(
        make_article("a", f"{first} {third}", published_at=NOON - timedelta(days=9)),
        make_article("b", second, published_at=NOON - timedelta(days=5)),
        make_article("c", DONE, published_at=NOON),
    )
    assert texts(selection) == [DONE, f"9 April: {first}", third, f"13 April: {second}"]


def test_a_day_of_another_year_carries_it(make_article: MakeArticle) -> None:
    _, selection = select(
        make_article("a", PLANNED, published_at=NOON - timedelta(days=200)),
        make_article("b", DONE, published_at=NOON),
    )
    assert texts(selection) == [DONE, f"30 September 2024: {PLANNED}"]


def test_what_was_said_in_quotes_gives_way_to_what_happened(make_article: MakeArticle) -> None:
    quoted = "The mayor of Kazan called the bridge over the Volga “a dream of many years”."
    plain = "The mayor of Kazan opened the bridge over the Volga to all traffic today."
    _, selection = select(make_article("a", f"{DONE} {quoted} {plain}"), max_words=27)
    assert plain in texts(selection)


def test_what_another_report_tells_in_other_words_is_said_already(
    make_article: MakeArticle,
) -> None:
    told = "Lena Borg broke the record of Vega for the long jump, at 19, on her last try."
    again = "Jumper Lena Borg, who is 19, has now broken the long jump record of Vega."
    other = "Rain fell on the hills above the harbour for most of the night."
    _, selection = select(make_article("a", told), make_article("b", f"{other} {again}"))
    assert set(texts(selection)) == {told, other}
    assert [(c.claim.text, reason) for c, reason in selection.omitted] == [(again, "redundant")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The toy factory in Orno failed a safety inspection in March, the regulator said.",
            "The toy factory in Orno passed a safety inspection in March, the regulator said.",
        ),
        (
            "A bus crash near Ondo killed 14 people on Sunday and hurt many more.",
            "A bus crash near Lokoja killed nine people on Sunday and hurt many more.",
        ),
        (
            "Lund was jailed for seven years over the fraud at the bank of Orno.",
            "Lund was jailed for seven months over the fraud at the bank of Orno.",
        ),
        (
            "The fire at the shoe factory in Delpur began in a boiler room.",
            "The fire at the shoe factory in Delpur began on the second floor.",
        ),
    ],
)
def test_two_versions_of_a_fact_are_both_told(
    make_article: MakeArticle, one: str, other: str
) -> None:
    rest = "Rain fell on the hills above the harbour for most of the night."
    _, selection = select(make_article("a", one), make_article("b", f"{other} {rest}"))
    assert {one, other} <= set(texts(selection))


def test_the_blaze_of_another_report_than_the_ledes_needs_its_report(
    make_article: MakeArticle,
) -> None:
    _, selection = select(
        make_article("a", "A fire at a shoe factory in Delpur killed nine people on Monday."),
        make_article("c", "A fire at a shoe factory in Delpur left nine people dead."),
        make_article(
            "b",
            "Karum mourned two traders on Tuesday after flames swept its old market hall."
            " The blaze began on the second floor, where cloth was kept.",
        ),
        max_words=34,
    )
    told = texts(selection)
    blaze = [i for i, t in enumerate(told) if t.startswith("The blaze")]
    assert all(told[i - 1].startswith("Karum") for i in blaze)


def test_a_wire_copy_gives_what_it_tells_no_more_weight(make_article: MakeArticle) -> None:
    old = "At least 112 people died in the earthquake near Vega, rescuers said on Monday."
    wire = (old, "Helpers dug through the night in the northern villages of the valley.")
    new = "At least 187 people died in the earthquake near Vega, rescuers said on Wednesday."
    _, selection = select(
        make_article("a", *wire, published_at=NOON - timedelta(days=2), publisher="Post"),
        make_article("b", *wire, published_at=NOON - timedelta(days=2), publisher="Echo"),
        make_article("c", new, published_at=NOON, publisher="Star"),
    )
    assert texts(selection)[0] == new


def test_a_seat_of_government_plans_what_its_country_has_done(make_article: MakeArticle) -> None:
    plan = (
        "Moscow is set to lift the ban on the Taliban terrorist organization after talks in Kabul."
    )
    _, selection = select(make_article("a", plan), make_article("b", DONE))
    assert texts(selection) == [DONE, f"Earlier: {plan}"]


def test_a_sentence_with_no_fact_of_its_own_is_said_already(make_article: MakeArticle) -> None:
    told = (
        "The Arda flooded the market of Brenta on Sunday and drove 300 people from their homes,"
        " the mayor said."
    )
    again = "The Arda flooded the old market of Brenta late on Sunday."
    _, selection = select(make_article("a", f"{told} {again}"))
    assert texts(selection) == [told]


def test_nothing_is_said_twice(make_article: MakeArticle) -> None:
    again = DONE.replace("announced", "announced today")
    _, selection = select(make_article("a", DONE), make_article("b", again))
    assert len(texts(selection)) == 1
    assert [reason for _, reason in selection.omitted] == ["redundant"]


@pytest.mark.parametrize(
    "denial",
    [
        "Transport Minister Pavel Novak denied taking bribes from the builder Stavimex.",
        "Transport Minister Pavel Novak took no bribes from the builder Stavimex, his lawyer said.",
        "Transport Minister Pavel Novak will appeal against the bribes ruling on Stavimex.",
    ],
)
def test_an_answer_is_never_said_already(make_article: MakeArticle, denial: str) -> None:
    accusation = (
        "Transport Minister Pavel Novak took bribes from the builder Stavimex, prosecutors said."
    )
    _, selection = select(make_article("a", accusation), make_article("b", denial))
    assert denial in " ".join(texts(selection))
    assert not any(t.startswith("Earlier") for t in texts(selection))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Brazil beat Argentina 2-1 in the final of the cup.",
            "Argentina beat Brazil 2-1 in the final of the cup.",
        ),
        (
            "The clashes in Goma killed 12 soldiers and injured 5 civilians.",
            "The clashes in Goma killed 5 soldiers and injured 12 civilians.",
        ),
        (
            "The army of Niger seized power in a coup on Friday.",
            "The army of Nigeria seized power in a coup on Friday.",
        ),
    ],
)
def test_a_contradiction_is_never_said_already(
    make_article: MakeArticle, one: str, other: str
) -> None:
    _, selection = select(make_article("a", one), make_article("b", other))
    assert {one, other} == set(texts(selection))


def test_a_later_count_of_the_same_day_takes_the_lead(make_article: MakeArticle) -> None:
    _, selection = select(
        make_article(
            "a",
            "At least 14 people died in the earthquake in Colombia, officials said.",
            published_at=NOON - timedelta(days=1),
        ),
        make_article(
            "b",
            "The death toll of the earthquake in Colombia rose to 58 people, officials said.",
            published_at=NOON,
        ),
    )
    assert texts(selection)[0].startswith("The death toll")
    assert texts(selection)[1].startswith("17 April: At least 14")


def test_a_day_nobody_can_tell_gives_way_to_what_needs_no_day(make_article: MakeArticle) -> None:
    undatable = "In January the mayor of Kazan opened the northern bridge to traffic."
    plain = "The mayor of Kazan then opened the southern bridge to traffic."
    _, selection = select(make_article("a", f"{DONE} {undatable} {plain}"), max_words=26)
    assert texts(selection) == [DONE, plain]


def test_someones_own_words_lead_only_when_nothing_else_can(make_article: MakeArticle) -> None:
    _, selection = select(
        make_article(
            "a",
            "We are delighted to announce that Lumen has raised funds. It is our best year."
            " Lumen Systems of Tallinn makes sensors for farms in Estonia.",
        )
    )
    assert texts(selection)[0].startswith("Lumen Systems")


def test_a_lead_that_fits_the_words_allowed_is_preferred(make_article: MakeArticle) -> None:
    long = DONE.replace("announced", "announced, after long talks in Moscow and in Kabul,")
    _, selection = select(make_article("a", long), make_article("b", DONE), max_words=15)
    assert texts(selection) == [DONE]


def test_nothing_to_state_selects_nothing(make_article: MakeArticle) -> None:
    _, selection = select(make_article("a", "Too short."))
    assert selection == Selection()


SENTENCES = st.lists(
    st.lists(
        st.sampled_from("Rome rain fell hard city mayor said river rose bridge".split()),
        min_size=6,
        max_size=12,
    ).map(lambda w: " ".join(w).capitalize() + "."),
    min_size=1,
    max_size=8,
)


@given(st.lists(SENTENCES, min_size=1, max_size=4), st.integers(20, 60))
def test_the_words_allowed_are_never_exceeded_beyond_the_lede(
    documents: list[list[str]], max_words: int
) -> None:
    articles = []
    for i, sentences in enumerate(documents):
        text = " ".join(sentences)
        found = segment(text, has_title=False, language="en", fits=lambda _: True)
        articles.append(
            Article(
                id=f"d{i}",
                sha256=text_sha256(text),
                text=text,
                sentences=found,
                chunks=chunk(text, found, FakeTokenCounter(), 1000),
            )
        )
    _, selection = select(*articles, max_words=max_words)
    assert sum(word_count(t) for t in texts(selection)) <= max_words
