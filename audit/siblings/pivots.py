"""Words that a foreign word explains: what an article writes, what may have been meant, and the pivot of both.

ARCHITECTURE, "How a wrong sense is found". This module gathers what the text alone tells, as numbers, one row for each pair of
a written word and a word that may have been meant; `audit.siblings.witnesses` adds what siblings tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from audit.siblings.lexicon import Confusable, Lexicon
from audit.siblings.slots import Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Part = Literal["whole", "head", "first"]

PAIR_FEATURES: Final = (
    "bias",
    "back",  # log p(pivot | written word)
    "forward",  # log p(other word | pivot)
    "wrong",  # log p(written word | pivot)
    "synonymy",  # of the two words, the pivot left out
    "apart",  # the hand-made inventories know the two as different senses
    "languages",  # a second foreign word means both
    "kin",  # cosine of the two words
    "rarity_word",
    "rarity_other",
    "sentence",  # how much better the other word fits the sentence (cosine)
    "document",  # how much better it fits the article
    "alien",  # cosine of the written word with the article
    "own",  # the article itself writes the other word, too
    "repeated",  # log of how often the article writes the word
    "head",
    "first",
    "verb",
    "adjective",
    "overuse",  # log of how much oftener machines write the word than people do
    "confirmed",  # the share of its uses by machines that people confirm
    "overuse_other",
    "false_friend",  # how alike the written word and the foreign one begin (0–1)
    "cognate",  # how alike the other word and the foreign one begin
)
_MOST_APART: Final = 2
# A compound as common as this (Zipf) has a meaning of its own: its parts are not judged apart.
_LEXICALISED_ZIPF: Final = 3.2
# Pairs whose three probabilities in the lexicon multiply to less than e to this are accidents; where no sibling writes the
# other word, only the strongest of stronger ones are looked at.
_LEAST_LOG: Final = -9.0
_LEAST_LOG_ALONE: Final = -6.5
_MOST_ALONE: Final = 300
_MOST_SUPPORTED: Final = 200


class Term(NamedTuple):
    """A word of an article, or a part of one, that is looked up: its place in the reading and its number."""

    place: int
    part: Part
    number: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of a written word and a word that may have been meant, with their evidence.

    ``features`` [pairs, len(PAIR_FEATURES)] holds what the text tells; ``term`` indexes ``terms``; ``row`` is the place of the
    strongest pivot in the lexicon, ``pivots`` the number of rows that follow it for the same pair. ``supported``: siblings
    write the other word, and none the written one.
    """

    terms: list[Term]
    term: NDArray[np.intp]
    other: NDArray[np.intp]
    row: NDArray[np.intp]
    pivots: NDArray[np.intp]
    supported: NDArray[np.bool_]
    features: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.term)

    @property
    def words(self) -> NDArray[np.intp]:
        """The number of the written word of each pair [pairs]."""
        import numpy as np

        return np.array([term.number for term in self.terms], dtype=np.intp)[self.term]

    def confusables(self, pair: int, lexicon: Lexicon) -> tuple[Confusable, ...]:
        """The pivots of a pair, strongest first."""
        number = self.terms[int(self.term[pair])].number
        first = int(self.row[pair])
        return tuple(lexicon.confusable(number, first + i) for i in range(int(self.pivots[pair])))


def terms(reading: Reading) -> list[Term]:
    """Every word, and the parts of every compound that has no meaning of its own."""
    zipf = reading.lexicon.zipf
    found: list[Term] = []
    for place, word in enumerate(reading.words):
        if word.number >= 0:
            found.append(Term(place, "whole", word.number))
        if word.split is not None and (word.number < 0 or zipf[word.number] < _LEXICALISED_ZIPF):
            found.append(Term(place, "head", word.split.head))
            found.append(Term(place, "first", word.split.first))
    return found


