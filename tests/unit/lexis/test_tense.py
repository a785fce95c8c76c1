import pytest

from service.lexis.dates import find_dates
from service.lexis.tense import Outlook, looks_ahead, outlook


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Lee said on Thursday that he will resign.", "behind"),
        ("On Wednesday, Iran had said that a soldier would be released.", "behind"),
        ("President Lee on Wednesday announced that he would go.", "behind"),
        ("The strike began Saturday in Leeds.", "behind"),
        ("Workers began a strike on Saturday in Leeds.", "behind"),
        ("The bridge has been closed since Monday.", "behind"),
        ("Lee was forced to resign on Monday.", "behind"),
        ("Lee is believed to have died on Monday.", "behind"),
        ("Lee resigned as head of the bank on Monday.", "behind"),
        ("The club said in a statement on Monday that it would appeal.", "behind"),
        ("The court didn't sit on Monday.", "behind"),
        ("The council will meet on Thursday.", "ahead"),
        ("The council will also formally be sworn in on Thursday.", "ahead"),
        ("The council is to meet on Thursday.", "ahead"),
        ("The vote is due on Friday.", "ahead"),
        ("Lee is expected to appear in court on Friday.", "ahead"),
        ("The film is due to be released on Friday.", "ahead"),
        ("Acme plans to open the mine on Friday.", "ahead"),
        ("Lee announced that on Friday he will resign.", "ahead"),
        ("Acme said it would close the mine on Friday.", "reported"),
        ("Acme had said it would close the mine on Friday.", "unsaid"),
        ("The mine would close on Friday if talks fail.", "unsaid"),
        ("The mine was due to open on Friday.", "lapsed"),
        ("Lee was planning to marry on Friday.", "lapsed"),
        ("The mine was to have opened on Friday.", "lapsed"),
        ("The mine could open on Friday.", "possible"),
        ("Acme hopes to open the mine on Friday.", "possible"),
        ("Unions called for a strike on Friday.", "possible"),
        ("Thursday morning, cold and wet.", "unsaid"),
        ("The new parliament meets on Thursday.", "unsaid"),
        ("Voters in the district go to the polls on Saturday.", "unsaid"),
        ("A memorial service is on Friday in Cork.", "unsaid"),
        ("The funeral is held on Friday in Cork.", "unsaid"),
        ("The strike begins Saturday in Leeds.", "unsaid"),
        ("Lee agreed to resign on Monday.", "unsaid"),
        ("Villagers elect a mayor Sunday in a vote called early.", "unsaid"),
        ("Lee said Congress convenes on Monday.", "unsaid"),
        ("Today the union has a hall of its own.", "unsaid"),
    ],
)
def test_the_nearest_verb_says_where_a_date_lies(sentence: str, expected: Outlook) -> None:
    mention = find_dates(sentence)[0]
    assert outlook(sentence, mention) == expected


@pytest.mark.parametrize(
    ("sentence", "ahead"),
    [
        ("The council will meet on Thursday.", True),
        ("The council met on Thursday.", False),
        ("The council could meet on Thursday.", None),
        ("The council meets on Thursday.", None),
    ],
)
def test_only_a_plan_looks_ahead_and_only_a_past_form_looks_back(
    sentence: str, ahead: bool | None
) -> None:
    [mention] = find_dates(sentence)
    assert looks_ahead(sentence, mention) is ahead
