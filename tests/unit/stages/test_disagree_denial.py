from datetime import timedelta

import pytest

from service.backends.fakes import FakeDrafter
from service.domain.brief import Options
from service.domain.text import Article
from service.stages.align import Aligner
from service.stages.claims import candidates
from service.stages.disagree.denial import denial_rivals
from service.stages.disagree.rivals import Rivals
from service.stages.draft import draft
from service.stages.story import tell
from tests.conftest import NOON, MakeArticle


def rivals(*articles: Article) -> tuple[Rivals, ...]:
    story = tell(articles)
    drafts = draft(story.articles, FakeDrafter(), Options(), lambda _: None)
    found, _ = candidates(story, drafts, Aligner(story))
    return denial_rivals(story, {c.key: c for c in found})


DONE = "Colonel Ruiz ordered the raid on the fishing village of Pelado."


@pytest.mark.parametrize(
    ("other", "value"),
    [
        ("Colonel Ruiz did not order the raid on the fishing village of Pelado.", "did not order"),
        ("Colonel Ruiz never ordered the raid on the village of Pelado.", "never ordered"),
        (
            "Colonel Ruiz denied ordering the raid on the fishing village of Pelado.",
            "denied ordering",
        ),
        (
            "Colonel Ruiz denies that he ordered the raid on the village of Pelado.",
            "denies that he ordered",
        ),
        (
            "The army said that Colonel Ruiz hadn't ordered the raid on the village of Pelado.",
            "hadn't ordered",
        ),
        # Another verb of one meaning.
        (
            "Colonel Ruiz did not command the raid on the fishing village of Pelado.",
            "did not command",
        ),
    ],
)
def test_a_deed_that_another_source_denies_is_a_disagreement_with_both_sides_cited(
    make_article: MakeArticle, other: str, value: str
) -> None:
    [found] = rivals(make_article("a", DONE), make_article("b", other))
    assert found.kind == "negation"
    assert [v for v, _ in found.positions] == ["ordered", value]
    assert [[e.article_id for e in c.evidence] for _, c in found.positions] == [["a"], ["b"]]


def test_whoever_says_so_the_denial_stands_against_the_deed(make_article: MakeArticle) -> None:
    accused = "Two officers told the inquiry that Colonel Ruiz ordered the raid on Pelado."
    denied = "Colonel Ruiz denied that he ordered the raid on Pelado, his lawyer said."
    [found] = rivals(make_article("a", accused), make_article("b", denied))
    assert [v for v, _ in found.positions] == ["ordered", "denied that he ordered"]


def test_what_else_the_longer_sentence_tells_of_one_who_is_named_matters_little(
    make_article: MakeArticle,
) -> None:
    short = "The Tarn Federation did not ban the harbour union as a criminal body in 2003."
    long = (
        "The Tarn Federation banned the harbour union as a criminal body in 2003, after strikers backed the"
        " islands' bid for self-rule and tried to sell crates of old rifles through a shell company abroad."
    )
    [found] = rivals(make_article("a", long), make_article("b", short))
    assert [v for v, _ in found.positions] == ["banned", "did not ban"]


def test_a_refusal_is_a_disagreement_about_a_status(make_article: MakeArticle) -> None:
    signed = "Mayor Linden signed the harbour treaty with the three fishing towns."
    refused = "Mayor Linden refused to sign the harbour treaty with the three fishing towns."
    [found] = rivals(make_article("a", signed), make_article("b", refused))
    assert found.kind == "status"
    assert [v for v, _ in found.positions] == ["signed", "refused to sign"]


@pytest.mark.parametrize(
    "other",
    [
        # Another deed.
        "Colonel Ruiz did not visit the fishing village of Pelado.",
        # Somebody else.
        "General Ortega did not order the raid on the fishing village of Pelado.",
        # Somewhere else.
        "Colonel Ruiz did not order the raid on the mining town of Carrizo.",
        # Another thing that was ordered.
        "Colonel Ruiz did not order the blockade of the fishing village of Pelado.",
        # Both deny it.
        "Colonel Ruiz was not asked who ordered the raid, and the village was not warned.",
        # Not denied, but expected.
        "Colonel Ruiz will not order a raid on the fishing village of Pelado.",
        # He denies access, and no deed.
        "Colonel Ruiz denied aid to the fishing village of Pelado after the raid.",
        # Not only: no denial at all.
        "Colonel Ruiz not only ordered the raid on the fishing village of Pelado.",
    ],
)
def test_what_can_both_be_true_is_no_disagreement(make_article: MakeArticle, other: str) -> None:
    assert rivals(make_article("a", DONE), make_article("b", other)) == ()


def test_what_was_denied_a_week_before_may_have_been_done_since(make_article: MakeArticle) -> None:
    denied = "Colonel Ruiz did not order the raid on the fishing village of Pelado."
    later = NOON + timedelta(days=7)
    assert not rivals(
        make_article("a", denied, published_at=NOON), make_article("b", DONE, published_at=later)
    )


def test_one_publisher_does_not_disagree_with_itself(make_article: MakeArticle) -> None:
    denied = "Colonel Ruiz did not order the raid on the fishing village of Pelado."
    assert not rivals(
        make_article("a", denied, publisher="The Bell"),
        make_article("b", DONE, publisher="The Bell"),
    )


def test_an_accusation_is_no_statement_of_the_deed(make_article: MakeArticle) -> None:
    accused = "Colonel Ruiz is accused of ordering the raid on the fishing village of Pelado."
    denied = "Colonel Ruiz denied ordering the raid on the fishing village of Pelado."
    assert rivals(make_article("a", accused), make_article("b", denied)) == ()


def test_a_negated_state_of_affairs_is_denied_only_where_the_sentence_is_retold(
    make_article: MakeArticle,
) -> None:
    plain = "The old lighthouse at Pelado is the tallest building on the northern coast."
    retold = "The old lighthouse at Pelado is not the tallest building on the northern coast."
    [found] = rivals(make_article("a", plain), make_article("b", retold))
    assert [v for v, _ in found.positions] == ["is the", "is not the"]
    loose = "The lighthouse at Pelado is not the first to lose its roof in a storm this winter."
    assert rivals(make_article("a", plain), make_article("b", loose)) == ()
