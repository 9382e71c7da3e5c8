"""Where compiled patterns (`audit.phrases`) lie in a sentence's tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from audit.phrases import Element, Pattern, lowered
from audit.text import Token

# Parts of one pattern lie at most this many tokens apart: further off, light verbs and nouns meet by chance.
_REACH: Final = 8
# Marks at which a clause ends for certain, and those that may stand within one but that parts do not reach across.
_STOPS: Final = frozenset(".!?;:")
_FENCES: Final = frozenset({*".!?;:,–—|()", "und", "oder", "aber", "sondern", "denn"})
_OPENERS: Final = frozenset("„“”\"»«‚‘›‹'–—([|•")


class Match(NamedTuple):
    """A pattern's place: ``first`` and ``last`` are indices of tokens, both inclusive."""

    key: str
    first: int
    last: int


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
                patterns = index.get(lowered(token.text))
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


def _reach(part: tuple[Element, ...], tokens: Sequence[Token], at: int) -> int:
    return next(_ends(part, 0, tokens, at), len(tokens) + 1)


def _nearest(
    part: tuple[Element, ...], tokens: Sequence[Token], low: int, high: int, taken: tuple[int, int]
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


def _ends(part: tuple[Element, ...], k: int, tokens: Sequence[Token], at: int) -> Iterator[int]:
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


def _is_apart(element: Element, tokens: Sequence[Token], at: int, starts: bool) -> bool:
    """Whether a finite form stands here and the verb's particle behind it, at the end of the clause."""
    text = tokens[at].text
    forms = (text, lowered(text)) if starts else (text,)
    particles = {particle for particle, finite in element.apart if any(form in finite for form in forms)}
    if not particles:
        return False
    for i in range(at + 1, min(len(tokens), at + _REACH)):
        if tokens[i].text in particles and (i + 1 == len(tokens) or tokens[i + 1].text in _FENCES):
            return True
        if tokens[i].text in _STOPS:
            return False
    return False
