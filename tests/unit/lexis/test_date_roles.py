import pytest

from service.lexis.date_roles import tells_when
from service.lexis.dates import find_dates


@pytest.mark.parametrize(
    "text",
    [
        "On Monday a court in Cork freed Vega.",
        "A court in Cork freed Vega on Monday.",
        "A court in Cork freed Vega Monday.",
        "Lee on Monday announced a review.",
        "The mayor, Anna Hill, resigned on Monday.",
        "The mayor, elected by a wide margin, resigned on Monday.",
        "The mayor, who is 50, resigned on Monday.",
        "After a week of talks, the union signed on Monday.",
        "In Paris, the ministry on Monday announced a review.",
        "Vega appeared before a judge on Monday.",
        "The ship sank in the early hours of Monday.",
        "The firm was founded in the summer of 1998.",
        "The festival runs from 3 to 5 May.",
        "The hearing is scheduled for Monday.",
        "The vote was postponed until 10 July.",
        "The treaty was signed on the 11th of March 2006.",
        "Flights between Oslo and Cork resumed on Monday.",
        "Lee resigned as head of the town hospital on 6 June.",
        "The company said on Monday that profits fell.",
    ],
)
def test_a_date_of_what_is_told_tells_when(text: str) -> None:
    assert tells_when(text, find_dates(text)[0])


@pytest.mark.parametrize(
    "text",
    [
        "The mill has stood empty since 2003.",
        "The dam must be repaired by 5 May.",
        "The mill will be closed until Monday.",
        "Vega is expected to be charged by noon on Monday.",
        "Profits rose from 2003 on.",
        "The Monday market was full.",
        "Monday's vote was annulled.",
        "The January 6 hearing was long.",
        "Russia's 2024 budget was passed.",
        "Vega was accused of robbing a bank in 2019.",
        "Vega praised the law that took effect in 2019.",
        "Vega praised a law adopted in 2019.",
        "The man arrested on Monday pleaded guilty.",
        "Five men stood trial over the attacks in 2005.",
        "Two men died, police said on Monday.",
        "“I met him on Monday,” the keeper said.",
        "Born in Odessa in 1931, she moved to Cork.",
        "Lee, born on 3 May 1960, joined the party.",
        "The ban was lifted, a status imposed in 2003.",
        "Moscow courted the group, which took power in 2021.",
        "The mine could open as early as May 2027.",
        "The mine will open on Monday or Tuesday.",
        "Exports grew in 2009 and 2010.",
        "Notes maturing on 15 May were bought back.",
        "As described in March, the plan was dropped.",
        "The launch in 2010 will be put off.",
        "The victims of December 26, 2004 were named.",
    ],
)
def test_a_start_a_deadline_a_name_and_a_side_clause_tell_nothing(text: str) -> None:
    assert not tells_when(text, find_dates(text)[0])
