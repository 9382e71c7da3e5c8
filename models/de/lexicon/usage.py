"""How machines use German words beside people who translate the same sentences: what they overuse, and what people confirm.

A machine writes "Stapel" for every French *pile*, people seldom: words that machines write far oftener than people, or that
people hardly ever have where a machine has them, are the likelier to be of the wrong sense.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
from sources import WORD, german, tests

# Of the systems of a sentence so many are counted, all in turn.
_MOST_SYSTEMS: Final = 6
# Added to both counts: a word seen a few times tells little.
_OVERUSE_PRIOR: Final = 2.0
_CONFIRMED_PRIOR: Final = 4.0
_STEPS: Final = 40


def usage(data: Path, order: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """For each word: ln of machines' to people's occurrences (40 steps a unit, one byte), and the share of machines' occurrences
    that a human translation of the sentence confirms (0–255)."""
    machine: Counter[str] = Counter()
    people: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    for path in tests(data, "wmt*-de"):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file):
                row = json.loads(line)
                texts = [t for name, t in sorted((row.get("refs") or {}).items()) if not name.startswith("paraphrase")]
                outputs = [text for _, text in sorted((row.get("hyps") or {}).items())]
                if not texts or not outputs:
                    continue
                most = min(_MOST_SYSTEMS, len(outputs))
                references = [_words(text) for text in texts]
                every = set().union(*references)
                for words in references:
                    for word in words:
                        people[word] += 1 / len(references)
                for i in range(most):
                    for word in _words(outputs[(number * most + i) % len(outputs)]):
                        machine[word] += 1 / most
                        confirmed[word] += (word in every) / most
    share = sum(confirmed.values()) / max(1.0, sum(machine.values()))
    over = [np.log((machine[w] + _OVERUSE_PRIOR) / (people[w] + _OVERUSE_PRIOR)) for w in order]
    kept = [(confirmed[w] + _CONFIRMED_PRIOR * share) / (machine[w] + _CONFIRMED_PRIOR) for w in order]
    return (
        np.clip(np.round(_STEPS * np.array(over)), -127, 127).astype(np.int8),
        np.clip(np.round(255 * np.array(kept)), 0, 255).astype(np.uint8),
    )


def _words(text: str) -> set[str]:
    return {german(word) for word in WORD.findall(text)}
