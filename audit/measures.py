"""Measures that know nothing of audits: shares, ranking and calibration. "None" is "there is nothing to measure"; never NaN."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import msgspec

BINS: Final = 10


class Share(msgspec.Struct, frozen=True):
    """``count`` of ``total``; ``value`` is their ratio, None where there is nothing to count."""

    count: int
    total: int
    value: float | None

    @classmethod
    def of(cls, count: int, total: int) -> Share:
        return cls(count, total, round(count / total, 6) if total else None)


class Reliability(msgspec.Struct, frozen=True):
    """The findings with probabilities in [low, high): how many, what they promise on average, how many are real."""

    low: float
    high: float
    count: int
    mean_probability: float
    real: float


def auc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The probability that a positive scores above a negative, ties counting half; None without both (Mann-Whitney U)."""
    if not positive or not negative:
        return None
    below = sorted(negative)
    wins = sum((bisect_left(below, value) + bisect_right(below, value)) / 2 for value in positive)
    return round(wins / (len(positive) * len(negative)), 6)


def average_precision(findings: Sequence[tuple[float, Sequence[int]]], gold: int) -> float | None:
    """Precision averaged over the gold spans, as findings are taken in by falling probability.

    ``findings`` are (probability, numbers of the gold spans claimed): none claimed is a false finding. Findings of one
    probability come in together; spans that nothing claims count 0. None where there is no gold.
    """
    claimed: set[int] = set()
    taken = right = 0
    total = 0.0
    ranked = sorted(findings, key=lambda pair: -pair[0])
    for _, tied in groupby(ranked, key=lambda pair: pair[0]):
        before = len(claimed)
        for _, claims in tied:
            taken += 1
            right += bool(claims)
            claimed.update(claims)
        total += (len(claimed) - before) * right / taken
    return round(total / gold, 6) if gold else None


def reliability(findings: Iterable[tuple[float, bool]]) -> list[Reliability]:
    """Ten bins of equal width by probability, empty ones left out; ``findings`` are (probability, whether it is real)."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, real in findings:
        bins[min(int(probability * BINS), BINS - 1)].append((probability, real))
    return [
        Reliability(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=len(rows),
            mean_probability=round(sum(probability for probability, _ in rows) / len(rows), 6),
            real=round(sum(real for _, real in rows) / len(rows), 6),
        )
        for number, rows in sorted(bins.items())
    ]


def calibration_error(findings: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error: how far promise and truth lie apart in `reliability`'s bins, weighted by their size."""
    rows = reliability(findings)
    return round(sum(row.count * abs(row.mean_probability - row.real) for row in rows) / len(findings), 6) if findings else None
