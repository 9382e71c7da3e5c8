"""Two sentences side by side: the words that both have, and the words that stand where they differ.

For the eye only. Words count as the same if they are equal but for case, or share a stem; of those only the telling ones are
marked: names, numbers, nouns and long words. Function words would mark half of every sentence.
"""

from __future__ import annotations

import re
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
    wanted_phrases = [phrase for phrase in expected if phrase]
    wanted = {token.text.casefold() for phrase in wanted_phrases for token in tokenize(phrase) if _telling(token, False)}
    wanted -= {token.text.casefold() for token in mine if start <= token.start < end}
    phrases = [(at, at + len(phrase)) for phrase in wanted_phrases if (at := other.find(phrase)) >= 0]
    answers = [t for t in theirs if not _within(t, phrases) and any(_alike(t.text.casefold(), word) for word in wanted)]
    left = [t for t in mine if not start <= t.start < end and _telling(t, t.start == 0)]
    right = [t for t in theirs if t not in answers and not _within(t, phrases) and _telling(t, t.start == 0)]
    shared = [(a, b) for a in left for b in right if _alike(a.text.casefold(), b.text.casefold())]
    own_marks = [(start, end, "own")]
    own_marks += [(token.start, token.end, "same") for token in dict.fromkeys(a for a, _ in shared)]
    answered = [*phrases, *((t.start, t.end) for t in answers)]
    other_marks = [(start, end, "other") for start, end in answered]
    other_marks += [(token.start, token.end, "same") for token in dict.fromkeys(b for _, b in shared)]
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


def _within(token: Token, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(start <= token.start < end for start, end in ranges)


def _alike(a: str, b: str) -> bool:
    """Equal, or a stem with different endings."""
    if a == b:
        return True
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return common >= _STEM and max(len(a), len(b)) - common <= _ENDING
