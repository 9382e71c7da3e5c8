"""Calibrates the evidence for wrong senses on genuine articles, some of whose words are swapped for confusables.

    python models/de/lexicon/calibrate.py --data DIR

Articles: Wikinews and the human German of the WMT news tests 2019–2022 (documents of their own, several on one event). A
word *a* is replaced by a word *w* of which the lexicon says that both translate one foreign word, all swaps of an article
through one language. A logistic regression then learns which candidates are swaps. Prints the weights for
models/thresholds.toml and what they find at which false-alarm rate on held-out articles.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from audit.article import Article
from audit.furniture import FurnitureRules
from audit.siblings import Sibling, align, discover, pivots
from audit.siblings.lexicon import Lexicon
from audit.siblings.slots import read
from audit.types import Document

HERE: Final = Path(__file__).resolve().parent
_SWAPPED: Final = 0.06
# Of a human text and its parallel versions at most one other is kept, and seldom: real siblings are no paraphrases.
_SAME_TEXT: Final = 0.15
_LEAST_WORDS: Final = 80
_MOST_WORDS: Final = 1_200
_SEED: Final = 11
# Without siblings most pairs are hopeless: only those whose probabilities in the lexicon multiply to e^_CUT are looked at.
_PRELIMINARY: Final = np.array([float(n in ("back", "forward", "wrong")) for n in pivots.PAIR_FEATURES])
_CUT: Final = -6.5


class Story(NamedTuple):
    """An article with its siblings; ``text`` and the siblings are genuine."""

    id: str
    text: str
    mates: tuple[Article, ...]


def documents(data: Path) -> dict[str, str]:
    """Genuine German articles by id: ``origin|document|version``."""
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(data / "german" / "wikinews.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            name, *_, text = line.rstrip("\n").split("\t")
            found[f"wikinews|{name}|1"].append(text)
    for path in sorted((data / "mtht").glob("wmt*-de.jsonl.gz")):
        if path.name[:5] not in ("wmt19", "wmt21", "wmt22"):
            continue
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                for name, text in (row.get("refs") or {}).items():
                    if row["doc"] and not name.startswith("paraphrase"):
                        found[f"{path.name[:11]}|{row['doc']}|{name}"].append(text)
    texts = {name: "\n\n".join(parts) for name, parts in found.items()}
    return {name: text for name, text in texts.items() if _LEAST_WORDS <= len(text.split()) <= _MOST_WORDS}


class Reader:
    """Makes articles of texts as the program does."""

    def __init__(self) -> None:
        self.rules = FurnitureRules.load(HERE.parent / "furniture.toml")
        thresholds = tomllib.loads((HERE.parents[1] / "thresholds.toml").read_text(encoding="utf-8"))
        self.settings = thresholds["de"]["siblings"]

    def article(self, name: str, text: str) -> Article:
        return Article(Document(id=name, text=text), self.rules, "de")


def stories(data: Path, reader: Reader, chance: random.Random) -> list[Story]:
    """Every article that has siblings."""
    articles = [reader.article(name, text) for name, text in sorted(documents(data).items())]
    found = []
    for article, mates in zip(articles, discover.discover(articles, [], reader.settings), strict=True):
        origin = article.document.id.rsplit("|", 1)[0]
        versions: dict[str, Article] = {}
        for mate in mates:
            other = mate.article.document.id.rsplit("|", 1)[0]
            if other != origin or chance.random() < _SAME_TEXT:
                versions.setdefault(other, mate.article)
        if versions:
            found.append(Story(article.document.id, article.document.text, tuple(list(versions.values())[:6])))
    return found


class Swapper:
    """Replaces words by confusables, all of an article through one language."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.writers: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        owner = np.repeat(np.arange(len(lexicon)), np.diff(lexicon.start))
        lang = lexicon._pivot_lang[lexicon.pivot]
        for place in range(len(lexicon.other)):
            self.writers[int(lang[place]), int(lexicon.other[place])].append((int(owner[place]), place))

    def swap(self, article: Article, chance: random.Random) -> tuple[str, dict[int, int]]:
        """The text with swaps, and for each swap the start in it with the number of the word that was right."""
        reading = read(article, self.lexicon)
        lang = chance.randrange(len(self.lexicon.languages) - 1)
        text, parts, swaps, last, shift = article.document.text, [], {}, 0, 0
        for word in reading.words:
            if word.segment.field != "text" or chance.random() > _SWAPPED * 2:
                continue
            number, keep = word.number, ""
            if word.split is not None and (number < 0 or (lang, number) not in self.writers):
                number, keep = word.split.head, word.text[: word.split.cut]
            options = self.writers.get((lang, number))
            if not options:
                continue
            weights = [2.0 ** (-float(self.lexicon.wrong[place]) / 8) for _, place in options]
            written = self.lexicon.words[chance.choices(options, weights)[0][0]]
            span = word.segment.span(word.start, word.end)
            new = keep + written.lower() if keep else written
            swaps[span.start + shift] = number
            parts += [text[last : span.start], new]
            shift += len(new) - (span.end - span.start)
            last = span.end
        return "".join(parts) + text[last:], swaps


class Row(NamedTuple):
    """One candidate: its features, whether it is the swap that was made, and whose it is."""

    story: int
    place: tuple[int, int]
    features: np.ndarray
    label: int
    swapped: bool
    text: str


