"""What the shape of a sentence says of each of its words, as bits: the clause it stands in and whether its phrase agrees.

These are facts, not charges: a clause without any word that can be a finite verb, two words that surely are, an article and a
noun that share no reading. `audit.neural.slips` reads them beside the words themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

MAY, SURE, INF, PART = 1, 2, 4, 8  # may be finite, surely is, infinitive, participle (audit.syntax)
MARK, OPENER, JOINT, ZU, SELF, PARTICLE, PLURAL_VERB, SINGULAR_VERB, MANY = 16, 32, 64, 128, 256, 512, 1024, 2048, 4096
BITS: Final = 28
_REACH: Final = 4  # words from a determiner to its noun


class Shape(NamedTuple):
    """What a form is to the shape of a sentence.

    ``flags``: the sum of the bits above; ``determiner``, ``noun``: readings (16 bits); ``cases``: those of a preposition;
    ``endings``: the readings that an adjective's ending can have behind a determiner or alone, 0 where it is no adjective.
    """

    flags: int
    determiner: int
    noun: int
    cases: int
    endings: int


def structure(shapes: Sequence[Shape]) -> list[int]:
    """For each word of a sentence the sum of its bits."""
    bits = [0] * len(shapes)
    start, count = 0, len(shapes)
    for i in range(count + 1):
        if i == count or shapes[i].flags & MARK:
            if i > start:
                _clause(shapes, bits, start, i, first=start == 0, last=i >= count - 1)
            start = i + 1
    _phrases(shapes, bits)
    return bits


def _clause(shapes: Sequence[Shape], bits: list[int], start: int, end: int, *, first: bool, last: bool) -> None:
    """The bits that all words of a clause share, and those of their place in it."""
    flags = [shape.flags for shape in shapes[start:end]]
    may = [i for i, flag in enumerate(flags) if flag & MAY]
    sure = [i for i, flag in enumerate(flags) if flag & SURE]
    every = 0
    for flag in flags:
        every |= flag
    tail = flags[-1]
    shared = 1 << min(len(may), 2) | 8 << min(len(sure), 2)
    shared |= (1 << 6) * bool((flags[0] | (flags[1] if len(flags) > 1 else 0)) & OPENER) | (1 << 7) * bool(every & JOINT)
    shared |= (1 << 8) * any(flag & PART and not flag & MAY for flag in flags) | (1 << 9) * bool(every & INF)
    shared |= (1 << 10) * bool(every & ZU) | (1 << 11) * bool(every & SELF) | (1 << 12) * first | (1 << 13) * last
    shared |= (1 << 16) * bool(tail & (MAY | INF | PART)) | (1 << 17) * bool(tail & SURE) | (1 << 18) * bool(tail & PARTICLE)
    plural = any(flag & PLURAL_VERB for flag in flags)
    singular = any(flag & SINGULAR_VERB for flag in flags)
    shared |= (1 << 24) * (plural and not singular and not every & MANY) | (1 << 25) * (plural and singular)
    for i in range(end - start):
        own = shared | (1 << 19) * (i == 0) | (1 << 20) * (i == 1) | (1 << 27) * (i == end - start - 1)
        own |= (1 << 14) * (not may or i < may[0]) | (1 << 15) * (not may or i > may[-1])
        own |= (1 << 26) * bool(sure and i > sure[0] and flags[i] & MAY)
        bits[start + i] |= own


def _phrases(shapes: Sequence[Shape], bits: list[int]) -> None:
    """The bits of phrases that do not agree: on each of their words."""
    for i, shape in enumerate(shapes):
        if not shape.determiner and not shape.cases:
            continue
        mask, noun = shape.determiner or 0xFFFF, 0
        adjectives: list[int] = []
        at = i + 1
        if not shape.determiner and at < len(shapes) and shapes[at].determiner:
            continue
        for j in range(at, min(len(shapes), at + _REACH)):
            if shapes[j].noun:
                noun = j
                break
            if not shapes[j].endings:
                break
            adjectives.append(j)
        if not noun:
            continue
        cases = shapes[i - 1].cases if shape.determiner and i else shape.cases
        common = mask & shapes[noun].noun
        conflict = (1 << 21) * (not common) | (1 << 22) * (bool(cases) and not common & cases)
        conflict |= (1 << 23) * any(not shapes[j].endings & (common or shapes[noun].noun) for j in adjectives)
        if conflict:
            for j in range(i, noun + 1):
                bits[j] |= conflict
