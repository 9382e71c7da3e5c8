"""Findings as comma-separated values (RFC 4180), one a row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Final

from audit.types import DocumentReport, Finding, Record

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
)
# What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), full-width forms included.
_FORMULA: Final = frozenset("=+-@＝＋－＠")


def neutral(value: str) -> str:
    """The value as a cell that no spreadsheet computes: an apostrophe goes before whatever could be a formula."""
    plain = value.lstrip()
    return f"'{value}" if plain[:1] in _FORMULA and plain else value


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
        finding.detector,
        finding.category,
        finding.severity,
        finding.probability,
        finding.field,
        finding.start,
        finding.end,
        neutral(finding.quote),
        neutral(finding.message),
        neutral(suggestion),
    )
