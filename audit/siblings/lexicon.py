"""The German lexicon of confusables, opened: which words may stand for which others, through which foreign word.

Flat arrays (models/<lang>/lexicon/lexicon.safetensors, its CARD.md tells how they are made): words by number, their
confusables and near-synonyms as rows of a sparse matrix, the parts of compounds. Probabilities are bytes, −8 · log2 p.
"""

from __future__ import annotations

import unicodedata
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.article import lemma as lemmatize

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LOG_STEPS: Final = 8.0
_SHORTEST_PART: Final = 3
_SHORTEST_HEAD: Final = 4
_CACHED_WORDS: Final = 50_000
_LIKE_LETTERS: Final = 6
_ONE_SOUND: Final = str.maketrans({"k": "c", "z": "c"})


class Confusable(NamedTuple):
    """``other`` may have been meant where ``word`` was written, because both translate the foreign word ``pivot``.

    ``back``: log p(pivot | word); ``forward``: log p(other | pivot); ``wrong``: log p(word | pivot), natural logarithms;
    ``synonymy``: 0 (nothing in common but the pivot) to 1; ``apart``: in how many entries of the hand-made sense inventories
    the two words are different senses of one foreign word.
    """

    word: int
    other: int
    lang: str
    pivot: str
    back: float
    forward: float
    wrong: float
    synonymy: float
    apart: int


class Term(NamedTuple):
    """A foreign term of two parts and its real German name."""

    lang: str
    term: str
    name: str


class Phrase(NamedTuple):
    """A phrase that renders a foreign term word by word: one of the prepositions, the noun it is filed under, a verb."""

    lang: str
    term: str
    name: str
    prepositions: frozenset[str]
    verb: int


class Split(NamedTuple):
    """A compound's two parts: numbers of the words they stand for, and where the second begins."""

    first: int
    head: int
    cut: int


