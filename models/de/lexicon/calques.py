"""Foreign terms taken apart and put together again in German: the compounds and phrases that no German speaker uses.

*headquarters* is head + quarters, so a machine may write "Kopfquartier" where German says Hauptsitz. For each known foreign
term of two parts every pair of translations of its parts is a possible calque, unless German text has that pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from tables import Synonymy, Table

_TRANSLATIONS_PER_PART: Final = 5
_LEAST_PART: Final = 0.05
# The German name of the term must be a likely translation of it.
_LEAST_NAME: Final = 0.12
# Parts this near to those of the German name make another name of the same thing, not a calque.
_SAME: Final = 0.4
_SAME_ATTRIBUTE: Final = 0.7
_LINKING: Final = re.compile(r" (?:of|de|du|des|d'|del|della|dello|dei|van|di) ?")
_NOUN_FIRST: Final = frozenset({"fr", "es", "it"})
_SHORTEST: Final = 4
_COGNATE: Final = 4


class Calque(NamedTuple):
    """Two German lemmas in the order in which they are written, as one compound or as attribute and noun."""

    first: str
    second: str
    joined: bool
    lang: str
    term: str
    name: str


def halves(term: str, lang: str, table: Table) -> tuple[str, str] | None:
    """The two parts of a foreign term in German order, as words of the table; None if it has not just two."""
    if linked := _LINKING.search(term):
        right, left = term[: linked.start()], term[linked.end() :]
    elif " " in term:
        left, _, right = term.partition(" ")
        if lang in _NOUN_FIRST:
            left, right = right, left
    elif lang in ("en", "nl"):
        return _closed(term, table)
    else:
        return None
    return (left, right) if left in table and right in table else None


def _closed(term: str, table: Table) -> tuple[str, str] | None:
    for cut in range(_SHORTEST, len(term) - _SHORTEST + 1):
        right = term[cut:] if term[cut:] in table else term[cut:].removesuffix("s")
        if term[:cut] in table and right in table and len(right) >= _SHORTEST:
            return term[:cut], right
    return None


def calques(
    tables: Mapping[str, Table],
    synonymy: Synonymy,
    allowed: frozenset[str],
    compound_of: Mapping[str, tuple[str, str]],
    attested: frozenset[str],
    neighbours: frozenset[tuple[str, str]],
) -> Iterator[Calque]:
    """Every calque of every term. ``compound_of``: German compounds with their parts; ``attested``: lower-case German words;
    ``neighbours``: pairs of German lemmas that stand side by side in German text."""
    for lang, table in tables.items():
        for term in sorted(table):
            parts = halves(term, lang, table)
            if parts is None:
                continue
            names = [(name, p) for name, p in table[term].items() if p >= _LEAST_NAME]
            if not names:
                continue
            known = frozenset(name.lower() for name in table[term])
            for first, second in _pairs(parts, table, allowed):
                joined = first[0].isupper()
                if any(_same_name(first, second, name, synonymy, compound_of) for name in table[term]):
                    continue
                forms = spellings(first, second) if joined else [f"{first} {second}".lower()]
                if any(form in attested or form in known for form in forms):
                    continue
                if not joined and (first, second) in neighbours:
                    continue
                yield Calque(first, second, joined, lang, term, names[0][0])


def spellings(first: str, second: str) -> list[str]:
    """The compound with every linking element, lower case."""
    stem = first.lower()
    shorter = [stem[:-1]] if stem.endswith("e") else []
    return [base + link + second.lower() for base in (stem, *shorter) for link in ("", "s", "es", "n", "en", "er", "e")]


def _pairs(parts: tuple[str, str], table: Table, allowed: frozenset[str]) -> Iterator[tuple[str, str]]:
    def best(foreign: str, row: dict[str, float]) -> list[str]:
        ranked = sorted(row.items(), key=lambda item: (-item[1], item[0]))
        likely = [word for word, p in ranked if p >= _LEAST_PART and word in allowed][:_TRANSLATIONS_PER_PART]
        # a machine that does not know a term likes the word that looks like it: quarters → Quartier
        alike = [word for word, _ in ranked if word in allowed and word[:_COGNATE].lower() == foreign[:_COGNATE].lower()]
        return list(dict.fromkeys(likely + alike))

    for first in best(parts[0], table[parts[0]]):
        for second in best(parts[1], table[parts[1]]):
            if second[0].isupper() and first != second and not first.endswith("en") | first[0].isdigit():
                yield first, second


def _same_name(first: str, second: str, name: str, synonymy: Synonymy, compound_of: Mapping[str, tuple[str, str]]) -> bool:
    """Whether the pair is but another wording of a German name of the term."""
    if name == second or synonymy.of(second, name) >= _SAME:
        return True
    parts = tuple(name.split()) if " " in name else compound_of.get(name)
    if parts is None or len(parts) != 2:
        return second in name or first in name
    one, other = parts
    return _alike(first, one, synonymy, _SAME_ATTRIBUTE) and _alike(second, other, synonymy, _SAME)


def _alike(word: str, other: str, synonymy: Synonymy, least: float) -> bool:
    stem = word.lower()[: max(4, len(word) - 3)]
    return word == other or other.lower().startswith(stem) or synonymy.of(word, other) >= least


def adjacent(words: list[str], ids: np.ndarray, least: int = 2) -> frozenset[tuple[str, str]]:
    """Pairs of an attribute (lower case) and a noun that follow each other at least so often in German text."""
    upper = np.array([word[0].isupper() for word in words])
    left, right = ids[:-1], ids[1:]
    fit = (left >= 0) & (right >= 0)
    fit[fit] = ~upper[left[fit]] & upper[right[fit]]
    codes, counts = np.unique(left[fit].astype(np.int64) * len(words) + right[fit], return_counts=True)
    return frozenset((words[int(c) // len(words)], words[int(c) % len(words)]) for c in codes[counts >= least].tolist())


def split_compounds(names: Iterable[str], firsts: Mapping[str, str], lasts: frozenset[str]) -> dict[str, tuple[str, str]]:
    """German compounds with their parts, the longest last part that is known."""
    found = {}
    for name in names:
        lower = name.lower()
        for cut in range(3, len(lower) - 3):
            head = lower[cut:].capitalize()
            if lower[:cut] in firsts and head in lasts:
                found[name] = (firsts[lower[:cut]], head)
                break
    return found
