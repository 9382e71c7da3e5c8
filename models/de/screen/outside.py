#!/usr/bin/env python3
"""Measures the committed screen on labelled documents of any origin; trains and tunes nothing.

    python models/de/screen/outside.py DOCUMENTS.jsonl [--each]

Each line: id, text, label (mt or human), kind; blank lines part the passages. ``--each`` prints every document's scores as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

import learn  # noqa: E402

from audit.neural.screen import Screen, ScreenScore  # noqa: E402


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("documents", type=Path, metavar="DOCUMENTS.jsonl")
    args.add_argument("--each", action="store_true")
    options = args.parse_args()
    rows = [json.loads(line) for line in options.documents.read_text(encoding="utf-8").splitlines() if line.strip()]
    scores = Screen.load(HERE).score([row["text"].split("\n\n") for row in rows])
    judged = [(row, score) for row, score in zip(rows, scores, strict=True) if score.decided]
    print(f"{len(rows)} documents, {len(judged)} long enough")
    for row, score in judged if options.each else []:
        print(f"{row['id']}: p_machine {score.p_machine:.2f}, p_translated {score.p_translated:.2f}, from {_first(score)}")

    def column(name: str, **want: str) -> np.ndarray:
        return np.array([getattr(score, name) for row, score in judged if all(row[key] == value for key, value in want.items())])

    machine = column("p_machine", label="mt")
    for title, other in (("all human", column("p_machine", label="human")), ("originals", column("p_machine", kind="original"))):
        print(f"AUC of p_machine, machine against {title}: {learn.auc(machine, other):.3f} ({len(machine)}, {len(other)})")
    print("AUC of p_translated, machine against originals: "
          f"{learn.auc(column('p_translated', label='mt'), column('p_translated', kind='original')):.3f}")  # fmt: skip
    for kind in sorted({row["kind"] for row, _ in judged}):
        p = column("p_machine", kind=kind)
        print(
            f"{kind}: {len(p)} documents, p_machine ≥ .5: {(p >= 0.5).sum()}, ≥ .9: {(p >= 0.9).sum()}, median {np.median(p):.3f}"
        )
    told = [(row["source_lang"], _first(score)) for row, score in judged if row.get("source_lang")]
    print(f"source language right: {sum(truth == said for truth, said in told)} of {len(told)}")
    return 0


def _first(score: ScreenScore) -> str:
    return score.source_lang[0].lang


if __name__ == "__main__":
    raise SystemExit(main())
