"""How many labelled articles a calibration of one's own models takes, with the embedded encoder standing in for such a model.

    python tests/bench/measure_calibration.py --data ../shared/data [--encoder FOLDER] [--articles 160] [--draws 40] [--shuffled]

Documents: machine translations of newstest2021 with MQM spans (``mqm/train.jsonl.gz``: those of one system as one rater marked
them, drawn by hash; all of a document's errors count as labelled). The audit runs without its encoder; the encoder is then
calibrated as a stranger (role ``lm``) on random draws of n articles, and the calibration is tried on all the others. Printed for
each n: the share of draws that make the findings' log loss on the others smaller, the share that make it greater, the mean gain,
and the mean gain as a share of that of a calibration on all but the tried articles (ten folds). ``--shuffled`` deals the model's
answers to other findings: there nothing should be gained.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from audit.assets import root
from audit.auditor import Auditor
from audit.calibrate import Sample, chosen_lines, collect, log_loss
from audit.evaluate import Gold, Label
from audit.options import Options
from audit.types import Document

SIZES = (5, 10, 20, 40, 80)


def articles(path: Path, count: int) -> tuple[list[Document], list[Gold]]:
    """At most ``count`` documents, several systems' outputs of one source text among them, with their marked errors."""
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["system"].startswith("ref"):
                continue
            rows[f"{row['doc']}/{row['system']}/{row['rater']}"].append(row)
    whole = [name for name, segments in rows.items() if len(segments) >= 4]
    names = sorted(whole, key=lambda name: hashlib.sha256(name.encode()).digest())[:count]
    documents: list[Document] = []
    gold: list[Gold] = []
    for name in names:
        text = ""
        for row in rows[name]:
            segment = str(row["mt"])
            for span in row["spans"]:  # type: ignore[attr-defined]
                start, end = len(text) + int(span["start"]), len(text) + int(span["end"])
                if start < end:
                    quote = segment[int(span["start"]) : int(span["end"])]
                    marked = Gold(id=name, start=start, end=end, quote=quote, category="any", severity=span["severity"])
                    gold.append(marked)
            text += f"{segment}\n\n"
        documents.append(Document(id=name, text=text))
    return documents, gold


def gain(train: Sequence[Sample], test: Sequence[Sample]) -> float:
    """How much smaller the mean log loss of the test samples is with the lines of a calibration on the others."""
    lines = chosen_lines(train)
    return sum(log_loss(sample, {}) - log_loss(sample, lines) for sample in test) / max(1, len(test))


def shuffled(samples: Sequence[Sample]) -> list[Sample]:
    """The same findings with one another's signals, dealt among those that have signals of the same names."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, sample in enumerate(samples):
        groups[tuple(sorted(sample.signals))].append(i)
    found = list(samples)
    for places in groups.values():
        others = random.Random(len(places)).sample(places, len(places))
        for place, other in zip(places, others, strict=True):
            found[place] = samples[place]._replace(signals=samples[other].signals)
    return found


def draws(samples: Sequence[Sample], names: Sequence[str], size: int, count: int) -> list[float]:
    chance = random.Random(size)
    gains = []
    for _ in range(count):
        taken = set(chance.sample(list(names), size))
        train = [sample for sample in samples if sample.document in taken]
        gains.append(gain(train, [sample for sample in samples if sample.document not in taken]))
    return gains


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, default=root() / "de" / "encoder")
    parser.add_argument("--articles", type=int, default=160)
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--shuffled", action="store_true", help="a model that knows nothing: signals dealt to other findings")
    args = parser.parse_args()
    documents, gold = articles(args.data / "mqm" / "train.jsonl.gz", args.articles)
    options = Options(min_probability=0.0, seek_siblings=False)
    auditor = Auditor("de", device="cpu", options=options, lm=str(args.encoder))
    auditor.second.settings = {}  # the audit is to run without the encoder,
    own = auditor.own
    assert own is not None
    own.encoder = None  # and the encoder to be heard as a stranger
    labels = {document.id: Label(label="mt", complete=True) for document in documents}
    known = collect(auditor, own, documents, gold, labels).findings
    samples = shuffled(known) if args.shuffled else known
    names = [document.id for document in documents]
    real = sum(sample.real for sample in samples)
    print(f"{len(names)} articles, {len(samples)} findings of known truth, {real} of them real")
    loss = sum(log_loss(sample, {}) for sample in samples) / len(samples)
    folds = [names[fold::10] for fold in range(10)]
    total = 0.0
    for fold in folds:
        test = [sample for sample in samples if sample.document in fold]
        total += gain([sample for sample in samples if sample.document not in fold], test) * len(test) / len(samples)
    print(f"log loss {loss:.4f} without the model; ten folds: smaller by {total:.4f}; all articles: {chosen_lines(samples)}")
    print("articles  draws that help  do harm  mean gain  share of the whole")
    for size in (size for size in SIZES if size < len(names)):
        gains = draws(samples, names, size, args.draws)
        helps, harms = sum(value > 0 for value in gains), sum(value < 0 for value in gains)
        mean = sum(gains) / len(gains)
        share = mean / total if total else 0.0
        print(f"{size:>8}{helps / len(gains):>17.2f}{harms / len(gains):>9.2f}{mean:>11.4f}{share:>20.2f}")


if __name__ == "__main__":
    main()
