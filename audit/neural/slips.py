"""Where a sentence has lost a word, or one stands in the wrong form or place: a small network over the words of an article.

A word's vector is the sum of what is known of it (the word itself where it is common, its class in the tables of
`audit.ngrams`, its last three letters, its readings as noun, determiner, preposition, adjective and verb). Convolutions of
width three look about thirty words to each side; the last layer gives the probability of each kind of slip for each word. The
network was taught on genuine sentences into which slips were put: models/<lang>/slips/CARD.md.

All arithmetic is in numpy, in single precision: about 0.1 million multiplications a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from audit.clauses import P1, P3, S1, S3
from audit.grammar import readings
from audit.ngrams import MARKS, Ngrams, key
from audit.structure import (
    BITS as STRUCTURE,
)
from audit.structure import (
    JOINT,
    MANY,
    MARK,
    OPENER,
    PARTICLE,
    PLURAL_VERB,
    SELF,
    SINGULAR_VERB,
    ZU,
    Shape,
    structure,
)
from audit.syntax import Lexis
from audit.text import Token

Floats = NDArray[np.float32]

# Bits of what is known of a form: readings as a noun and as a determiner (16 each), cases of a preposition (4), readings as a
# verb (11), adjective endings (5), a capital, a beginning sentence.
BITS: Final = 54
SUFFIXES: Final = 2048
SUFFIX: Final = 3
# Rows between two sentences, so that a narrow look never sees two.
GAP: Final = 2
_ENDINGS: Final = ("e", "em", "en", "er", "es")
_CASES: Final = tuple(15 << (4 * case) for case in range(4))
_NUMBER, _ADDRESS, _OTHER = MARKS.index("NUM"), MARKS.index("ADDR"), MARKS.index("PX")
_FORMS: Final = 50_000  # forms whose vectors are kept


_MARKED: Final = Shape(MARK, 0, 0, 0, 0)
_NOTHING: Final = Shape(0, 0, 0, 0, 0)
# Readings that an adjective's ending can have, behind whatever determiner.
_ENDED: Final = {
    "e": readings("Nm Nf Nn Af An Np Ap"),
    "er": readings("Nm Gf Df Gp"),
    "es": readings("Nn An"),
    "em": readings("Dm Dn"),
    "en": readings("Gm Gn Gf Dm Dn Df Am Np Gp Dp Ap"),
}


class Form(NamedTuple):
    """What is known of a word's form: places in the tables, the numbers of the bits that are set, and its part in a sentence."""

    word: int
    known_as: int
    suffix: int
    bits: tuple[int, ...]
    shape: Shape


@dataclass(frozen=True)
class Encoder:
    """Turns tokens into what the network reads. ``vocabulary`` maps keys of common words to their places; 0 is any other."""

    lexis: Lexis
    vocabulary: dict[int, int]

    @property
    def ngrams(self) -> Ngrams:
        return self.lexis.ngrams

    def form(self, token: Token, begins: bool) -> Form:
        text = token.text
        if token.kind == "number":
            return Form(self.vocabulary.get(key("\x00number"), 0), _NUMBER, 0, (), _NOTHING)
        if token.kind == "address":
            return Form(0, _ADDRESS, 0, (), _NOTHING)
        if token.kind == "punct":
            return Form(self.vocabulary.get(key(text), 0), _OTHER, 0, (), _MARKED)
        word = self._lowered(text) if begins else text
        bits = self._bits(word)
        if begins:
            bits = (*bits, BITS - 1)
        suffix = crc32(f"{word[0].isupper():d}{word[-SUFFIX:].lower()}".encode()) % SUFFIXES
        return Form(self.vocabulary.get(key(word), 0), self.lexis.ngrams.of(word), suffix, bits, self._shape(word))

    def _shape(self, word: str) -> Shape:
        """What the form is to the shape of a sentence."""
        if word[0].isupper():
            mask = self.lexis.grammar.noun(word)
            return Shape(MANY if mask & 0x8008 or not mask else 0, 0, mask, 0, 0)
        flags = self.lexis.flags(word)
        persons = self.lexis.verbs.readings(word)
        if flags & 2:
            flags |= PLURAL_VERB * bool(persons & (P1 | P3) and not persons & (S1 | S3))
            flags |= SINGULAR_VERB * bool(persons & (S1 | S3) and not persons & (P1 | P3))
        lists = self.lexis.verbs.syntax
        flags |= OPENER * (word in lists["openers"]) | JOINT * (word in lists["joints"]) | ZU * (word == "zu")
        flags |= SELF * (word in lists["reflexives"]) | PARTICLE * (word in lists["particles"]) | MANY * (word in lists["many"])
        determiner = self.lexis.grammar.determiners.get(word)
        ended = 0
        for ending in self.lexis.grammar.adjective_endings(word):
            ended |= _ENDED[ending]
        return Shape(flags, determiner.mask if determiner else 0, 0, self.lexis.grammar.prepositions.get(word, 0), ended)

    def _lowered(self, text: str) -> str:
        """The word as it would stand in mid-sentence."""
        words = self.lexis.ngrams.words
        lower = text[0].lower() + text[1:]
        code = words.get(key(lower))
        if code is not None and (code in self.lexis.ngrams.literal or key(text) not in words):
            return lower
        return text

    def _bits(self, word: str) -> tuple[int, ...]:
        grammar, found = self.lexis.grammar, list[int]()
        if word[0].isupper():
            mask = grammar.noun(word)
            return (*(bit for bit in range(16) if mask >> bit & 1), 52)
        determiner = grammar.determiners.get(word)
        if determiner is not None:
            found += [16 + bit for bit in range(16) if determiner.mask >> bit & 1]
        cases = grammar.prepositions.get(word, 0)
        found += [32 + case for case, bits in enumerate(_CASES) if cases & bits]
        readings = self.lexis.verbs.readings(word)
        found += [36 + bit for bit in range(11) if readings >> bit & 1]
        endings = grammar.adjective_endings(word)
        found += [47 + place for place, ending in enumerate(_ENDINGS) if ending in endings]
        return tuple(found)


