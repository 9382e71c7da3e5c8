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
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from audit.text import Token

# Parts of one pattern lie at most this many tokens apart: further off, light verbs and nouns meet by chance.
_REACH: Final = 8
_GAP: Final = 3
# Marks at which a clause ends for certain, and those that may stand within one but that parts do not reach across.
_STOPS: Final = frozenset(".!?;:")
_FENCES: Final = frozenset({*".!?;:,–—|()", "und", "oder", "aber", "sondern", "denn"})
_OPENERS: Final = frozenset("„“”\"»«‚‘›‹'–—([|•")
_ENDINGS: Final = re.compile(r"\(([^()]*)\)")


class Match(NamedTuple):
    """A pattern's place: ``first`` and ``last`` are indices of tokens, both inclusive."""

    key: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Grammar:
    """What patterns draw on: verb forms, word classes and adjective endings of one language (data)."""

    verbs: Mapping[str, frozenset[str]]
    finite: Mapping[str, frozenset[str]]
    joined: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, frozenset[str]]
    endings: tuple[str, ...]
    infix: str

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
        return cls(verbs, finite, joined, classes, tuple(data["endings"]), data["infix"])


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: one of ``words``, or any word of one of the ``shapes``."""

    words: frozenset[str] = frozenset()
    apart: tuple[tuple[str, frozenset[str]], ...] = ()  # of separable verbs: the particle, the finite forms without it
    shapes: tuple[str, ...] = ()  # "#", "Aa", "_", "^", "start*", "*end"
    gap: int = 0
    optional: bool = False

    def fits(self, token: Token, starts: bool) -> bool:
        if token.text in self.words or (starts and _lowered(token.text) in self.words):
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


def _lowered(word: str) -> str:
    return word[0].lower() + word[1:]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: ``parts`` in any order in one clause, none of the ``banned`` parts in it."""

    key: str
    parts: tuple[tuple[_Element, ...], ...]
    banned: tuple[tuple[_Element, ...], ...] = ()
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


def _rarity(element: _Element) -> float:
    """How rare an element is likely to be: long words are rare, nouns rarer, a verb's many forms less so."""
    shortest = min(len(word) for word in element.words)
    capital = all(word[0].isupper() for word in element.words)
    return shortest + 4 * capital - 0.2 * len(element.words) - len(element.apart)


def _element(source: str, grammar: Grammar) -> _Element:
    optional = len(source) > 1 and source.endswith("?")
    source = source[:-1] if optional else source
    if source[0] == "…":
        return _Element(gap=int(source[1:] or _GAP))
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
    return _Element(words=frozenset(words), apart=tuple(apart), shapes=tuple(shapes), optional=optional)


def _expand(source: str, endings: Iterable[str]) -> Iterator[str]:
    if source.endswith("~"):
        yield from (source[:-1] + ending for ending in endings)
    elif match := _ENDINGS.search(source):
        before, after = source[: match.start()], source[match.end() :]
        for option in dict.fromkeys(["", *match[1].split("|")]):
            yield from _expand(before + option + after, endings)
    else:
        yield source