def pairs(reading: Reading, written: NDArray[np.bool_] | None = None) -> Pairs:
    """The pairs that the lexicon knows of and that are worth a look. ``written``: which words the siblings write."""
    import numpy as np

    lexicon = reading.lexicon
    looked_up = [t for t in terms(reading) if lexicon.start[t.number] < lexicon.start[t.number + 1]]
    numbers = np.array([t.number for t in looked_up], dtype=np.intp)
    first = lexicon.start[numbers]
    size = lexicon.start[numbers + 1] - first
    term = np.repeat(np.arange(len(looked_up)), size)
    row = np.arange(int(size.sum())) + np.repeat(first - np.concatenate([[0], np.cumsum(size)[:-1]]), size)
    other = lexicon.other[row].astype(np.intp)
    opens = np.ones(len(row), dtype=bool)
    opens[1:] = (other[1:] != other[:-1]) | (term[1:] != term[:-1])
    at = np.flatnonzero(opens)
    count = np.diff(np.append(at, len(row)))
    strength = lexicon.logs[1] * (lexicon.back[row[at]].astype(np.int32) + lexicon.forward[row[at]] + lexicon.wrong[row[at]])
    supported = np.zeros(len(at), dtype=bool)
    if written is not None:
        supported = written[other[at]] & ~written[numbers[term[at]]]
    kept = np.zeros(len(at), dtype=bool)
    for which, least, most in ((supported, _LEAST_LOG, _MOST_SUPPORTED), (~supported, _LEAST_LOG_ALONE, _MOST_ALONE)):
        strong = np.flatnonzero(which & (strength > least))
        kept[strong[np.argsort(-strength[strong], kind="stable")[:most]]] = True
    at, count, supported = at[kept], count[kept], supported[kept]
    found = Pairs(looked_up, term[at], other[at], row[at], count, supported, np.zeros((len(at), len(PAIR_FEATURES))))
    if len(found):
        _describe(reading, found)
    return found


def _describe(reading: Reading, found: Pairs) -> None:
    """Fills in the features that the text and the lexicon give."""
    import numpy as np

    lexicon = reading.lexicon
    numbers = np.array([t.number for t in found.terms], dtype=np.intp)
    word = numbers[found.term]
    parts = [t.part for t in found.terms]
    sentence, document, alien, kin = _fits(reading, found, word)
    pivot = lexicon.pivot[found.row].tolist()
    columns: dict[str, Any] = {
        "bias": 1.0,
        "back": lexicon.logs[lexicon.back[found.row]],
        "forward": lexicon.logs[lexicon.forward[found.row]],
        "wrong": lexicon.logs[lexicon.wrong[found.row]],
        "synonymy": lexicon.synonymy[found.row] / 255,
        "apart": np.minimum(lexicon.apart[found.row], _MOST_APART),
        "languages": found.pivots - 1,
        "kin": kin,
        "rarity_word": 6.0 - lexicon.zipf[word],
        "rarity_other": 6.0 - lexicon.zipf[found.other],
        "sentence": sentence,
        "document": document,
        "alien": alien,
        "own": np.isin(found.other, np.fromiter(reading.places, dtype=np.intp)),
        "repeated": np.log(np.maximum([len(reading.places.get(n, (0,))) for n in numbers], 1))[found.term],
        "head": np.array([p == "head" for p in parts])[found.term],
        "first": np.array([p == "first" for p in parts])[found.term],
        "verb": lexicon.speech[word] == 1,
        "adjective": lexicon.speech[word] == 2,
        "overuse": lexicon.overuse[word],
        "confirmed": lexicon.confirmed[word],
        "overuse_other": lexicon.overuse[found.other],
        "false_friend": [lexicon.likeness(n, p) for n, p in zip(word.tolist(), pivot, strict=True)],
        "cognate": [lexicon.likeness(n, p) for n, p in zip(found.other.tolist(), pivot, strict=True)],
    }
    for i, name in enumerate(PAIR_FEATURES):
        found.features[:, i] = columns[name]


def _fits(reading: Reading, found: Pairs, word: NDArray[np.intp]) -> tuple[NDArray[np.float32], ...]:
    """How much better the other word fits the sentence, and the article; how well the written word fits the article; how near
    the two are. Cosines [pairs]; 0 where either word has no vector."""
    import numpy as np

    lexicon = reading.lexicon
    used, term = np.unique(found.term, return_inverse=True)
    places = np.array([found.terms[int(t)].place for t in used], dtype=np.intp)
    ranges = np.array([reading.sentences[reading.words[int(p)].sentence] for p in places], dtype=np.intp)
    running = np.concatenate([np.zeros((1, reading.vectors.shape[1]), np.float32), np.cumsum(reading.vectors, axis=0)])
    own = reading.vectors[places]
    repeats = np.array([len(reading.places.get(found.terms[int(t)].number, (0,))) for t in used], dtype=np.float32)
    sentence, article = running[ranges[:, 1]] - running[ranges[:, 0]] - own, reading.document - own * repeats[:, None]
    around = unit(np.stack([sentence, article], axis=1))
    written, meant = lexicon.context_vectors(word), lexicon.context_vectors(found.other)
    known = (word < lexicon.vectored) & (found.other < lexicon.vectored)
    both = np.stack([written, meant], axis=1)
    fits = np.where(known[:, None, None], both @ around[term].transpose(0, 2, 1), 0.0)
    alien = fits[:, 0, 1]
    kin = np.where(known, np.einsum("ij,ij->i", written, meant), 0.0)
    return fits[:, 1, 0] - fits[:, 0, 0], fits[:, 1, 1] - alien, alien, kin


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors scaled to length 1; zero stays zero."""
    import numpy as np

    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6)
