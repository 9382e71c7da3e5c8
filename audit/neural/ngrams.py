"""Text → hashed n-gram counts, in three views: subwords, a skeleton without rare words, and characters.

The three see different things. *Subwords* keep most of the vocabulary. The *skeleton* keeps function words, punctuation and the
commonest words, and of every other word no more than its case and its last letters: there manner stays and topic and names
go. *Characters* see spelling, inflection and the seams of compounds.

Quotation marks, dashes, apostrophes, ß and white space are made alike first: which of them a text uses says where it was
published, not who wrote it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = NDArray[np.int64]

CONTINUES = "##"
UNKNOWN = "[UNK]"

_ALIKE = (
    *((mark, '"') for mark in "„“”«»‟"),
    *((mark, "'") for mark in "’‘‚`´‹›"),
    *((mark, "-") for mark in "–—‒―‐‑−"),
    ("…", "..."), ("ß", "ss"), ("ẞ", "SS"), ("\u00ad", ""), ("\u200b", ""), ("\ufeff", ""),
)  # fmt: skip

# Odd 64-bit multipliers (the golden ratio, and a constant of the splitmix family): any odd number with mixed bits would do.
_ROLL = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)

# Characters from here on are one class: German, French and Slavic Latin letters lie below.
_LAST_LETTER = 0x2FF
# Token classes of the skeleton above every token id.
_NUMBER_CLASS = 1 << 24
_RARE_CLASS = 1 << 25
_SUFFIX_LETTERS = 3


class Counts(NamedTuple):
    """Distinct buckets of one view, ascending, how often each occurs, and the number of all n-grams."""

    buckets: NDArray[np.int32]
    counts: NDArray[np.int64]
    total: int


class Features(NamedTuple):
    """What the screen sees of a document: its words (punctuation apart) and a `Counts` for each view."""

    words: int
    views: tuple[Counts, ...]


@dataclass(frozen=True)
class View:
    """One way of looking: its name, the n-gram orders `low` to `high`, and a seed that keeps its hashes apart."""

    name: str
    low: int
    high: int
    seed: int


VIEWS = (View("subword", 1, 4, 1), View("skeleton", 1, 5, 2), View("character", 2, 5, 3))


def normalise(text: str) -> str:
    """Quotes, dashes, apostrophes, ß and white space made alike; NFC."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))  # lone surrogates become "?"
        for mark, plain in _ALIKE:
            if mark in text:
                text = text.replace(mark, plain)
    if "''" in text:
        text = text.replace("''", '"')
    return " ".join(text.split())


def hashed(units: Ints, view: View, bits: int) -> Counts:
    """Counts of all n-grams of `units` (any integers) for the orders of `view`, hashed into 2**bits buckets."""
    base = units.astype(np.uint64)
    rolled = base + np.uint64(view.seed * 1_000_003)
    found: list[NDArray[np.int32]] = []
    for order in range(1, view.high + 1):
        if order > 1:
            rolled = rolled[:-1] * _ROLL
            rolled += base[order - 1 :]
        if not len(rolled):
            break
        if order >= view.low:
            mixed = rolled * _MIX
            mixed ^= mixed >> _HALF
            mixed *= _ROLL
            mixed >>= np.uint64(64 - bits)
            found.append(mixed.astype(np.int32))
    if not found:
        return Counts(np.zeros(0, np.int32), np.zeros(0, np.int64), 0)
    every = np.concatenate(found)
    every.sort()
    edges = np.ones(len(every) + 1, np.bool_)
    np.not_equal(every[1:], every[:-1], out=edges[1:-1])
    places = np.flatnonzero(edges)
    return Counts(every[places[:-1]], places[1:] - places[:-1], len(every))


class Featurizer:
    """Turns texts into `Features`. The result for a text never depends on the other texts of the batch.

    `tokenizer`: a WordPiece model over words and punctuation; `familiar`: the tokens that the skeleton keeps as they are.
    """

    def __init__(self, tokenizer: Tokenizer, familiar: NDArray[np.uint8], bits: int) -> None:
        self._tokenizer = tokenizer
        self._bits = bits
        self._tables(tokenizer.get_vocab(with_added_tokens=True), familiar)

    def _tables(self, vocabulary: Mapping[str, int], familiar: NDArray[np.uint8]) -> None:
        size = len(vocabulary)
        if familiar.shape != (size,):
            raise ValueError(f"{familiar.shape[0]} token flags for {size} tokens")
        self._starts = np.ones(size, np.bool_)
        self._worded = np.zeros(size, np.bool_)
        self._number = np.zeros(size, np.bool_)
        self._capital = np.zeros(size, np.bool_)
        self._label = np.arange(size, dtype=np.int64)
        self._suffix = np.zeros(size, np.int64)
        self._familiar = familiar.astype(np.bool_)
        for token, index in vocabulary.items():
            continues = token.startswith(CONTINUES) and token != CONTINUES
            letters = token.removeprefix(CONTINUES) if continues else token
            self._starts[index] = not continues
            self._worded[index] = not continues and letters[:1].isalnum()
            self._capital[index] = letters[:1].isupper()
            self._suffix[index] = _RARE_CLASS + _letters_number(letters[-_SUFFIX_LETTERS:])
            if letters.isdigit():
                self._number[index] = True
                self._label[index] = vocabulary.get(CONTINUES + "0" if continues else "0", index)

    def encode(self, plain: Sequence[str]) -> list[Any]:
        """Encodings of normalised texts, in parallel inside the tokenizer."""
        return self._tokenizer.encode_batch_fast(list(plain), add_special_tokens=False)

    def features(self, plain: str, encoding: Any) -> Features:
        """Features of one normalised text and its encoding."""
        tokens = np.array(encoding.ids, dtype=np.int64)
        views = tuple(hashed(self._units(plain, tokens, view), view, self._bits) for view in VIEWS)
        return Features(self._words(tokens), views)

    def one_view(self, plain: str, encoding: Any, view: View) -> tuple[int, Counts]:
        """The words of one normalised text and its counts in a single view: what a recipe needs that learns view by view."""
        tokens = np.array(encoding.ids, dtype=np.int64)
        return self._words(tokens), hashed(self._units(plain, tokens, view), view, self._bits)

    def _words(self, tokens: Ints) -> int:
        return int(np.count_nonzero(self._worded[tokens]))

    def _units(self, plain: str, tokens: Ints, view: View) -> Ints:
        if view.name == "subword":
            return self._label[tokens]
        return self._skeleton(tokens) if view.name == "skeleton" else _characters(plain)

    def _skeleton(self, tokens: Ints) -> Ints:
        """A class a word: itself where familiar, "number", or its case and last letters."""
        first = np.flatnonzero(self._starts[tokens])
        if not len(first):
            return first
        last = np.append(first[1:], len(tokens)) - 1
        head = tokens[first]
        rare = self._suffix[tokens[last]] * 2 + self._capital[head]
        classes = np.where((first == last) & self._familiar[head], head, rare)
        return np.where(self._number[head], _NUMBER_CLASS, classes)


def _letters_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 0x3001 + ord(letter) % 0x3001
    return number


def _characters(plain: str) -> Ints:
    codes = np.frombuffer(f" {plain} ".encode("utf-32-le"), dtype=np.uint32)
    codes = np.minimum(codes, _LAST_LETTER)
    return np.where((codes >= 0x30) & (codes <= 0x39), 0x30, codes)
