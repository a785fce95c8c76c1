"""Which pairs of articles may share text: found by MinHash, so that not all pairs are compared."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from zlib import crc32

from service.stages.own_words import OwnWords, runs

# A sentence is sketched by its runs of three words. Two that share half of these meet in one of 12
# bands of 2 with a chance of 97%, two that share a twentieth with one of 3% (Broder 1997 for the
# estimate; 1 - (1 - j^rows)^bands for the chance).
_SHINGLE_WORDS, _BANDS, _ROWS, _SEED = 3, 12, 2, 1
_MIN_SENTENCE_WORDS = 8
# Of more articles than this that share a sentence, each is compared with the longest and the next.
_MAX_CROWD, _HUBS = 24, 8
# So few articles are compared each with each.
_FEW = 16

Pair = tuple[int, int]


def candidate_pairs(texts: Sequence[OwnWords]) -> list[Pair]:
    """Return the pairs of indices, in order, of texts that have a sentence in common, or one much alike.

    Finding is approximate: one sentence may be missed, several are with next to no chance. Of a few
    texts every pair is returned.
    """
    if len(texts) <= _FEW:
        return list(combinations(range(len(texts)), 2))
    # Imported where it is needed: it brings scipy, half a second that few briefs have a use for.
    from datasketch import MinHash, MinHashLSH

    holders: dict[tuple[str, ...], list[int]] = {}
    for i, own in enumerate(texts):
        for sentence in dict.fromkeys(_sentences(own)):
            holders.setdefault(sentence, []).append(i)
    met = list(holders.values())
    lsh = MinHashLSH(num_perm=_BANDS * _ROWS, params=(_BANDS, _ROWS))
    sketches = list(
        MinHash.generator(
            map(_shingles, holders), num_perm=_BANDS * _ROWS, seed=_SEED, hashfunc=crc32
        )
    )
    for key, sketch in enumerate(sketches):
        lsh.insert(key, sketch, check_duplication=False)
    pairs: set[Pair] = set()
    for sketch in sketches:
        crowd = {i for key in lsh.query(sketch) for i in met[key]}
        pairs.update(_pairs(sorted(crowd, key=lambda i: (-texts[i].count, i))))
    return sorted(pairs)


def _pairs(longest_first: Sequence[int]) -> Iterator[Pair]:
    crowded = len(longest_first) > _MAX_CROWD
    for place, i in enumerate(longest_first):
        later = range(place + 1, len(longest_first))
        reach = later if not crowded or place < _HUBS else later[:1]
        for j in (longest_first[at] for at in reach):
            yield min(i, j), max(i, j)


def _sentences(own: OwnWords) -> Iterator[tuple[str, ...]]:
    """Yield what is sketched of a text: its sentences, and all of it where they are short."""
    long = [u.tokens for u in own.units if len(u.tokens) >= _MIN_SENTENCE_WORDS]
    yield from long or [own.tokens]


def _shingles(tokens: tuple[str, ...]) -> list[bytes]:
    length = min(_SHINGLE_WORDS, len(tokens))
    return [" ".join(run).encode("utf-8", "surrogatepass") for run in runs(tokens, length)]
