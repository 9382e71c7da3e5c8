"""Findings as MQM ratings in the ten tab-separated columns that Marot reads, the error marked by ``<v>…</v>``.

Format: github.com/google-research/google-research, marot/README.md. Severities are written as Marot's own data has them
(``Major``); each rating says that the source was not seen. Passages of the article without a finding are rated
``no-error``, so that averages over segments are right; page furniture appears only where something was found in it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, Final

from audit.report.visible import Lines
from audit.types import DocumentReport, Finding, Record

COLUMNS: Final = (
    "system",
    "doc",
    "docSegId",
    "globalSegId",
    "rater",
    "source",
    "target",
    "category",
    "severity",
    "metadata",
)
_SYSTEM: Final = "unknown"
_CLEAN: Final = "no-error"
# Each rating repeats its segment: longer ones, which are no prose, are shown around their marks (characters).
_LONGEST: Final = 10_000
_AROUND: Final = 500
_BREAKS: Final = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARK: Final = re.compile(r"<(?=/?v>)")


def mqm_text(record: Record) -> str:
    """The ratings of a record as TSV with a header line."""
    rater = record.signature.split("|", 1)[0] or "mt-audit"
    rows = ["\t".join(COLUMNS)]
    segments = 0
    for document in record.documents:
        for number, ratings in _segments(document):
            segments += 1
            for target, finding in ratings:
                doc = _BREAKS.sub(" ", document.id)
                rows.append("\t".join((_SYSTEM, doc, str(number), str(segments), rater, "", target, *_rating(finding))))
    return "".join(f"{row}\n" for row in rows)


def _segments(document: DocumentReport) -> Iterator[tuple[int, list[tuple[str, Finding | None]]]]:
    """Number of a segment and its ratings: marked text and finding.

    The title is 0, passages count from 1; a finding outside all passages is shown in its line, counted after them.
    """
    titled = [finding for finding in document.findings if finding.field == "title"]
    if titled:
        yield 0, [(marked(document.title, finding.start, finding.end), finding) for finding in titled]
    homes, homeless = _homes(document)
    for passage in document.passages:
        text = document.text[passage.start : passage.end]
        if found := homes[passage.index]:
            yield passage.index + 1, [(_target(text, f.start - passage.start, f.end - passage.start), f) for f in found]
        elif passage.kind != "furniture":
            yield passage.index + 1, [(_plain(text), None)]
    lines = Lines(document.text)
    for number, finding in enumerate(homeless, 1):
        start, end = lines.line(lines.place(finding.start)[0])
        target = _target(document.text[start:end], finding.start - start, finding.end - start)
        yield len(document.passages) + number, [(target, finding)]


def _homes(document: DocumentReport) -> tuple[dict[int, list[Finding]], list[Finding]]:
    """Findings in the text by the passage in which they begin, or which they touch first; and those of no passage."""
    passages = sorted((passage for passage in document.passages if passage.start < passage.end), key=lambda p: (p.start, p.index))
    ends = list(accumulate((passage.end for passage in passages), max))
    homes: dict[int, list[Finding]] = defaultdict(list)
    homeless: list[Finding] = []
    for finding in document.findings:
        if finding.field != "text":
            continue
        at = bisect_right(ends, finding.start)  # all passages before have ended
        while at < len(passages) and passages[at].end <= finding.start:
            at += 1
        if at < len(passages) and passages[at].start < finding.end:
            homes[passages[at].index].append(finding)
        else:
            homeless.append(finding)
    return homes, homeless


def _target(text: str, start: int, end: int) -> str:
    """The segment with its mark. Of one that is too long to be repeated for each of its findings, what stands around the mark."""
    if len(text) <= _LONGEST:
        return marked(text, start, end)
    first, last = max(start - _AROUND, 0), min(end + _AROUND, len(text))
    return f"{'…' * (first > 0)}{marked(text[first:last], start - first, end - first)}{'…' * (last < len(text))}"


def marked(text: str, start: int, end: int) -> str:
    """The text on one line with ``<v>…</v>`` around a range, which is cut where it leaves the text."""
    start, end = max(start, 0), min(end, len(text))
    return f"{_plain(text[:start])}<v>{_plain(text[start:end])}</v>{_plain(text[end:])}"


def _plain(text: str) -> str:
    """White space that would end a cell or row becomes a space; a mark that the author wrote stays text (``‹v>``)."""
    return _MARK.sub("‹", _BREAKS.sub(" ", text))


def _rating(finding: Finding | None) -> tuple[str, str, str]:
    """Category, severity and metadata."""
    category = finding.category if finding else _CLEAN
    severity = finding.severity.capitalize() if finding else _CLEAN
    return category, severity, json.dumps(_metadata(finding), ensure_ascii=False, sort_keys=True)


def _metadata(finding: Finding | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"source_not_seen": True}
    if finding:
        metadata |= {
            "marked_text": finding.quote,
            "note": finding.message,
            "detector": finding.detector,
            "probability": finding.probability,
            "field": finding.field,
            "start": finding.start,
            "end": finding.end,
        }
    return metadata
