"""How often the verdict is right: whole audits of genuine German and of machine output, without siblings.

    python tests/bench/measure_verdicts.py --data ../shared/data [--documents 200] [--half 0|1]

The documents are those of measure_findings.py. For p_machine of the screen alone and of the verdict: AUC of machine against
genuine documents, the share of each kind at 0.5 and above, and findings a 1,000 words that a user would see (probability 0.5 and
above). The shipped screen has seen most of these documents in training, so its own figures here are better than in its CARD;
what the findings add to it, and what a user sees in genuine pages, is what this is for.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from measure_findings import KINDS, sample

from audit.auditor import Auditor
from audit.types import Document


def auc(machine: Sequence[float], genuine: Sequence[float]) -> float:
    """The chance that a machine's document scores higher than a genuine one."""
    wins = sum((m > g) + 0.5 * (m == g) for m in machine for g in genuine)
    return wins / (len(machine) * len(genuine))


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--documents", type=int, default=200)
    args.add_argument("--half", type=int, choices=(0, 1))
    options = args.parse_args()
    auditor = Auditor("de")
    screen: dict[str, list[float]] = {kind: [] for kind in KINDS}
    verdict: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, texts in sample(options.data, options.documents, options.half).items():
        seen, words = Counter[str](), 0
        for name, text in texts:
            (row,) = auditor.audit([Document(id=name, text=text)]).documents
            screened = auditor.screened(auditor.article(Document(id=name, text=text)))
            if screened is not None:
                screen[kind].append(screened.p_machine)
            verdict[kind].append(row.verdict.p_machine)
            seen.update(finding.detector for finding in row.findings)
            words += row.words
        rates = ", ".join(f"{name} {1000 * n / words:.2f}" for name, n in seen.most_common())
        print(f"{kind}: {len(texts)} documents, {words} words; seen a 1,000 words: {1000 * seen.total() / words:.2f} ({rates})")
    for name, p in (("screen", screen), ("verdict", verdict)):
        shares = ", ".join(f"{kind} {sum(value >= 0.5 for value in p[kind]) / len(p[kind]):.3f}" for kind in KINDS)
        print(f"{name}: AUC {auc(p['machine'], p['genuine']):.4f}; at 0.5 and above: {shares}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
