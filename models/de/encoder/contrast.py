#!/usr/bin/env python3
"""Measures how often the encoder prefers the word that stands in genuine German to another that might have been written.

    python models/de/encoder/contrast.py --data ../shared/data [--model FOLDER]

On outlets and articles that no training saw: content words against a confusable of their lexicon entry (same part of speech,
inflected for the place), determiners against other forms of the same determiner, adjectives against other endings. Prints the
share of places where the written word scores higher, for several shares of the words' commonness taken out.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

import corpus  # noqa: E402

from audit.assets import Assets  # noqa: E402
from audit.neural.encoder import Encoder, Query  # noqa: E402
from audit.siblings.lexicon import Lexicon  # noqa: E402
from audit.siblings.lexicon_forms import inflected  # noqa: E402

SEED = 5
PER_TEXT = 2
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
FAMILIES = (
    ("der", "die", "das", "den", "dem", "des"),
    *(tuple(stem + e for e in ("", "e", "en", "em", "er", "es")) for stem in ("ein", "kein", "sein", "ihr", "unser", "mein")),
    *(tuple(stem + e for e in ("e", "en", "em", "er", "es")) for stem in ("dies", "jed", "welch", "all", "manch", "jen")),
)
FAMILY = {form: family for family in FAMILIES for form in family}
ENDINGS = ("e", "en", "em", "er", "es")
_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]+(?:-[A-Za-zÄÖÜäöüß]+)*")


class Place(NamedTuple):
    """A word of a text and what might have been written instead."""

    kind: str
    query: Query


def confused(lexicon: Lexicon, text: str, random: np.random.Generator) -> Iterator[Place]:
    """Content words with one of their confusables each."""
    words = list(_WORD.finditer(text))
    for index in random.permutation(len(words)):
        word = words[index]
        number = lexicon.number(word.group())
        if number is None or not index:
            continue
        lemma = lexicon.words[number]
        others = [
            c.other
            for c in lexicon.confusables(number)
            if lexicon.words[c.other][0].isupper() == lemma[0].isupper()
            and (lexicon.words[c.other][-1] == "n") == (lemma[-1] == "n")
            and c.synonymy < 0.3
        ]
        if not others:
            continue
        other = inflected(lexicon, word.group(), number, int(random.choice(others)))
        if other.lower() != word.group().lower():
            yield Place("confusable", Query(text, word.start(), word.end(), (other,)))


def determiners(text: str, random: np.random.Generator) -> Iterator[Place]:
    """Determiners and attributive adjectives with another form of the same word each."""
    words = list(_WORD.finditer(text))
    for index in random.permutation(max(0, len(words) - 1)):
        word, follower = words[index], words[index + 1]
        form = word.group().lower()
        if text[word.end() : follower.start()] != " ":
            continue
        if form in FAMILY and (follower.group()[0].isupper() or follower.group()[-2:] in ENDINGS):
            family, kind = FAMILY[form], "determiner"
        elif _attributive(words, index) and (ending := _ending(form)):
            family, kind = tuple(form.removesuffix(ending) + e for e in ENDINGS), "ending"
        else:
            continue
        other = str(random.choice([f for f in family if f != form]))
        other = other.capitalize() if word.group()[0].isupper() else other
        yield Place(kind, Query(text, word.start(), word.end(), (other,)))


def _attributive(words: list[re.Match[str]], index: int) -> bool:
    """A determiner before and a noun behind, so that the word between them is an adjective."""
    before, word, follower = (words[i].group() for i in (index - 1, index, index + 1))
    return index > 0 and before.lower() in FAMILY and word.islower() and follower[0].isupper()


def _ending(form: str) -> str | None:
    return next((e for e in ("en", "em", "er", "es", "e") if form.endswith(e) and len(form) > len(e) + 2), None)


def places(texts: list[str], lexicon: Lexicon) -> list[Place]:
    """At most PER_TEXT places of each kind a text."""
    random = np.random.default_rng(SEED)
    found: list[Place] = []
    for text in texts:
        counts: dict[str, int] = {}
        for place in (*confused(lexicon, text, random), *determiners(text, random)):
            counts[place.kind] = counts.get(place.kind, 0) + 1
            if counts[place.kind] <= PER_TEXT:
                found.append(place)
    return found


def table(encoder: Encoder, asked: list[Place]) -> str:
    """Accuracy by kind, for shares of commonness."""
    kinds = sorted({place.kind for place in asked})
    lines = ["| commonness | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    known = encoder.likelihoods([place.query for place in asked])
    for share in SHARES:
        right = [other.fit - share * other.alone < written.fit - share * written.alone for written, other in known]
        cells = [[r for place, r in zip(asked, right, strict=True) if place.kind == kind] for kind in kinds]
        lines.append(f"| {share} | " + " | ".join(f"{np.mean(cell):.3f} of {len(cell)}" for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default=str(HERE))
    parser.add_argument("--limit", type=int, default=1500, help="texts")
    args = parser.parse_args()
    assets = Assets("de")
    lexicon = Lexicon.load(assets.path("lexicon"), assets.path("vectors"))
    texts = [text for document in corpus.originals(Path(args.data), measured=True) for text in document if len(text) > 60]
    texts = [texts[i] for i in np.random.default_rng(SEED).permutation(len(texts))[: args.limit]]
    print(table(Encoder.load(Path(args.model)), places(texts, lexicon)))


if __name__ == "__main__":
    main()
