"""The records that travel through the program: frozen, typed, and the only thing every room knows.

All offsets are half-open ranges of Unicode code points in the text *as it was read*: ``text[start:end] == quote``.
The JSON schema of the output is derived from these classes (`report_schema`).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Severity = Literal["minor", "major", "critical"]
Field = Literal["text", "title"]
PassageKind = Literal["headline", "body", "caption", "furniture", "list"]
PassageLabel = Literal["clean", "suspect", "artifact", "undecided"]
DocumentLabel = Literal["original", "translated", "machine-translated", "undecided"]

SEVERITIES: tuple[Severity, ...] = ("minor", "major", "critical")
SCHEMA_VERSION = 1


class _Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Common settings: immutable, and optional fields that hold nothing are not written."""


class Span(msgspec.Struct, frozen=True, order=True):
    """A half-open range of code points."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Document(_Record, frozen=True, kw_only=True):
    """One article as a user handed it in. ``date`` is ISO 8601; ``title`` only where it was given apart from the text."""

    id: str
    text: str
    title: str | None = None
    lang: str | None = None
    url: str | None = None
    date: str | None = None
    story: str | None = None
    source_lang: str | None = None


class Suggestion(_Record, frozen=True, kw_only=True):
    """What the quoted words could read instead, and how likely that is right (0–1)."""

    text: str
    probability: float


class Evidence(_Record, frozen=True, kw_only=True):
    """One reason for a finding.

    ``kind`` is ``pivot`` (a foreign word that explains the error), ``sibling`` (a quotation of another article, with its
    document and offsets), ``place`` (another place in the same text), ``detector`` (another detector saw the same flaw),
    ``language``, ``name``, ``rule``, ``context``, or ``model`` (what one of the user's own models says).
    """

    kind: str
    note: str = ""
    lang: str | None = None
    word: str | None = None
    document: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A suspicion with its place, its kind and its proof.

    A detector fills ``weight``: the natural logarithm of the odds that this is a real flaw in a document of which it is
    not known whether a machine translated it. ``audit.verdict`` turns that into ``probability`` (0–1) and adds the
    ``fingerprint``; both are empty before.
    """

    detector: str
    category: str
    severity: Severity
    field: Field
    start: int
    end: int
    quote: str
    message: str
    weight: float
    probability: float = 0.0
    suggestions: tuple[Suggestion, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fingerprint: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Skip(_Record, frozen=True, kw_only=True):
    """A detector that could not look, and why."""

    detector: str
    reason: str


class Agreement(_Record, frozen=True, kw_only=True):
    """How a passage agrees with the passages of one sibling it is aligned with (sacrebleu scores, 0–100)."""

    document: str
    start: int
    end: int
    chrf: float
    bleu: float
    ter: float


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the text with its kind and how strongly it looks like a translation artifact (``score``, 0–1)."""

    index: int
    start: int
    end: int
    kind: PassageKind
    score: float
    label: PassageLabel
    agreement: tuple[Agreement, ...] = ()


class SourceLanguage(_Record, frozen=True, kw_only=True):
    lang: str
    p: float


class Opinion(_Record, frozen=True, kw_only=True):
    """What one of the user's own models says of a place, whether or not it counts for anything yet.

    ``value`` by ``role``: tagger, the highest probability (0–1) that a word of the place is wrong; nli, that of a contradiction;
    qe, the model's own scale; embedder, a cosine; judge, 1 for an error and 0 for a passage without. ``document`` is the sibling
    that the place was compared with; ``field``, ``start`` and ``end`` are those of the audited document.
    """

    role: str
    model: str
    field: Field
    start: int
    end: int
    value: float
    label: str = ""
    document: str | None = None
    note: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the findings and the screen say of the whole document.

    ``p_machine`` and ``p_translated`` are calibrated probabilities; ``damage`` is the MQM-weighted sum of the findings per
    1,000 words of article text (0 is best) and independent of them.
    """

    label: DocumentLabel
    p_machine: float
    p_translated: float
    source_lang: tuple[SourceLanguage, ...] = ()
    damage: float
    reasons: tuple[str, ...] = ()


class SiblingLink(_Record, frozen=True, kw_only=True):
    """Another article on the same story: cosine ``similarity`` (0–1) and document-level ``chrf`` (0–100)."""

    id: str
    similarity: float
    chrf: float


class Failure(_Record, frozen=True, kw_only=True):
    """An input that could not be read or audited: where (``file`` or ``file:line``) and why, in one line."""

    source: str
    reason: str


class DocumentReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found out about one document; ``words`` counts article text, furniture left out.

    ``opinions`` are there only where the user has called models of their own.
    """

    id: str
    lang: str
    title: str
    words: int
    text: str
    verdict: Verdict
    siblings: tuple[SiblingLink, ...] = ()
    passages: tuple[Passage, ...] = ()
    findings: tuple[Finding, ...] = ()
    skips: tuple[Skip, ...] = ()
    opinions: tuple[Opinion, ...] | msgspec.UnsetType = msgspec.UNSET


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The public record (RECORD: schema 1). ``metrics`` maps chrf, bleu, ter to sacrebleu's signatures."""

    schema: int = SCHEMA_VERSION
    signature: str
    metrics: dict[str, str] = {}
    documents: tuple[DocumentReport, ...] = ()
    failures: tuple[Failure, ...] = ()


def record_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the record."""
    return msgspec.json.schema(Record)
