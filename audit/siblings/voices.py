"""Which siblings are one voice: copies, spun copies and translations of one text prove nothing twice."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

from audit.siblings.facts import Facts

# Stems of this weight and above are words of content (1: a tenth of the frequency of the commonest ones).
_CONTENT: Final = 1.0


def voices(articles: Sequence[Facts], settings: Mapping[str, float]) -> list[int]:
    """The number of the voice of each article; copies, spun copies and translations of one text are one.

    They use the same words in the same order: the longest run of common words that both have in their order is long.
    """
    places: list[dict[str, int]] = []
    for facts in articles:
        stems = [stem for line in facts.statements for stem, weight in line.stems if weight > _CONTENT]
        places.append({stem: i for i, stem in reversed(list(enumerate(stems)))})
    voice = list(range(len(articles)))
    for i in range(len(articles)):
        for j in range(i):
            if voice[i] != voice[j] and _one_text(places[i], places[j], settings):
                old, new = voice[i], voice[j]
                voice = [new if v == old else v for v in voice]
    return voice


def _one_text(one: Mapping[str, int], other: Mapping[str, int], settings: Mapping[str, float]) -> bool:
    shared = sorted(one.keys() & other.keys(), key=one.__getitem__)
    tails: list[int] = []
    for place in (other[stem] for stem in shared):
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    least = min(len(one), len(other))
    return bool(shared) and len(tails) >= settings["same_words"] * least and len(tails) >= settings["same_order"] * len(shared)