class Phrases:
    """Many patterns, indexed by one rare word each, so that only those whose word occurs are tried."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        index: dict[str, list[Pattern]] = defaultdict(list)
        for pattern in patterns:
            for word in sorted(pattern.anchors):
                index[word].append(pattern)
        self._index = dict(index)

    def matches(self, tokens: Sequence[Token]) -> list[Match]:
        """All places of all patterns, by first token, then key; one place for each pattern and looked-up word."""
        found: set[Match] = set()
        index = self._index
        for i, token in enumerate(tokens):
            if token.kind != "word":
                continue
            patterns = index.get(token.text)
            if patterns is None and token.text[0].isupper() and _begins(tokens, i):
                patterns = index.get(_lowered(token.text))
            for pattern in patterns or ():
                if match := _match(pattern, tokens, i):
                    found.add(match)
        return sorted(found, key=lambda match: (match.first, match.last, match.key))


def _begins(tokens: Sequence[Token], i: int) -> bool:
    """Whether a capital at this place may be that of a beginning sentence."""
    return i == 0 or tokens[i - 1].text in _STOPS or tokens[i - 1].text in _OPENERS


def _match(pattern: Pattern, tokens: Sequence[Token], i: int) -> Match | None:
    part = pattern.parts[pattern.anchor]
    widest = sum(element.gap or 1 for element in part)
    for start in range(i, max(-1, i - widest), -1):
        for end in _ends(part, 0, tokens, start):
            if end > i and (match := _complete(pattern, tokens, start, end)):
                return match
    return None


def _complete(pattern: Pattern, tokens: Sequence[Token], start: int, end: int) -> Match | None:
    """The match with the other parts around the one that lies at ``tokens[start:end]``."""
    low, high = _clause(tokens, start, end)
    first, last = start, end
    for index, part in enumerate(pattern.parts):
        if index == pattern.anchor:
            continue
        place = _nearest(part, tokens, low, high, (start, end))
        if place is None:
            return None
        first, last = min(first, place[0]), max(last, place[1])
    for part in pattern.banned:
        if any(_reach(part, tokens, at) <= high for at in range(low, high)):
            return None
    return Match(pattern.key, first, last - 1)


def _reach(part: tuple[_Element, ...], tokens: Sequence[Token], at: int) -> int:
    return next(_ends(part, 0, tokens, at), len(tokens) + 1)


def _nearest(
    part: tuple[_Element, ...], tokens: Sequence[Token], low: int, high: int, taken: tuple[int, int]
) -> tuple[int, int] | None:
    """The place of a part in ``tokens[low:high]`` that is nearest to the one that is taken."""
    best: tuple[int, int, int] | None = None
    for at in range(low, high):
        for end in _ends(part, 0, tokens, at):
            if end > high or (at < taken[1] and taken[0] < end):
                continue
            distance = at - taken[1] if at >= taken[1] else taken[0] - end
            if best is None or distance < best[0]:
                best = (distance, at, end)
            break
    return best and best[1:]


def _clause(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    """The range around ``tokens[start:end]`` in which parts may lie."""
    low, high = start, end
    while low > 0 and start - low < _REACH and tokens[low - 1].text not in _FENCES:
        low -= 1
    while high < len(tokens) and high - end < _REACH and tokens[high].text not in _FENCES:
        high += 1
    return low, high


def _ends(part: tuple[_Element, ...], k: int, tokens: Sequence[Token], at: int) -> Iterator[int]:
    """Where the elements ``part[k:]`` can end if they begin at ``tokens[at]``; shortest gaps first."""
    if k == len(part):
        yield at
        return
    element = part[k]
    if element.gap:
        for skipped in range(element.gap + 1):
            if skipped and (at + skipped > len(tokens) or tokens[at + skipped - 1].text in _FENCES):
                return
            yield from _ends(part, k + 1, tokens, at + skipped)
        return
    if "^" in element.shapes:
        if at < len(tokens) and _begins(tokens, at):
            yield from _ends(part, k + 1, tokens, at)
        return
    if at < len(tokens):
        token = tokens[at]
        starts = token.text[0].isupper() and _begins(tokens, at)
        if element.fits(token, starts) or (element.apart and _is_apart(element, tokens, at, starts)):
            yield from _ends(part, k + 1, tokens, at + 1)
    if element.optional:
        yield from _ends(part, k + 1, tokens, at)


def _is_apart(element: _Element, tokens: Sequence[Token], at: int, starts: bool) -> bool:
    """Whether a finite form stands here and the verb's particle behind it, at the end of the clause."""
    text = tokens[at].text
    forms = (text, _lowered(text)) if starts else (text,)
    particles = {particle for particle, finite in element.apart if any(form in finite for form in forms)}
    if not particles:
        return False
    for i in range(at + 1, min(len(tokens), at + _REACH)):
        if tokens[i].text in particles and (i + 1 == len(tokens) or tokens[i + 1].text in _FENCES):
            return True
        if tokens[i].text in _STOPS:
            return False
    return False
