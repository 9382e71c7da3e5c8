"""Near-synonyms of terms, from the lexicon of confusables: what lets "Beschäftigte" answer "Angestellte"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from audit.siblings.lexicon import Lexicon


@cache
def synonyms(lexicon: Path, vectors: Path) -> Callable[[str], Sequence[tuple[str, float]]]:
    """A look-up of the near-synonyms of a lower-case lemma, each in lower case with its synonymy (0–1)."""
    opened = Lexicon.load(lexicon, vectors)
    words = [word.lower() for word in opened.words]
    numbers: dict[str, int] = {}
    for number, word in enumerate(words):
        numbers.setdefault(word, number)  # the commoner of "Laut" and "laut" stands first

    @lru_cache(maxsize=50_000)
    def near(term: str) -> tuple[tuple[str, float], ...]:
        number = numbers.get(term)
        return () if number is None else tuple((words[other], synonymy) for other, synonymy in opened.near(number))

    return near
