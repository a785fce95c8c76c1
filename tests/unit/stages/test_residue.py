"""What is residue, what only looks like it, and what is left of a paragraph that ends in some."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.stages.residue import reason_of, trimmed, without_residue

RUNNING = (
    "The old bridge was closed on Monday after a storm damaged two of its pillars, the city council"
    " told residents in a letter."
)
MORE = (
    "Repairs will take six weeks and cost two million euros, the engineer in charge of them added."
)


@pytest.mark.parametrize(
    ("paragraph", "reason"),
    [
        ("HomeInternational News", "section label"),
        ("NewsWorldAsia", "section label"),
        ("Home > World > Asia Pacific", "section label"),
        ("Home » Our Town » Council", "section label"),
        ("Photo: Mahdi Marizad / FARS", "photo credit"),
        ("Photo by Jane Doe on Unsplash", "photo credit"),
        ("(Photo by Jane Doe/AFP via Getty Images)", "photo credit"),
        ("Image credit: Jane Doe", "photo credit"),
        ("Photograph: Jane Doe/The Guardian", "photo credit"),
        ("Wakil Kohsar/AFP via Getty Images", "photo credit"),
        ("© Reuters", "copyright line"),
        ("REUTERS/Jane Doe", "photo credit"),
        ("[File: Jane Doe/Reuters]", "photo credit"),
        (
            "Crowds celebrate in Kabul on August 14, 2024. | Wakil Kohsar/AFP via Getty Images",
            "caption",
        ),
        ("The minister speaks to reporters in Paris on Friday. (AP Photo/Jane Doe)", "caption"),
        ("The minister speaks to reporters in Paris [Jane Doe/Reuters]", "caption"),
        ("A flooded street in the old town. Photograph: Jane Doe/The Guardian", "caption"),
        ("Firefighters at the scene (Photo: Jane Doe)", "caption"),
        ("Image source, Getty Images", "photo credit"),
        ("2 hours ago", "date stamp"),
        ("The views expressed here are the author’s own.", "publication note"),
        ("Subscribe to our newsletter", "newsletter prompt"),
        ("Sign up for our daily briefing and never miss a story.", "newsletter prompt"),
        ("Get the latest news delivered to your inbox every morning.", "newsletter prompt"),
        ("Stay up to date with our newsletter", "newsletter prompt"),
        ("COMMENTS", "comment section"),
        ("12 comments", "comment section"),
        ("Comments (3)", "comment section"),
        ("Leave a comment", "comment section"),
        (
            "Your email address will not be published. Required fields are marked *",
            "comment section",
        ),
        ("Share this article", "sharing prompt"),
        ("Share this:", "sharing prompt"),
        ("FacebookTwitterWhatsAppEmail", "sharing prompt"),
        ("Facebook Twitter LinkedIn", "sharing prompt"),
        ("Follow us on Telegram and X for the latest news", "sharing prompt"),
        ("We use cookies to give you the best experience on our website.", "consent notice"),
        (
            "We and our 842 partners use cookies to store information on your device.",
            "consent notice",
        ),
        ("By continuing to use this site you agree to our use of cookies.", "consent notice"),
        ("Accept all cookies", "consent notice"),
        ("ADVERTISEMENT", "advertisement"),
        ("Article continues below", "advertisement"),
        ("Read more: Ferry strike enters its second week", "related link"),
        ("ALSO READ | Ferry strike enters its second week", "related link"),
        ("Related: Ferry strike enters its second week", "related link"),
        ("Click here to read the full report", "related link"),
        ("© 2024 The Daily. All rights reserved.", "copyright line"),
        ("Copyright 2024 The Daily Ltd", "copyright line"),
        ("5 min read", "reading time"),
        ("Reading time: 4 minutes", "reading time"),
        ("Last updated: April 1, 2024 10:30 AM GMT", "date stamp"),
        ("Published 2 hours ago", "date stamp"),
        ("Reporting by Jane Doe in Kabul; Editing by John Roe", "byline"),
        ("On behalf of Doe, Roe & Sons posted in Accidents on Monday, May 5, 2014.", "byline"),
        ("Download our app for breaking news", "app prompt"),
        ("Get it on Google Play", "app prompt"),
        ("Home | News | Sport | Business | Opinion", "section label"),
        ("News | Sport | Our Town | Contact us", "site navigation"),
        ("HomeNewsSportBusinessLogin", "site navigation"),
        ("Skip to main content", "site navigation"),
        ("This article is for subscribers only.", "paywall prompt"),
        ("Subscribe to continue reading", "paywall prompt"),
        ("Already a subscriber? Log in", "paywall prompt"),
        ("You have reached your limit of free articles this month.", "paywall prompt"),
    ],
)
def test_residue_is_known_wherever_it_stands(paragraph: str, reason: str) -> None:
    assert reason_of(paragraph) == reason


@pytest.mark.parametrize(
    "paragraph",
    [
        "The commission said that sites which use cookies must ask their users first.",
        "We use cookies to follow visitors, the firm admitted in court on Friday.",
        "Cookies were handed out to the children who had waited in the rain all morning.",
        "Subscriptions to the newsletter rose by 10% in March.",
        "Subscribe to a newsletter and you may be tracked, the study found.",
        "Sign-up rates for newsletters fell by a tenth last year.",
        "Sign up for the army became a slogan of that year.",
        "Join the union or leave, the workers were told by e-mail.",
        "The label under the frame read “Photo: Getty Images”, but the picture was a drawing.",
        "The caption began with Photo: and then gave no name at all for the picture.",
        "Getty Images sued the company in London in January.",
        "The archive was sold to Getty Images.",
        "The lawsuit names three firms: Stability, Shutterstock and Getty Images.",
        "He had worked for Reuters, AFP and the BBC before he moved to Kabul.",
        "The photograph was taken by Jane Doe in Kabul in 1996.",
        "Photographs of the bridge show two broken pillars.",
        "Comments by the minister caused anger in Paris.",
        "Comments from the public will be read until Friday.",
        "Share prices fell by 4% on Thursday.",
        "Share of the vote",
        "Shares fell sharply.",
        "Copyright law is about to change in Europe.",
        "Advertisements for tobacco are banned in forty countries.",
        "Ads for gambling",
        "Updated figures show a deficit of 3%.",
        "Published on Monday, the report blames the ministry.",
        "Updated on Tuesday, the toll stands at 145 people.",
        "By Thursday, 145 people had died.",
        "By land and sea",
        "By the Numbers",
        "Read more than ten books a year and you are unusual.",
        "Related costs rose to 4 million euros.",
        "Watch towers were built along the border.",
        "Download speeds doubled in two years.",
        "Get well soon, wrote the children to the king.",
        "Home prices fell in March for the third month.",
        "HomePod sales fell",
        "Home Office Plans New Rules",
        "Business as Usual",
        "Russia’s Appeal to the West",
        "Impact on Russia-Taliban Relations",
        "Facebook",
        "World",
        "September 11, 2001",
        "KABUL (Reuters) - Two people died on Monday.",
        "Two people died on Monday, officials in Kabul told the agency. (Reuters)",
        "Candidate; Votes; Share",
        "What do you think happens next?",
        "This material may have been stolen, a court heard.",
        "Five minutes read like an hour",
        "The app was downloaded a million times.",
        "You have reached the age of forty and never voted, he told her.",
        "More than 300 subscribers read the article.",
        "Follow the money, and you find a bank in Riga.",
        "本報訊 記者 王明",
        "إعلان الحكومة الجديدة",
    ],
)
def test_a_text_that_only_mentions_such_things_is_kept(paragraph: str) -> None:
    assert reason_of(paragraph) is None


@pytest.mark.parametrize(
    "label",
    [
        "World",
        "Middle East",
        "By Ann Example",
        "By Ann Example, Staff Writer",
        "April 1, 2024 10:30",
    ],
)
def test_labels_bylines_and_bare_dates_before_the_text_are_residue(label: str) -> None:
    kept, removed = without_residue([label, RUNNING, MORE])
    assert kept == (RUNNING, MORE)
    assert [r.text for r in removed] == [label]


@pytest.mark.parametrize("heading", ["World", "By Ann Example", "Facebook", "Search", "May 2024"])
def test_the_same_labels_inside_the_text_are_sub_headings(heading: str) -> None:
    kept, _ = without_residue([RUNNING, heading, MORE])
    assert kept == (RUNNING, heading, MORE)


def test_headlines_listed_under_most_read_go_with_their_label() -> None:
    kept, removed = without_residue(
        [RUNNING, "Most read", "Ferry strike goes on", "Buses are free"]
    )
    assert kept == (RUNNING,)
    assert {r.reason for r in removed} == {"related link"}


def test_the_heading_of_the_text_after_a_list_of_links_is_kept() -> None:
    kept, _ = without_residue(
        [RUNNING, "Related stories", "Ferry strike goes on", "What next", MORE]
    )
    assert kept == (RUNNING, "What next", MORE)


@pytest.mark.parametrize(
    ("paragraph", "left", "reason"),
    [
        (f"{RUNNING} Subscribe to our newsletter.", RUNNING, "newsletter prompt"),
        (f"{RUNNING} Share this article", RUNNING, "sharing prompt"),
        (f"{RUNNING} Click here to read more. Leave a comment below.", RUNNING, "related link"),
        (f"(Photo: Jane Doe/AFP) {RUNNING}", RUNNING, "photo credit"),
        (f"{RUNNING} Reporting by Jane Doe; Editing by John Roe", RUNNING, "byline"),
        (f"{RUNNING} (Reuters)", RUNNING, "photo credit"),
        (f"{RUNNING} — AFP", RUNNING, "photo credit"),
        (f"{RUNNING * 5} | Jane Doe/AFP", RUNNING * 5, "photo credit"),
    ],
)
def test_residue_at_the_end_of_a_paragraph_leaves_the_rest(
    paragraph: str, left: str, reason: str
) -> None:
    text, removed = trimmed(paragraph)
    assert text == left
    assert reason in {r.reason for r in removed}


@pytest.mark.parametrize(
    "paragraph", [RUNNING, MORE, f"{RUNNING} (He did not say when.)", f"{RUNNING} He was 45."]
)
def test_a_paragraph_without_residue_is_left_as_it_is(paragraph: str) -> None:
    assert trimmed(paragraph) == (paragraph, [])


@pytest.mark.parametrize(
    "unit",
    ["a", " ", "a ", "Home ", "HomeNews", "Photo: ", "| ", "(", "(A ", "Subscribe to ", "A/", "— ",
     "© ", ". ", "Share this. ", "12 ", "by A ", "\u0301", "“", "Read more: ", "cookies "],
)  # fmt: skip
def test_a_line_of_a_megabyte_is_only_looked_at_from_its_ends(unit: str) -> None:
    line = (unit * (1_000_000 // len(unit))).strip() or "a"
    kept, removed = without_residue([line])
    assert sum(map(len, kept)) + sum(len(r.text) for r in removed) >= len(line) - 20


@pytest.mark.parametrize(
    "unit",
    ["a", "a ", "Home ", "photo by the ", "| A", "Subscribe to ", "A/", "- ", "we use cookies "],
)
@pytest.mark.parametrize("length", [200, 240, 400, 500])
def test_no_rule_chokes_on_repetition_within_its_own_limit(unit: str, length: int) -> None:
    line = (unit * length)[:length].strip() + "!"
    assert reason_of(line) in {None, "consent notice"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=80).filter(str.strip), max_size=8))
def test_every_paragraph_is_kept_or_told(paragraphs: list[str]) -> None:
    kept, removed = without_residue(paragraphs)
    letters = sorted("".join("".join(paragraphs).split()))
    told = "".join(kept) + "".join(r.text for r in removed)
    assert sorted("".join(told.split())) == letters
