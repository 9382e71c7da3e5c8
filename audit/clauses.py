"""Sentences as runs of tokens, clauses between their commas, and which words may be finite verbs.

What a verb form can be is a sum of bits (models/de/morphology/verbs.tsv.gz): persons and numbers, participle, infinitive,
joined with its particle, another word class.
"""

from __future__ import annotations

import gzip
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from audit.text import Segment, Token

S1, S2, S3, P1, P2, P3 = 0x1, 0x2, 0x4, 0x8, 0x10, 0x20
PARTICIPLE, INFINITIVE, JOINED, OTHER, SPEECH = 0x40, 0x80, 0x100, 0x200, 0x400
FINITE = S1 | S2 | S3 | P1 | P2 | P3
PERSONS: Final = {"1s": S1, "2s": S2, "3s": S3, "1p": P1, "2p": P2, "3p": P3}
# A number and a full stop behind one of these are an ordinal.
_BEFORE_ORDINALS: Final = frozenset(
    {"am", "im", "vom", "zum", "beim", "ab", "bis", "seit", "der", "die", "das", "den", "dem", "des", "und", "ihren", "seinen"}
)
# Marks behind which another clause, or no clause, goes on.
_BREAKS: Final = frozenset(',;:–—-()[]„“”"»«‚‘›‹…|/•*')


@dataclass(frozen=True)
class Verbs:
    """Verb forms with their readings, and the closed classes that open, join and fill clauses.

    ``syntax``: the lists of that name in models/<lang>/rules/clauses.toml, read by the rules on whole clauses.
    """

    forms: Mapping[str, int]
    subordinators: frozenset[str]
    joints: frozenset[str]
    subjects: Mapping[str, int]
    auxiliaries: frozenset[str]
    modals: frozenset[str]
    copulas: frozenset[str]
    quantities: frozenset[str]
    syntax: Mapping[str, frozenset[str]]

    def readings(self, word: str) -> int:
        """What a lower-case word may be as a verb form; 0 where it is none."""
        return self.forms.get(word, 0)

    def is_finite(self, word: str) -> bool:
        """Whether a word may be a finite verb, whatever else it may be."""
        return bool(self.forms.get(word, 0) & FINITE)


class Sentence(NamedTuple):
    """A sentence as indices of its segment's tokens: ``tokens[first:end]``."""

    first: int
    end: int


@cache
def load_verbs(forms: Path, rules: Path) -> Verbs:
    """Verb forms (gzipped, a form and its bits a line) and the closed classes in TOML."""
    with gzip.open(forms, "rt", encoding="utf-8") as file:
        table = {form: int(bits, 16) for form, bits in (line.split("\t") for line in file)}
    data: dict[str, Any] = tomllib.loads(rules.read_text(encoding="utf-8"))
    return Verbs(
        table,
        frozenset(data["lists"]["subordinators"]),
        frozenset(data["lists"]["joints"]),
        {word: PERSONS[person] for word, person in data["subjects"].items()},
        frozenset(data["verbs"]["auxiliaries"]),
        frozenset(data["verbs"]["modals"]),
        frozenset(data["verbs"]["copulas"]),
        frozenset(data["nouns"]["quantities"]),
        {name: frozenset(words) for name, words in data["syntax"].items()},
    )


def sentences(segment: Segment) -> Iterator[Sentence]:
    """The sentences of a segment, as tokens; an ordinal's full stop ("am 14. Mai") ends none."""
    tokens = segment.tokens
    starts = [token.start for token in tokens]
    begun: int | None = None
    for start, end in segment.sentences:
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        if first >= last:
            continue
        begun = first if begun is None else begun
        if last < len(tokens) and _ends_in_ordinal(tokens, begun, last):
            continue
        yield Sentence(begun, last)
        begun = None
    if begun is not None:
        yield Sentence(begun, len(tokens))


def _ends_in_ordinal(tokens: tuple[Token, ...], first: int, end: int) -> bool:
    """Whether a number of at most two digits and a full stop, behind a small word, end these tokens."""
    if end - first < 3 or tokens[end - 1].text != "." or tokens[end - 2].kind != "number" or len(tokens[end - 2].text) > 2:
        return False
    return tokens[end - 3].text in _BEFORE_ORDINALS


def clause_end(tokens: tuple[Token, ...], i: int, end: int) -> int:
    """The index of the mark that ends the clause in which token ``i`` stands, or ``end``."""
    while i < end and tokens[i].text not in _BREAKS and tokens[i].text not in ".!?":
        i += 1
    return i


def is_plain(tokens: tuple[Token, ...], sentence: Sentence, verbs: Verbs) -> bool:
    """Whether a sentence is one clause: no mark within it, and no word that joins clauses."""
    inner = tokens[sentence.first : sentence.end - 1]
    return not any(token.text in _BREAKS or token.text.lower() in verbs.joints for token in inner)
