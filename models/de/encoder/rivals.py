"""Which tokens are mistaken for which: the negatives of the contrastive part of the training.

A token's rivals are its confusables in the lexicon (other senses of one foreign word, in the same inflection), the other forms
of a determiner or pronoun, and the same stem with other endings: what the program will ask the encoder to compare.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audit.assets import Assets
from audit.siblings.lexicon import Lexicon
from audit.siblings.lexicon_forms import inflected

MOST = 12
ENDINGS = ("", "e", "en", "em", "er", "es")
LEAST_STEM = 4
FAMILIES = (
    ("der", "die", "das", "den", "dem", "des"),
    ("er", "sie", "es", "ihn", "ihm", "ihr"),
    ("dieser", "diese", "dieses", "diesen", "diesem"),
    ("jeder", "jede", "jedes", "jeden", "jedem"),
    ("welcher", "welche", "welches", "welchen", "welchem"),
    ("zum", "zur"),
    ("im", "in"),
    ("am", "an"),
    ("ist", "sind"),
    ("hat", "haben"),
    ("wird", "werden"),
    ("war", "waren"),
    ("wurde", "wurden"),
    ("kann", "können"),
    ("seine", "ihre"),
    ("sein", "ihr"),
    *(tuple(stem + ending for ending in ENDINGS) for stem in ("ein", "kein", "sein", "ihr", "unser", "mein")),
)


def rivals(tokenizer: Path) -> NDArray[np.int64]:
    """Rivals of every token, shape (vocabulary, MOST); a token that has fewer is its own rival in the places left over."""
    vocabulary: dict[str, int] = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    found: dict[int, list[int]] = defaultdict(list)
    for family in FAMILIES:
        for form in (*family, *(form.capitalize() for form in family)):
            others = [other if form.islower() else other.capitalize() for other in family]
            found[vocabulary.get(form, -1)] += [vocabulary[other] for other in others if other in vocabulary]
    _endings(vocabulary, found)
    _confusables(vocabulary, found)
    table = np.repeat(np.arange(len(vocabulary))[:, None], MOST, axis=1)
    for token, others in found.items():
        kept = list(dict.fromkeys(other for other in others if other != token))[:MOST]
        if token >= 0:
            table[token, : len(kept)] = kept
    return table


def _endings(vocabulary: dict[str, int], found: dict[int, list[int]]) -> None:
    """The same stem with other endings; pieces that are nothing but an ending."""
    for token, number in vocabulary.items():
        piece = token.removeprefix("##")
        if not piece.islower() or not piece.isalpha():
            continue
        for ending in ENDINGS[1:]:
            stem = piece.removesuffix(ending)
            if stem != piece and (len(stem) >= LEAST_STEM or (not stem and token.startswith("##"))):
                mark = token[: len(token) - len(piece)]
                found[number] += [vocabulary[mark + stem + e] for e in ENDINGS if e != ending and mark + stem + e in vocabulary]


def _confusables(vocabulary: dict[str, int], found: dict[int, list[int]]) -> None:
    assets = Assets("de")
    lexicon = Lexicon.load(assets.path("lexicon"), assets.path("vectors"))
    for token, number in vocabulary.items():
        word = lexicon.number(token) if token.isalpha() and len(token) > 2 else None
        if word is None:
            continue
        lemma = lexicon.words[word]
        for confusable in lexicon.confusables(word):
            other = lexicon.words[confusable.other]
            if other[0].isupper() == lemma[0].isupper() and (other[-1] == "n") == (lemma[-1] == "n"):
                form = inflected(lexicon, token, word, confusable.other)
                if form in vocabulary:
                    found[number].append(vocabulary[form])
