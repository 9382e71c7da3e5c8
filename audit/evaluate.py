"""How good an audit is: a record compared with what people labelled (`audit.labels`).

A finding claims a gold span if the two overlap and the finding is at most three times as long as the span plus 25 characters:
marking a whole paragraph finds nothing. Gold that needs the source text counts for nothing. Gold is usually not complete, so
a finding that claims no span is *false* only in a document that is genuine or fully labelled (``complete``); elsewhere its
truth is unknown, and it counts for nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from audit.errors import InputError
from audit.labels import Gold, Label, read_gold, read_labels
from audit.measures import Reliability, Share, auc, average_precision, calibration_error, reliability
from audit.types import DocumentReport, Field, Finding, Record

__all__ = ["Evaluation", "Gold", "Label", "as_json", "as_text", "evaluate", "is_claim", "read_gold", "read_labels"]

# A finding at least as likely as not is reported, and a document called machine-translated.
REPORTED: Final = 0.5
# How much longer than the gold span a finding may be: times, and characters (a word on either side of it).
LONGER_TIMES: Final = 3
LONGER_CHARACTERS: Final = 25
# Findings that describe a page and accuse nobody: furniture stands on genuine pages, too.
_NO_CHARGE: Final = frozenset({"site_furniture"})
_WORD: Final = re.compile(r"\w+")


class FalseFindings(msgspec.Struct, frozen=True, kw_only=True):
    """Reported findings on genuine documents; rates are per 1,000 words, None and empty without genuine documents."""

    documents: int
    words: int
    count: int
    per_1000: float | None
    by_detector: dict[str, float]


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """Labelled documents by ``p_machine``: AUC, how many of both kinds reach 0.5, and truth → verdict → documents."""

    auc: float | None
    machine_called: Share
    people_accused: Share
    confusion: dict[str, dict[str, int]]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The measures; None is "not measurable": the labels do not tell.

    ``precision`` is taken on fully labelled documents, ``recall`` over gold spans (``gold_elsewhere`` of them lie in
    documents that the record has not). These and ``false`` count reported findings; ``average_precision``,
    ``calibration_error`` and ``reliability`` take all findings of the record whose truth is known. ``offset_errors`` counts
    findings whose quote is not what stands at their place; it must be 0.
    """

    documents: int
    gold: int
    gold_elsewhere: int
    precision: Share
    recall: Share
    recall_by_category: dict[str, Share]
    recall_by_severity: dict[str, Share]
    false: FalseFindings
    average_precision: float | None
    known_findings: int
    calibration_error: float | None
    reliability: list[Reliability]
    verdicts: Verdicts
    offset_errors: int


class _Judged(msgspec.Struct, frozen=True):
    """A finding and the numbers of the gold spans it claims; a false one claims none."""

    detector: str
    probability: float
    reported: bool
    claims: tuple[int, ...]
    genuine: bool
    complete: bool

    @property
    def known(self) -> bool:
        """Whether its truth is known; it is true if it claims something."""
        return bool(self.claims) or self.genuine or self.complete


def evaluate(record: Record, gold: Sequence[Gold], labels: Mapping[str, Label], *, reported: float = REPORTED) -> Evaluation:
    """Measures a record, in which findings below the probability ``reported`` count for ranking and calibration only.

    Raises InputError for a gold row whose quote is not what stands at its place in the document.
    """
    reports = {report.id: report for report in record.documents}
    counted = [row for row in gold if row.evidence != "source" and row.id in reports]
    judged = _judged(record.documents, counted, labels, reported)
    claimed = {number for item in judged if item.reported for number in item.claims}
    told = [item for item in judged if item.reported and item.complete]
    known = [(item.probability, bool(item.claims)) for item in judged if item.known]
    return Evaluation(
        documents=len(reports),
        gold=len(counted),
        gold_elsewhere=sum(row.id not in reports for row in gold),
        precision=Share.of(sum(bool(item.claims) for item in told), len(told)),
        recall=Share.of(len(claimed), len(counted)),
        recall_by_category=_recall(counted, claimed, lambda row: row.category),
        recall_by_severity=_recall(counted, claimed, lambda row: row.severity),
        false=_false(record.documents, judged, labels),
        average_precision=average_precision([(i.probability, i.claims) for i in judged if i.known], len(counted)),
        known_findings=len(known),
        calibration_error=calibration_error(known),
        reliability=reliability(known),
        verdicts=_verdicts(record.documents, labels),
        offset_errors=sum(_misplaced(report, finding) for report in record.documents for finding in report.findings),
    )


def _judged(
    documents: Iterable[DocumentReport], gold: Sequence[Gold], labels: Mapping[str, Label], reported: float
) -> list[_Judged]:
    """Every finding with what it claims; descriptions of a page that claim nothing are left out."""
    spans: dict[str, list[tuple[int, Gold]]] = defaultdict(list)
    for number, row in enumerate(gold):
        spans[row.id].append((number, row))
    judged: list[_Judged] = []
    for report in documents:
        label = labels.get(report.id)
        genuine, complete = label is not None and label.genuine, label is not None and label.complete
        for _, row in spans[report.id]:
            if _content(report, row.field)[row.start : row.end] != row.quote:
                raise InputError(row.place or row.id, f"the quote {row.quote!r} is not what stands at {row.start}:{row.end}")
        for finding in report.findings:
            claims = tuple(number for number, row in spans[report.id] if is_claim(finding, row))
            if claims or finding.detector not in _NO_CHARGE:
                judged.append(
                    _Judged(finding.detector, finding.probability, finding.probability >= reported, claims, genuine, complete)
                )
    return judged


