"""Findings, or documents, as comma-separated values (RFC 4180), one a row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Final

from audit.types import SEVERITIES, DocumentReport, Evidence, Finding, Record

COLUMNS: Final = (
    "document",
    "detector",
    "category",
    "severity",
    "probability",
    "field",
    "start",
    "end",
    "quote",
    "message",
    "suggestion",
    "evidence",
    "fingerprint",
)
DOCUMENT_COLUMNS: Final = (
    "document",
    "title",
    "lang",
    "words",
    "label",
    "p_machine",
    "p_translated",
    "damage",
    "source_lang",
    "minor",
    "major",
    "critical",
    "siblings",
    "reasons",
)
# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), full-width forms included.
_FORMULA: Final = frozenset("=+-@＝＋－＠")


def neutral(value: str) -> str:
    """The value as a cell that no spreadsheet computes: an apostrophe goes before whatever could be a formula."""
    plain = value.lstrip()
    return f"'{value}" if plain[:1] in _FORMULA and plain else value


def documents_text(record: Record) -> str:
    """The documents of a record with their verdicts; siblings and reasons are joined by `` | ``."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(DOCUMENT_COLUMNS)
    writer.writerows(_document(document) for document in record.documents)
    return sheet.getvalue()


def _document(document: DocumentReport) -> tuple[str | int | float, ...]:
    verdict = document.verdict
    return (
        neutral(document.id),
        neutral(document.title),
        neutral(document.lang),
        document.words,
        verdict.label,
        verdict.p_machine,
        verdict.p_translated,
        verdict.damage,
        neutral(verdict.source_lang[0].lang) if verdict.source_lang else "",
        *(sum(finding.severity == severity for finding in document.findings) for severity in SEVERITIES),
        neutral(" | ".join(link.id for link in document.siblings)),
        neutral(" | ".join(verdict.reasons)),
    )


def csv_text(record: Record) -> str:
    """The findings of a record; several suggestions are joined by `` | ``, the likeliest first."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for document in record.documents:
        writer.writerows(_row(document, finding) for finding in document.findings)
    return sheet.getvalue()


def _row(document: DocumentReport, finding: Finding) -> tuple[str | int | float, ...]:
    suggestion = " | ".join(suggestion.text for suggestion in finding.suggestions)
    return (
        neutral(document.id),
        neutral(finding.detector),
        neutral(finding.category),
        finding.severity,
        finding.probability,
        finding.field,
        finding.start,
        finding.end,
        neutral(finding.quote),
        neutral(finding.message),
        neutral(suggestion),
        neutral(" | ".join(_proof(evidence) for evidence in finding.evidence)),
        finding.fingerprint,
    )


def _proof(evidence: Evidence) -> str:
    """``pivot: fr appel`` or ``sibling: 004: the quoted sentence``."""
    parts = (" ".join(part for part in (evidence.lang, evidence.word) if part), evidence.document, evidence.quote, evidence.note)
    return ": ".join((evidence.kind, *(part for part in parts if part)))
