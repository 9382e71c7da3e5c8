"""Two sentences side by side: the words that both have, and the words that stand where they differ.

For the eye only. Words count as the same if they are equal but for case, or share a stem; of those only the telling ones are
marked: names, numbers, nouns and long words. Function words would mark half of every sentence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from audit.text import Token, tokenize

Run = tuple[str, str]

_QUOTED: Final = re.compile("“([^”]+)”")
# Characters: German inflection changes the last two or three letters, and a stem of five tells most nouns apart.
_STEM: Final = 5
_ENDING: Final = 3
_LONG: Final = 7


def runs(own: str, start: int, end: int, other: str, expected: Iterable[str]) -> tuple[list[Run], list[Run]]:
    """Both sentences in runs ``(text, mark)``.

    ``start`` and ``end`` are the range of ``own`` that is in question (mark ``own``); ``expected`` what may stand for it in
    ``other`` (mark ``other``). Words of both are marked ``same``, all else is not marked.
    """
    mine, theirs = tokenize(own), tokenize(other)
    wanted = [phrase for phrase in expected if phrase]
    phrases = [(at, at + len(phrase)) for phrase in wanted if (at := other.find(phrase)) >= 0]
    charged = {token.text.casefold() for token in mine if start <= token.start < end}
    telling = [token for phrase in wanted for token in tokenize(phrase) if _telling(token, False)]
    free = [token for token in theirs if not any(a <= token.start < b for a, b in phrases)]
    sought = [token for token in telling if token.text.casefold() not in charged]
    answers = [*_alike(free, sought), *_holding(free, sought)]
    left = [token for token in mine if not start <= token.start < end and _telling(token, token.start == 0)]
    right = [token for token in free if token not in answers and _telling(token, token.start == 0)]
    own_marks = [(start, end, "own"), *((token.start, token.end, "same") for token in _alike(left, right))]
    other_marks = [(a, b, "other") for a, b in [*phrases, *((token.start, token.end) for token in answers)]]
    other_marks += [(token.start, token.end, "same") for token in _alike(right, left)]
    return cut(own, own_marks), cut(other, other_marks)


def expected(message: str, quote: str, suggestions: Iterable[str]) -> list[str]:
    """What may stand in place of the quoted words: the suggestions, and what else the message quotes."""
    return [*suggestions, *(phrase for phrase in _QUOTED.findall(message) if phrase.casefold() != quote.casefold())]


def cut(text: str, marks: Sequence[tuple[int, int, str]]) -> list[Run]:
    """The text in runs; of marks that overlap the first in the text counts."""
    found: list[Run] = []
    at = 0
    for start, end, mark in sorted(marks):
        if start < at or start >= end:
            continue
        if at < start:
            found.append((text[at:start], ""))
        found.append((text[start:end], mark))
        at = end
    if at < len(text):
        found.append((text[at:], ""))
    return found


def _telling(token: Token, first: bool) -> bool:
    if token.kind == "number":
        return True
    word = token.text
    return token.kind == "word" and (len(word) >= _LONG or (word[0].isupper() and not first and len(word) > 1))


def _alike(tokens: Iterable[Token], others: Iterable[Token]) -> list[Token]:
    """The tokens that one of the others equals but for case, or shares a stem with."""
    stems: dict[str, list[str]] = defaultdict(list)
    for other in others:
        word = other.text.casefold()
        stems[word[:_STEM]].append(word)
    return [token for token in tokens if any(_same(word, token.text.casefold()) for word in stems[token.text.casefold()[:_STEM]])]


def _holding(tokens: Iterable[Token], others: Iterable[Token]) -> list[Token]:
    """The compounds with one of the others as a part: "Altbatterien" answers "Batterie"."""
    parts = [other.text.casefold() for other in others if len(other.text) > _STEM]
    return [token for token in tokens if any(part in token.text.casefold() for part in parts)]


def _same(a: str, b: str) -> bool:
    """Whether two words with the same beginning differ in their endings alone; a short one must be equal."""
    if a == b or len(a) < _STEM or len(b) < _STEM:
        return a == b
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return max(len(a), len(b)) - common <= _ENDING
