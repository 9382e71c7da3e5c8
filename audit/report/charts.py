"""The figures behind the overview's charts; templates/charts.html.j2 draws them as SVG. Integers only: the same bytes anywhere.

Small corpora are drawn as one dot a document, because three bars of height one say less than three dots that can be opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from audit.report.words import Words
from audit.types import SEVERITIES, DocumentReport, Severity

WIDTH: Final = 340  # units of the drawing; the page scales it
_TOP: Final = 16
_FLOOR: Final = 104
_LEAST_FLOOR: Final = 40  # a chart of few dots is no tower of air
_DOT: Final = 12
_MOST_DOTS: Final = 7  # in one bin; more are drawn as a bar
_P_BINS: Final = 10
# Damage has no upper end: bins grow as the MQM weights do. Below 5 a text of 1,000 words has less than one major error.
_DAMAGE_EDGES: Final = (0.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0)


@dataclass(frozen=True)
class Bin:
    """One bin of a distribution: where it stands, what it is called, which documents fall into it."""

    x: int
    width: int
    label: str
    name: str
    members: tuple[DocumentReport, ...]
    y: int
    height: int
    floor: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    def dot(self, number: int) -> int:
        """The height at which the dot of that number (from 0) is drawn."""
        return self.floor - 7 - number * _DOT


@dataclass(frozen=True)
class Histogram:
    bins: tuple[Bin, ...]
    dots: bool
    said: str
    floor: int
    width: int = WIDTH

    @property
    def height(self) -> int:
        """Below the floor stand the labels."""
        return self.floor + 28


@dataclass(frozen=True)
class Stack:
    """The findings of one category by severity: the gravest first, ``x`` and ``width`` in thousandths of the longest bar."""

    category: str
    total: int
    parts: tuple[tuple[Severity, int, int, int], ...]


def machine(documents: Sequence[DocumentReport], words: Words) -> Histogram:
    """How many documents have which probability of machine translation, in tenths."""
    names = [f"{words.percent(i / _P_BINS)}–{words.percent((i + 1) / _P_BINS)}" for i in range(_P_BINS)]
    labels = [words.percent(i / _P_BINS) if i in (0, 5) else "" for i in range(_P_BINS)]
    return _histogram([(min(int(d.verdict.p_machine * _P_BINS), _P_BINS - 1), d) for d in documents], labels, names, words)


def damage(documents: Sequence[DocumentReport], words: Words) -> Histogram:
    """How many documents are how much damaged; those without any damage stand apart."""
    labels = ["0", *(f"> {words.number(low)}" for low in _DAMAGE_EDGES)]
    return _histogram([(_damage_bin(d.verdict.damage), d) for d in documents], labels, labels, words)


def _damage_bin(value: float) -> int:
    return sum(value > edge for edge in _DAMAGE_EDGES)


def _histogram(
    placed: Sequence[tuple[int, DocumentReport]], labels: Sequence[str], names: Sequence[str], words: Words
) -> Histogram:
    members = [tuple(d for at, d in placed if at == i) for i in range(len(labels))]
    most = max(map(len, members), default=0)
    step = WIDTH // len(labels)
    left = (WIDTH - step * len(labels)) // 2
    dots = most <= _MOST_DOTS
    floor = max(_LEAST_FLOOR, _TOP + most * _DOT) if dots else _FLOOR
    bins: list[Bin] = []
    for i, inside in enumerate(members):
        height = -(-(floor - _TOP) * len(inside) // most) if most else 0
        bins.append(Bin(left + i * step, step, labels[i], names[i], inside, floor - height, height, floor))
    said = "; ".join(f"{b.name}: {words.number(len(b.members))}" for b in bins if b.members)
    return Histogram(tuple(bins), dots, said, floor)


def categories(documents: Sequence[DocumentReport]) -> tuple[Stack, ...]:
    """Findings by MQM category and severity, the most frequent category first."""
    counts: Counter[tuple[str, Severity]] = Counter((f.category, f.severity) for d in documents for f in d.findings)
    totals: Counter[str] = Counter()
    for (category, _), n in counts.items():
        totals[category] += n
    most = max(totals.values(), default=0)
    stacks: list[Stack] = []
    for category, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        x = 0
        parts: list[tuple[Severity, int, int, int]] = []
        for severity in reversed(SEVERITIES):
            if n := counts[category, severity]:
                width = max(1000 * n // most, 4)
                parts.append((severity, n, x, width))
                x += width
        stacks.append(Stack(category, total, tuple(parts)))
    return tuple(stacks)
