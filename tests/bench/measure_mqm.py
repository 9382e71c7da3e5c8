"""How well the findings' places agree with spans that people marked: token average precision, character-level F1.

    python tests/bench/measure_mqm.py --data ../shared/data [--without-encoder]

Documents: machine translations of the MQM development set of 2022 (``mqm/dev.jsonl.gz``: sources of newstest2019, one rater),
without siblings. A token's score is the highest probability of a finding that touches it. Beside the program's figures stands
what marking everything would get. People agree with people at a character-level F1 of .285 on such data (INVENTORY of the data).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audit.auditor import Auditor
from audit.options import Options
from audit.types import Document, DocumentReport

Marks = NDArray[np.bool_]


def documents(path: Path) -> dict[str, tuple[str, Marks]]:
    """Text and marked characters of each document."""
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            rows[f"{row['doc']}/{row['system']}"].append(row)
    found = {}
    for name, segments in rows.items():
        text, spans = "", []
        for row in segments:
            spans += [(len(text) + s["start"], len(text) + s["end"]) for s in row["spans"]]  # type: ignore[union-attr,index]
            text += f"{row['mt']}\n\n"
        marked = np.zeros(len(text), dtype=np.bool_)
        for start, end in spans:
            marked[start:end] = True
        found[name] = text, marked
    return found


def scores(report: DocumentReport, length: int) -> NDArray[np.float64]:
    """The highest probability of a finding at each character."""
    found = np.zeros(length)
    for finding in report.findings:
        if finding.field == "text":
            place = found[finding.start : finding.end]
            np.maximum(place, finding.probability, out=place)
    return found


def average_precision(score: NDArray[np.float64], label: Marks) -> float:
    """Area under precision and recall; equal scores are taken together."""
    order = np.argsort(-score, kind="stable")
    score, label = score[order], label[order]
    last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    hits = np.cumsum(label)[last]
    precision, recall = hits / (last + 1), hits / max(1, label.sum())
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def f1(chosen: Marks, label: Marks) -> float:
    return float(2 * (chosen & label).sum() / max(1, chosen.sum() + label.sum()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--without-encoder", action="store_true")
    args = parser.parse_args()
    auditor = Auditor("de", options=Options(min_probability=0.0, seek_siblings=False))
    if args.without_encoder:
        auditor.second.settings = {}
    texts = documents(args.data / "mqm" / "dev.jsonl.gz")
    report = auditor.audit(Document(id=name, text=text) for name, (text, _) in texts.items())
    characters = [(scores(row, len(row.text)), texts[row.id][1]) for row in report.documents]
    score, label = (np.concatenate(part) for part in zip(*characters, strict=True))
    tokens = [
        (found[m.start() : m.end()].max(), marked[m.start() : m.end()].any())
        for row, (found, marked) in zip(report.documents, characters, strict=True)
        for m in re.finditer(r"\S+", row.text)
    ]
    token_score, token_label = (np.array(part) for part in zip(*tokens, strict=True))
    print(f"{len(texts)} documents, {len(tokens)} tokens, {label.mean():.3f} of the characters marked by people")
    print(f"token AP {average_precision(token_score, token_label):.3f} (at random {token_label.mean():.3f})")
    print(f"character F1 at 0.5: {f1(score >= 0.5, label):.3f}; everything marked: {f1(np.ones_like(label), label):.3f}")
    for least in (0.1, 0.2, 0.3, 0.7):
        print(f"character F1 at {least}: {f1(score >= least, label):.3f}")


if __name__ == "__main__":
    main()
