"""Combines inventories, dictionaries and alignments into translation probabilities, and these into confusables.

A *confusable* of a German word is another German word that shares a foreign word (the pivot) with it, but not its meaning.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from alignment import Link
from sources import Entry

# Trust in each source where all three speak; a source that is silent gives its share to the others.
_TRUST: Final = {"senses": 0.5, "alignment": 0.3, "dictionary": 0.2}
# An aligned pair that no dictionary knows must be seen this often: below, most of them are collocations.
_UNATTESTED_COUNT: Final = 3.0
_UNATTESTED_PROBABILITY: Final = 0.06
_UNATTESTED_BACKWARD: Final = 0.02
_LEAST: Final = 0.008
_MOST_TRANSLATIONS: Final = 24
_SINGLETON_ZIPF: Final = 2.0
_LEAST_FOREIGN: Final = 1.3

_COMMON_SYNONYMS: Final = 2
_NONE: Final[frozenset[str]] = frozenset()

Table = dict[str, dict[str, float]]


class Bridge(NamedTuple):
    """What the inventories say of a pair of German words: in how many entries they share a sense, or differ in sense."""

    same: int
    apart: int


def translations(
    inventory: Iterable[tuple[str, list[list[str]]]],
    entries: Iterable[Entry],
    links: Iterable[Link],
    zipf: Mapping[str, float],
) -> Table:
    """p(German | foreign) of one language, each row summing to 1, at most `_MOST_TRANSLATIONS` a word.

    Dictionary rows whose foreign side is no word of the language (``zipf``) are glosses or slips, and left out.
    """
    parts: dict[str, Table] = {name: defaultdict(dict) for name in _TRUST}
    for foreign, groups in inventory:
        for i, group in enumerate(groups):
            for j, german in enumerate(group):
                weight = 1 / (i + 1) / math.sqrt(j + 1)
                row = parts["senses"][foreign]
                row[german] = max(row.get(german, 0.0), weight)
    for entry in entries:
        if zipf and not all(zipf.get(word, 0.0) >= _LEAST_FOREIGN for word in re.split(r"[ '-]", entry.foreign) if word):
            continue
        row = parts["dictionary"][entry.foreign]
        row[entry.german] = max(row.get(entry.german, 0.0), entry.weight)
    for link in links:
        known = link.german in parts["dictionary"].get(link.foreign, {}) or link.german in parts["senses"].get(link.foreign, {})
        seen = link.count >= _UNATTESTED_COUNT and link.backward >= _UNATTESTED_BACKWARD
        if known or (seen and link.forward >= _UNATTESTED_PROBABILITY):
            parts["alignment"][link.foreign][link.german] = link.count
    return {
        foreign: _mixed([(_TRUST[n], parts[n][foreign]) for n in _TRUST if parts[n].get(foreign)]) for foreign in _keys(parts)
    }


def _keys(parts: Mapping[str, Table]) -> list[str]:
    return sorted(set().union(*(table.keys() for table in parts.values())))


def _mixed(rows: list[tuple[float, dict[str, float]]]) -> dict[str, float]:
    mixed: dict[str, float] = defaultdict(float)
    whole = sum(trust for trust, _ in rows)
    for trust, row in rows:
        total = sum(row.values())
        for german, weight in row.items():
            mixed[german] += trust / whole * weight / total
    best = sorted(mixed.items(), key=lambda item: (-item[1], item[0]))[:_MOST_TRANSLATIONS]
    kept = [(german, p) for german, p in best if p >= _LEAST]
    total = sum(p for _, p in kept)
    return {german: p / total for german, p in kept}


def inverted(table: Table, zipf: Mapping[str, float]) -> Table:
    """p(foreign | German) by Bayes from p(German | foreign) and how common the foreign word is."""
    rows: Table = defaultdict(dict)
    for foreign, row in table.items():
        common = 10 ** zipf.get(foreign, _SINGLETON_ZIPF) if " " not in foreign else 10**3.0
        for german, p in row.items():
            rows[german][foreign] = p * math.sqrt(common)
    return {german: {f: v / sum(row.values()) for f, v in row.items()} for german, row in rows.items()}


def bridges(inventories: Iterable[Iterable[tuple[str, list[list[str]]]]]) -> dict[tuple[str, str], Bridge]:
    """How the inventories relate pairs of German words (keys sorted)."""
    same: dict[tuple[str, str], int] = defaultdict(int)
    apart: dict[tuple[str, str], int] = defaultdict(int)
    for inventory in inventories:
        for _, groups in inventory:
            for i, group in enumerate(groups):
                for one in group:
                    for other in group:
                        if one < other:
                            same[one, other] += 1
                    for later in groups[i + 1 :]:
                        for other in later:
                            if one != other:
                                apart[min(one, other), max(one, other)] += 1
    return {pair: Bridge(same.get(pair, 0), apart.get(pair, 0)) for pair in same.keys() | apart.keys()}


class Synonymy:
    """How nearly two German words mean the same, 0–1: shared foreign words, synonym lists, inventories, contexts."""

    def __init__(
        self,
        backs: Mapping[str, Table],
        listed: set[tuple[str, str]],
        related: Mapping[tuple[str, str], Bridge],
        chosen: set[tuple[str, str]],
    ) -> None:
        self.backs = backs
        self.listed = listed
        self.related = related
        self.chosen = chosen
        self.lists: dict[str, set[str]] = defaultdict(set)
        for one, other in listed:
            self.lists[one].add(other)
            self.lists[other].add(one)
        self._norms = {
            lang: {word: math.sqrt(sum(p * p for p in row.values())) for word, row in back.items()}
            for lang, back in backs.items()
        }

    def shared(self, one: str, other: str, pivot: str | None = None, lang: str | None = None) -> float:
        """Mean cosine of the two words' foreign words over the languages that know both; the pivot itself left out."""
        cosines = []
        for name, back in self.backs.items():
            left, right = back.get(one), back.get(other)
            if not left or not right:
                continue
            dot = sum(p * right.get(f, 0.0) for f, p in left.items() if not (f == pivot and name == lang))
            cosines.append(dot / (self._norms[name][one] * self._norms[name][other]))
        return sum(cosines) / (len(cosines) + 0.5) if cosines else 0.0

    def apart(self, one: str, other: str) -> int:
        """In how many inventory entries the two words are different senses; 0 where they are ever the same one."""
        bridge = self.related.get((min(one, other), max(one, other)), Bridge(0, 0))
        return 0 if bridge.same else bridge.apart

    def of(self, one: str, other: str, pivot: str | None = None, lang: str | None = None) -> float:
        pair = (one, other) if one < other else (other, one)
        value = self.shared(one, other, pivot, lang)
        bridge = self.related.get(pair)
        if bridge is not None:
            if bridge.same > bridge.apart:
                return max(value, 0.9)
            if bridge.same == 0 and bridge.apart:
                return min(value, 0.25 / bridge.apart)
            return max(value, 0.5)
        if pair in self.chosen:
            return max(value, 0.5)
        # one listed relation says that the words can mean the same, not that they mostly do; nor do two words of one list
        if pair in self.listed:
            return max(value, 0.6)
        common = len(self.lists.get(one, _NONE) & self.lists.get(other, _NONE))
        return max(value, min(0.45, 0.15 * common)) if common >= _COMMON_SYNONYMS else value
