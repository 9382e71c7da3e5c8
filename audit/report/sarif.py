"""Findings as SARIF 2.1.0 (OASIS), the exchange format of static analysis, for code hosts and review tools.

Each document is an artifact that carries its text, so that the offsets mean something without the file. Offsets and columns
count code points (``columnKind``). Severities minor, major, critical are the levels note, warning, error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from audit.report.compare import Comparison
from audit.report.visible import Lines
from audit.types import DocumentReport, Evidence, Failure, Finding, Record

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"minor": "note", "major": "warning", "critical": "error"}
# What a message would be read as: an embedded link (SARIF 3.11.6), a placeholder (3.11.5).
_LINK: Final = re.compile(r"\[(?=[^\[\]]*\]\()")
_PLACEHOLDER: Final = re.compile(r"\{(\d+)\}")


def sarif_log(record: Record, manuals: Mapping[str, str], since: Comparison | None = None) -> dict[str, Any]:
    """The SARIF log of a record. ``manuals``: the manual pages of detectors by id, where there are any.

    ``since``: a comparison with an earlier run; each result then carries its ``baselineState``, vanished findings included.
    """
    found = _found(record, since)
    documents = {document.id: index for index, document in enumerate(record.documents)}
    lines = {document.id: Lines(document.text) for document in record.documents}
    categories = {finding.detector: finding.category for _, finding, _ in found}
    rules = sorted(categories)
    log = _Log(documents, lines, {rule: index for index, rule in enumerate(rules)})
    run: dict[str, Any] = {
        "tool": {"driver": _driver(record, rules, categories, manuals)},
        "columnKind": "unicodeCodePoints",
        "artifacts": [_artifact(document) for document in record.documents],
        "results": [log.result(document, finding, state) for document, finding, state in found],
        "invocations": [_invocation(record.failures)],
        "properties": {
            "signature": record.signature,
            "metrics": dict(sorted(record.metrics.items())),
            "verdicts": {document.id: _verdict(document) for document in record.documents},
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _found(record: Record, since: Comparison | None) -> list[tuple[str, Finding, str]]:
    """Findings with their document's id and baseline state (empty where nothing is compared), document by document."""
    if since is None:
        return [(document.id, finding, "") for document in record.documents for finding in document.findings]
    order = {document.id: at for at, document in enumerate(record.documents)}
    states = (("new", since.new), ("unchanged", since.same), ("absent", since.gone))
    found = [(document, finding, state) for state, entries in states for document, finding in entries]
    return sorted(found, key=lambda entry: (order[entry[0]], entry[2] == "absent", entry[1].start, entry[1].detector))


