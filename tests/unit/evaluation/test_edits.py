import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evaluation.edits import EDIT_KINDS, EditKind, edit, edit_change, possible_changes
from service.evaluation.names import Pool, name_pool

POOL = Pool(people=("Mara Osei", "Jonas Field"), places=("Tervale", "Ostrany"))
SENTENCE = (
    "Mayor Mara Osei, 52, said on Friday that the bridge in Ostrany could open before 3 June 2019,"
    " although “new repairs” worth $12 million are reportedly complete, and have not been paid for, police said."
)


def changed(kind: EditKind, sentence: str) -> set[str]:
    return {c.of(sentence) for c in possible_changes(kind, sentence, POOL)}


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("unit", "It rose 5%.", "It rose 5 percentage points."),
        ("swap", "Mara Osei beat Jonas Field in May.", "Jonas Field beat Mara Osei in May."),
        ("dropped_negation", "Iran did not sign the pact.", "Iran signed the pact."),
        ("dropped_negation", "Police hadn't found him.", "Police had found him."),
        ("dropped_negation", "There were no injuries.", "There were injuries."),
        ("dropped_negation", "She never paid.", "She paid."),
        ("dropped_negation", "Nobody was hurt.", "Someone was hurt."),
        ("dropped_negation", "No arrests were made.", "Arrests were made."),
        ("added_negation", "The court has ruled.", "The court has not ruled."),
        ("added_negation", "Iran released the crew.", "Iran did not release the crew."),
        ("added_negation", "The company bought the mine.", "The company did not buy the mine."),
        ("lost_hedge", "He allegedly stole a van.", "He stole a van."),
        ("lost_hedge", "Reportedly, he left.", "He left."),
        ("lost_hedge", "About 40 people came.", "40 people came."),
        ("lost_attribution", "Two men fled, police said.", "Two men fled."),
        ("lost_attribution", "The firm alleges that the data was stolen.", "The data was stolen."),
        ("lost_attribution", "According to police, two men fled.", "Two men fled."),
        ("lost_modal", "The toll may rise.", "The toll rises."),
        ("lost_modal", "Prices could be higher.", "Prices are higher."),
        ("lost_modal", "The duma is expected to vote.", "The duma will vote."),
        ("lost_modal", "It is considering removing the ban.", "It is removing the ban."),
        ("lost_modal", "He tried to cross the border.", "He crossed the border."),
        ("quotation", "He called it “a good plan”.", "He called it “a bad plan”."),
    ],
)
def test_an_edit_makes_the_sentence_say_something_else(
    kind: EditKind, before: str, after: str
) -> None:
    assert after in changed(kind, before)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("digit", "The bridge opened on 3 June 2019."),
        ("unit", "Years passed."),
        ("date", "They may leave."),
        ("swap", "Mara Osei and Jonas Field agreed."),
        ("dropped_negation", "The bridge opened."),
        ("added_negation", "A red bridge."),
        ("lost_attribution", "The bridge opened."),
        ("lost_modal", "The bridge opened in May."),
        ("quotation", "A good plan."),
        ("name", "The bridge opened."),
    ],
)
def test_there_is_nothing_to_change(kind: EditKind, sentence: str) -> None:
    assert edit(kind, sentence, POOL) is None


def test_a_digit_changes_and_no_other_character() -> None:
    after = edit("digit", "It cost 4,500 euros.")
    assert after is not None
    assert len([1 for a, b in zip("It cost 4,500 euros.", after, strict=True) if a != b]) == 1


def test_a_name_gives_way_to_another_of_the_same_sort() -> None:
    assert changed("name", "Mara Osei left Tervale.") == {
        "Jonas Field left Tervale.",
        "Mara Osei left Ostrany.",
    }


def test_a_day_keeps_its_month_and_stays_a_day() -> None:
    for after in changed("date", "It opened on 30 April."):
        day, month = after.removesuffix(".").split()[-2:]
        assert 1 <= int(day) <= 31
        assert (day == "30") != (month == "April")


def test_a_word_is_changed_inside_the_quotation_marks_only() -> None:
    sentence = "A good man said “the old rule” was bad."
    assert changed("quotation", sentence) == {"A good man said “the new rule” was bad."}


def test_a_spelling_differs_in_the_name_alone() -> None:
    assert changed("spelling", "They met Kabulov.") == {"They met Kavulov."}


def test_each_seed_may_choose_another_change() -> None:
    made = {edit("date", SENTENCE, POOL, seed=seed) for seed in range(30)}
    assert len(made) > 2


@given(st.sampled_from(EDIT_KINDS), st.integers(0, 99))
def test_a_seed_always_makes_the_same_change_and_a_real_one(kind: EditKind, seed: int) -> None:
    first = edit_change(kind, SENTENCE, POOL, seed=seed)
    assert first == edit_change(kind, SENTENCE, POOL, seed=seed)
    assert first is not None
    assert first.of(SENTENCE) != SENTENCE


@given(st.sampled_from(EDIT_KINDS), st.text(max_size=80))
def test_whatever_the_text_changes_lie_inside_it(kind: EditKind, text: str) -> None:
    for change in possible_changes(kind, text, POOL):
        assert 0 <= change.start < change.end <= len(text)


def test_names_of_people_are_told_from_places() -> None:
    pool = name_pool(
        [
            "Mayor Mara Osei spoke in Tervale on Monday. Jonas Field said the road near Ostrany is shut."
        ]
    )
    assert set(pool.people) == {"Mara Osei", "Jonas Field"}
    assert set(pool.places) == {"Tervale", "Ostrany"}
