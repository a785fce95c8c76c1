import pytest

from service.lexis.dates import find_dates
from service.lexis.tense import looks_ahead


@pytest.mark.parametrize(
    ("sentence", "ahead"),
    [
        ("Lee said on Thursday that he will resign.", False),
        ("The council will meet on Thursday.", True),
        ("The council is to meet on Thursday.", True),
        ("On Wednesday, Iran had said that a soldier would be released.", False),
        ("President Lee on Wednesday announced that he would go.", False),
        ("The vote is due on Friday.", True),
        ("Thursday morning, cold and wet.", None),
        ("The new parliament meets on Thursday.", None),
        ("Voters in the district go to the polls on Saturday.", None),
        ("A memorial service is on Friday in Cork.", None),
        ("The strike begins Saturday in Leeds.", None),
        ("The strike began Saturday in Leeds.", False),
    ],
)
def test_the_nearest_verb_says_whether_a_date_lies_ahead(sentence: str, ahead: bool | None) -> None:
    [mention] = find_dates(sentence)
    assert looks_ahead(sentence, mention) is ahead