def message(text: str) -> dict[str, str]:
    """A message object whose text is taken literally."""
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", _LINK.sub(r"\\[", text))}


def uri(document_id: str) -> str:
    """The id as a relative URI reference."""
    return quote(document_id, safe="/-._~") or "%20"


def _driver(record: Record, rules: list[str], categories: Mapping[str, str], manuals: Mapping[str, str]) -> dict[str, Any]:
    name, _, version = record.signature.split("|", 1)[0].partition(":")
    driver: dict[str, Any] = {
        "name": name or "mt-audit",
        "rules": [_rule(rule, categories[rule], manuals.get(rule, "")) for rule in rules],
    }
    if version:
        driver["version"] = version
    return driver


def _rule(rule: str, category: str, manual: str) -> dict[str, Any]:
    summary = " ".join(manual.split("\n\n", 1)[0].split()) or rule.replace("_", " ")
    described: dict[str, Any] = {
        "id": rule,
        "name": "".join(part.capitalize() for part in rule.split("_")),
        "shortDescription": {"text": summary},
        "properties": {"category": category},
    }
    if manual:
        described["help"] = {"text": manual}
    return described


def _artifact(document: DocumentReport) -> dict[str, Any]:
    return {
        "location": {"uri": uri(document.id)},
        "contents": {"text": document.text},
        "mimeType": "text/plain",
        "roles": ["analysisTarget"],
        "properties": {"id": document.id, "language": document.lang, "words": document.words},
    }


def _verdict(document: DocumentReport) -> dict[str, Any]:
    verdict = document.verdict
    return {
        "label": verdict.label,
        "pMachine": verdict.p_machine,
        "pTranslated": verdict.p_translated,
        "damage": verdict.damage,
    }


def _invocation(failures: tuple[Failure, ...]) -> dict[str, Any]:
    notes = [{"level": "error", "message": message(f"{failure.source}: {failure.reason}")} for failure in failures]
    return {"executionSuccessful": not failures, "toolExecutionNotifications": notes}


class _Log:
    """Places and results of one record: ``documents`` and ``rules`` map ids to their index in the log."""

    def __init__(self, documents: Mapping[str, int], lines: Mapping[str, Lines], rules: Mapping[str, int]) -> None:
        self.documents = documents
        self.lines = lines
        self.rules = rules

    def result(self, document: str, finding: Finding, state: str) -> dict[str, Any]:
        result: dict[str, Any] = {
            "ruleId": finding.detector,
            "ruleIndex": self.rules[finding.detector],
            "level": _LEVELS[finding.severity],
            "rank": round(100 * finding.probability, 2),
            "message": message(finding.message),
            "locations": [self._location(document, finding, state)],
            "properties": {
                "category": finding.category,
                "severity": finding.severity,
                "probability": finding.probability,
                "field": finding.field,
                "start": finding.start,
                "end": finding.end,
                "quote": finding.quote,
            },
        }
        if state:
            result["baselineState"] = state
        if finding.fingerprint:
            result["partialFingerprints"] = {"mtAudit/v1": finding.fingerprint}
        related = [self._related(e) for e in finding.evidence if e.document is not None] if state != "absent" else []
        if related:
            result["relatedLocations"] = related
        if finding.suggestions and finding.field == "text" and state != "absent":
            result["fixes"] = self._fixes(document, finding)
        return result

    def _file(self, document_id: str) -> dict[str, Any]:
        place: dict[str, Any] = {"uri": uri(document_id)}
        if document_id in self.documents:
            place["index"] = self.documents[document_id]
        return place

    def _location(self, document: str, finding: Finding, state: str) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": self._file(document)}
        if state == "absent":  # its place was in an earlier text
            return {"physicalLocation": physical}
        if finding.field == "title":  # a title that was given apart has no place in the artifact's text
            name = f"{document}/title"
            return {"physicalLocation": physical, "logicalLocations": [{"name": "title", "fullyQualifiedName": name}]}
        physical["region"] = self._region(document, finding.start, finding.end)
        return {"physicalLocation": physical}

    def _region(self, document_id: str, start: int, end: int) -> dict[str, Any]:
        lines = self.lines[document_id]
        (line, column), (end_line, end_column) = lines.place(start), lines.place(end)
        return {
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
            "charOffset": start,
            "charLength": end - start,
            "snippet": {"text": lines.text[start:end]},
        }

    def _related(self, evidence: Evidence) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": self._file(evidence.document or "")}
        if evidence.start is not None and evidence.end is not None:
            if evidence.document in self.documents:
                physical["region"] = self._region(evidence.document or "", evidence.start, evidence.end)
            else:
                physical["region"] = {"charOffset": evidence.start, "charLength": evidence.end - evidence.start}
        note = " ".join(part for part in (evidence.note, evidence.quote) if part)
        return {"physicalLocation": physical, "message": message(note)} if note else {"physicalLocation": physical}

    def _fixes(self, document: str, finding: Finding) -> list[dict[str, Any]]:
        region = {"charOffset": finding.start, "charLength": finding.end - finding.start}
        return [
            {
                "description": message(suggestion.text),
                "artifactChanges": [
                    {
                        "artifactLocation": self._file(document),
                        "replacements": [{"deletedRegion": region, "insertedContent": {"text": suggestion.text}}],
                    }
                ],
            }
            for suggestion in finding.suggestions
        ]
