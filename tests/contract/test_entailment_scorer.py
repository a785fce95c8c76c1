from service.domain.ports import EntailmentScorer

PORT = "The port was closed on Monday. Ships were in the old harbour."
BRIDGE = "The council voted to plan a new bridge."
PAIRS = [
    (PORT, "The port was closed."),
    (PORT, "The mayor said the port was not closed on Tuesday."),
    (BRIDGE, "The port was closed."),
    (BRIDGE, "A bridge."),
]


def test_there_is_one_probability_a_pair(scorer: EntailmentScorer) -> None:
    scores = scorer.score(PAIRS)
    assert len(scores) == len(PAIRS)
    assert all(isinstance(s, float) and 0 <= s <= 1 for s in scores)


def test_scores_are_in_the_order_of_the_pairs(scorer: EntailmentScorer) -> None:
    scores = scorer.score(PAIRS)
    assert len(set(scores)) > 1
    assert scorer.score(PAIRS[::-1]) == scores[::-1]


def test_a_score_depends_on_its_own_pair_alone(scorer: EntailmentScorer) -> None:
    assert [scorer.score([pair])[0] for pair in PAIRS] == scorer.score(PAIRS)


def test_no_pairs_have_no_scores(scorer: EntailmentScorer) -> None:
    assert scorer.score([]) == []


def test_a_passage_of_any_length_is_read(scorer: EntailmentScorer) -> None:
    [score] = scorer.score([(f"{PORT} {BRIDGE} " * 20, PAIRS[0][1])])
    assert 0 <= score <= 1


def test_nothing_and_odd_texts_have_scores_too(scorer: EntailmentScorer) -> None:
    odd = [("", ""), ("</s> [SEP] </s>", "[CLS] \ud800"), ("\x00", "日本")]
    assert all(0 <= score <= 1 for score in scorer.score(odd))


def test_the_run_record_can_name_it(scorer: EntailmentScorer) -> None:
    assert scorer.name
    assert scorer.revision
