"""Words that a foreign word explains: what an article writes, what may have been meant, and the pivot of both.

ARCHITECTURE, "How a wrong sense is found". This module gathers evidence as numbers, one row for each pair of a written word
and a word that may have been meant; `audit.detectors.wrong_sense` weighs them. A word that a sibling writes, too, is cleared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from audit.siblings import Aligned
from audit.siblings.lexicon import Confusable, Lexicon
from audit.siblings.slots import Reading, overlap
from audit.text import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Part = Literal["whole", "head", "first"]

# What the text alone tells of a pair.
PAIR_FEATURES: Final = (
    "bias",
    "back",  # log p(pivot | written word)
    "forward",  # log p(other word | pivot)
    "wrong",  # log p(written word | pivot)
    "synonymy",  # of the two words, the pivot left out
    "apart",  # the hand-made inventories know the two as different senses
    "languages",  # in how many further languages one word means both
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
)
# What siblings add.
SIBLING_FEATURES: Final = (
    "share",  # share of the siblings that write the other word
    "several",  # more than one does
    "focus",  # log of how often they write it
    "aligned",  # best score of an aligned passage that has it
    "slot",  # what the slots of the two words share, by rarity
    "near",  # synonymy of the written word's nearest synonym in the siblings
    "alien_there",  # cosine of the written word with the siblings
    "document_there",  # how much better the other word fits them
    "mates",  # number of siblings, up to three
)
_MOST_MATES: Final = 3
_MOST_APART: Final = 2
# A compound as common as this (Zipf) has a meaning of its own: its parts are not judged apart.
_LEXICALISED_ZIPF: Final = 3.2
_SLOT_SCALE: Final = 8.0
# Only so many pairs of an article are looked up in the siblings, the strongest by the lexicon.
_MOST_PAIRS: Final = 160
# Pairs whose three probabilities in the lexicon multiply to less than e to this are accidents.
_LEAST_LOG: Final = -8.0


class Term(NamedTuple):
    """A word of an article, or a part of one, that is looked up: its place in the reading and its number."""

    place: int
    part: Part
    number: int


class Witness(NamedTuple):
    """Where a sibling writes the other word: the sibling's position, the word's place, how well the passage and the slot fit."""

    sibling: int
    place: int
    aligned: float
    slot: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of a written word and a word that may have been meant, with their evidence.

    ``features`` [pairs, len(PAIR_FEATURES)] holds what the text tells; ``term`` indexes ``terms``; ``row`` is the place of the
    strongest pivot in the lexicon, ``pivots`` the number of rows that follow it for the same pair.
    """

    terms: list[Term]
    term: NDArray[np.intp]
    other: NDArray[np.intp]
    row: NDArray[np.intp]
    pivots: NDArray[np.intp]
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
    found = []
    for place, word in enumerate(reading.words):
        if word.number >= 0:
            found.append(Term(place, "whole", word.number))
        if word.split is not None and (word.number < 0 or zipf[word.number] < _LEXICALISED_ZIPF):
            found.append(Term(place, "head", word.split.head))
            found.append(Term(place, "first", word.split.first))
    return found


def pairs(reading: Reading) -> Pairs:
    """Every pair that the lexicon knows of."""
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
    steps = lexicon.back[row[at]].astype(np.int32) + lexicon.forward[row[at]] + lexicon.wrong[row[at]]
    likely = lexicon.logs[1] * steps > _LEAST_LOG
    at, count = at[likely], count[likely]
    found = Pairs(looked_up, term[at], other[at], row[at], count, np.zeros((len(at), len(PAIR_FEATURES))))
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
    }
    for i, name in enumerate(PAIR_FEATURES):
        found.features[:, i] = columns[name]


def _fits(reading: Reading, found: Pairs, word: NDArray[np.intp]) -> tuple[NDArray[np.float32], ...]:
    """How much better the other word fits the sentence, and the article; how well the written word fits the article; how near
    the two are. Cosines [pairs]; 0 where either word has no vector."""
    import numpy as np

    lexicon = reading.lexicon
    places = np.array([t.place for t in found.terms], dtype=np.intp)
    ranges = np.array([reading.sentences[reading.words[p].sentence] for p in places.tolist()], dtype=np.intp)
    running = np.concatenate([np.zeros((1, reading.vectors.shape[1]), np.float32), np.cumsum(reading.vectors, axis=0)])
    own = reading.vectors[places]
    repeats = np.array([len(reading.places.get(t.number, (0,))) for t in found.terms], dtype=np.float32)
    sentence = _unit(running[ranges[:, 1]] - running[ranges[:, 0]] - own)[found.term]
    document = _unit(reading.document - own * repeats[:, None])[found.term]
    written, meant = lexicon.context_vectors(word), lexicon.context_vectors(found.other)
    known = (word < lexicon.vectored) & (found.other < lexicon.vectored)
    dot = lambda a, b: np.where(known, np.einsum("ij,ij->i", a, b), 0.0)  # noqa: E731
    alien = dot(written, document)
    return dot(meant, sentence) - dot(written, sentence), dot(meant, document) - alien, alien, dot(written, meant)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6)


