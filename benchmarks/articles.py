"""Articles of mixed length, made of the sentences of the sample documents."""

import random
from collections.abc import Sequence
from pathlib import Path

from service.domain.ports import Models
from service.domain.text import Article, Document
from service.pipeline import prepare

SEEDS = Path(__file__).parent.parent / "seeds"
_FEWEST, _MOST = 3, 40


def articles(count: int, models: Models) -> list[Article]:
    """Return articles of 3 to 40 sentences (some 60 to 900 words), the same on every machine."""
    draw = random.Random(0)
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    whole = [
        prepare(Document(id=f"seed-{i}", content=text), models) for i, text in enumerate(texts)
    ]
    pool = [a.quote(s.span) for a in whole for s in a.sentences if s.kind == "body"]
    lengths = [_FEWEST + (_MOST - _FEWEST) * i // max(1, count - 1) for i in range(count)]
    draw.shuffle(lengths)
    return [
        prepare(Document(id=f"article-{i}", content=_told(pool, length, draw)), models)
        for i, length in enumerate(lengths)
    ]


def _told(pool: Sequence[str], sentences: int, draw: random.Random) -> str:
    chosen = draw.sample(pool, k=min(sentences, len(pool)))
    return "\n\n".join(" ".join(chosen[i : i + 4]) for i in range(0, sentences, 4))
