"""Phrase patterns over tokens: words, verbs in any form, gaps, and parts that may stand in any order within a clause.

A pattern is written as a reader would write it down::

    eine? Entscheidung(en) & <nehmen>        both parts in one clause, in any order
    in … Nähe von # Personen                 a gap of up to three words, a number
    aus dem Haus & <auf|gehen> ! Licht       a separable verb, joined or apart; not where "Licht" stands in the clause
    Preise & Decke || Mieten & Dach          one pattern or the other

Elements: ``a/b`` alternatives, ``Kind(er)`` and ``Haus(es|e)`` endings, ``groß~`` the language's adjective endings, ``<verb>``
every form of a verb of the table, ``<pre|verb>`` a separable verb, ``@class`` a word class of the table, ``#`` a number,
``*end`` and ``start*`` any word that ends or begins so, ``Aa`` any capitalised word, ``_`` any word, ``^`` the beginning of
a sentence, ``…`` a gap (``…6``: of up to six words); a trailing ``?`` marks an element that may be missing. Punctuation marks
stand for themselves.

A capital in a pattern demands one in the text; a small letter also matches the capital with which a sentence begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from audit.text import Token

_GAP: Final = 3
_ENDINGS: Final = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Grammar:
    """What patterns draw on: verb forms, word classes and adjective endings of one language (data)."""

    verbs: Mapping[str, frozenset[str]]
    finite: Mapping[str, frozenset[str]]
    joined: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, frozenset[str]]
    endings: tuple[str, ...]

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Grammar:
        """From a table with ``infix``, ``endings``, ``[classes]`` and ``[verbs.<infinitive>]`` (``finite``, ``participle``)."""
        verbs: dict[str, frozenset[str]] = {}
        finite: dict[str, frozenset[str]] = {}
        joined: dict[str, tuple[str, ...]] = {}
        for infinitive, forms in data["verbs"].items():
            finite[infinitive] = frozenset(forms["finite"])
            joined[infinitive] = (infinitive, data["infix"] + infinitive, *forms["participle"], *forms["finite"])
            verbs[infinitive] = frozenset({infinitive, *forms["participle"], *forms["finite"]})
        classes = {name: frozenset(words) for name, words in data["classes"].items()}
        return cls(verbs, finite, joined, classes, tuple(data["endings"]))


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a pattern: one of ``words``, or any word of one of the ``shapes``."""

    words: frozenset[str] = frozenset()
    apart: tuple[tuple[str, frozenset[str]], ...] = ()  # of separable verbs: the particle, the finite forms without it
    shapes: tuple[str, ...] = ()  # "#", "Aa", "_", "^", "start*", "*end"
    gap: int = 0
    optional: bool = False

    def fits(self, token: Token, starts: bool) -> bool:
        if token.text in self.words or (starts and lowered(token.text) in self.words):
            return True
        return any(_has_shape(token, shape) for shape in self.shapes)


def _has_shape(token: Token, shape: str) -> bool:
    text = token.text
    match shape:
        case "#":
            return token.kind == "number"
        case "Aa":
            return token.kind == "word" and text[0].isupper()
        case "_":
            return token.kind in ("word", "number")
        case _ if shape[0] == "*":
            return text.endswith(shape[1:]) and len(text) >= len(shape)
        case _:
            return text.startswith(shape[:-1])


def lowered(word: str) -> str:
    """The word as it would stand in mid-sentence, were its capital that of a beginning."""
    return word[0].lower() + word[1:]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: ``parts`` in any order in one clause, none of the ``banned`` parts in it."""

    key: str
    parts: tuple[tuple[Element, ...], ...]
    banned: tuple[tuple[Element, ...], ...] = ()
    anchor: int = 0  # the part whose rarest element is looked up
    anchors: frozenset[str] = frozenset()


def compile_patterns(key: str, source: str, grammar: Grammar) -> list[Pattern]:
    """Compile a pattern with its variants (``||``).

    Raises KeyError for an unknown verb or class, ValueError where nothing in it can be looked up.
    """
    return [_compile(key, variant, grammar) for variant in source.split(" || ")]


def _compile(key: str, source: str, grammar: Grammar) -> Pattern:
    wanted, *unwanted = source.split(" ! ")
    parts = tuple(tuple(_element(word, grammar) for word in part.split()) for part in wanted.split(" & "))
    banned = tuple(tuple(_element(word, grammar) for word in part.split()) for part in unwanted)
    best: tuple[float, int, frozenset[str]] | None = None
    for index, part in enumerate(parts):
        for element in part:
            if element.words and not element.optional and not element.shapes:
                rank = _rarity(element)
                if best is None or rank > best[0]:
                    best = (rank, index, element.words.union(*(forms for _, forms in element.apart)))
    if best is None:
        raise ValueError(f"pattern {key!r} has no word to look up")
    return Pattern(key, parts, banned, best[1], best[2])


def _rarity(element: Element) -> float:
    """How rare an element is likely to be: long words are rare, nouns rarer, a verb's many forms less so."""
    shortest = min(len(word) for word in element.words)
    capital = all(word[0].isupper() for word in element.words)
    return shortest + 4 * capital - 0.2 * len(element.words) - len(element.apart)


def _element(source: str, grammar: Grammar) -> Element:
    optional = len(source) > 1 and source.endswith("?")
    source = source[:-1] if optional else source
    if source[0] == "…":
        return Element(gap=int(source[1:] or _GAP))
    words: set[str] = set()
    shapes: list[str] = []
    apart: list[tuple[str, frozenset[str]]] = []
    for choice in source.split("/") if len(source) > 1 else [source]:
        if choice in ("#", "_", "Aa", "^") or (len(choice) > 2 and "*" in (choice[0], choice[-1])):
            shapes.append(choice)
        elif choice[0] == "@":
            words |= grammar.classes[choice[1:]]
        elif choice[0] == "<" and "|" in choice:
            particle, verb = choice[1:-1].split("|")
            words |= {particle + form for form in grammar.joined[verb]}
            apart.append((particle, grammar.finite[verb]))
        elif choice[0] == "<":
            words |= grammar.verbs[choice[1:-1]]
        else:
            words |= set(_expand(choice, grammar.endings))
    return Element(words=frozenset(words), apart=tuple(apart), shapes=tuple(shapes), optional=optional)


def _expand(source: str, endings: Iterable[str]) -> Iterator[str]:
    if source.endswith("~"):
        yield from (source[:-1] + ending for ending in endings)
    elif match := _ENDINGS.search(source):
        before, after = source[: match.start()], source[match.end() :]
        for option in dict.fromkeys(["", *match[1].split("|")]):
            yield from _expand(before + option + after, endings)
    else:
        yield source
