#!/usr/bin/env python3
"""Are the findings' probabilities what they say? Judged places of machine translations, by the probability given to them.

    python models/de/verdict/reliability.py --data ../shared/data

judged.tsv names places in system outputs of the WMT news tests (test, document, system, segments read, start and end in the text
that they make with an empty line between them), the detector that suspected them, whether it had a sibling, and a verdict: 1 the
marked words are part of an error that an editor would have to change, 0 they are not, 0.5 undecidable. Places were judged one by
one with source and reference at hand, without sight of the weights, by a language model under the authors' guidance: one judge,
once. The documents are audited anew, alone and with one reference as their sibling; findings without a judgement are counted.

The half "fit" may be used to set weights, the half "test" (tests and articles apart) only to look.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from audit.auditor import Auditor  # noqa: E402
from audit.siblings import Sibling  # noqa: E402
from audit.types import Document, Finding  # noqa: E402

EDGES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
# What the sibling is taken for: a translation of the same text.
_SIMILARITY = 0.4
# With a sibling only these detectors are looked at: the others say the same as without.
_WITH_SIBLING = ("wrong_sense", "term_drift", "contradiction", "name_variant")


class Judged(NamedTuple):
    """A judged place; ``half``: fit or test."""

    half: str
    test: str
    document: str
    system: str
    segments: int
    mode: str
    detector: str
    start: int
    end: int
    label: float

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        return self.half, self.test, self.document, self.system, self.segments


class Seen(NamedTuple):
    """A finding of today: its weight and probability, and what was judged of its place (None: nothing)."""

    half: str
    mode: str
    detector: str
    weight: float
    probability: float
    label: float | None


def judged() -> list[Judged]:
    """The rows of judged.tsv."""
    with (HERE / "judged.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        return [Judged(*r[:4], int(r[4]), r[5], r[6], int(r[7]), int(r[8]), float(r[9])) for r in rows]


def texts(data: Path, test: str, document: str, system: str, segments: int) -> tuple[str, str]:
    """The system's text of a document (``@7``: of the segments from the seventh on), and the first reference of it."""
    with gzip.open(data / f"mtht/{test}.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    first = int(document[1:]) if document.startswith("@") else 0
    rows = rows[first:] if first or document == "@0" else [row for row in rows if row["doc"] == document]
    rows = rows[:segments]
    reference = min(set.intersection(*(set(row["refs"]) for row in rows)) if document.startswith("@") else rows[0]["refs"])
    return "\n\n".join(row["hyps"][system] for row in rows), "\n\n".join(row["refs"].get(reference, "") for row in rows)


def findings(auditor: Auditor, text: str, reference: str, mode: str) -> list[Finding]:
    """All findings with their posteriors, those too improbable for a record among them."""
    article = auditor.article(Document(id="machine", text=text))
    mates = (Sibling(auditor.article(Document(id="reference", text=reference)), _SIMILARITY),) if mode == "sibling" else ()
    found: list[Finding] = []
    for detector in auditor.detectors.values():
        if mates or "siblings" not in detector.needs:
            found += detector.detect(auditor.context(article, mates, detector.id))
    return list(auditor.judge.judge(article, auditor.second.heard(article, found), auditor.screened(article)).findings)


def seen(data: Path) -> Iterator[Seen]:
    """Every finding in the judged documents that has a judgement, or is probable enough for a record."""
    auditor = Auditor("de")
    documents: dict[tuple[str, str, str, str, int], list[Judged]] = defaultdict(list)
    for row in judged():
        documents[row.key].append(row)
    for (half, *place), rows in sorted(documents.items()):
        text, reference = texts(data, *place)  # type: ignore[arg-type]
        for mode in ("alone", "sibling"):
            known = [row for row in rows if row.mode == mode]
            for finding in findings(auditor, text, reference, mode):
                if finding.field != "text" or (mode == "sibling" and finding.detector not in _WITH_SIBLING):
                    continue
                labels = [
                    r.label for r in known if r.detector == finding.detector and r.start < finding.end and finding.start < r.end
                ]
                if labels or finding.probability >= 0.5:
                    yield Seen(half, mode, finding.detector, finding.weight, finding.probability, max(labels, default=None))


def table(rows: list[Seen]) -> Iterator[str]:
    """By probability: findings judged, their mean probability, and the share that is right."""
    for low, high in itertools.pairwise(EDGES):
        inside = [row for row in rows if row.label is not None and low <= row.probability < high]
        if inside:
            mean = sum(row.probability for row in inside) / len(inside)
            right = sum(row.label or 0.0 for row in inside) / len(inside)
            yield f"| {low:.2f} | {len(inside)} | {mean:.2f} | {right:.2f} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--list", type=Path, help="write every finding with its judgement here")
    options = parser.parse_args()
    rows = list(seen(options.data))
    if options.list:
        options.list.write_text("".join(json.dumps(row._asdict()) + "\n" for row in rows), encoding="utf-8")
    for half in ("fit", "test"):
        print(f"\n{half}\n\n| from | findings | mean probability | right |\n|---|---|---|---|")
        print("\n".join(table([row for row in rows if row.half == half])))
        print("\n| detector | judged | right | reported | judged of these | mean probability | right |\n" + 7 * "|---" + "|")
        for mode in ("alone", "sibling"):
            for detector in sorted({row.detector for row in rows}):
                group = [row for row in rows if (row.half, row.mode, row.detector) == (half, mode, detector)]
                known = [row for row in group if row.label is not None]
                shown = [row for row in known if row.probability >= 0.5]
                if not known:
                    continue
                share = sum(row.label or 0.0 for row in known) / len(known)
                reported = sum(row.probability >= 0.5 for row in group)
                line = f"| {detector}, {mode} | {len(known)} | {share:.2f} | {reported} | {len(shown)} |"
                if shown:
                    mean = sum(row.probability for row in shown) / len(shown)
                    line += f" {mean:.2f} | {sum(row.label or 0.0 for row in shown) / len(shown):.2f} |"
                print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
