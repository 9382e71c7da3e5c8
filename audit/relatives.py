"""Relative pronouns that fit no noun before them in gender and number: "der Ausschuss, die den Vertrag prüft".

A finding needs certainty of three kinds: that the word is a relative pronoun (behind a comma and a noun, no noun of its own
behind it, a finite verb at the end of its clause), that every capitalised word it could refer to is known, and that none fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from audit.antecedents import FEMININE, MASCULINE, PLURAL, Lexicon, Referent, is_shown, referents
from audit.clauses import FINITE, INFINITIVE, OTHER, P3, PARTICIPLE, S3, Sentence, clause_end
from audit.text import Token

_JOINTS: Final = frozenset({"und", "oder", "sowie", "bzw", "noch", "&", "/", "wie", "samt", "nebst", "plus"})
_INDEFINITE: Final = ("ein", "kein", "jede", "dies", "jene", "letzt", "erst", "manch", "welch")
_PARTITIVE: Final = frozenset({"der", "dieser", "seiner", "ihrer", "unserer", "deren", "von", "aus", "unter", "jener", "meiner"})
_PASSIVE: Final = frozenset({"wird", "wurde", "werde", "würde", "worden", "ist", "war", "sei"})
_PRONOUNS: Final = (
    "jemand", "niemand", "jene", "alle", "viel", "etwas", "nichts", "manch", "einige", "beide", "wenige", "mehrere", "diejenig",
    "derjenig", "dasjenig", "andere",
)  # fmt: skip
_PARTICIPLE: Final = re.compile(r"(?:end|t|en)e[mnrs]?$")
_OBLIQUE: Final = frozenset(
    {"den", "einen", "keinen", "seinen", "diesen", "dem", "des", "einem", "eines", "seinem", "ihrem", "ihren"}
)  # fmt: skip
_SUBJECTS: Final = frozenset(
    {"er", "sie", "es", "man", "ich", "wir", "ihr", "wer", "was", "dies", "alle", "viele", "beide", "niemand", "jemand", "jeder"}
)  # fmt: skip
_COMMAS: Final = frozenset(",–—-;:")
_QUOTES: Final = frozenset("„“”\"»«‚‘")


class Misfit(NamedTuple):
    """A relative pronoun (index of its token), the nouns it could refer to, and what it demands of them (bits)."""

    at: int
    nouns: tuple[Referent, ...]
    kinds: int


def misfits(tokens: tuple[Token, ...], sentence: Sentence, starts: frozenset[int], lexicon: Lexicon) -> Iterator[Misfit]:
    """The relative pronouns of a sentence that fit nothing before them."""
    for i in range(sentence.first + 1, sentence.end - 3):
        if tokens[i].text != "," or not tokens[i - 1].text[0].isupper() or tokens[i - 1].kind != "word":
            continue
        at = i + 2 if tokens[i + 1].text in lexicon.before_noun else i + 1
        kinds = lexicon.relatives.get(tokens[at].text)
        if kinds is None or tokens[at - 1].text == "ohne" or not _is_relative(tokens, at, sentence.end, lexicon):
            continue
        kinds = _by_verb(tokens, at, sentence, kinds, lexicon)
        first = _window(tokens, sentence.first, i, lexicon)
        plain = tokens[i - 1].text not in lexicon.times and is_shown(tokens, i - 1, first, lexicon)
        if not plain or _has_stray(tokens, first, i, lexicon):
            continue
        found = referents(tokens, first, i, starts, lexicon)
        nouns = [noun for noun in found if tokens[noun.at].text.lower() not in lexicon.words]
        if not nouns or not all(noun.known for noun in nouns) or any(noun.kinds & kinds for noun in nouns):
            continue
        if any(token.text in _QUOTES for token in tokens[first:i]):
            continue
        joined = any(token.text in _JOINTS or token.text in _COMMAS for token in tokens[first:i])
        if kinds & PLURAL and len(nouns) > 1 and joined:
            continue
        yield Misfit(at, tuple(nouns), kinds)


def _by_verb(tokens: tuple[Token, ...], at: int, sentence: Sentence, kinds: int, lexicon: Lexicon) -> int:
    """What is left of a pronoun's kinds where nothing else can be the subject: "die den Vertrag prüft" is singular."""
    if tokens[at].text not in ("der", "die"):
        return kinds
    if tokens[at - 1].text != ",":
        return FEMININE if tokens[at].text == "der" else kinds
    stop = clause_end(tokens, at + 1, sentence.end)
    nouns = [j for j in range(at + 1, stop) if tokens[j].text[0].isupper()]
    others = any(token.text in _SUBJECTS for token in tokens[at + 1 : stop])
    if others or not all(_is_object(tokens, j, at, lexicon) for j in nouns):
        return kinds
    if tokens[at].text == "der":  # "die Frau, der geholfen wurde" has no subject
        passive = tokens[stop - 1].text in _PASSIVE and bool(lexicon.verbs.readings(tokens[stop - 2].text) & PARTICIPLE)
        return kinds if passive else MASCULINE
    verb = lexicon.verbs.readings(tokens[stop - 1].text)
    inner = (lexicon.verbs.readings(token.text) for token in tokens[at + 1 : stop - 1])
    double = any(bits & S3 and not bits & (PARTICIPLE | INFINITIVE | OTHER) for bits in inner)  # "die hätte sorgen können"
    unclear = double or verb & (PARTICIPLE | OTHER) or lexicon.grammar.is_adjective(tokens[stop - 1].text)
    plural = any(lexicon.kinds(tokens[j].text) & PLURAL for j in range(sentence.first, at) if tokens[j].text[0].isupper())
    if unclear or bool(verb & S3) == bool(verb & P3):
        return kinds
    return FEMININE if verb & S3 else kinds if plural else PLURAL


