"""What is handed to workers and what comes back: plain records, so that any runner can carry them.

A unit is a handful of documents with everything that is needed to work on them; a result holds their rows in the same order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from audit.types import Document, DocumentReport, Failure, SourceLanguage


class ScreenScore(NamedTuple):
    """What the screen said of a document (`audit.verdict.Screened`)."""

    p_machine: float
    p_translated: float
    source_lang: list[SourceLanguage]
    decided: bool


class Mate(NamedTuple):
    """A sibling of a document: its number in the corpus, similarity (0–1) and weight as a witness (0–1)."""

    number: int
    similarity: float
    weight: float


class Numbered(NamedTuple):
    """A document and its number in the corpus, from 0."""

    number: int
    document: Document


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Documents to be reported on as they are, without siblings."""

    documents: list[Numbered]


class Survey(msgspec.Struct, frozen=True, tag="survey"):
    """Documents to be screened, and described for the index of stories."""

    documents: list[Numbered]


class Compare(msgspec.Struct, frozen=True, tag="compare"):
    """Documents to be audited with their siblings; ``others`` are the siblings that are not among the documents."""

    documents: list[Numbered]
    screened: list[ScreenScore | None]
    mates: list[list[Mate]]
    others: list[Numbered]


Unit = Read | Survey | Compare


class Surveyed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the first pass finds out about a document.

    ``failure`` says why it cannot be audited; then the rest is empty. ``terms`` with their weights, ``day`` and ``story`` are its
    entry in the index of stories; ``shingles`` are checksums of its runs of words, four bytes each in native order, sorted.
    """

    failure: str | None = None
    words: int = 0
    screened: ScreenScore | None = None
    terms: dict[str, int] = {}
    day: int = 0
    shingles: bytes = b""


class Result(msgspec.Struct, frozen=True):
    """What became of a unit's documents, by their numbers.

    A document is in ``reports`` or ``surveyed``, or it is in ``failures`` alone. ``log`` holds tracebacks, ``words`` and
    ``findings`` are counted for the progress line.
    """

    reports: list[tuple[int, DocumentReport]] = []
    surveyed: list[tuple[int, Surveyed]] = []
    failures: list[tuple[int, Failure]] = []
    log: list[str] = []
    left_out: int = 0

    @property
    def words(self) -> int:
        """Words of the documents that were read."""
        return sum(report.words for _, report in self.reports) + sum(found.words for _, found in self.surveyed)


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A worker's first message: it is ready, or why it cannot be."""

    error: str | None = None


def single(unit: Unit) -> list[Unit]:
    """A unit's documents as units of one document each."""
    if not isinstance(unit, Compare):
        return [type(unit)([numbered]) for numbered in unit.documents]
    everyone = {numbered.number: numbered for numbered in (*unit.documents, *unit.others)}
    return [
        Compare([numbered], [screened], [mates], [everyone[mate.number] for mate in mates])
        for numbered, screened, mates in zip(unit.documents, unit.screened, unit.mates, strict=True)
    ]


def lost(unit: Unit, reason: str) -> Result:
    """The result of a unit that no worker survives."""
    failures = [(n.number, Failure(source=n.document.id, reason=reason)) for n in unit.documents]
    if not isinstance(unit, Survey):
        return Result(failures=failures)
    return Result(surveyed=[(number, Surveyed(failure=failure.reason)) for number, failure in failures])


class Codec:
    """Units and results as bytes (MessagePack), for pipes between processes."""

    def __init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder()
        self._units: msgspec.msgpack.Decoder[Unit] = msgspec.msgpack.Decoder(Unit)
        self._results = msgspec.msgpack.Decoder(Result)

    def encode(self, record: Any) -> bytes:
        return self._encoder.encode(record)

    def unit(self, data: bytes) -> Unit:
        return self._units.decode(data)

    def result(self, data: bytes) -> Result:
        return self._results.decode(data)
