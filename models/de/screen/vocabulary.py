"""Builds the tokenizer of the screen and the list of tokens that its skeleton view keeps.

A WordPiece vocabulary counted rather than trained: the commonest words whole, and for the others the commonest endings and the
commonest words as second parts of compounds. Counting and sorting give the same file every time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from corpus import MACHINE, Series, read_rows
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from audit.neural.ngrams import CONTINUES, UNKNOWN, normalise

WHOLE_WORDS = 14_000
ENDINGS = 6_000
COMPOUND_HEADS = 6_000
LONGEST_ENDING = 8
# Rarer characters are left to [UNK].
RARE_CHARACTER = 5
# Words at or above this Zipf frequency tell manner, below it topic (tried: 4.2 in an earlier trial of the masked model).
FAMILIAR_ZIPF = 4.2
# A machine's sentence exists once for every system: one in so many is counted.
MACHINE_STEP = 6
NAME_FILES = {"cldr_names": 2, "naturalearth_cities_PD": 2, "seed_persons_handmade": 1, "mledoze_countries_ODbL": 2}

_WORD = re.compile(r"\w+|[^\w\s]+")


def count_words(series: Iterable[Series]) -> Counter[str]:
    """How often each word and each run of punctuation occurs; numbers left out."""
    words: Counter[str] = Counter()
    for one in series:
        for text in one.sentences[:: MACHINE_STEP if one.label == MACHINE else 1]:
            words.update(word for word in _WORD.findall(normalise(text)) if not word[0].isdigit())
    return words


def vocabulary(words: Counter[str]) -> dict[str, int]:
    """Token → id."""
    order = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
    whole = [word for word, _ in order[:WHOLE_WORDS]]
    endings: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    for word, count in order:
        letters.update(dict.fromkeys(word, count))
    for word, count in order[WHOLE_WORDS:]:
        for size in range(1, min(LONGEST_ENDING + 1, len(word))):
            endings[word[-size:]] += count
    # Longer endings say more than shorter ones of the same frequency.
    ranked = sorted(endings.items(), key=lambda pair: (-pair[1] * len(pair[0]) ** 0.5, pair[0]))
    heads = [word.lower() for word in whole if len(word) >= 4 and word.isalpha()][:COMPOUND_HEADS]
    alphabet = sorted(letter for letter, count in letters.items() if count >= RARE_CHARACTER)
    pieces = [ending for ending, _ in ranked[:ENDINGS]] + heads
    digits = [str(digit) for digit in range(10)]
    single = digits + [CONTINUES + digit for digit in digits] + alphabet + [CONTINUES + letter for letter in alphabet]
    every = [UNKNOWN, *single, *whole, *(CONTINUES + piece for piece in pieces)]
    return {token: index for index, token in enumerate(dict.fromkeys(every))}


def tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    """WordPiece over words and runs of punctuation."""
    built = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=60))
    built.pre_tokenizer = pre_tokenizers.Whitespace()
    return built


def place_names(data: Path) -> set[str]:
    """German names of places, languages and persons, lower case."""
    names: set[str] = set()
    for file, column in NAME_FILES.items():
        for row in list(read_rows(data / f"names/{file}.tsv.gz"))[1:]:
            names.update(word.lower() for word in re.findall(r"\w{3,}", row[column]) if word[0].isupper())
    return names


def frequencies(data: Path) -> dict[str, float]:
    """Lower-case word → Zipf frequency."""
    rows = read_rows(data / "lexicon/wordfreq_de.tsv.gz")
    next(rows)
    return {word: float(zipf) for word, zipf in rows}


def familiar(tokens: Sequence[str], zipf: dict[str, float], names: set[str]) -> NDArray[np.uint8]:
    """1 for each token that the skeleton keeps: punctuation, and common words that are nobody's name. Shape (tokens,)."""
    flags = np.zeros(len(tokens), np.uint8)
    for index, token in enumerate(tokens):
        if token.startswith(CONTINUES) or token == UNKNOWN:
            continue
        named = token[0].isupper() and token.lower() in names
        flags[index] = not token.isalpha() or (zipf.get(token.lower(), 0.0) >= FAMILIAR_ZIPF and not named)
    return flags