def _is_object(tokens: tuple[Token, ...], j: int, at: int, lexicon: Lexicon) -> bool:
    """Whether a noun cannot be the subject: behind a preposition, or an article of another case."""
    k = j - 1
    while k > at and lexicon.grammar.is_adjective(tokens[k].text):
        k -= 1
    word = tokens[k].text
    if word in _OBLIQUE or (word in lexicon.before_noun and word not in lexicon.plural):
        return k > at
    return k - 1 > at and word in lexicon.grammar.determiners and tokens[k - 1].text in lexicon.before_noun


def _window(tokens: tuple[Token, ...], first: int, end: int, lexicon: Lexicon) -> int:
    """Where the clause begins whose nouns are meant: commas with a finite verb behind them; those of a list do not count."""
    verb = False
    for j in range(end - 1, first - 1, -1):
        if tokens[j].text in _COMMAS and verb:
            return j + 1
        bits = lexicon.verbs.readings(tokens[j].text)
        verb = verb or bool(bits & FINITE and not bits & (OTHER | PARTICIPLE))
    return first


def _is_relative(tokens: tuple[Token, ...], at: int, end: int, lexicon: Lexicon) -> bool:
    """Whether the word opens a relative clause: no noun phrase of its own, and a finite verb at the end."""
    after = tokens[at + 1]
    possessive = tokens[at].text in ("deren", "dessen")
    if after.kind != "word" or (not possessive and (after.text[0].isupper() or lexicon.grammar.is_adjective(after.text))):
        return False
    stop = clause_end(tokens, at + 1, end)
    verb = lexicon.verbs.readings(tokens[stop - 1].text)
    infinitive = verb & INFINITIVE and any(token.text == "zu" for token in tokens[at:stop])
    if stop - at < 3 or not verb & FINITE or verb & OTHER or infinitive:
        return False
    first = lexicon.verbs.readings(after.text)
    attribute = any(_is_attribute(tokens, j, lexicon) for j in range(at + 2, stop - 1))
    return not attribute and (possessive or not first & FINITE or bool(first & PARTICIPLE))


def _is_attribute(tokens: tuple[Token, ...], j: int, lexicon: Lexicon) -> bool:
    """Whether a participle before a noun may belong to an article further left: "das mit Bern ausgehandelte Abkommen"."""
    word = tokens[j].text
    if not tokens[j + 1].text[0].isupper() or not _PARTICIPLE.search(word) or not lexicon.grammar.is_adjective(word):
        return False
    before = tokens[j - 1].text.lower()
    return before not in lexicon.grammar.determiners and not lexicon.grammar.is_adjective(before)


def _has_stray(tokens: tuple[Token, ...], first: int, end: int, lexicon: Lexicon) -> bool:
    """Whether an article or a pronoun stands for itself and may be what is meant: "eines der Werke, das", "niemanden, der"."""
    for j in range(first, end - 1):
        word = tokens[j].text.lower()
        k = j + 1
        while k < end and lexicon.grammar.is_adjective(tokens[k].text):
            k += 1
        bare = k < end and not tokens[k].text[0].isupper()
        if bare and word.startswith(_PRONOUNS):
            return True
        if bare and k > j + 1 and word in lexicon.grammar.determiners:
            return True
        if bare and word.startswith(_INDEFINITE) and tokens[k].text in _PARTITIVE:
            return True
        if word in ("der", "die", "des", "dem", "denen") and lexicon.verbs.is_finite(tokens[j + 1].text):
            return True
    return False