def rows(
    story: int, article: Article, mates: tuple[Article, ...], swaps: dict[int, int], reader: Reader, lexicon: Lexicon
) -> tuple[list[Row], list[Row]]:
    """The candidates of an article with its siblings, and without them."""
    siblings = [Sibling(mate, 0.4) for mate in mates]
    aligned = align.align(article, siblings, reader.settings)
    reading = read(article, lexicon)
    there = pivots.Siblings(lexicon, [read(m, lexicon) for m in mates], pivots.passages(aligned, mates))
    found = pivots.pairs(reading, there.written)
    chosen, features, _ = there.supported(reading, found)
    alone = pivots.pairs(reading)

    def row(pairs: pivots.Pairs, pair: int, values: np.ndarray) -> Row:
        term = pairs.terms[int(pairs.term[pair])]
        word = reading.words[term.place]
        start = word.segment.span(word.start, word.end).start
        right = swaps.get(start) if word.segment.field == "text" else None
        item = pairs.confusables(pair, lexicon)[0]
        note = f"{word.text} [{lexicon.words[item.word]}] <- {item.lang}:{item.pivot} -> {lexicon.words[item.other]}"
        return Row(story, (story, start), values.astype(np.float32), int(right == item.other), right is not None, note)

    strong = np.flatnonzero(alone.features @ _PRELIMINARY > _CUT)
    return (
        [row(found, int(pair), values) for pair, values in zip(chosen, features, strict=True)],
        [row(alone, int(pair), alone.features[pair]) for pair in strong],
    )


def fit(matrix: np.ndarray, labels: np.ndarray, weights: np.ndarray, ridge: float = 3.0) -> np.ndarray:
    """Logistic regression by Newton's method; the first column is the bias and is not shrunk."""
    beta = np.zeros(matrix.shape[1])
    penalty = np.diag([0.0] + [ridge] * (matrix.shape[1] - 1))
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(matrix @ beta, -30, 30)))
        gradient = matrix.T @ (weights * (p - labels)) + penalty @ beta
        hessian = (matrix * (weights * p * (1 - p))[:, None]).T @ matrix + penalty
        beta -= np.linalg.solve(hessian, gradient)
    return beta


def collect(data: Path, limit: int | None = None) -> tuple[list[Row], list[Row], dict[str, int]]:
    reader = Reader()
    lexicon = Lexicon.load(HERE / "lexicon.safetensors", HERE / "vectors.safetensors")
    chance = random.Random(_SEED)
    swapper = Swapper(lexicon)
    together: list[Row] = []
    alone: list[Row] = []
    totals = {"words": 0, "swaps": 0}
    for number, story in enumerate(stories(data, reader, chance)[:limit]):
        genuine = reader.article(story.id, story.text)
        text, swaps = swapper.swap(genuine, chance)
        for i, (article, swapped) in enumerate(((genuine, {}), (reader.article(story.id, text), swaps))):
            with_siblings, without = rows(2 * number + i, article, story.mates, swapped, reader, lexicon)
            together += with_siblings
            alone += without
        totals["words"] += genuine.words if number % 5 == 0 else 0
        totals["swaps"] += len(swaps) if number % 5 == 0 else 0
    return together, alone, totals


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", type=Path, required=True)
    args.add_argument("--limit", type=int, help="only so many articles")
    options = args.parse_args()
    together, alone, totals = collect(options.data, options.limit)
    names = pivots.PAIR_FEATURES + pivots.SIBLING_FEATURES
    for title, found in (("siblings", together), ("alone", alone)):
        matrix = np.array([row.features for row in found], dtype=np.float64)
        labels = np.array([row.label for row in found])
        held = np.array([row.story // 2 % 5 == 0 for row in found])
        beta = fit(matrix[~held], labels[~held], np.ones((~held).sum()))
        print(f"[de.wrong_sense.{title}]")
        for name, value in zip(names, beta, strict=False):
            print(f"{name} = {value:.3f}")
        evaluate(found, matrix @ beta, held, totals)


def evaluate(found: list[Row], scores: np.ndarray, held: np.ndarray, totals: dict[str, int]) -> None:
    """Recall of swaps and share of right suggestions at several false-alarm rates on genuine articles."""
    best: dict[tuple[int, int], int] = {}
    for i in np.flatnonzero(held).tolist():
        place = found[i].place
        if place not in best or scores[i] > scores[best[place]]:
            best[place] = i
    genuine = sorted((scores[i] for i in best.values() if found[i].story % 2 == 0), reverse=True)
    swapped = [i for i in best.values() if found[i].swapped]
    print(f"{totals}; {len(genuine)} candidate places in genuine text, {len(swapped)} of the swaps")
    for rate in (0.25, 0.5, 1.0, 2.0, 4.0):
        allowed = int(rate * totals["words"] / 1000)
        cut = genuine[min(allowed, len(genuine) - 1)]
        hits = [i for i in swapped if scores[i] > cut]
        right = sum(found[i].label for i in hits) / max(1, len(hits))
        print(f"{rate} false a 1,000 words: cut {cut:.2f}, recall {len(hits) / totals['swaps']:.3f}, suggestion right {right:.2f}")
    for i in sorted((i for i in best.values() if found[i].story % 2 == 0), key=lambda i: -scores[i])[:25]:
        print(f"  {scores[i]:.2f} {found[i].text}")


if __name__ == "__main__":
    main()
