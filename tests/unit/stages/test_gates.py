import re

import pytest

from service.stages.gates import exactness

SOURCE = "Officials said “nobody is safe” after 12 people may have died near Kabul, Lee alleges."


def test_a_sentence_that_is_its_source_passes() -> None:
    assert exactness(SOURCE, [SOURCE]) == ""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("12 people", "13 people", "number"),
        ("Kabul", "Herat", "name"),
        ("nobody is safe", "nobody is here", "quotation"),
        ("may have", "have", "loses 'may'"),
        ("Lee alleges", "Lee", "loses"),
        ("Officials said", "Officials denied", "denied|deni"),
        ("after 12", "after not 12", "adds"),
        ("people may", "people will", "may"),
    ],
)
def test_a_changed_word_that_matters_is_named(old: str, new: str, reason: str) -> None:
    changed = SOURCE.replace(old, new)
    assert changed != SOURCE
    assert re.search(reason, exactness(changed, [SOURCE]))
