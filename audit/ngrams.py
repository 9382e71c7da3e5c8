"""What may follow what: word classes of running text, and the transitions that genuine text never or hardly ever makes.

A word's class is the word itself for the closed classes (articles, prepositions, pronouns, auxiliaries …) and a bundle of
parts of speech for all others. Which sequences of three classes could have been expected in the training text, from how
often their halves occur, but were not met there, was counted when the tables were built (models/<lang>/ngrams/build.py).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from audit.text import Token

# Classes that are no words. Their codes are their places in this tuple; the tables name the classes that follow.
MARKS: Final = ("<s>", "NUM", "ORD", "CAPF", "SIE", "ADDR", "DASH", "(", ")", ",", "/", "PX", "UNKC", "UNKL", ";", ".")
START: Final = 0
_STOPS: Final = frozenset(".!?:")
# What judgement does not reach across: addresses, brackets, slashes, other signs, ends of sentences.
_OPAQUE: Final = frozenset({1, 2, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15})
_QUOTES: Final = frozenset("„“”\"»«‚‘’›‹'`´*")
_PUNCT: Final = {"–": 6, "—": 6, "-": 6, "(": 7, "[": 7, ")": 8, "]": 8, ",": 9, "/": 10, ";": 14, "…": 15}
_POLITE: Final = frozenset(
    {"Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "Ihres", "Du", "Dich", "Dir", "Dein", "Deine", "Euch", "Eure"}
)
SUFFIX: Final = 3


# Words whose classes are remembered.
_KEPT: Final = 50_000


class Coded(NamedTuple):
    """A class and the index of the token it stands for; for a beginning sentence that of the token behind its beginning."""

    code: int
    token: int


class Surprise(NamedTuple):
    """Three classes in a row that genuine text does not make: how often chance alone would have made them there.

    ``first`` and ``last`` are indices of tokens, both inclusive; ``nats`` is the natural logarithm of the expected count.
    """

    first: int
    last: int
    nats: float


def key(word: str) -> int:
    """The key of a word in the tables."""
    return crc32(word.encode())


def suffix_key(word: str) -> int:
    """The key of a word's ending and capital, by which words that the tables do not hold are classed."""
    return crc32(f"\x00{word[0].isupper():d}{word[-SUFFIX:].lower()}".encode())


