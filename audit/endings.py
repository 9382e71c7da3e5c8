"""Adjectives that stand before a noun without any determiner, and carry an ending that the noun cannot have.

Behind a preposition the strong declension and the preposition's case decide ("mit neue Regeln"); elsewhere only an ending is
judged that no declension gives the noun in any case ("weiteres Lage"). Times of day in the genitive are nouns only with an
article ("des Abends"); without one they are adverbs in small letters ("später Abends").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from audit.clauses import INFINITIVE, Sentence, Verbs
from audit.grammar import Grammar, readings
from audit.text import Token

# Endings by reading: the strong declension, and what weak and mixed ones add to it.
_STRONG: Final = {"e": "Nf Af Np Ap", "er": "Nm Gf Df Gp", "es": "Nn An", "em": "Dm Dn", "en": "Gm Gn Am Dp"}
_WEAK: Final = {"e": "Nm Nf Nn Af An", "en": "Gm Gn Gf Dm Dn Df Am Np Gp Dp Ap"}
_NEUTER: Final = 0x4404
_MOST: Final = 3  # adjectives before a noun
# Nouns whose readings the tables have in part only, and participles that stand for people ("Mitarbeitende").
_NO_NOUNS: Final = re.compile(r"(?:ende[nrms]?|[Bb]ronze|[Ff]ederweißer|[Dd]ress)$")


class Remark(NamedTuple):
    """What is wrong in ``tokens[first:end]``: the rule, a sentence for the reader, and what should stand in place of ``word``."""

    rule: str
    first: int
    end: int
    word: int
    message: str
    suggestions: tuple[str, ...]


class Ending(NamedTuple):
    """An adjective (index of its token) that does not go with its noun; ``expected``: the endings that would.

    ``governed`` is the preposition's index where it decides, else None.
    """

    adjective: int
    noun: int
    expected: tuple[str, ...]
    governed: int | None


@cache
def _tables() -> tuple[dict[str, int], dict[str, int]]:
    strong = {ending: readings(codes) for ending, codes in _STRONG.items()}
    return strong, {ending: mask | readings(_WEAK.get(ending, "")) for ending, mask in strong.items()}


def endings(tokens: tuple[Token, ...], sentence: Sentence, grammar: Grammar, verbs: Verbs) -> Iterator[Ending]:
    """The bare adjectives of a sentence whose ending is wrong, from left to right."""
    i = sentence.first
    while i < sentence.end - 1:
        noun = i
        governed = i > sentence.first and tokens[i - 1].text.lower() in grammar.prepositions  # no verb stands there
        while noun < sentence.end - 1 and _is_bare(tokens[noun], grammar, verbs, governed):
            noun += 1
        if i < noun <= i + _MOST and tokens[noun].kind == "word" and tokens[noun].text[0].isupper():
            found = _judged(tokens, sentence, i, noun, grammar, verbs)
            if found is not None:
                yield found
        i = max(noun, i + 1)


def _is_bare(token: Token, grammar: Grammar, verbs: Verbs, governed: bool) -> bool:
    word = token.text
    if not word[0].islower() or word in verbs.syntax["no_adjectives"] or not grammar.is_adjective(word):
        return False
    return governed or not verbs.is_finite(word)


def _judged(
    tokens: tuple[Token, ...], sentence: Sentence, first: int, noun: int, grammar: Grammar, verbs: Verbs
) -> Ending | None:
    mask = _readings(tokens, noun, grammar, verbs)
    before = tokens[first - 1].text.lower() if first > sentence.first else ""
    if not mask or before in grammar.determiners or before in verbs.syntax["no_adjectives"]:
        return None
    strong, every = _tables()
    cases = grammar.prepositions.get(before, 0)
    if before == "nach" and first > sentence.first + 1 and tokens[first - 2].text[0].isupper():  # "seiner Ansicht nach"
        cases = 0
    if cases and not (noun - first > 1 and tokens[first].text.endswith("er")):  # "in tiefer gelegenen Gebieten"
        possible = mask & cases
        if possible and not any(strong[ending] & possible for ending in grammar.adjective_endings(tokens[first].text)):
            repeated = first > sentence.first + 2 and tokens[first - 3].text == before  # "durch und durch"
            return None if repeated else Ending(first, noun, _expected(strong, possible), first - 1)
    for i in range(first, noun):
        if i + 1 < noun and tokens[i].text.endswith("er"):  # "reifer gewordene": a comparative before a participle
            continue
        if not any(every[ending] & mask for ending in grammar.adjective_endings(tokens[i].text)):
            return Ending(i, noun, _expected(strong, mask), None)
    return None


def _expected(strong: dict[str, int], mask: int) -> tuple[str, ...]:
    return tuple(ending for ending in strong if strong[ending] & mask)


def _readings(tokens: tuple[Token, ...], noun: int, grammar: Grammar, verbs: Verbs) -> int:
    """The readings of a plain noun that ends its phrase; 0 for names, titles, nominalised adjectives and parts of longer ones."""
    word = tokens[noun].text
    if word in grammar.titles or not word[1:].islower() or _NO_NOUNS.search(word) or grammar.is_adjective(word.lower()):
        return 0
    if noun + 1 < len(tokens):
        after = tokens[noun + 1]
        glued = after.start == tokens[noun].end and after.text in "-–/&*:'’"
        if after.text[0].isupper() or after.kind == "number" or glued:
            return 0
    mask = grammar.noun(word)
    return mask | _NEUTER if mask and verbs.readings(word.lower()) & INFINITIVE else mask


def misspelt_times(tokens: tuple[Token, ...], sentence: Sentence, grammar: Grammar, verbs: Verbs) -> Iterator[tuple[int, str]]:
    """Times of day in the genitive that have lost their article: the token's index, and the adverb that is likely meant."""
    genitives = verbs.syntax["genitives"]
    for i in range(sentence.first + 1, sentence.end):
        if tokens[i].text not in verbs.syntax["times"] or tokens[i - 1].kind not in ("word", "number"):
            continue
        j = i - 1
        while j > sentence.first and tokens[j].text not in genitives and grammar.is_adjective(tokens[j].text):
            j -= 1
        if tokens[j].text not in genitives and (i + 1 == len(tokens) or not tokens[i + 1].text[0].isupper()):
            yield i, tokens[i].text.lower()


def remarks(tokens: tuple[Token, ...], sentence: Sentence, grammar: Grammar, verbs: Verbs) -> Iterator[Remark]:
    """What the rules of this module have to say of a sentence."""
    for found in endings(tokens, sentence, grammar, verbs):
        adjective, noun = tokens[found.adjective].text, tokens[found.noun].text
        stem = adjective[: -min(map(len, grammar.adjective_endings(adjective)))]
        better = tuple(stem + ending for ending in found.expected)
        if found.governed is None:
            message = f"“{adjective}” does not have an ending that goes with “{noun}”."
            yield Remark("bare", found.adjective, found.noun + 1, found.adjective, message, better)
        else:
            preposition = tokens[found.governed].text
            message = f"Between “{preposition}” and “{noun}”, “{adjective}” needs another ending."
            yield Remark("governed", found.governed, found.noun + 1, found.adjective, message, better)
    for i, adverb in misspelt_times(tokens, sentence, grammar, verbs):
        noun = tokens[i].text
        message = f"“{noun}” is a noun only behind an article (“des {noun}”); alone it is the adverb “{adverb}”."
        yield Remark("time", i - 1, i + 1, i, message, (adverb,))
