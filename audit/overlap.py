"""One flaw, one finding: where several detectors of form see the same words, the surest stays and names the others.

Only detectors of form are joined (grammar, coherence, style, conventions of the locale): a word of the wrong sense and a
wrong ending on it are two flaws, two words for one slip of grammar are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from audit.types import Evidence, Finding

_FORM: Final = ("Fluency/", "Coherence/", "Style/", "Locale convention")
# Detectors that agree are no independent witnesses: the second one's positive log odds count half.
_SECOND_WITNESS: Final = 0.5
# Two findings are on the same words if they share at least half of the shorter one.
_SHARED: Final = 0.5
_STRETCH: Final = 256  # characters


def joined(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with those of one flaw joined, in no particular order."""
    kept: list[Finding] = []
    # Which of the kept ones touch a stretch of the text: only those can be on the same words.
    near: dict[tuple[str, int], list[int]] = defaultdict(list)
    for finding in sorted(findings, key=lambda f: (-f.weight, f.field, f.start, f.end, f.detector)):
        stretches = [(finding.field, n) for n in range(finding.start // _STRETCH, finding.end // _STRETCH + 1)]
        rivals = sorted({i for stretch in stretches for i in near.get(stretch, ())})
        at = next((i for i in rivals if _is_same(finding, kept[i])), None)
        if at is None:
            for stretch in stretches:
                near[stretch].append(len(kept))
            kept.append(finding)
            continue
        first = kept[at]
        witness = Evidence(kind="detector", word=finding.quote, note=f"{finding.detector}: {finding.message}")
        kept[at] = msgspec.structs.replace(
            first,
            weight=first.weight + _SECOND_WITNESS * max(finding.weight, 0.0),
            evidence=(*first.evidence, witness),
            suggestions=first.suggestions or finding.suggestions,
        )
    return kept


def _is_same(finding: Finding, other: Finding) -> bool:
    if finding.detector == other.detector or finding.field != other.field:
        return False
    if not (finding.category.startswith(_FORM) and other.category.startswith(_FORM)):
        return False
    shared = min(finding.end, other.end) - max(finding.start, other.start)
    return shared > 0 and shared >= _SHARED * min(finding.end - finding.start, other.end - other.start)
