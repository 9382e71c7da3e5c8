"""The siblings of every document of a corpus, found from what the first pass wrote down.

In memory are the index of stories (some three kilobytes a document while it compares) and, afterwards, twelve bytes a sibling.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from audit.runner.shards import write
from audit.runner.spool import Spool
from audit.runner.stages import unpacked
from audit.runner.work import Mate
from audit.siblings.described import Described
from audit.siblings.discover import Voices
from audit.siblings.index import StoryIndex

_FILE: Final = "siblings.bin"


class _Table(msgspec.Struct, frozen=True, array_like=True):
    """``ends[i]`` is where the siblings of document i end; arrays in native order."""

    ends: bytes
    mates: bytes
    similarities: bytes


class Mates:
    """The siblings of each document by number, best first, with similarity and weight as a witness."""

    def __init__(self, ends: array[int], mates: array[int], similarities: array[float], weights: array[float]) -> None:
        self._ends = ends
        self._mates = mates
        self._similarities = similarities
        self._weights = weights

    def of(self, number: int) -> list[Mate]:
        """The siblings of a document."""
        start, end = self._ends[number], self._ends[number + 1]
        return [
            Mate(self._mates[k], self._similarities[k], self._weights[self._mates[k]]) for k in range(start, end)
        ]

    def story(self, number: int) -> int:
        """A number that the documents of one story tend to share: they are worked on together."""
        return min([number, *(mate.number for mate in self.of(number))])


def mates(spool: Spool, folder: Path, settings: Mapping[str, Any]) -> Mates:
    """The siblings of all documents of the spool; kept in ``folder``, so that they are looked for once.

    ``settings`` is the section ``[<lang>.siblings]`` of models/thresholds.toml.
    """
    path = folder / _FILE
    if not path.exists():
        write(path, msgspec.msgpack.encode(_found(spool, settings)))
    table = msgspec.msgpack.decode(path.read_bytes(), type=_Table)
    ends, numbers, similarities = array("q"), array("i"), array("d")
    ends.frombytes(table.ends)
    numbers.frombytes(table.mates)
    similarities.frombytes(table.similarities)
    weights = array("d", (_credence(surveyed.screened) for _, surveyed in spool.all()))
    return Mates(ends, numbers, similarities, weights)


def _credence(screened: Any) -> float:
    """The weight of a document as a witness: as `audit.auditor` weighs it."""
    return round(1 - screened.p_machine, 4) if screened is not None and screened.decided else 1.0


def _found(spool: Spool, settings: Mapping[str, Any]) -> _Table:
    index = StoryIndex(settings)
    for document, found in spool.all():
        story = None if found.failure else document.story
        index.take(Described(document.id, found.terms, found.day, story))
    first, second, similarity = _pairs(index)
    voices = Voices(lambda number: unpacked(spool.surveyed(number).shingles), settings)
    ends, numbers, similarities = array("q", [0]), array("i"), array("d")
    at = 0
    for number in range(len(spool)):
        row: list[tuple[float, str, int]] = []
        while at < len(first) and first[at] == number:
            row.append((-similarity[at], index.id(second[at]), second[at]))
            at += 1
        for score, mate in voices.distinct(number, [(score, mate) for score, _, mate in sorted(row)]):
            numbers.append(mate)
            similarities.append(round(-score, 4))
        ends.append(len(numbers))
    return _Table(ends.tobytes(), numbers.tobytes(), similarities.tobytes())


def _pairs(index: StoryIndex) -> tuple[array[int], array[int], array[float]]:
    """All pairs in both directions, sorted by the first document: 16 bytes each."""
    import numpy as np

    first, second, similarity = array("i"), array("i"), array("d")
    for i, j, cosine in index.pairs():
        first.extend((i, j))
        second.extend((j, i))
        similarity.extend((cosine, cosine))
    if not first:
        return first, second, similarity
    order = np.argsort(np.frombuffer(first, np.int32), kind="stable")
    return (
        array("i", np.frombuffer(first, np.int32)[order].tobytes()),
        array("i", np.frombuffer(second, np.int32)[order].tobytes()),
        array("d", np.frombuffer(similarity, np.float64)[order].tobytes()),
    )
