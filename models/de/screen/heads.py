"""Learns the tables of one view: the heads *translated*, *machine* and, in the skeleton, *second language*."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

import learn
import numpy as np
from corpus import HUMAN, MACHINE, ORIGINAL
from examples import FOLDS, Examples, balanced
from numpy.typing import NDArray
from tokenizers import Tokenizer

from audit.neural.ngrams import VIEWS, Featurizer

LANGUAGES = ("en", "fr")
LANGUAGE_VIEW = "skeleton"
HEADS = ("translated", "machine")
_CHUNK = 512


@dataclass(frozen=True, eq=False)
class Job:
    """What a worker needs to learn a view. `tokenizer` is its JSON text."""

    view: int
    bits: int
    tokenizer: str
    familiar: NDArray[np.uint8]
    examples: Examples


@dataclass(frozen=True, eq=False)
class Learnt:
    """`table`: (2**bits, heads) float16 from all data. `scores`: (documents, heads), from other folds alone."""

    table: NDArray[np.float16]
    scores: NDArray[np.float64]
    words: NDArray[np.int64]


def heads_of(view: str) -> tuple[str, ...]:
    return (*HEADS, "language") if view == LANGUAGE_VIEW else HEADS


def matrix(job: Job) -> tuple[Any, NDArray[np.int64]]:
    """Documents × buckets, square roots of counts, rows of length 1; and the words of each document."""
    from scipy import sparse

    featurizer = Featurizer(Tokenizer.from_str(job.tokenizer), job.familiar, job.bits)
    texts = job.examples.texts
    buckets, roots = array("i"), array("f")
    ends, words = [0], []
    for start in range(0, len(texts), _CHUNK):
        plain = texts[start : start + _CHUNK]
        for text, encoding in zip(plain, featurizer.encode(plain), strict=True):
            number, counts = featurizer.one_view(text, encoding, VIEWS[job.view])
            buckets.frombytes(counts.buckets.tobytes())
            roots.frombytes((np.sqrt(counts.counts) / np.sqrt(max(counts.total, 1))).astype(np.float32).tobytes())
            ends.append(len(buckets))
            words.append(number)
    # The arrays are taken as they are: a copy of the character view would cost a gigabyte.
    parts = (np.frombuffer(roots, np.float32), np.frombuffer(buckets, np.int32), np.array(ends, np.int32))
    return sparse.csr_matrix(parts, shape=(len(texts), 1 << job.bits), copy=False), np.array(words)


def task(examples: Examples, head: str) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """For a head: the documents it learns from, which of them are positive, and the fold of every document.

    *machine* learns from paired data only: the same sources by people and by machines. *language* has French outputs of a
    single year, so its folds are halves of that year's articles.
    """
    if head == "translated":
        return np.arange(len(examples)), examples.label != 0, examples.fold
    if head == "machine":
        chosen = np.flatnonzero(examples.paired & ~examples.labelled(ORIGINAL))
        return chosen, examples.labelled(MACHINE)[chosen], examples.fold
    chosen = np.flatnonzero(np.isin(examples.source, LANGUAGES) & (examples.labelled(HUMAN) | examples.labelled(MACHINE)))
    return chosen, examples.source[chosen] == LANGUAGES[1], np.where(examples.group == "wmt21", examples.half, 2)


def learn_view(job: Job) -> Learnt:
    """Out-of-fold scores and final weights of one view."""
    rows, words = matrix(job)
    columns, scores = [], []
    for head in heads_of(VIEWS[job.view].name):
        chosen, positive, folds = task(job.examples, head)
        scored = np.zeros(len(job.examples))
        for fold in range(FOLDS):
            held = np.flatnonzero(folds == fold)
            seen = folds[chosen] != fold
            if len(held) and positive[seen].any() and not positive[seen].all():
                theta = _fit(rows, job.examples, chosen[seen], positive[seen])
                scored[held] = rows[held] @ theta.astype(np.float32)
        scores.append(scored)
        columns.append(_fit(rows, job.examples, chosen, positive))
    return Learnt(np.stack(columns, axis=1).astype(np.float16), np.stack(scores, axis=1), words)


def _fit(rows: Any, examples: Examples, chosen: NDArray[np.int64], positive: NDArray[np.bool_]) -> NDArray[np.float64]:
    # The bias is left to the calibrating layer.
    return learn.logistic(rows[chosen], positive, balanced(examples, chosen, positive))[0]
