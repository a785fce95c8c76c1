"""What a strict draft leaves out of a sentence, from the draft to the finished brief."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from service.backends.fakes import FakeDrafter, fake_models
from service.domain.brief import Brief, Options, untiled_words
from service.domain.claims import Draft, DraftRequest, Piece
from service.domain.text import Article, Document, Span
from service.pipeline import prepare, summarize
from service.stages.align import Aligner
from service.stages.claims import Candidate, candidates
from service.stages.draft import ChunkDraft
from service.stages.story import tell
from service.stages.verify import recheck
from tests.conftest import NOON, MakeArticle

OPENER = "Rain had fallen for nine days in the hills."
SAID = "Janette Brimmer, an attorney at Earthjustice, would fall ill in Oslo today."
SHORT = "Janette Brimmer would fall ill in Oslo today."
PART = ", an attorney at Earthjustice,"


def cut_out(
    article: Article, *parts: str, offset: int = 0, picks: Sequence[int] | None = None
) -> list[Candidate]:
    """Return an article's claims where a draft left these words out, counted from `offset` on."""
    text = article.text[offset:]
    body = tuple(s for s in article.sentences if s.start >= offset)
    made = ChunkDraft(
        article=article,
        sentences=body,
        draft=Draft(
            salience=(1 / len(body),) * len(body),
            picks=tuple(range(len(body))) if picks is None else tuple(picks),
            cuts=tuple(Span(text.index(p), text.index(p) + len(p)) for p in parts),
        ),
        offset=offset,
    )
    story = tell([article])
    return list(candidates(story, [made], Aligner(story))[0])


def texts(found: Sequence[Candidate]) -> list[str]:
    return [c.claim.text for c in found]


def test_a_claim_is_without_what_its_draft_left_out(make_article: MakeArticle) -> None:
    article = make_article("a", f"{OPENER} {SAID}")
    [_, claim] = cut_out(article, PART)
    assert claim.claim.text == SHORT
    assert untiled_words(SHORT, claim.claim.pieces) == ""
    assert [article.text[p.source_start : p.source_end] for p in claim.claim.pieces] == [
        "Janette Brimmer",
        " would fall ill in Oslo today.",
    ]
    assert article.quote(claim.claim.evidence[0].span) == SAID


def test_cuts_of_a_later_chunk_are_counted_from_its_start(make_article: MakeArticle) -> None:
    article = make_article("a", f"{OPENER} {SAID}")
    assert SHORT in texts(cut_out(article, PART, offset=len(OPENER) + 1))


def test_a_sentence_that_was_not_picked_stays_whole(make_article: MakeArticle) -> None:
    assert SAID in texts(cut_out(make_article("a", f"{OPENER} {SAID}"), PART, picks=[0]))


@pytest.mark.parametrize(
    ("sentence", "part", "shorter"),
    [
        (
            "The Atomic Energy Agency (AEA) found the seals broken.",
            " (AEA)",
            "The Atomic Energy Agency found the seals broken.",
        ),
        (
            "Seals were broken at the Atomic Energy Agency (AEA), staff told us all.",
            " (AEA)",
            "Seals were broken at the Atomic Energy Agency, staff told us all.",
        ),
        ("Barry Vale—a nurse—will open a plant.", "—a nurse—", "Barry Vale will open a plant."),
        (
            "However, Barry Vale – a nurse – will open a plant.",
            " – a nurse –",
            "Barry Vale will open a plant.",
        ),
        (
            "The plant in Seoul (pictured), once a mill, opens soon.",
            " (pictured)",
            "The plant in Seoul, once a mill, opens soon.",
        ),
    ],
)
def test_what_is_left_joins_without_a_space_too_many(
    make_article: MakeArticle, sentence: str, part: str, shorter: str
) -> None:
    assert shorter in texts(cut_out(make_article("a", f"{OPENER} {sentence}"), part))


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("Lee, who denies the charge, was arrested in Seoul.", ", who denies the charge,"),
        ("Lee, who may yet appeal, was arrested in Seoul.", ", who may yet appeal,"),
        ("The rule, Brimmer said, falls in court next.", ", Brimmer said,"),
        ("Amkor, an old firm of the town, will open a plant.", ", an old firm of the town,"),
        ("Kim (a lawyer) was arrested.", " (a lawyer) was"),
        ("Kim Lee, the group of nurses, said the group was formed.", "Lee, the group of nurses,"),
    ],
)
def test_a_cut_that_the_sentence_cannot_spare_leaves_it_verbatim(
    make_article: MakeArticle, sentence: str, part: str
) -> None:
    assert sentence in texts(cut_out(make_article("a", f"{OPENER} {sentence}"), part))


class CuttingDrafter(FakeDrafter):
    """Leaves out every constituent that it may."""

    def draft(
        self, requests: Sequence[DraftRequest], advance: Callable[[int], None] = lambda _: None
    ) -> list[Draft]:
        drafts = super().draft(requests, advance)
        return [
            replace(made, cuts=asked.optional) for made, asked in zip(drafts, requests, strict=True)
        ]


@pytest.fixture(scope="module")
def shortened() -> tuple[Brief, dict[str, Article]]:
    models = replace(fake_models(), drafter=CuttingDrafter())
    document = Document(content=f"{SAID} {OPENER} The Danube rose to eight metres at noon.", id="d")
    options = Options(max_words=200)
    brief = summarize([document], models, options, brief_id="b", created_at=NOON)
    article = prepare(document, models)
    return brief, {article.id: article}


def test_a_brief_of_shortened_sentences_holds(
    shortened: tuple[Brief, dict[str, Article]],
) -> None:
    brief, articles = shortened
    assert SHORT in [s.text for s in brief.all_statements()]
    assert recheck(brief, articles) == ()


def _other_words(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    first, *rest = pieces
    assert first.source_start is not None
    assert first.source_end is not None
    moved = replace(first, source_start=first.source_start + 1, source_end=first.source_end + 1)
    return moved, *rest


def test_a_piece_of_a_shortened_sentence_that_names_another_place_is_found_out(
    shortened: tuple[Brief, dict[str, Article]],
) -> None:
    brief, articles = shortened
    changed = tuple(
        replace(s, provenance=_other_words(s.provenance)) if s.text == SHORT else s
        for s in brief.statements
    )
    assert changed != brief.statements
    reasons = [f.reason for f in recheck(replace(brief, statements=changed), articles)]
    assert any("in its source" in reason for reason in reasons)


def test_a_shortened_sentence_that_claims_more_is_found_out(
    shortened: tuple[Brief, dict[str, Article]],
) -> None:
    brief, articles = shortened
    start = SHORT.index("would")
    changed = tuple(
        replace(s, text=s.text[:start] + "might" + s.text[start + 5 :]) if s.text == SHORT else s
        for s in brief.statements
    )
    reasons = [f.reason for f in recheck(replace(brief, statements=changed), articles)]
    assert any("in its source" in reason for reason in reasons)
    assert any("loses 'would'" in reason for reason in reasons)
