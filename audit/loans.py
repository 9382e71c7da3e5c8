"""Foreign words and phrases that are at home in the target language, and what announces or accompanies foreign ones."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Loans:
    """What looks foreign and is at home (models/<lang>/loans.toml).

    ``phrases`` matches loan phrases, ``words`` are single loan words, ``particles`` stand within foreign names,
    ``prefixes`` before them, ``introducers`` announce a foreign expression (with * they are beginnings of words).
    """

    phrases: re.Pattern[str]
    words: frozenset[str]
    particles: frozenset[str]
    prefixes: frozenset[str]
    introducers: re.Pattern[str]

    @classmethod
    @cache
    def load(cls, path: Path) -> Loans:
        """Read models/<lang>/loans.toml; read once."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        joined = "|".join(re.escape(phrase) for phrase in sorted(data["phrases"], key=lambda p: (-len(p), p)))
        return cls(
            re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE),
            frozenset(data["words"]),
            frozenset(data["particles"]),
            frozenset(data["prefixes"]),
            re.compile("|".join(re.escape(word).replace(r"\*", r"\w*") for word in data["introducers"]), re.IGNORECASE),
        )
