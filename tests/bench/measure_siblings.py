"""Measures what [de.siblings] and [de.name_variant] of models/thresholds.toml were chosen by.

    python tests/bench/measure_siblings.py --data DATA [--half 0|1]

DATA holds ``german/wikinews.tsv.gz``, ``german/wmt_original_2008-2022.tsv.gz`` and ``mtht/wmt20_en-de.jsonl.gz``. Prints

- discovery: how many pairs of Wikinews articles published over 60 days apart (unrelated, but for recurring topics) reach each
  similarity, how many published within two days (some on one event), how many articles cut into halves find their other half;
  and how many of the pairs that are alike enough the index proposes, by the number of keys asked for and shared;
- alignment: machine translations against human ones of the same text, 25 segments each, every third segment taken out: how often
  the best partner is the right sentence, and how many sentences that have a partner find it;
- names: findings of name_variant and translated_name by weight per 1,000 words of genuine news, alone and with the most similar
  and random other articles given as siblings, on one half of the documents (by a hash of their names).
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
from audit.detectors import name_variant, translated_name
from audit.siblings import Sibling, align, discover
from audit.siblings.index import StoryIndex
from audit.siblings.synonyms import synonyms
from audit.types import Document

SIMILARITIES = (0.12, 0.15, 0.17, 0.2, 0.22, 0.25, 0.3)
ALIGNMENTS = (0.2, 0.23, 0.25, 0.3)
NAMES = {"name_variant": name_variant, "translated_name": translated_name}
WEIGHTS = (-2.0, -1.0, 0.0, 1.0, 2.0)
UNRELATED_DAYS = 60
SAME_EVENT_DAYS = 2
SEGMENTS = 25
INDEXES = ((40, 4), (40, 3), (40, 2), (25, 3), (25, 2), (15, 2))


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


def paired(articles: Sequence[Article], settings: dict[str, Any]) -> dict[tuple[int, int], float]:
    """The similarities of all pairs that the index proposes."""
    index = StoryIndex(settings)
    for article in articles:
        index.add(article)
    return {(i, j): score for i, j, score in index.pairs()}


def measure_discovery(auditor: Auditor, texts: dict[str, str], settings: dict[str, Any]) -> None:
    days = {name: match[1] for name in texts if (match := re.search(r"\((\d{4}-\d\d-\d\d)\)", name))}
    names = sorted(days)
    ordinals = [date.fromisoformat(days[name]).toordinal() for name in names]
    pairs = list(combinations(range(len(names)), 2))
    far = {(i, j) for i, j in pairs if abs(ordinals[i] - ordinals[j]) > UNRELATED_DAYS}
    near = {(i, j) for i, j in pairs if abs(ordinals[i] - ordinals[j]) <= SAME_EVENT_DAYS}
    whole = [auditor.article(Document(id=name, text=texts[name])) for name in names]
    halves = [auditor.article(Document(id=name, text=half)) for name in names for half in cut(texts[name])]
    # Everything that shares a term is scored here: neither index nor threshold must hide it.
    all_of = {"similarity": 0.01, "keys": 10_000, "shared_keys": 1, "longest_posting": len(names)}
    truth, cuts = paired(whole, {**settings, **all_of}), paired(halves, {**settings, **all_of})
    print(f"discovery: {len(far)} unrelated pairs, {len(near)} published close together, {len(halves) // 2} articles in halves")
    for least in SIMILARITIES:
        reached = sum(score >= least for pair, score in truth.items() if pair in far)
        events = sum(score >= least for pair, score in truth.items() if pair in near)
        rejoined = sum(score >= least and i % 2 == 0 and j == i + 1 for (i, j), score in cuts.items())
        print(
            f"  {least:.2f}  unrelated {10_000 * reached / len(far):7.2f} in 10,000   close {10_000 * events / len(near):7.2f}"
            f"   halves {2 * rejoined / len(halves):.3f}"
        )
    for keys, shared in INDEXES:
        chosen = {**settings, "similarity": 0.01, "keys": keys, "shared_keys": shared}
        rows = [(truth, near, paired(whole, chosen)), (truth, far, paired(whole, chosen)), (cuts, None, paired(halves, chosen))]
        shares = "   ".join(
            f"{label} {kept_share(*row)}" for label, row in zip(("close", "unrelated", "halves"), rows, strict=True)
        )
        cost = 2 * len(rows[0][2]) / len(whole)
        print(f"  {keys} keys, {shared} shared: {cost:6.1f} cosines an article; proposed of those at .17, .20: {shares}")


def kept_share(
    truth: dict[tuple[int, int], float], among: set[tuple[int, int]] | None, proposed: dict[tuple[int, int], float]
) -> str:
    """How many of the pairs at .17 and at .20 the index proposes; ``among`` None: the two halves of one article."""
    shares = []
    for least in (0.17, 0.2):
        true = [
            pair
            for pair, score in truth.items()
            if score >= least and (pair in among if among is not None else pair[0] % 2 == 0 and pair[1] == pair[0] + 1)
        ]
        shares.append(f"{sum(pair in proposed for pair in true)}/{len(true)}")
    return " ".join(shares)


def cut(text: str) -> tuple[str, ...]:
    """The two halves of a text by its sentences, of 80 words and more each; nothing where it is shorter."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„])", text.replace("\n", " "))
    middle = len(sentences) // 2
    halves = " ".join(sentences[:middle]), " ".join(sentences[middle:])
    return halves if min(len(half.split()) for half in halves) >= 80 else ()


def measure_alignment(auditor: Auditor, data: Path, settings: dict[str, Any]) -> None:
    documents: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for number, line in enumerate(lines(data / "mtht/wmt20_en-de.jsonl.gz")):
        row = json.loads(line)
        name = row["doc"] or str(number // SEGMENTS)  # this test does not say where a document ends
        documents[name].append((row["hyps"][min(row["hyps"])], row["refs"][min(row["refs"])]))
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
    near = synonyms(auditor.assets.path("lexicon"), auditor.assets.path("vectors"))
    aligned = align.align(article, [sibling], settings, near)
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
        weights: dict[str, list[float]] = {name: [] for name in NAMES}
        for article, row in zip(articles, near, strict=True):
            strangers = [Sibling(other, 0.1) for other in draw.sample(articles, 2) if other is not article]
            mates = [*row[:4], *strangers] if label != "alone" else []
            for name, detector in NAMES.items():
                weights[name] += [finding.weight for finding in detector.detect(auditor.context(article, mates, name))]
        for name, found in weights.items():
            rates = {least: round(1000 * sum(weight >= least for weight in found) / words, 3) for least in WEIGHTS}
            print(f"{name} {label}, {len(articles)} articles, {words} words, per 1,000 by least weight: {rates}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--half", type=int, choices=(0, 1), default=0)
    options = arguments.parse_args()
    auditor = Auditor("de")
    settings = dict(auditor.assets.settings["siblings"])
    news = wikinews(options.data)
    measure_discovery(auditor, news, settings)
    measure_alignment(auditor, options.data, settings)
    measure_names(auditor, {**news, **wmt(options.data)}, options.half, settings)


if __name__ == "__main__":
    main()
