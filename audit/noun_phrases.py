"""Noun phrases that stand in one piece, and words that look like their nouns and are something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from audit.grammar import Grammar
from audit.text import Segment, Token

_PRONOUNS: Final = frozenset({"der", "die", "das", "den", "dem", "welche", "welcher", "welches", "welchen", "welchem"})
_PARTICIPLE: Final = re.compile(r"^[a-zäöüß]{4,}(?:end|t|en)e[mnrs]?$")
_LONGEST: Final = 4  # adjectives before a noun; more is an enumeration


class Phrase(NamedTuple):
    """Indices of a noun phrase's tokens within its segment."""

    determiner: int
    adjectives: tuple[int, ...]
    noun: int


def phrases(segment: Segment, grammar: Grammar) -> Iterator[Phrase]:
    """Noun phrases in one piece: determiner, known adjectives, capitalised word."""
    tokens = segment.tokens
    for i, token in enumerate(tokens):
        if token.text.lower() not in grammar.determiners or _is_pronoun(tokens, i, grammar):
            continue
        if i and tokens[i - 1].text.lower() in grammar.determiners:  # "auf der einen Seite"
            continue
        if token.text.lower() == "am" and i + 1 < len(tokens) and tokens[i + 1].text.endswith("sten"):  # "am stärksten betroffen"
            continue
        adjectives: list[int] = []
        for j in range(i + 1, min(len(tokens), i + 2 + _LONGEST)):
            word = tokens[j].text
            if tokens[j].kind == "word" and word[0].isupper():
                yield Phrase(i, tuple(adjectives), j)
                break
            if not grammar.is_adjective(word):
                break
            adjectives.append(j)


def _is_pronoun(tokens: tuple[Token, ...], i: int, grammar: Grammar) -> bool:
    """Whether the determiner may be a relative or demonstrative pronoun: behind a comma, also with a preposition between."""
    if tokens[i].text.lower() not in _PRONOUNS:
        return False
    before = tokens[i - 1].text.lower() if i else ","
    if before in grammar.prepositions or before in ("an", "über", "vor", "zu", "um", "ohne", "wegen"):
        before = tokens[i - 2].text if i > 1 else ""
    return before in (",", "–", "-", ";", ":", "(", "„", "“", '"', "«", "»") or before in ("und", "oder", "sowie")


def is_other(tokens: tuple[Token, ...], noun: int, grammar: Grammar) -> bool:
    """Whether the word is no plain noun that ends its phrase: a title, a nominalised adjective, part of a longer one."""
    word = tokens[noun].text
    if word in grammar.titles or grammar.is_adjective(word.lower()) or _is_chain(tokens, noun):
        return True
    # "des Verluste schreibenden Konzerns", "ein Jahrzehnte altes Foto": the noun belongs to what follows.
    after = [token.text for token in tokens[noun + 1 : noun + 3]]
    if len(after) < 2 or not after[1][0].isupper() or after[0][0].isupper():
        return False
    adjective = grammar.is_adjective(after[0]) and not after[0].endswith(("te", "ten", "er"))  # no preterite, no genitive
    return adjective or bool(_PARTICIPLE.search(after[0]))


def _is_chain(tokens: tuple[Token, ...], noun: int) -> bool:
    """Whether another capitalised word or a hyphen follows: names and titles have heads of their own."""
    if noun + 1 >= len(tokens):
        return False
    after = tokens[noun + 1]
    glued = after.start == tokens[noun].end and after.text in "-–/&.*:"
    return after.text[0].isupper() or (glued and after.text != ".") or after.kind == "number" or after.text in ("&", "und/oder")