@dataclass
class Network:
    """The weights: ``first`` has a row for each common word, class, ending and bit, in this order; then the convolutions."""

    first: Floats  # (words + classes + suffixes + bits, width)
    shape: Floats  # (bits of structure, width)
    layers: Sequence[tuple[Floats, Floats, int]]  # (3 × width, width), (width,), dilation
    last: tuple[Floats, Floats]  # (width, kinds), (kinds,)
    offsets: tuple[int, int, int]
    kinds: tuple[str, ...]
    encoder: Encoder
    places: dict[tuple[str, bool], int] = field(default_factory=dict[tuple[str, bool], int])
    shapes: list[Shape] = field(default_factory=list[Shape])
    vectors: Floats = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))

    def probabilities(self, sentences: Iterable[Sequence[Token]]) -> list[Floats]:
        """For each sentence, (tokens, kinds): the probability that a token bears a slip of a kind; kind 0 is none."""
        if not self.shapes or len(self.places) >= _FORMS:  # here, not where a form is added: its neighbours' places must last
            self._forget()
        rows: list[int] = []
        bits: list[int] = []
        spans: list[tuple[int, int]] = []
        for tokens in sentences:
            own = [self._row(token, i == 0) for i, token in enumerate(tokens)]
            rows += [0] * GAP
            bits += [0] * GAP
            spans.append((len(rows), len(rows) + len(tokens)))
            rows += own
            bits += structure([self.shapes[row] for row in own])
        if not spans:
            return []
        said = (np.array([*bits, *[0] * GAP], dtype=np.int64)[:, None] >> np.arange(STRUCTURE)) & 1
        state = np.maximum(self.vectors[np.array([*rows, *[0] * GAP])] + said.astype(np.float32) @ self.shape, 0)
        padding = max(dilation for _, _, dilation in self.layers)
        outside = np.zeros((padding, state.shape[1]), dtype=np.float32)
        for weights, bias, dilation in self.layers:
            padded = np.concatenate((outside[:dilation], state, outside[:dilation]))
            around = np.concatenate((padded[: -2 * dilation], state, padded[2 * dilation :]), axis=1)
            state = state + np.maximum(around @ weights + bias, 0)
        scores = state @ self.last[0] + self.last[1]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        return [scores[start:end] for start, end in spans]

    def _forget(self) -> None:
        self.places.clear()
        self.shapes[:] = [_NOTHING]
        self.vectors = np.zeros((1024, self.first.shape[1]), dtype=np.float32)

    def _row(self, token: Token, begins: bool) -> int:
        """The place of a form's vector; 0 is the gap between sentences."""
        name = (token.text if token.kind != "number" else "0", begins)
        place = self.places.get(name)
        if place is None:
            place = self.places[name] = len(self.places) + 1
            if place >= len(self.vectors):
                self.vectors = np.concatenate((self.vectors, np.zeros_like(self.vectors)))
            form = self.encoder.form(token, begins)
            self.vectors[place] = self._vector(form)
            self.shapes.append(form.shape)
        return place

    def _vector(self, form: Form) -> Floats:
        classes, suffixes, bits = self.offsets
        rows = [form.word, classes + form.known_as, suffixes + form.suffix, *(bits + bit for bit in form.bits)]
        return self.first[rows].sum(axis=0)


@cache
def load(path: Path, lexis: Lexis) -> Network:
    """The network at ``path`` (safetensors; kinds and dilations stand in its metadata)."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        meta = file.metadata() or {}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
    vocabulary = {int(k): i + 1 for i, k in enumerate(arrays["vocabulary"].tolist())}
    encoder = Encoder(lexis, vocabulary)
    dilations = json.loads(meta["dilations"])
    layers = [(arrays[f"w{i}"].astype(np.float32), arrays[f"b{i}"].astype(np.float32), d) for i, d in enumerate(dilations)]
    words, classes = len(vocabulary) + 1, encoder.ngrams.size
    return Network(
        arrays["first"].astype(np.float32),
        arrays["shape"].astype(np.float32),
        layers,
        (arrays["last"].astype(np.float32), arrays["bias"].astype(np.float32)),
        (words, words + classes, words + classes + SUFFIXES),
        tuple(json.loads(meta["kinds"])),
        encoder,
    )
