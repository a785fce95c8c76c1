"""How well the built-in check tells supported claims from others, beside simple measures."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

import numpy as np

from service.evaluation.claim_sets import ClaimSet, JudgedClaim
from service.lexis.numbers import number_values
from service.lexis.profile import name_stems
from service.lexis.words import content_stems
from service.stages.check import SUPPORTED, check

CHECK, TUNED_CHECK = "check", "check, threshold chosen"
_CONFIDENCE = (2.5, 97.5)
# Thresholds that are tried: the scores themselves are shares, and finer steps fit chance.
_STEPS = tuple(i / 40 for i in range(41))
Scorer = Callable[[JudgedClaim], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckingScore:
    """What one system does on the claims of the second half; all but `threshold` are in per cent.

    `accepted` is the share of supported claims it lets pass, `refused` that of the others it stops,
    and balanced accuracy is their mean. `low` and `high` bound it in 95 of 100 samples of the sources.
    """

    system: str
    threshold: float
    balanced_accuracy: float
    low: float
    high: float
    accepted: float
    refused: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScore:
    """What the check does on one kind of fault, in per cent of `claims`, which have it.

    `refused` are stopped at its own threshold; `told` score less than the same claim without the
    fault, a tie counting half, and None where the set has no such pairs.
    """

    kind: str
    claims: int
    refused: float
    told: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """A set's report: the check at its own threshold first, then with a chosen one, then baselines."""

    name: str
    sha256: str
    claims: int
    held_out: int
    scores: tuple[CheckingScore, ...]
    kinds: tuple[KindScore, ...]


def always_yes(_: JudgedClaim) -> float:
    """Take every claim for supported."""
    return 1.0


def word_overlap(claim: JudgedClaim) -> float:
    """Return the share of a claim's content words that its source has somewhere."""
    return _share(content_stems(claim.text), claim, content_stems)


def entity_overlap(claim: JudgedClaim) -> float:
    """Return the share of a claim's names and numbers that its source has somewhere."""
    return _share(
        _entities(claim.text), claim, lambda text: (*content_stems(text), *number_values(text))
    )


def built_in(claim: JudgedClaim) -> float:
    """Return the score of `service.stages.check`."""
    return check(claim.text, claim.sentences).score


