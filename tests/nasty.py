"""Documents that nobody should have to read, and a program for strangers' files must: made from a seed, thousands of them.

``corpus(2_000)`` gives the whole collection, the same every time; ``size`` makes the big ones smaller for quick tests. Texts
that lie behind the nastiness are the bundled stories.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from nasty_files import FILES
from nasty_texts import TEXTS

Recipe = Callable[[random.Random, float], tuple[str, bytes]]
KINDS: dict[str, Recipe] = {recipe.__name__: recipe for recipe in (*TEXTS, *FILES)}


class Nasty(NamedTuple):
    """A file: what kind of nastiness it is, its name, and its bytes."""

    kind: str
    name: str
    content: bytes


def corpus(count: int, size: float = 1.0, seed: int = 11, first: int = 0) -> Iterator[Nasty]:
    """So many files, the kinds taking turns; those before ``first`` are left out."""
    names = list(KINDS)
    for number in range(first, count):
        kind = names[number % len(names)]
        ending, content = KINDS[kind](random.Random(f"{seed}/{kind}/{number // len(names)}"), size)
        yield Nasty(kind, f"{number:04d}-{kind}{ending}", content)
