"""Nouns with their readings, determiners and adjectives with their endings: the grammar of a noun phrase, from data.

A set of readings is 16 bits: bit 4 × case + kind, cases nominative, genitive, dative, accusative (0–3), kinds masculine,
feminine, neuter singular, plural (0–3).
"""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

_CASES: Final = {"N": 0, "G": 1, "D": 2, "A": 3}
_KINDS: Final = {"m": 0, "f": 1, "n": 2, "p": 3}
_CASE_NAMES: Final = ("nominative", "genitive", "dative", "accusative")
_PLURAL: Final = 0x8888  # all cases of the plural
_KIND_NAMES: Final = ("masculine", "feminine", "neuter", "plural")
_LINKS: Final = ("", "s", "es", "n", "en", "er", "e")
_LONGEST_WORD: Final = 40
# Words whose readings are remembered, of each kind; a crawl has more words than a memory should hold.
_KEPT: Final = 50_000


class Determiner(NamedTuple):
    """A determiner's readings (16 bits) and the declension of the adjectives behind it: weak or mixed."""

    mask: int
    declension: str


@dataclass(frozen=True)
class Grammar:
    """Declension tables and word lists of one target language."""

    determiners: Mapping[str, Determiner]
    prepositions: Mapping[str, int]
    endings: Mapping[str, Mapping[int, str]]
    nouns: Mapping[str, int]
    adjectives: frozenset[str]
    suffixes: Mapping[str, int]
    titles: frozenset[str]
    closed: frozenset[str]
    seen: dict[str, int] = field(default_factory=dict[str, int])
    ended: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def noun(self, word: str) -> int:
        """The readings of a noun or of a compound's head (of all heads it may have); 0 where they are not known.

        Swiss texts write ss for ß: there "Strasse" is the road as well as some forms of the gem.
        """
        word = word.rsplit("-", 1)[-1]
        mask = self._listed(word)
        if "ss" in word:
            last = "ß".join(word.rsplit("ss", 1))
            for form in sorted({last, word.replace("ss", "ß")}):
                mask |= self._listed(form)
        return mask

    def _listed(self, word: str) -> int:
        """The readings of a word as it is spelt."""
        listed = self.nouns.get(word, 0)
        # Silberstreifen is listed as the plural of Silberstreif; one Streifen may be meant.
        if listed & ~_PLURAL or (listed and not word.endswith("en")):
            return listed
        if word not in self.seen:
            if len(self.seen) >= _KEPT:
                self.seen.clear()
            self.seen[word] = listed | (self._head(word) if len(word) <= _LONGEST_WORD else 0)
        return self.seen[word]

    def _head(self, word: str) -> int:
        for suffix, mask in self.suffixes.items():
            if word.endswith(suffix):
                return mask
        mask = 0
        for cut in range(3, len(word) - 2):
            head = word[cut].upper() + word[cut + 1 :]
            if head in self.nouns and self._is_first_part(word[:cut]):
                mask |= self.nouns[head]
        return mask

    def _is_first_part(self, part: str) -> bool:
        stems = [part[: len(part) - len(link)] for link in _LINKS if part.endswith(link)]
        return any(stem in self.nouns for stem in stems) or any(len(stem) > 5 and self.noun(stem) for stem in stems)

    def is_adjective(self, word: str) -> bool:
        """Whether a lower-case word is an adjective's inflected form."""
        return bool(self.adjective_endings(word))

    def adjective_endings(self, word: str) -> frozenset[str]:
        """The endings with which a lower-case word may be an adjective's form."""
        found = self.ended.get(word)
        if found is None:
            if len(self.ended) >= _KEPT:
                self.ended.clear()
            found = self.ended[word] = frozenset() if word in self.closed else frozenset(self._endings(word))
        return found

    def _endings(self, word: str) -> set[str]:
        word = word.replace("ß", "ss")  # the word list that the stems come from spells so
        return {e for e in ("e", "em", "en", "er", "es") if word.endswith(e) and word[: -len(e)] in self.adjectives}


def readings(codes: str) -> int:
    """The bits of readings such as "Nm Gf Df Gp"."""
    mask = 0
    for code in codes.split():
        mask |= 1 << (4 * _CASES[code[0]] + _KINDS[code[1]])
    return mask


@cache
def load(rules: Path, nouns: Path, adjectives: Path) -> Grammar:
    """The grammar from its files: rules in TOML, nouns with readings and adjective stems gzipped, one a line."""
    data: dict[str, Any] = tomllib.loads(rules.read_text(encoding="utf-8"))
    determiners: dict[str, Determiner] = {}
    for form, codes in data["determiners"].items():
        determiners[form] = Determiner(readings(codes), "mixed" if "ein" in form else "weak")
    for section, declension in (("possessive", "mixed"), ("demonstrative", "weak")):
        endings = {key: codes for key, codes in data[section].items() if key != "stems"}
        for stem in data[section]["stems"]:
            for ending, codes in endings.items():
                determiners[stem + ending] = Determiner(readings(codes), declension)
    with gzip.open(nouns, "rt", encoding="utf-8") as file:
        masks = {form: int(mask, 16) for form, mask in (line.split("\t") for line in file)}
    with gzip.open(adjectives, "rt", encoding="utf-8") as file:
        stems = frozenset(file.read().split())
    cases = {word: sum(15 << (4 * _CASES[case]) for case in codes) for word, codes in data["prepositions"].items()}
    lists = data["lists"]
    return Grammar(
        determiners,
        cases,
        {name: _endings(data[name]) for name in ("weak", "mixed")},
        masks,
        stems,
        {suffix: readings(codes) for suffix, codes in data["suffixes"].items()},
        frozenset(lists["titles"]),
        frozenset(lists["closed"]) | cases.keys() | determiners.keys(),
    )


def _endings(table: Mapping[str, str]) -> dict[int, str]:
    """The adjective ending for each of the 16 readings."""
    endings = dict.fromkeys(range(16), "en")
    for ending, codes in table.items():
        mask = readings(codes)
        endings |= {bit: ending for bit in range(16) if mask >> bit & 1}
    return endings


def kind_names(mask: int) -> str:
    """Genders and number of readings, in words."""
    kinds = [name for kind, name in enumerate(_KIND_NAMES) if any(mask >> (4 * case + kind) & 1 for case in range(4))]
    return " or ".join(kinds)


def case_names(mask: int) -> str:
    return " or ".join(name for case, name in enumerate(_CASE_NAMES) if mask >> (4 * case) & 15)