BASELINES: Mapping[str, Scorer] = {
    "word overlap": word_overlap,
    "entity overlap": entity_overlap,
    "always yes": always_yes,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    claim: JudgedClaim
    score: float


def measure(claim_set: ClaimSet, *, seed: int = 0, rounds: int = 1000) -> Checking:
    """Score a set's second half, with thresholds chosen on the first; no source is in both.

    Raises `ValueError` where a half lacks claims that are supported, or claims that are not.
    """
    first, second = halves(claim_set.claims)
    bound = partial(_bounds, seed=seed, rounds=rounds)
    checked = _scored(built_in, second)
    scores = [_score(CHECK, checked, SUPPORTED, bound)]
    for name, scorer in {TUNED_CHECK: built_in, **BASELINES}.items():
        threshold = best_threshold([(s.score, s.claim.supported) for s in _scored(scorer, first)])
        told = checked if scorer is built_in else _scored(scorer, second)
        scores.append(_score(name, told, threshold, bound))
    return Checking(
        name=claim_set.name,
        sha256=claim_set.sha256,
        claims=len(claim_set.claims),
        held_out=len(second),
        scores=tuple(scores),
        kinds=_by_kind(checked),
    )


def halves(
    claims: Sequence[JudgedClaim],
) -> tuple[tuple[JudgedClaim, ...], tuple[JudgedClaim, ...]]:
    """Split claims in two by source, every other one in the order of their names."""
    first = set(sorted({claim.source for claim in claims})[::2])
    return (
        tuple(claim for claim in claims if claim.source in first),
        tuple(claim for claim in claims if claim.source not in first),
    )


def best_threshold(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the lowest threshold that tells (score, supported) best apart."""
    return max(_STEPS, key=lambda t: (balanced_accuracy([(s >= t, y) for s, y in scored]), -t))


def balanced_accuracy(judged: Sequence[tuple[bool, bool]]) -> float:
    """Return the mean of both classes' accuracy, in [0, 1], of (accepted, supported) pairs."""
    return fmean(_accuracies(judged))


def _accuracies(judged: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    accepted = [said for said, supported in judged if supported]
    refused = [not said for said, supported in judged if not supported]
    if not accepted or not refused:
        raise ValueError("need claims that are supported and claims that are not")
    return fmean(accepted), fmean(refused)


def _scored(scorer: Scorer, claims: Sequence[JudgedClaim]) -> list[_Scored]:
    return [_Scored(claim=claim, score=scorer(claim)) for claim in claims]


_Bounds = Callable[[Sequence[_Scored], float], tuple[float, float]]


def _score(
    name: str, scored: Sequence[_Scored], threshold: float, bounds: _Bounds
) -> CheckingScore:
    accepted, refused = _accuracies([(s.score >= threshold, s.claim.supported) for s in scored])
    low, high = bounds(scored, threshold)
    return CheckingScore(
        system=name,
        threshold=threshold,
        balanced_accuracy=50 * (accepted + refused),
        low=100 * low,
        high=100 * high,
        accepted=100 * accepted,
        refused=100 * refused,
    )


def _bounds(
    scored: Sequence[_Scored], threshold: float, *, seed: int, rounds: int
) -> tuple[float, float]:
    """Return the 95% interval of balanced accuracy by drawing sources, whose claims are alike."""
    by_source: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for s in scored:
        by_source[s.claim.source].append((s.score >= threshold, s.claim.supported))
    # One row a source: supported, of these accepted, not supported, of these refused.
    counts = np.array(
        [
            [
                sum(y for _, y in judged),
                sum(said and y for said, y in judged),
                sum(not y for _, y in judged),
                sum(not said and not y for said, y in judged),
            ]
            for _, judged in sorted(by_source.items())
        ]
    )
    draws = np.random.default_rng(seed).integers(len(counts), size=(rounds, len(counts)))
    totals = counts[draws].sum(axis=1)  # (rounds, 4)
    whole = totals[(totals[:, 0] > 0) & (totals[:, 2] > 0)]
    found = (whole[:, 1] / whole[:, 0] + whole[:, 3] / whole[:, 2]) / 2
    low, high = np.percentile(found, _CONFIDENCE)
    return float(low), float(high)


def _by_kind(scored: Sequence[_Scored]) -> tuple[KindScore, ...]:
    unedited = {s.claim.pair: s.score for s in scored if s.claim.pair and s.claim.supported}
    found: defaultdict[str, list[_Scored]] = defaultdict(list)
    for s in scored:
        for kind in s.claim.kinds if not s.claim.supported else ():
            found[kind].append(s)
    return tuple(
        KindScore(
            kind=kind,
            claims=len(faulty),
            refused=100 * fmean(s.score < SUPPORTED for s in faulty),
            told=_told(faulty, unedited),
        )
        for kind, faulty in sorted(found.items())
    )


def _told(faulty: Sequence[_Scored], unedited: Mapping[str, float]) -> float | None:
    pairs = [(unedited[p], s.score) for s in faulty if (p := s.claim.pair) and p in unedited]
    if not pairs:
        return None
    return 100 * fmean(1.0 if whole > bad else 0.5 * (whole == bad) for whole, bad in pairs)


def _entities(text: str) -> tuple[str, ...]:
    return (*name_stems(text), *number_values(text))


def _share(
    wanted: Sequence[str], claim: JudgedClaim, read: Callable[[str], Sequence[str]]
) -> float:
    there = {found for sentence in claim.sentences for found in read(sentence)}
    return fmean(one in there for one in set(wanted)) if wanted else 1.0
