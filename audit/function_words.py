"""Whether a text is plainly in one language: its small words say so, and no other language's do.

Telling languages apart by all their words and letters takes longer than reading an article; one in three words of German
prose is a small one that no neighbouring language has. Where this look is not enough, `audit.language` takes the long one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class FunctionWords(NamedTuple):
    """``own``: small words of one language alone; ``others``: words that show that a clause is in another one.

    A text of at least ``least_words`` words is plainly in the language where the share of its own small words is at least
    ``least_own`` and that of other languages' at most ``most_other``.
    """

    own: frozenset[str]
    others: frozenset[str]
    least_words: int
    least_own: float
    most_other: float

    @classmethod
    def load(cls, data: Mapping[str, Any], homographs: frozenset[str]) -> FunctionWords:
        """From models/<lang>/languages.toml: its sections ``function_words`` and ``clauses``."""
        rule = data["function_words"]
        others = {word for words in data["clauses"].values() for word in words}
        others -= homographs.union(rule["words"], rule["shared"])
        return cls(frozenset(rule["words"]), frozenset(others), rule["least_words"], rule["least_own"], rule["most_other"])

    def plain(self, texts: Iterable[str]) -> bool:
        """Whether the passages are plainly in this language."""
        words = " ".join(texts).lower().split()
        if len(words) < self.least_words:
            return False
        own = sum(map(self.own.__contains__, words))
        return own >= self.least_own * len(words) and sum(map(self.others.__contains__, words)) <= self.most_other * len(words)