def is_claim(finding: Finding, gold: Gold) -> bool:
    """Whether a finding marks this gold span: it touches it and is not much longer."""
    if finding.field != gold.field or finding.start >= gold.end or gold.start >= finding.end:
        return False
    return finding.end - finding.start <= LONGER_TIMES * (gold.end - gold.start) + LONGER_CHARACTERS


def _content(report: DocumentReport, field: Field) -> str:
    return report.text if field == "text" else report.title


def _misplaced(report: DocumentReport, finding: Finding) -> bool:
    return _content(report, finding.field)[finding.start : finding.end] != finding.quote


def _recall(gold: Sequence[Gold], claimed: set[int], key: Callable[[Gold], str]) -> dict[str, Share]:
    total = Counter(key(row) for row in gold)
    found = Counter(key(gold[number]) for number in claimed)
    return {name: Share.of(found[name], total[name]) for name in sorted(total)}


def _false(documents: Iterable[DocumentReport], judged: Iterable[_Judged], labels: Mapping[str, Label]) -> FalseFindings:
    genuine = [report for report in documents if report.id in labels and labels[report.id].genuine]
    words = sum(len(_WORD.findall(report.text)) for report in genuine)
    count = Counter(item.detector for item in judged if item.reported and item.genuine and not item.claims)
    rates = {name: round(1000 * count[name] / words, 6) for name in sorted(count)} if words else {}
    rate = round(1000 * count.total() / words, 6) if words else None
    return FalseFindings(documents=len(genuine), words=words, count=count.total(), per_1000=rate, by_detector=rates)


def _verdicts(documents: Iterable[DocumentReport], labels: Mapping[str, Label]) -> Verdicts:
    confusion: dict[str, Counter[str]] = {"mt": Counter(), "human": Counter()}
    p: dict[str, list[float]] = {"mt": [], "human": []}
    for report in documents:
        if label := labels.get(report.id):
            confusion[label.label][report.verdict.label] += 1
            p[label.label].append(report.verdict.p_machine)
    called = {name: Share.of(sum(value >= REPORTED for value in values), len(values)) for name, values in p.items()}
    return Verdicts(
        auc=auc(p["mt"], p["human"]),
        machine_called=called["mt"],
        people_accused=called["human"],
        confusion={name: dict(sorted(counts.items())) for name, counts in confusion.items() if counts},
    )


def as_json(evaluation: Evaluation) -> str:
    """The measures as one JSON object."""
    return msgspec.json.format(msgspec.json.encode(evaluation), indent=2).decode()


def as_text(evaluation: Evaluation) -> str:
    """The measures as a table for people."""
    e, false, verdicts = evaluation, evaluation.false, evaluation.verdicts
    elsewhere = f" ({e.gold_elsewhere} more in other documents)" if e.gold_elsewhere else ""
    rows = [
        f"{e.documents} documents, {e.gold} labelled errors{elsewhere}",
        "",
        _row("recall", _share(e.recall)),
        *(_row(f"  {name}", _share(share)) for name, share in e.recall_by_category.items()),
        *(_row(f"  {name}", _share(share)) for name, share in e.recall_by_severity.items()),
        _row("precision, in fully labelled documents", _share(e.precision)),
        _row("average precision", _number(e.average_precision)),
        "",
        _row("false findings per 1,000 genuine words", _number(false.per_1000, f"{false.count} in {false.words:,} words")),
        *(_row(f"  {name}", _number(rate)) for name, rate in false.by_detector.items()),
        "",
        _row("documents: AUC", _number(verdicts.auc)),
        _row("  machine translations called so", _share(verdicts.machine_called)),
        _row("  people accused", _share(verdicts.people_accused)),
        *(_row(f"  {truth} judged", _counts(counts)) for truth, counts in verdicts.confusion.items()),
        "",
        _row("calibration error of findings", _number(e.calibration_error, f"{e.known_findings} of known truth")),
        *(_row(f"  real at {row.low:.1f} to {row.high:.1f}", _reliability(row)) for row in e.reliability),
        "",
        _row("quotes that are not at their place", f"{e.offset_errors:>7}"),
    ]
    return "\n".join(rows)


def _row(name: str, value: str) -> str:
    return f"{name:<42}{value}"


def _number(value: float | None, note: str = "") -> str:
    return "not measurable" if value is None else f"{value:>7.3f}" + (f"   {note}" if note else "")


def _share(share: Share) -> str:
    return _number(share.value, f"{share.count} of {share.total}")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {label}" for label, number in counts.items())


def _reliability(row: Reliability) -> str:
    return _number(row.real, f"promised {row.mean_probability:.3f}, {row.count} findings")