class Ngrams:
    """The tables of one language: ``words`` maps keys to classes, ``literal`` are the classes that are one word."""

    def __init__(
        self,
        names: Sequence[str],
        words: dict[int, int],
        unigrams: Sequence[int],
        bigrams: dict[int, int],
        attested: frozenset[int],
        least: float,
        openers: frozenset[int] = frozenset(),
        followers: frozenset[int] = frozenset(),
    ) -> None:
        self.names = tuple(names)
        self.size = len(self.names)
        self.words = words
        self.unigrams = unigrams
        self.bigrams = bigrams
        self.attested = attested
        self.least = least
        self.openers = openers
        self.followers = followers
        self.common = frozenset(i for i, name in enumerate(self.names) if name == "NN")
        self.literal = frozenset(i for i, name in enumerate(self.names) if name[:1] == "=")
        self._codes: dict[str, int] = {}

    def of(self, word: str) -> int:
        """The class of a word in mid-sentence."""
        code = self._codes.get(word)
        if code is None:
            if len(self._codes) >= _KEPT:
                self._codes.clear()
            code = self._codes[word] = self._class(word)
        return code

    def _class(self, word: str) -> int:
        code = self.words.get(key(word))
        if code is not None:
            return code
        if word in _POLITE:
            return MARKS.index("SIE")
        if word[0].isupper():
            lower = self.words.get(key(word[0].lower() + word[1:]))
            if lower in self.literal:
                return MARKS.index("CAPF")
        if "-" in word and (last := word.rsplit("-", 1)[1]) and word[0].isupper():
            return self.of(last[0].upper() + last[1:])
        return self.words.get(suffix_key(word), MARKS.index("UNKC" if word[0].isupper() else "UNKL"))

    def initial(self, word: str) -> int:
        """The class of a word that begins a sentence: its capital means nothing."""
        if word[0].isupper():
            lower = self.words.get(key(word[0].lower() + word[1:]))
            if lower is not None and (lower in self.literal or key(word) not in self.words):
                return lower
        return self.of(word)

    def code(self, tokens: Sequence[Token]) -> list[Coded]:
        """The classes of a text, sentence beginnings marked; quotation marks are passed over."""
        coded: list[Coded] = [Coded(START, 0)]
        begins, quoted = True, False
        for i, token in enumerate(tokens):
            text = token.text
            if token.kind == "punct":
                if text in _QUOTES:
                    quoted = True
                    continue
                if text == "." and coded[-1].code == 1 and _is_ordinal(tokens, i):
                    coded[-1] = Coded(2, coded[-1].token)
                    continue
                if text in _STOPS:
                    coded.append(Coded(15, i))
                    coded.append(Coded(START, i + 1))
                    begins = True
                    continue
                coded.append(Coded(_PUNCT.get(text, 11), i))
                quoted = False
                continue
            if token.kind == "word":
                code = self.initial(text) if begins or quoted else self.of(text)
            else:
                code = 1 if token.kind == "number" else 5
            coded.append(Coded(code, i))
            begins = quoted = False
        return coded

    def surprises(self, coded: Sequence[Coded]) -> list[Surprise]:
        """The places where three classes in a row were to be expected in genuine text, and were hardly ever there."""
        found: list[Surprise] = []
        bigrams, unigrams, size = self.bigrams, self.unigrams, self.size
        literal, before = self.literal, -1
        for one, two, three in zip(coded, coded[1:], coded[2:], strict=False):
            if one.code in _OPAQUE or two.code in _OPAQUE or three.code in _OPAQUE:
                continue
            if (one.code == START and two.code not in literal) or (before == START and one.code not in literal):
                before = one.code  # German puts almost anything first
                continue
            before = one.code
            first = bigrams.get(one.code * size + two.code, 0)
            if first < self.least:
                continue
            second = bigrams.get(two.code * size + three.code, 0)
            expected = first * second / max(1, unigrams[two.code])
            if expected >= self.least and (one.code * size + two.code) * size + three.code not in self.attested:
                found.append(Surprise((two if one.code == START else one).token, three.token, math.log(expected)))
        return found

    def runs(self, tokens: Sequence[Token], coded: Sequence[Coded]) -> list[Surprise]:
        """Surprises whose words the tables hold, joined where they share tokens; their nats add up."""
        found: list[Surprise] = []
        for one in self.surprises(coded):
            last = min(one.last, len(tokens) - 1)
            if not all(self._holds(token) for token in tokens[one.first : last + 1]):
                continue
            if found and one.first <= found[-1].last:
                found[-1] = Surprise(found[-1].first, last, found[-1].nats + one.nats)
            else:
                found.append(Surprise(one.first, last, one.nats))
        return found

    def _holds(self, token: Token) -> bool:
        """Whether the tables hold the word itself: one that is only classed by its ending may be classed wrongly."""
        text = token.text
        return token.kind != "word" or key(text) in self.words or key(text[0].lower() + text[1:]) in self.words


def _is_ordinal(tokens: Sequence[Token], i: int) -> bool:
    """Whether the full stop at ``i`` makes an ordinal of the number before it: the sentence goes on."""
    if i + 1 >= len(tokens):
        return False
    after = tokens[i + 1].text
    return after[0].islower() or (tokens[i - 1].text.isdigit() and len(tokens[i - 1].text) <= 2 and after[0].isupper())


@cache
def load(path: Path) -> Ngrams:
    """The tables at ``path`` (safetensors; the classes' names stand in its metadata)."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        meta = file.metadata() or {}
        arrays = {name: file.get_tensor(name).tolist() for name in file.keys()}  # noqa: SIM118  # not a mapping
    return Ngrams(
        json.loads(meta["classes"]),
        dict(zip(arrays["word_keys"], arrays["word_classes"], strict=True)),
        arrays["unigrams"],
        dict(zip(arrays["bigram_keys"], arrays["bigram_counts"], strict=True)),
        frozenset(arrays["trigrams"]),
        float(meta["least"]),
        frozenset(arrays["openers"]),
        frozenset(arrays["followers"]),
    )
