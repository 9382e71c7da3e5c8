"""Documents cut from the series, with everything that a split, a weight or a table asks about them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import corpus
import numpy as np
from corpus import HUMAN, MACHINE, ORIGINAL, Series
from numpy.typing import NDArray

from audit.neural.ngrams import normalise

FOLDS = 4
TEST_FOLD = 3
_FOLD_OF = {"wmt22": 0, "wmt17": 0, "wmt12": 0, "wmt09": 0, "mlqe_pe_en-de": 0,
            "wmt20": 1, "wmt18": 1, "wmt14": 1, "wmt10": 1, "flores-dev_en-de": 1, "flores-test_en-de": 1,
            "wmt19": 2, "wmt16": 2, "wmt15": 2, "wmt13": 2, "wmt11": 2, "wmt08": 2, "iwslt17_en-de": 2,
            "wmt21": TEST_FOLD}  # fmt: skip
# Articles, sittings and outlets without a year of their own lie in ten buckets by the hash of their name.
_BUCKET_FOLDS = (3, 3, 3, 0, 0, 1, 1, 1, 2, 2)
# Of the 2022 outputs every system translates the same 1,935 segments: this many tenths of the systems are enough.
KEPT_2022 = 2
# Documents are cut three times: the length that is tested (sentences), shorter, longer.
LENGTHS = ((10,), (3, 5, 8), (15, 25, 40))
# Share of the documents of each length that is kept: short ones are many and say little.
KEPT = (1.0, 0.1, 0.25)
TESTED = 0
CLASSES = (ORIGINAL, HUMAN, MACHINE)
# What the calibration takes for granted before it reads a word: [de.verdict] prior, and few pages that people translated.
PRIOR = {ORIGINAL: 0.66, HUMAN: 0.04, MACHINE: 0.30}
# Debates, speeches and encyclopaedias are told apart more easily than news; they weigh less in the calibration.
FOREIGN_REGISTER = 0.3
# Logarithms (base 2) of the shortest and longest length in words that have a bin of their own.
LENGTH_BINS = (5, 9)
_NEWS = ("news", "web")


@dataclass(frozen=True, eq=False)
class Examples:
    """Documents as parallel arrays of shape (documents,); `kind` is the index into LENGTHS, `label` into CLASSES."""

    texts: list[str]
    names: NDArray[np.str_]
    label: NDArray[np.int64]
    kind: NDArray[np.int64]
    fold: NDArray[np.int64]
    half: NDArray[np.int64]
    paired: NDArray[np.bool_]
    news: NDArray[np.bool_]
    source: NDArray[np.str_]
    group: NDArray[np.str_]
    family: NDArray[np.str_]
    vendor: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.texts)

    def labelled(self, label: str) -> NDArray[np.bool_]:
        return self.label == CLASSES.index(label)


def fold_of(group: str) -> int:
    """The fold of a group; an outlet never appears outside the test fold."""
    if group in _FOLD_OF:
        return _FOLD_OF[group]
    if group.startswith("outlet-"):
        return TEST_FOLD
    last = group.rsplit("-", 1)[-1]
    return _BUCKET_FOLDS[int(last) % 10] if last.isdigit() else corpus.bucket(group, TEST_FOLD)


def family_of(series: Series) -> str:
    """Series that count as one source of text when weights are balanced."""
    stem = series.group if series.group.startswith("wmt") else series.group.split("-")[0]
    return f"{stem}/{'fr' if series.source == 'fr' else ''}"


def cuts(series: Sequence[Series], seed: int) -> list[tuple[Series, list[str], int]]:
    """Documents of every length from the series, thinned where many systems translate one text: owner, passages, length."""
    kept = [
        one
        for one in series
        if not (one.group == "wmt22" and one.label == MACHINE and corpus.bucket(one.vendor + one.name, 10) >= KEPT_2022)
    ]
    rng = random.Random(seed)
    return [(kept[index], passages, kind)
            for kind, lengths in enumerate(LENGTHS) for index, passages in corpus.cut(kept, lengths, seed + kind)
            if rng.random() < KEPT[kind]]  # fmt: skip


def cut_examples(series: Sequence[Series], seed: int) -> Examples:
    """The documents of `cuts`, as arrays."""
    made = cuts(series, seed)
    owners = [owner for owner, _, _ in made]
    return Examples(
        texts=[normalise(" ".join(passages)) for _, passages, _ in made],
        names=np.array([one.name for one in owners]),
        label=np.array([CLASSES.index(one.label) for one in owners]),
        kind=np.array([kind for _, _, kind in made]),
        fold=np.array([fold_of(one.group) for one in owners]),
        half=np.array([one.half for one in owners]),
        paired=np.array([one.paired for one in owners]),
        news=np.array([one.domain in _NEWS for one in owners]),
        source=np.array([one.source for one in owners]),
        group=np.array([one.group for one in owners]),
        family=np.array([family_of(one) for one in owners]),
        vendor=np.array([one.vendor for one in owners]),
    )


def read_examples(data: Path, seed: int) -> tuple[list[Series], Examples]:
    series = corpus.read_all(data)
    return series, cut_examples(series, seed)


def balanced(examples: Examples, chosen: NDArray[np.int64], positive: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights for `chosen`: both sides alike; within a side, a family counts by the square root of its size."""
    keys = np.char.add(np.array(CLASSES)[examples.label[chosen]], examples.family[chosen])
    weights = np.zeros(len(chosen))
    for side in (True, False):
        inside = positive == side
        _, inverse, counts = np.unique(keys[inside], return_inverse=True, return_counts=True)
        share = (1 / np.sqrt(counts))[inverse]
        weights[inside] = share / share.sum()
    return weights


def prior_weights(examples: Examples, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights for measuring calibration: classes by PRIOR, families by root of size, news before other registers."""
    weights = np.zeros(len(chosen))
    for index, label in enumerate(CLASSES):
        inside = examples.label[chosen] == index
        _, inverse, counts = np.unique(examples.family[chosen][inside], return_inverse=True, return_counts=True)
        share = (1 / np.sqrt(counts))[inverse] * np.where(examples.news[chosen][inside], 1.0, FOREIGN_REGISTER)
        weights[inside] = PRIOR[label] * share / share.sum()
    return weights


def length_blind(examples: Examples, chosen: NDArray[np.int64], words: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights for fitting calibration: `prior_weights`, and every class has the same lengths, or length would be evidence."""
    weights = prior_weights(examples, chosen)
    doubling = np.clip(np.round(np.log2(np.maximum(words[chosen], 1))), *LENGTH_BINS).astype(np.int64)
    bins = np.unique(doubling)
    for index, label in enumerate(CLASSES):
        for one in bins:
            inside = (examples.label[chosen] == index) & (doubling == one)
            if inside.any():
                weights[inside] *= PRIOR[label] / len(bins) / weights[inside].sum()
    return weights
