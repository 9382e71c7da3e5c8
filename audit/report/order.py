"""Which findings to read first: grave, likely, told otherwise by a sibling; and one for each explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit.types import Finding

FIRST: Final = 3  # as many as a reader in a hurry looks at
# MQM's default weights: what is worth an editor's time does not depend on the preset that the damage was counted with.
_WEIGHTS: Final = {"minor": 1, "major": 5, "critical": 25}
_PROVED: Final = 1.2  # breaks ties in favour of what can be checked at once, and never lifts one severity over another


def worth(finding: Finding) -> float:
    """How much a finding is worth a look."""
    proved = any(evidence.kind == "sibling" for evidence in finding.evidence)
    return _WEIGHTS[finding.severity] * finding.probability * (_PROVED if proved else 1.0)


def first(findings: Sequence[Finding]) -> list[int]:
    """The numbers (from 0) of the findings to check first, the worthiest first."""
    ranked = sorted(range(len(findings)), key=lambda n: (-worth(findings[n]), findings[n].start, n))
    chosen: list[int] = []
    seen: set[str] = set()
    for n in ranked:
        reasons = _reasons(findings[n])
        if len(chosen) < FIRST and not reasons & seen:
            chosen.append(n)
            seen |= reasons
    return chosen


def _reasons(finding: Finding) -> set[str]:
    """What another finding would share that says the same again: its words, its foreign word, or its proof."""
    pivots = {f"{e.lang} {e.word}" for e in finding.evidence if e.kind == "pivot" and e.word}
    proofs = {f"{e.document} {e.quote}" for e in finding.evidence if e.kind == "sibling" and e.quote}
    return {finding.quote} | (pivots or proofs)
