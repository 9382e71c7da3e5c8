"""Measures what [de.siblings] and [de.name_variant] of models/thresholds.toml were chosen by.

    python tests/bench/measure_siblings.py --data DATA [--half 0|1]

DATA holds ``german/wikinews.tsv.gz``, ``german/wmt_original_2008-2022.tsv.gz`` and ``mtht/wmt20_en-de.jsonl.gz``. Prints

- discovery: how many pairs of Wikinews articles published over 60 days apart (unrelated, but for recurring topics) reach each
  similarity, and how many articles cut into halves find their other half;
- alignment: a machine translation against a human one of the same document with every third sentence taken out: how often the
  best partner is the right sentence, and how many sentences that have a partner find it;
- names: findings of name_variant by weight per 1,000 words of genuine news, alone and with the most similar and random other
  articles given as siblings, on one half of the documents (by a hash of their names).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from audit.article import Article
from audit.auditor import Auditor
from audit.detectors import name_variant
from audit.siblings import Sibling, align, discover
from audit.siblings.discover import _pairs
from audit.types import Document

SIMILARITIES = (0.12, 0.15, 0.17, 0.2, 0.22, 0.25, 0.3)
ALIGNMENTS = (0.2, 0.25, 0.3, 0.35)
WEIGHTS = (-2.0, -1.0, 0.0, 1.0, 2.0)
UNRELATED_DAYS = 60


def lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


def wikinews(data: Path) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines(data / "german/wikinews.tsv.gz"):
        name, _, text = line.partition("\t")
        found[name].append(text)
    return {name: "\n\n".join(texts) for name, texts in found.items()}


def wmt(data: Path) -> dict[str, str]:
    """News by document; before 2019, where documents have no name, every 25 segments."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines(data / "german/wmt_original_2008-2022.tsv.gz")[1:]:
        year, _, name, test_set, segment, text = line.split("\t")
        found[f"{year} {name or f'{test_set} {int(segment) // 25}'}"].append(text)
    return {name: "\n\n".join(texts) for name, texts in found.items()}


def measure_discovery(auditor: Auditor, texts: dict[str, str], settings: dict[str, Any]) -> None:
    days = {name: match[1] for name in texts if (match := re.search(r"\((\d{4}-\d\d-\d\d)\)", name))}
    names = sorted(days)
    articles = [auditor.article(Document(id=name, text=texts[name])) for name in names]
    ordinals = [date.fromisoformat(days[name]).toordinal() for name in names]
    far = {(i, j) for i, j in combinations(range(len(names)), 2) if abs(ordinals[i] - ordinals[j]) > UNRELATED_DAYS}
    scores = [score for i, j, score in _pairs(articles, settings) if (i, j) in far]
    halves = [half for name in names for half in cut(texts[name])]
    pieces = [auditor.article(Document(id=str(i), text=half)) for i, half in enumerate(halves)]
    found = {i: score for i, j, score in _pairs(pieces, settings) if i % 2 == 0 and j == i + 1}
    print(f"discovery: {len(far)} unrelated pairs, {len(halves) // 2} articles in halves")
    for least in SIMILARITIES:
        reached = sum(score >= least for score in scores)
        rejoined = sum(score >= least for score in found.values())
        print(f"  {least:.2f}  unrelated {10_000 * reached / len(far):7.2f} in 10,000   halves {2 * rejoined / len(halves):.3f}")


def cut(text: str) -> tuple[str, ...]:
    """The two halves of a text by its sentences, of 80 words and more each; nothing where it is shorter."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„])", text.replace("\n", " "))
    middle = len(sentences) // 2
    halves = " ".join(sentences[:middle]), " ".join(sentences[middle:])
    return halves if min(len(half.split()) for half in halves) >= 80 else ()


def measure_alignment(auditor: Auditor, data: Path, settings: dict[str, Any]) -> None:
    documents: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in lines(data / "mtht/wmt20_en-de.jsonl.gz"):
        row = json.loads(line)
        documents[row["doc"]].append((row["hyps"][min(row["hyps"])], row["refs"][min(row["refs"])]))
    for least in ALIGNMENTS:
        counts = Counter[str]()
        for pairs in documents.values():
            count_alignment(auditor, pairs, {**settings, "align": {**settings["align"], "score": least}}, counts)
        precision, recall = counts["right"] / counts["found"], counts["right"] / counts["all"]
        print(f"alignment {least:.2f}: precision {precision:.3f}, recall {recall:.3f}")


def count_alignment(auditor: Auditor, pairs: Sequence[tuple[str, str]], settings: dict[str, Any], counts: Counter[str]) -> None:
    article = auditor.article(Document(id="machine", text="\n\n".join(machine for machine, _ in pairs)))
    kept = "\n\n".join(human for i, (_, human) in enumerate(pairs) if i % 3)
    sibling = Sibling(auditor.article(Document(id="human", text=kept)), 1.0)
    aligned = align.align(article, [sibling], settings)
    for segment in article.prose:
        i = next((i for i, (machine, _) in enumerate(pairs) if segment.text in machine or machine in segment.text), None)
        if i is None:
            continue
        best = aligned.get(segment, ())[:1]
        counts["all"] += i % 3 > 0
        counts["found"] += len(best)
        counts["right"] += any(i % 3 and (row.text in pairs[i][1] or pairs[i][1] in row.text) for row in best)


def measure_names(auditor: Auditor, texts: dict[str, str], half: int, settings: dict[str, Any]) -> None:
    chosen = sorted(name for name in texts if hashlib.md5(name.encode()).digest()[0] % 2 == half)
    articles = [auditor.article(Document(id=name, text=texts[name])) for name in chosen]
    words = sum(article.words for article in articles)
    near = discover.discover(articles, (), {**settings, "similarity": 0.05})
    draw = random.Random(1)
    for label in ("alone", "with siblings"):
        weights: list[float] = []
        for article, row in zip(articles, near, strict=True):
            strangers = [Sibling(other, 0.1) for other in draw.sample(articles, 2) if other is not article]
            weights += found_weights(auditor, article, [*row[:4], *strangers] if label != "alone" else ())
        rates = {least: round(1000 * sum(weight >= least for weight in weights) / words, 3) for least in WEIGHTS}
        print(f"name_variant {label}, {len(articles)} articles, {words} words, per 1,000 by least weight: {rates}")


def found_weights(auditor: Auditor, article: Article, siblings: Sequence[Sibling]) -> list[float]:
    return [finding.weight for finding in name_variant.detect(auditor.context(article, siblings, "name_variant"))]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--half", type=int, choices=(0, 1), default=0)
    options = arguments.parse_args()
    auditor = Auditor("de")
    settings = dict(auditor.assets.settings["siblings"])
    news = wikinews(options.data)
    # Everything that shares a few rare terms is scored here: the threshold under test must not hide it.
    measure_discovery(auditor, news, {**settings, "similarity": 0.01})
    measure_alignment(auditor, options.data, settings)
    measure_names(auditor, {**news, **wmt(options.data)}, options.half, settings)


if __name__ == "__main__":
    main()
