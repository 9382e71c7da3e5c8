"""Words that stand where a sibling has another word between the same neighbours, though no foreign word is known for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.siblings.slots import Reading
from audit.siblings.witnesses import Siblings, Witness, lexical

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLOT_FEATURES: Final = (
    "bias",
    "kin",  # cosine of the two words
    "alien",  # cosine of the written word with the siblings
    "fit",  # how much better the other word fits them
    "rarity_word",
    "rarity_other",
    "repeated",  # log of how often the article writes the word
    "verb",
    "adjective",
    "overuse",  # log of how much oftener machines write the word than people do
    "confirmed",  # the share of its uses by machines that people confirm
    "overuse_other",
    "aligned",  # score of the aligned passage
    "slot",  # what the slots of the two words share, by rarity
    "neighbours",  # words next to both
    "same_place",  # how nearly both stand at the same point of their passages
    "rendered",  # synonymy of the other word with the nearest word of the sentence
)
_LEAST_NEIGHBOURS: Final = 1.0
_MOST_SLOTS: Final = 80
# Words as near as this (cosine of their contexts) are of one kind, as weekdays are: which of them is right is a matter of facts.
_ONE_KIND: Final = 0.5


class Slot(NamedTuple):
    """A word (its place and number), the number of the word in its slot, and where siblings write that."""

    place: int
    word: int
    other: int
    witnesses: tuple[Witness, ...]


def slots(reading: Reading, there: Siblings) -> tuple[list[Slot], NDArray[np.float64]]:
    """The article's words whose slot an aligned passage fills with another one, and their features [slots, SLOT_FEATURES]."""
    import numpy as np

    found = [Slot(place, word, other, there.witnesses(place, other)) for place, word, other in _candidates(reading, there)]
    if not found:
        return [], np.zeros((0, len(SLOT_FEATURES)))
    features = _features(reading, there, found)
    differ = np.flatnonzero(features[:, SLOT_FEATURES.index("kin")] < _ONE_KIND)
    return [found[i] for i in differ.tolist()], features[differ]


def _candidates(reading: Reading, there: Siblings) -> list[tuple[int, int, int]]:
    """Place, number and other number of nouns that neither siblings (or a synonym) nor, the other one, the article write."""
    import numpy as np

    lexicon = reading.lexicon
    own = _alone(reading, there)
    best: dict[tuple[int, int, int], float] = {}
    aligned = {passage.sibling for passage in there.passages}
    for i, mate in enumerate(there.mates):
        if i not in aligned:
            continue
        free = lexical(lexicon, mate.numbers) & ~np.isin(mate.numbers, list(reading.holders)) & ~there.named[i]
        for passage in there.passages:
            if passage.sibling != i or passage.own_first == passage.own_end or passage.first == passage.end:
                continue
            block = there.neighbours[i][passage.own_first : passage.own_end, passage.first : passage.end]
            fits = (
                (block >= _LEAST_NEIGHBOURS)
                & own[passage.own_first : passage.own_end, None]
                & free[None, passage.first : passage.end]
            )
            for row, column in np.argwhere(fits).tolist():
                word = int(reading.numbers[passage.own_first + row])
                other = int(mate.numbers[passage.first + column])
                if lexicon.speech[word] == lexicon.speech[other] == 0 and all(n != other for n, _ in lexicon.near(word)):
                    key = (passage.own_first + row, word, other)
                    best[key] = max(best.get(key, 0.0), float(block[row, column]) * passage.score)
    return sorted(sorted(best, key=lambda key: (-best[key], key))[:_MOST_SLOTS])


def _alone(reading: Reading, there: Siblings) -> NDArray[np.bool_]:
    """Which words of the article no sibling writes, nor a near-synonym of them [words] (bool)."""
    import numpy as np

    lexicon = reading.lexicon
    alone = lexical(lexicon, reading.numbers) & ~there.written[np.maximum(reading.numbers, 0)]
    for place in np.flatnonzero(alone).tolist():
        alone[place] = not any(there.written[n] for n, _ in lexicon.near(int(reading.numbers[place])))
    return alone


def _features(reading: Reading, there: Siblings, found: Sequence[Slot]) -> NDArray[np.float64]:
    import numpy as np

    lexicon = reading.lexicon
    words, others = (np.array([getattr(slot, name) for slot in found], dtype=np.intp) for name in ("word", "other"))
    written, meant = lexicon.context_vectors(words), lexicon.context_vectors(others)
    alien, fit = written @ there.document, meant @ there.document
    columns: Mapping[str, NDArray[np.floating[Any]] | float] = {
        "bias": 1.0,
        "kin": np.einsum("ij,ij->i", written, meant),
        "alien": alien,
        "fit": fit - alien,
        "rarity_word": 6.0 - lexicon.zipf[words],
        "rarity_other": 6.0 - lexicon.zipf[others],
        "repeated": np.log([len(reading.places.get(slot.word, (0,))) for slot in found]),
        "verb": lexicon.speech[words] == 1,
        "adjective": lexicon.speech[words] == 2,
        "overuse": lexicon.overuse[words],
        "confirmed": lexicon.confirmed[words],
        "overuse_other": lexicon.overuse[others],
        "aligned": np.array([slot.witnesses[0].aligned for slot in found]),
        "slot": np.array([slot.witnesses[0].slot for slot in found]),
        "neighbours": np.array([slot.witnesses[0].neighbours for slot in found]),
        "same_place": np.array([slot.witnesses[0].same_place for slot in found]),
        "rendered": np.array([_rendered(reading, slot) for slot in found]),
    }
    features = np.zeros((len(found), len(SLOT_FEATURES)))
    for i, name in enumerate(SLOT_FEATURES):
        features[:, i] = columns[name]
    return features


def _rendered(reading: Reading, slot: Slot) -> float:
    said = reading.said[reading.words[slot.place].sentence]
    return max((s for n, s in reading.lexicon.near(slot.other) if n in said and n != slot.word), default=0.0)
