"""What siblings tell of a word and of what may have been meant: who writes it, in which passage, between which neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from audit.article import Article
from audit.siblings import Aligned, Sibling
from audit.siblings.lexicon import Lexicon
from audit.siblings.names import proper_names
from audit.siblings.pivots import Pairs, Term, unit
from audit.siblings.slots import Reading, overlap, read
from audit.text import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIBLING_FEATURES: Final = (
    "focus",  # log of how often they write it
    "aligned",  # best score of an aligned passage that has it
    "slot",  # what the slots of the two words share, by rarity
    "neighbours",  # words next to both, function words at half weight
    "same_place",  # how nearly both stand at the same point of their passages (1: at the same)
    "rendered",  # synonymy of the other word with the nearest word of the sentence
    "near",  # synonymy of the written word's nearest synonym in the siblings
    "alien_there",  # cosine of the written word with the siblings
    "document_there",  # how much better the other word fits them
)
_SLOT_SCALE: Final = 8.0
# Words commoner than this (Zipf) are function words, which stand next to anything.
_FUNCTION_ZIPF: Final = 5.6


class Passage(NamedTuple):
    """Words of the article and of a sibling (by its position) that are aligned: half-open places, and the score (0–1)."""

    own_first: int
    own_end: int
    sibling: int
    first: int
    end: int
    score: float


class Witness(NamedTuple):
    """Where a sibling writes the other word: the sibling's position, the word's place, how well passage, slot and place fit."""

    sibling: int
    place: int
    aligned: float
    slot: float
    neighbours: float = 0.0
    same_place: float = 0.0


class Siblings:
    """The readings of an article's siblings, and the passages that are aligned with the article's."""

    def __init__(self, reading: Reading, siblings: Sequence[Sibling], aligned: Mapping[Segment, Sequence[Aligned]]) -> None:
        import numpy as np

        self.reading, self.lexicon = reading, reading.lexicon
        self.mates = [read(sibling.article, self.lexicon) for sibling in siblings]
        self.weights = [sibling.weight for sibling in siblings]
        self.written: NDArray[np.bool_] = np.zeros(len(self.lexicon), dtype=bool)
        for mate in self.mates:
            self.written[list(mate.holders)] = True
        self.named = [_named(mate, sibling.article) for mate, sibling in zip(self.mates, siblings, strict=True)]
        self.document = unit(np.sum([mate.document for mate in self.mates], axis=0))
        order = {id(sibling.article): i for i, sibling in enumerate(siblings)}
        self.passages = sorted({
            Passage(*reading.between(segment, row.own_start, len(segment.text) if row.own_end is None else row.own_end), i,
                    *self.mates[i].between(row.segment, *row.range), row.score)
            for segment, rows in aligned.items()
            for row in rows
            if (i := order.get(id(row.sibling.article), -1)) >= 0
        })  # fmt: skip

    @cached_property
    def _covering(self) -> dict[int, list[Passage]]:
        found: dict[int, list[Passage]] = {}
        for passage in self.passages:
            for place in range(passage.own_first, passage.own_end):
                found.setdefault(place, []).append(passage)
        return found

    def covering(self, place: int) -> Sequence[Passage]:
        """The aligned passages for the word at a place."""
        return self._covering.get(place, ())

    @cached_property
    def neighbours(self) -> list[NDArray[np.float32]]:
        """For each sibling how many neighbours each word of the article [words] shares with each of its words [words].

        A word right next to both counts 1, one further off on both sides, or right next to one and one further off of the
        other, half; function words count half of that.
        """
        import numpy as np

        zipf = np.append(self.lexicon.zipf, 0.0)
        own = self.reading.numbers
        worth = np.where(zipf[own] < _FUNCTION_ZIPF, 1.0, 0.5).astype(np.float32)
        found: list[NDArray[np.float32]] = []
        for mate in self.mates:
            same = (self.reading.keys[:, None] == mate.keys[None, :]) * worth[:, None]
            wide = np.pad(same, 2)
            rows, columns = same.shape
            total = np.zeros_like(same)
            for side in (-1, 1):
                for i, j, weight in ((1, 1, 1.0), (2, 2, 0.5), (1, 2, 0.5), (2, 1, 0.5)):
                    x, y = 2 + side * i, 2 + side * j
                    total += weight * wide[x : x + rows, y : y + columns]
            found.append(total)
        return found

    def confirms(self, term: Term) -> bool:
        """Whether a passage that is aligned with the word's sentence writes the word, too."""
        if not self.written[term.number]:
            return False
        return any(
            passage.first <= at < passage.end
            for passage in self.covering(term.place)
            for at in self.mates[passage.sibling].holders.get(term.number, ())
        )

    def witnesses(self, place: int, other: int) -> tuple[Witness, ...]:
        """Every place where a sibling writes the other word, best aligned first."""
        around = self.reading.around(place)
        passages = self.covering(place)
        found: list[Witness] = []
        for i, mate in enumerate(self.mates):
            for at in mate.holders.get(other, ()):
                fitting = [p for p in passages if p.sibling == i and p.first <= at < p.end]
                if not fitting:
                    found.append(Witness(i, at, 0.0, overlap(around, mate.around(at)) / _SLOT_SCALE))
                    continue
                best = max(fitting, key=lambda p: p.score)
                own, theirs = (
                    (place - best.own_first) / (best.own_end - best.own_first),
                    (at - best.first) / (best.end - best.first),
                )
                slot = overlap(around, mate.around(at)) / _SLOT_SCALE
                found.append(Witness(i, at, best.score, slot, float(self.neighbours[i][place, at]), 1 - abs(own - theirs)))
        return tuple(sorted(found, key=lambda w: (-w.aligned, -w.neighbours, -w.slot, w.sibling, w.place)))

    def credence(self, seen: Sequence[Witness]) -> float:
        """How likely at least one of the siblings that write a word is genuine (0–1), by their weights."""
        doubt = 1.0
        for sibling in sorted({witness.sibling for witness in seen}):
            doubt *= 1 - self.weights[sibling]
        return 1 - doubt

    def evidence(
        self, place: int, word: int, other: int, seen: Sequence[Witness], meant: float, alien: float
    ) -> tuple[float, ...]:
        """The values of SIBLING_FEATURES for a word, and for what may have been meant there. ``meant``, ``alien``: cosines of
        the other and of the written word with the siblings."""
        import math

        said = self.reading.said[self.reading.words[place].sentence]
        rendered = 1.0 if other in said else max((s for n, s in self.lexicon.near(other) if n in said and n != word), default=0.0)
        near = max((s for n, s in self.lexicon.near(word) if self.written[n]), default=0.0)
        return (
            math.log1p(len(seen)),
            seen[0].aligned,
            max(w.slot for w in seen),
            seen[0].neighbours,
            seen[0].same_place,
            rendered,
            near,
            alien,
            meant - alien,
        )

    def supported(self, found: Pairs) -> tuple[NDArray[np.intp], NDArray[np.float64], list[tuple[Witness, ...]]]:
        """The pairs whose other word a sibling writes, and none the word itself: their positions, their features
        [pairs, len(PAIR_FEATURES) + len(SIBLING_FEATURES)] and where the other word is written."""
        import numpy as np

        chosen = np.flatnonzero(found.supported)
        words, others = found.words[chosen], found.other[chosen]
        cosines = self.lexicon.context_vectors(np.concatenate([words, others])) @ self.document
        alien, meant = cosines[: len(words)].tolist(), cosines[len(words) :].tolist()
        places = [found.terms[int(term)].place for term in found.term[chosen]]
        seen = [self.witnesses(place, int(other)) for place, other in zip(places, others, strict=True)]
        rows = [self.evidence(*row) for row in zip(places, words.tolist(), others.tolist(), seen, meant, alien, strict=True)]
        added = np.array(rows, dtype=np.float64).reshape(len(chosen), len(SIBLING_FEATURES))
        return chosen, np.hstack([found.features[chosen], added]), seen


def _named(reading: Reading, article: Article) -> NDArray[np.bool_]:
    """Which words are parts of proper names [words] (bool)."""
    import numpy as np

    found = np.zeros(len(reading.words), dtype=bool)
    for name in proper_names(article):
        first, end = reading.between(name.segment, name.start, name.end)
        found[first:end] = True
    return found


def lexical(lexicon: Lexicon, numbers: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which words carry meaning of their own [numbers] (bool): not too common, and known."""
    import numpy as np

    return (numbers >= 0) & (lexicon.zipf[np.maximum(numbers, 0)] < _FUNCTION_ZIPF)
