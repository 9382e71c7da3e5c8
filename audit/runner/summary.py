"""The numbers of a batch: counts that add up part by part, and the distributions they make in the end.

Everything is counted in whole numbers, probabilities in ten-thousandths and damage in hundredths as the record has them, so
that the sum is the same in whatever order the parts were made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec

from audit.types import DocumentReport

_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
# Upper ends of the classes of damage: 0 alone, then by half orders of magnitude around one error in a short article.
_DAMAGE: Final = (0, 1, 3, 10, 30, 100)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over documents. ``p_machine`` and ``damage`` count the documents by their values (×10,000 and ×100)."""

    documents: int = 0
    words: int = 0
    with_siblings: int = 0
    left_out: int = 0
    labels: dict[str, int] = {}
    langs: dict[str, int] = {}
    detectors: dict[str, int] = {}
    categories: dict[str, int] = {}
    severities: dict[str, int] = {}
    p_machine: dict[int, int] = {}
    damage: dict[int, int] = {}

    @classmethod
    def of(cls, reports: Sequence[DocumentReport], left_out: int = 0) -> Tally:
        """The counts of these documents, of which so many were left out by the cascade."""
        findings = [finding for report in reports for finding in report.findings]
        return cls(
            documents=len(reports),
            words=sum(report.words for report in reports),
            with_siblings=sum(bool(report.siblings) for report in reports),
            left_out=left_out,
            labels=Counter(report.verdict.label for report in reports),
            langs=Counter(report.lang for report in reports),
            detectors=Counter(finding.detector for finding in findings),
            categories=Counter(finding.category for finding in findings),
            severities=Counter(finding.severity for finding in findings),
            p_machine=Counter(round(10_000 * report.verdict.p_machine) for report in reports),
            damage=Counter(round(100 * report.verdict.damage) for report in reports),
        )

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """The sum of counts."""
        whole = dict.fromkeys(("documents", "words", "with_siblings", "left_out"), 0)
        counters: dict[str, Counter[Any]] = {name: Counter() for name in cls.__struct_fields__ if name not in whole}
        for tally in tallies:
            for name in whole:
                whole[name] += getattr(tally, name)
            for name, counter in counters.items():
                counter.update(getattr(tally, name))
        values: dict[str, Any] = {**whole, **counters}
        return cls(**values)


def summary(tally: Tally, reasons: Mapping[str, int], *, screen_only: bool, cascade: float | None) -> dict[str, Any]:
    """The content of summary.json; ``reasons`` counts the failures by their reason."""
    findings = sum(tally.detectors.values())
    told: dict[str, Any] = {
        "documents": tally.documents,
        "words": tally.words,
        "languages": _sorted(tally.langs),
        "labels": _sorted(tally.labels),
        "p_machine": _spread(tally.p_machine, 10_000) | {"histogram": _tenths(tally.p_machine)},
        "failures": {"total": sum(reasons.values()), "reasons": _sorted(reasons)},
    }
    if screen_only:
        return {"pass": "screen", **told}
    return {
        "pass": "audit",
        **told,
        "with_siblings": tally.with_siblings,
        "cascade": {"threshold": cascade, "left_out": tally.left_out},
        "damage": _spread(tally.damage, 100) | {"histogram": _classes(tally.damage)},
        "findings": {
            "total": findings,
            "per_1000_words": round(1000 * findings / tally.words, 3) if tally.words else 0.0,
            "detectors": _sorted(tally.detectors),
            "categories": _sorted(tally.categories),
            "severities": _sorted(tally.severities),
        },
    }


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts in the order of their names."""
    return dict(sorted(counts.items()))


def _spread(counts: Mapping[int, int], unit: int) -> dict[str, Any]:
    """Mean and quantiles of values that were counted in units of 1/``unit``; none where nothing was counted."""
    number = sum(counts.values())
    if not number:
        return {}
    mean = sum(value * count for value, count in counts.items()) / number / unit
    values = sorted(counts.items())

    def quantile(share: float) -> float:
        rank, seen = share * (number - 1), 0
        for value, count in values:
            seen += count
            if seen > rank:
                return value / unit
        return values[-1][0] / unit

    return {"mean": round(mean, 4), "quantiles": {f"{share:.2f}": quantile(share) for share in _QUANTILES}}


def _tenths(counts: Mapping[int, int]) -> dict[str, int]:
    histogram = {f"{i / 10:.1f}-{(i + 1) / 10:.1f}": 0 for i in range(10)}
    names = list(histogram)
    for value, count in counts.items():
        histogram[names[min(value // 1000, 9)]] += count
    return histogram


def _classes(counts: Mapping[int, int]) -> dict[str, int]:
    names = ["0", *(f"{low}-{high}" for low, high in pairwise(_DAMAGE)), f">{_DAMAGE[-1]}"]
    histogram = dict.fromkeys(names, 0)
    for value, count in counts.items():
        at = next((i for i, end in enumerate(_DAMAGE) if value <= 100 * end), len(_DAMAGE))
        histogram[names[at]] += count
    return histogram