class Siblings:
    """What the siblings of an article write: the readings, and the passages that are aligned with the article's."""

    def __init__(
        self, lexicon: Lexicon, mates: Sequence[Reading], aligned: Mapping[Segment, Sequence[tuple[int, Aligned]]]
    ) -> None:
        """``aligned``: for a segment its aligned passages, each with the position of its sibling in ``mates``."""
        import numpy as np

        self.lexicon, self.mates, self.aligned = lexicon, mates, aligned
        self.support = np.zeros(len(lexicon), dtype=np.float32)
        for mate in mates:
            self.support[list(mate.places.keys() | mate.parts.keys())] += 1
        self.written: NDArray[np.bool_] = self.support > 0
        self.document = _unit(sum((mate.document for mate in mates), np.zeros(lexicon.vectors.shape[1], np.float32)))

    def supported(
        self, reading: Reading, found: Pairs
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], list[tuple[Witness, ...]]]:
        """The pairs whose other word a sibling writes, and none the word itself: their positions, their features
        [pairs, len(PAIR_FEATURES) + len(SIBLING_FEATURES)] and where the other word is written."""
        import numpy as np

        every = found.words
        chosen = np.flatnonzero(self.written[found.other] & ~self.written[every])
        if len(chosen) > _MOST_PAIRS:
            strength = found.features[chosen][:, 1:4].sum(axis=1)
            chosen = np.sort(chosen[np.argsort(-strength, kind="stable")[:_MOST_PAIRS]])
        words = every[chosen]
        vectors = self.lexicon.context_vectors(np.concatenate([words, found.other[chosen]])) @ self.document
        alien, meant = vectors[: len(words)], vectors[len(words) :]
        features = np.zeros((len(chosen), len(PAIR_FEATURES) + len(SIBLING_FEATURES)))
        features[:, : len(PAIR_FEATURES)] = found.features[chosen]
        places: list[tuple[Witness, ...]] = []
        for i, pair in enumerate(chosen.tolist()):
            term = found.terms[int(found.term[pair])]
            witnesses = self.witnesses(reading, term.place, int(found.other[pair]))
            share = float(self.support[found.other[pair]]) / len(self.mates)
            features[i, len(PAIR_FEATURES) :] = (
                share,
                share * len(self.mates) > 1,
                np.log1p(len(witnesses)),
                witnesses[0].aligned,
                max(w.slot for w in witnesses),
                max((s for n, s in self.lexicon.near(term.number) if self.written[n]), default=0.0),
                alien[i],
                meant[i] - alien[i],
                min(len(self.mates), _MOST_MATES),
            )
            places.append(witnesses)
        return chosen, features, places

    def confirms(self, reading: Reading, term: Term) -> bool:
        """Whether a passage that is aligned with the word's sentence writes the word, too."""
        if not self.written[term.number]:
            return False
        word = reading.words[term.place]
        for i, row in self.aligned.get(word.segment, ()):
            if row.covers(word.start, word.end):
                mate = self.mates[i]
                for at in (*mate.places.get(term.number, ()), *mate.parts.get(term.number, ())):
                    there = mate.words[at]
                    if row.segment is there.segment and row.range[0] <= there.start < row.range[1]:
                        return True
        return False

    def witnesses(self, reading: Reading, place: int, other: int) -> tuple[Witness, ...]:
        """Every place where a sibling writes the other word, best aligned first."""
        word = reading.words[place]
        around = reading.around(place)
        passages = [(i, row) for i, row in self.aligned.get(word.segment, ()) if row.covers(word.start, word.end)]
        found = []
        for i, mate in enumerate(self.mates):
            for at in (*mate.places.get(other, ()), *mate.parts.get(other, ())):
                there = mate.words[at]
                scores = [
                    row.score
                    for j, row in passages
                    if j == i and row.segment is there.segment and row.range[0] <= there.start < row.range[1]
                ]
                found.append(Witness(i, at, max(scores, default=0.0), overlap(around, mate.around(at)) / _SLOT_SCALE))
        return tuple(sorted(found, key=lambda w: (-w.aligned, -w.slot, w.sibling, w.place)))


def passages(aligned: Mapping[Segment, Sequence[Aligned]], order: Sequence[object]) -> dict[Segment, list[tuple[int, Aligned]]]:
    """The aligned passages with the position of their sibling among ``order`` (the siblings' articles)."""
    position = {id(article): i for i, article in enumerate(order)}
    return {segment: [(position[id(row.sibling.article)], row) for row in rows] for segment, rows in aligned.items()}
