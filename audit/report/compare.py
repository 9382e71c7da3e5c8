"""Two runs compared: which findings are new, which are known, which are gone, and which verdicts changed.

A finding is known by its document's id and its fingerprint. It is gone only if the later run looked: its document was audited
again and its detector ran on it. What was not looked for is not gone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from audit.types import DocumentReport, Finding, Record, Verdict

AnyRecord = TypeVar("AnyRecord", bound=Record)
_DETECTORS: Final = re.compile(r"(?:^|\|)detectors:([^|]*)")


@dataclass(frozen=True)
class Change:
    """A document whose verdict is another one than before."""

    document: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class Comparison:
    """What a later run has that an earlier one had not, and the other way round.

    ``new`` and ``same`` are findings of the later run, ``gone`` of the earlier one, each with its document's id, in the order
    of their records. ``added`` and ``missing`` are documents that only the later or only the earlier run has.
    """

    new: tuple[tuple[str, Finding], ...]
    same: tuple[tuple[str, Finding], ...]
    gone: tuple[tuple[str, Finding], ...]
    changes: tuple[Change, ...]
    added: tuple[str, ...]
    missing: tuple[str, ...]


def compare(earlier: Record, later: Record, reported: Callable[[Finding], bool] = lambda finding: True) -> Comparison:
    """The later run against the earlier one.

    ``reported`` says whether the later run would have reported such a finding at all (its least probability and severity);
    earlier findings that it would not have are neither known nor gone.
    """
    before = {document.id: document for document in earlier.documents}
    after = {document.id: document for document in later.documents}
    ran = _ran(later)
    new: list[tuple[str, Finding]] = []
    same: list[tuple[str, Finding]] = []
    gone: list[tuple[str, Finding]] = []
    for document in later.documents:
        known = Counter(f.fingerprint for f in before[document.id].findings) if document.id in before else Counter[str]()
        for finding in document.findings:
            is_known = bool(finding.fingerprint) and known[finding.fingerprint] > 0
            known[finding.fingerprint] -= is_known
            (same if is_known else new).append((document.id, finding))
    for document in earlier.documents:
        if document.id in after:
            found = _vanished(document, after[document.id], ran)
            gone += [(document.id, finding) for finding in found if reported(finding)]
    changes = [
        Change(d.id, before[d.id].verdict, d.verdict)
        for d in later.documents
        if d.id in before and before[d.id].verdict.label != d.verdict.label
    ]
    added = tuple(document.id for document in later.documents if document.id not in before)
    missing = tuple(document.id for document in earlier.documents if document.id not in after)
    return Comparison(tuple(new), tuple(same), tuple(gone), tuple(changes), added, missing)


def only_new(record: AnyRecord, comparison: Comparison) -> AnyRecord:
    """The record without its known findings; verdicts and damage are those of the whole text."""
    known = {(document, id(finding)) for document, finding in comparison.same}

    def fresh(document: DocumentReport) -> DocumentReport:
        kept = tuple(finding for finding in document.findings if (document.id, id(finding)) not in known)
        return document if len(kept) == len(document.findings) else msgspec.structs.replace(document, findings=kept)

    return msgspec.structs.replace(record, documents=tuple(fresh(document) for document in record.documents))


def _vanished(before: DocumentReport, after: DocumentReport, ran: frozenset[str] | None) -> list[Finding]:
    left = Counter(finding.fingerprint for finding in after.findings)
    skipped = {skip.detector for skip in after.skips}
    found: list[Finding] = []
    for finding in before.findings:
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
        elif finding.detector not in skipped and (ran is None or finding.detector in ran):
            found.append(finding)
    return found


def _ran(record: Record) -> frozenset[str] | None:
    """The detectors of a run, from its signature; None where it does not say (JSON Lines have none)."""
    match = _DETECTORS.search(record.signature)
    return frozenset(name.rpartition(".")[0] for name in match[1].split(",")) if match else None
