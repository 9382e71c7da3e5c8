"""Words that stand where a sibling has another word between the same neighbours, though no foreign word explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.siblings import Aligned
from audit.siblings.lexicon import Lexicon
from audit.siblings.pivot_charges import Trial
from audit.siblings.slots import Reading, read
from audit.text import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Neighbours are sought so many words to either side, at nearly the same distance in both texts.
_REACH: Final = 3
_SHIFT: Final = 1
_RARE_ZIPF: Final = 6.0


class SlotCharge(NamedTuple):
    """A word that is alien to the story, the word that ``sibling`` has in its slot (at ``there``), and the log odds."""

    place: int
    other: int
    sibling: int
    there: int
    weight: float


def slot_charges(
    trial: Trial, aligned: Mapping[Segment, Sequence[Aligned]], lexicon: Lexicon, settings: Mapping[str, Any]
) -> list[SlotCharge]:
    """At most one charge for each word. ``settings``: the section ``[<lang>.wrong_sense.slot]``."""
    if not trial.mates:
        return []
    mates = [read(mate, lexicon) for mate in trial.mates]
    written = {number for mate in mates for number in (*mate.places, *mate.parts)}
    story = _story(mates)
    position = {id(mate): i for i, mate in enumerate(trial.mates)}
    found = []
    for place, word in enumerate(trial.reading.words):
        if not _suspect(trial.reading, place, written, story, settings):
            continue
        rows = [row for row in aligned.get(word.segment, ()) if row.covers(word.start, word.end)]
        options = [
            (score, SlotCharge(place, other, i, there, settings["weight"] + settings["neighbours"] * score))
            for row in rows
            for i in (position[id(row.sibling.article)],)
            for other, there, score in _same_slot(trial.reading, place, mates[i], row, story, settings)
        ]
        if options:
            found.append(max(options, key=lambda o: (o[0], -o[1].sibling, -o[1].there))[1])
    return found


def _story(mates: Sequence[Reading]) -> NDArray[np.float32]:
    import numpy as np

    total = np.sum([mate.document for mate in mates], axis=0)
    return total / max(float(np.linalg.norm(total)), 1e-6)


def _suspect(reading: Reading, place: int, written: set[int], story: NDArray[np.float32], settings: Mapping[str, Any]) -> bool:
    """Whether a noun is alien to the story: no sibling writes it or a synonym, and its usual contexts are others."""
    import numpy as np

    word, lexicon = reading.words[place], reading.lexicon
    if word.number < 0 or word.number >= lexicon.vectored or not lexicon.words[word.number][0].isupper() or word.opening:
        return False
    if word.number in written or any(number in written for number, _ in lexicon.near(word.number)):
        return False
    vector = lexicon.context_vectors(np.array([word.number]))[0]
    return float(vector @ story) < settings["alien"]


def _same_slot(
    reading: Reading, place: int, mate: Reading, row: Aligned, story: NDArray[np.float32], settings: Mapping[str, Any]
) -> Iterator[tuple[int, int, float]]:
    """Nouns of the aligned passage, foreign to the article, between the same neighbours."""
    import numpy as np

    lexicon, own = reading.lexicon, reading.words[place].number
    start, end = row.range
    for there, word in enumerate(mate.words):
        if word.segment is not row.segment or not start <= word.start < end or not 0 <= word.number < lexicon.vectored:
            continue
        if word.number in reading.places or not lexicon.words[word.number][0].isupper():
            continue
        shared = _neighbours(reading, place, mate, there)
        if shared < settings["least"]:
            continue
        pair = lexicon.context_vectors(np.array([own, word.number]))
        if float(pair[0] @ pair[1]) < settings["kin"] and float((pair[1] - pair[0]) @ story) > settings["gain"]:
            yield word.number, there, shared


def _neighbours(reading: Reading, place: int, mate: Reading, there: int) -> float:
    """The rarity of the words that stand at nearly the same distance on the same side of both words."""
    total = 0.0
    own = {i: reading.words[place + i] for i in range(-_REACH, _REACH + 1) if 0 <= place + i < len(reading.words) and i}
    other = {i: mate.words[there + i] for i in range(-_REACH, _REACH + 1) if 0 <= there + i < len(mate.words) and i}
    for i, word in own.items():
        for j in range(i - _SHIFT, i + _SHIFT + 1):
            match = other.get(j)
            if match is None or i * j <= 0 or match.number != word.number or word.number < 0:
                continue
            if word.segment is reading.words[place].segment and match.segment is mate.words[there].segment:
                total += max(0.3, _RARE_ZIPF - float(reading.lexicon.zipf[word.number]))
                break
    return total