class Lexicon:
    """Look-ups by word number; `number` finds it. Numbers below ``vectored`` have a context vector."""

    def __init__(self, arrays: dict[str, NDArray[Any]], vectors: NDArray[np.int8]) -> None:
        import numpy as np

        self.words: list[str] = bytes(arrays["words"]).decode("utf-8").split("\n")
        self._numbers = {word: i for i, word in enumerate(self.words)}
        self._strong = frozenset(bytes(arrays["strong"]).decode("utf-8").split("\n"))
        modifiers = bytes(arrays["modifiers"]).decode("utf-8").split("\n")
        self._modifiers = dict(zip(modifiers, arrays["modifier_words"].tolist(), strict=True))
        self._forms = bytes(arrays["forms"]).split(b"\n")
        self._phrases = bytes(arrays["phrases"]).decode("utf-8").split("\n")
        self._rendered = arrays["name_word"]
        self._spellings = bytes(arrays["name_spelling"]).split(b"\n")
        self.languages: list[str] = bytes(arrays["languages"]).decode("utf-8").split("\n")
        self._pivots = bytes(arrays["pivots"]).split(b"\n")
        self._pivot_lang = arrays["pivot_lang"]
        self.zipf: NDArray[np.float32] = arrays["zipf"].astype(np.float32) / np.float32(20)
        self._heads = arrays["head"]
        self.start = arrays["confusable_start"].astype(np.int64)
        self.other = arrays["confusable_word"]
        self.pivot = arrays["confusable_pivot"]
        self.logs: NDArray[np.float64] = np.arange(256) * (-np.log(2) / _LOG_STEPS)
        # part of speech by spelling: 0 noun, 1 verb, 2 adjective or adverb
        self.speech = np.array([0 if w[0].isupper() else 1 if w.endswith("n") else 2 for w in self.words], dtype=np.uint8)
        self.back, self.forward, self.wrong = arrays["back"], arrays["forward"], arrays["wrong"]
        self.synonymy, self.apart = arrays["synonymy"], arrays["apart"]
        # ln of how much oftener machines write a word than people who translate the same, and the share that people confirm
        self.overuse: NDArray[np.float32] = arrays["overuse"].astype(np.float32) / np.float32(40)
        self.confirmed: NDArray[np.float32] = arrays["confirmed"].astype(np.float32) / np.float32(255)
        self._calque_keys = arrays["calque_key"]
        self._calque_terms, self._calque_names = arrays["calque_term"], arrays["calque_name"]
        self._names = bytes(arrays["calque_names"]).split(b"\n")
        self.near_start = arrays["near_start"].astype(np.int64)
        self.near_word = arrays["near_word"]
        self.near_synonymy = arrays["near_synonymy"]
        self.vectors = vectors
        self.vectored = len(vectors)
        self.split = lru_cache(maxsize=_CACHED_WORDS)(self._split)
        self.key = lru_cache(maxsize=_CACHED_WORDS)(self._key)
        self.near = lru_cache(maxsize=_CACHED_WORDS)(self._near)
        self.likeness = lru_cache(maxsize=_CACHED_WORDS)(self._likeness)

    def __len__(self) -> int:
        return len(self.words)

    @classmethod
    def load(cls, lexicon: Path, vectors: Path) -> Lexicon:
        """Opens both files; they are read once a process."""
        return _load(lexicon, vectors)

    def number(self, word: str) -> int | None:
        """The number of a lemma in its usual spelling, or None."""
        return self._numbers.get(word)

    def _key(self, word: str, opening: bool = False) -> int | None:
        """The number of a word form. ``opening``: it opens a sentence, so that its capital means nothing."""
        form = lemmatize(word, "de")
        if form + "r" in self._strong:
            form += "r"
        found = self._numbers.get(form)
        if opening and found is None:
            found = self._numbers.get(lemmatize(word.lower(), "de"))
        return found

    def _split(self, word: str) -> Split | None:
        """The parts of a compound noun (a word form, capital first), the likeliest cut; None if it has none.

        A hyphen decides where there is one. Otherwise both parts must be known as parts, and the rarer one as common as possible.
        """
        if not word[:1].isupper() or len(word) < _SHORTEST_PART + _SHORTEST_HEAD:
            return None
        if "-" in word:
            left, _, right = word.rpartition("-")
            first, head = self.key(left.split("-")[-1]), self.key(right[:1].upper() + right[1:])
            return None if first is None or head is None else Split(first, head, len(left) + 1)
        lower = word.lower()
        best: tuple[float, Split] | None = None
        for cut in range(_SHORTEST_PART, len(lower) - _SHORTEST_HEAD + 1):
            first = self._modifiers.get(lower[:cut])
            if first is None:
                continue
            head = self.key(lower[cut:].capitalize())
            if head is None or not self._heads[head]:
                continue
            # the rarer part decides, and a longer head where both cuts are as good
            rank = min(float(self.zipf[first]), float(self.zipf[head]))
            if best is None or rank > best[0]:
                best = (rank, Split(first, head, cut))
        return best[1] if best else None

    def _likeness(self, word: int, pivot: int) -> float:
        """How alike a word and a pivot (by its place among the pivots) begin: 0 (other letters) to 1 (six letters and more)."""
        return likeness(self.words[word], self._pivots[pivot].decode("utf-8"))

    def row(self, word: int) -> range:
        """The places of a word's confusables in ``other``, ``pivot`` and the like."""
        return range(int(self.start[word]), int(self.start[word + 1]))

    def confusable(self, word: int, place: int) -> Confusable:
        """One confusable of a word, by its place."""
        pivot = int(self.pivot[place])
        return Confusable(
            word,
            int(self.other[place]),
            self.languages[int(self._pivot_lang[pivot])],
            self._pivots[pivot].decode("utf-8"),
            float(self.logs[self.back[place]]),
            float(self.logs[self.forward[place]]),
            float(self.logs[self.wrong[place]]),
            int(self.synonymy[place]) / 255,
            int(self.apart[place]),
        )

    def confusables(self, word: int) -> list[Confusable]:
        """Every confusable of a word, strongest first."""
        return [self.confusable(word, place) for place in self.row(word)]

    def calque(self, first: int, second: int, joined: bool) -> Term | None:
        """The foreign term that two German words render part by part, as a compound (``joined``) or as attribute and noun."""
        key = (first * len(self.words) + second) * 2 + int(joined)
        import numpy as np

        place = int(self._calque_keys.searchsorted(np.uint64(key)))
        if place == len(self._calque_keys) or int(self._calque_keys[place]) != key:
            return None
        lang, _, term = self._names[int(self._calque_terms[place])].decode("utf-8").partition(":")
        return Term(lang, term, self._names[int(self._calque_names[place])].decode("utf-8"))

    def pivots(self) -> list[tuple[str, str]]:
        """Every pivot with its language, in the order of the file."""
        langs = [self.languages[int(i)] for i in self._pivot_lang]
        return [(lang, pivot.decode("utf-8")) for lang, pivot in zip(langs, self._pivots, strict=True)]

    def forms(self, word: int) -> list[str]:
        """The commonest forms of a word other than its lemma, commonest first; none where it is never suggested."""
        return self._forms[word].decode("utf-8").split()

    @cached_property
    def _linked(self) -> dict[int, str]:
        # the last form of a word is the one with the longer linking element, which is seldom the wrong one
        return {word: form for form, word in sorted(self._modifiers.items(), key=lambda item: len(item[0]))}

    def modifier(self, word: int) -> str:
        """A word as the first part of a compound, lower case, linking element included."""
        return self._linked.get(word, self.words[word].lower())

    @cached_property
    def phrases(self) -> dict[int, list[Phrase]]:
        """The literal renderings of foreign verb phrases, by the number of their noun."""
        found: dict[int, list[Phrase]] = {}
        for line in self._phrases:
            lang, term, name, prepositions, noun, verb = line.split("\t")
            key, action = self.number(noun), self.number(verb)
            if key is not None and action is not None:
                found.setdefault(key, []).append(Phrase(lang, term, name, frozenset(prepositions.split("/")), action))
        return found

    @cached_property
    def renderings(self) -> dict[int, list[tuple[str, str]]]:
        """For each German word the names (language, spelling) of which it is a translation: Rasen → (it, Prato)."""
        found: dict[int, list[tuple[str, str]]] = {}
        for word, spelling in zip(self._rendered.tolist(), self._spellings, strict=True):
            lang, _, name = spelling.decode("utf-8").partition(":")
            found.setdefault(word, []).append((lang, name))
        return found

    def _near(self, word: int) -> tuple[tuple[int, float], ...]:
        """Near-synonyms of a word with their synonymy (0–1), nearest first."""
        places = slice(int(self.near_start[word]), int(self.near_start[word + 1]))
        return tuple(zip(self.near_word[places].tolist(), (self.near_synonymy[places] / 255).tolist(), strict=True))

    @cached_property
    def _norms(self) -> NDArray[np.float32]:
        """The reciprocal length of each vector [vectored + 1]; 0 for words without one."""
        import numpy as np

        lengths = np.sqrt((self.vectors.astype(np.float32) ** 2).sum(axis=1))
        return np.append(1 / np.maximum(lengths, 1e-6), 0).astype(np.float32)

    def context_vectors(self, words: NDArray[np.intp]) -> NDArray[np.float32]:
        """Vectors [len(words), dimensions], unit length up to rounding; zero for words without one."""
        import numpy as np

        row = np.minimum(words, self.vectored)
        return self.vectors[np.minimum(row, self.vectored - 1)] * self._norms[row][:, None]


def likeness(word: str, foreign: str) -> float:
    """How alike two words of two languages begin, 0–1; c, k and z, f and ph are one, accents nothing."""
    one, other = (_plain(text) for text in (word, foreign))
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return min(shared, _LIKE_LETTERS) / _LIKE_LETTERS


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower().replace("ph", "f")).translate(_ONE_SOUND)
    return "".join(letter for letter in letters if letter.isalpha())


@cache
def _load(lexicon: Path, vectors: Path) -> Lexicon:
    from safetensors import safe_open
    from safetensors.numpy import load_file

    with safe_open(vectors, framework="np") as file:
        return Lexicon(load_file(lexicon), file.get_tensor("vectors"))
