"""How often each detector speaks, in genuine German, in translations by people and in machine output.

    python tests/bench/measure_findings.py --data ../shared/data [--documents 300] [--half 0|1]

Documents: genuine ones from wikinews and the German originals of the WMT test sets (``--half`` chooses by a hash of the
document's name, so that one half can be read while working and the other kept for the final figure); people's and machines'
translations of the WMT test sets of 2019 to 2022, drawn by the same hash. No siblings are given.

A row a detector, for the three kinds of text: findings a 1,000 words with a weight above 0; the mass of all findings a 1,000
words (each counts as much as it is likely); the share of documents that have any; and the natural logarithm of the ratio of
findings, machine to genuine (half a finding added on both sides): what a finding says of a document. The votes in
``[de.verdict.votes]`` of models/thresholds.toml rest on it.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from audit.auditor import Auditor
from audit.detectors import detectors
from audit.types import Document

Texts = list[tuple[str, str]]
KINDS = ("genuine", "people", "machine")


def drawn(name: str, half: int | None) -> bool:
    return half is None or hashlib.sha256(name.encode()).digest()[0] % 2 == half


def order(name: str) -> bytes:
    return hashlib.sha256(f"order {name}".encode()).digest()


def genuine(data: Path) -> Iterator[tuple[str, str]]:
    """Name and text of the genuine documents."""
    parts: dict[str, list[str]] = defaultdict(list)
    for name, columns in (("wikinews", (0,)), ("wmt_original_2008-2022", (0, 2))):
        with gzip.open(data / "german" / f"{name}.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                row = line.rstrip("\n").split("\t")
                if name == "wikinews" or row[1] == "news":
                    parts["/".join([name, *(row[i] for i in columns)])].append(row[-1].replace("\\n", "\n"))
    yield from ((name, "\n\n".join(texts)) for name, texts in parts.items())


def translated(data: Path) -> Iterator[tuple[str, str, str]]:
    """Kind, name and text of the translated documents."""
    for path in sorted((data / "mtht").glob("wmt*_*-de.jsonl.gz")):
        if path.name[3:5] not in ("19", "20", "21", "22"):
            continue
        parts: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, row in enumerate(map(json.loads, file)):
                doc = row.get("doc") or f"block {number // 12}"
                for kind, texts in (("people", row["refs"]), ("machine", row["hyps"])):
                    for name, text in texts.items():
                        parts[kind, doc, name].append(text)
        for (kind, doc, name), texts in parts.items():
            yield kind, f"{path.name}/{doc}/{name}", "\n\n".join(texts)


def sample(data: Path, count: int, half: int | None) -> dict[str, Texts]:
    """At most ``count`` documents a kind, of at least 80 words."""
    found: dict[str, Texts] = {kind: [] for kind in KINDS}
    found["genuine"] = [(name, text) for name, text in genuine(data) if drawn(name, half)]
    for kind, name, text in translated(data):
        found[kind].append((name, text))
    for kind in KINDS:
        long = [(name, text) for name, text in found[kind] if len(text.split()) >= 80]
        found[kind] = sorted(long, key=lambda pair: order(pair[0]))[:count]
    return found


class Spoken(NamedTuple):
    """Documents and words read; by detector findings above 0, documents that have any, and the mass of all findings."""

    read: int
    words: int
    findings: Counter[str]
    documents: Counter[str]
    mass: dict[str, float]


def measure(auditor: Auditor, texts: Texts, listed: set[str]) -> Spoken:
    """What the detectors say of these texts; findings of those in ``listed`` are printed."""
    words, findings, documents, mass = 0, Counter[str](), Counter[str](), defaultdict[str, float](float)
    for name, text in texts:
        article = auditor.article(Document(id=name, text=text))
        words += article.words
        for detector_id, detector in auditor.detectors.items():
            if "siblings" in detector.needs:
                continue
            all_found = detector.detect(auditor.context(article, (), detector_id))
            mass[detector_id] += sum(1 / (1 + math.exp(-finding.weight)) for finding in all_found)
            found = [finding for finding in all_found if finding.weight > 0]
            findings[detector_id] += len(found)
            documents[detector_id] += bool(found)
            for finding in found if detector_id in listed else []:
                before, after = text[max(0, finding.start - 40) : finding.start], text[finding.end : finding.end + 30]
                place = " ".join(f"{before}[{finding.quote}]{after}".split())
                print(f"{detector_id} {finding.weight:.1f} {name}: {place} | {finding.message}")
    return Spoken(len(texts), words, findings, documents, mass)


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--documents", type=int, default=300)
    args.add_argument("--half", type=int, choices=(0, 1))
    args.add_argument("--list", default="", metavar="ID,…", help="print these detectors' findings in genuine documents")
    options = args.parse_args()
    auditor = Auditor("de")
    rows: dict[str, Spoken] = {}
    for kind, texts in sample(options.data, options.documents, options.half).items():
        listed = set(options.list.split(",")) if kind == "genuine" else set()
        rows[kind] = measure(auditor, texts, listed)
        print(f"{kind}: {rows[kind].read} documents, {rows[kind].words} words")
    print(f"\n{'detector':<18}{'findings a 1,000 words':>30}{'mass a 1,000 words':>30}{'share of documents':>30}{'ln ratio':>10}")
    print(f"{'':<18}" + 3 * "".join(f"{kind:>10}" for kind in KINDS))
    for detector_id in detectors():
        spoken = [rows[kind] for kind in KINDS]
        rates = [1000 * row.findings[detector_id] / row.words for row in spoken]
        masses = [1000 * row.mass[detector_id] / row.words for row in spoken]
        shares = [row.documents[detector_id] / row.read for row in spoken]
        ratio = math.log((rates[2] + 500 / spoken[2].words) / (rates[0] + 500 / spoken[0].words))
        print(f"{detector_id:<18}{''.join(f'{value:>10.3f}' for value in [*rates, *masses, *shares])}{ratio:>10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
