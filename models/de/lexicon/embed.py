"""Context vectors of German lemmas: positive pointwise mutual information in a window, reduced by a truncated SVD.

Levy & Goldberg (2014), "Neural word embedding as implicit matrix factorization"; context-distribution smoothing after
Levy, Goldberg & Dagan (2015).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import scipy.sparse as sp
from sources import WORD, german, german_texts

WINDOW: Final = 6
DIMENSIONS: Final = 160
ROWS: Final = 45_000
COLUMNS: Final = 16_000
SMOOTHING: Final = 0.75
# A word that is no noun in more than this share of the tokens says nothing of what a sentence is about.
STOP_SHARE: Final = 0.0012
LEAST_COUNT: Final = 9
# Components of a unit vector of 160 dimensions seldom pass 0.4: this keeps them within a signed byte.
SCALE: Final = 300.0
_SEED: Final = 7
_CHUNK: Final = 2_000_000


class Corpus(NamedTuple):
    """German text as lemma numbers.

    ``words``: the lemmas by falling count, ``counts`` theirs; ``ids`` int32 with -1 between paragraphs; ``forms``: word form →
    occurrences.
    """

    words: list[str]
    counts: np.ndarray
    ids: np.ndarray
    forms: dict[str, int]


def corpus(data: Path) -> Corpus:
    """All German text of the data folder; a paragraph that recurs counts once."""
    number: dict[str, int] = {}
    paragraphs: list[np.ndarray] = []
    seen: set[bytes] = set()
    for text in german_texts(data):
        key = hashlib.blake2b(text.encode(), digest_size=8).digest()
        if key not in seen:
            seen.add(key)
            paragraphs.append(np.array([number.setdefault(w, len(number)) for w in WORD.findall(text)] + [-1], dtype=np.int32))
    flat = np.concatenate(paragraphs)
    forms = list(number)
    form_counts = np.bincount(flat[flat >= 0], minlength=len(forms)).tolist()
    counts: Counter[str] = Counter()
    lemmas = [german(form) for form in forms]
    for word, count in zip(lemmas, form_counts, strict=True):
        counts[word] += count
    order = sorted(counts, key=lambda w: (-counts[w], w))
    place = {word: i for i, word in enumerate(order)}
    renumber = np.array([place[word] for word in lemmas] + [-1], dtype=np.int32)
    return Corpus(order, np.array([counts[w] for w in order]), renumber[flat], dict(zip(forms, form_counts, strict=True)))


def vocabulary(words: list[str], counts: np.ndarray) -> list[int]:
    """The numbers of the lemmas that get a vector, commonest first: at most ROWS, function words left out."""
    most = STOP_SHARE * counts.sum()
    chosen = (i for i, word in enumerate(words) if len(word) > 1 and (word[0].isupper() or counts[i] <= most))
    return [i for i in islice(chosen, ROWS) if counts[i] >= LEAST_COUNT]


def cooccurrence(ids: np.ndarray, chosen: list[int]) -> sp.csr_matrix:
    """How often each chosen lemma stands within WINDOW chosen lemmas of each of the COLUMNS commonest."""
    renumber = np.full(max(ids.max() + 2, 1), -2, dtype=np.int32)
    renumber[chosen] = np.arange(len(chosen))
    renumber[-1] = -1
    kept = renumber[ids]
    kept = kept[kept != -2]
    total = sp.csr_matrix((ROWS, COLUMNS), dtype=np.float32)
    paragraph = np.cumsum(kept == -1)
    for at in range(0, len(kept), _CHUNK):
        rows, cols = [], []
        for offset in range(1, WINDOW + 1):
            left, right = kept[at : at + _CHUNK], kept[at + offset : at + _CHUNK + offset]
            left = left[: len(right)]
            same = (left >= 0) & (right >= 0)
            same &= paragraph[at : at + len(left)] == paragraph[at + offset : at + offset + len(right)]
            rows += [left[same], right[same]]
            cols += [right[same], left[same]]
        row, col = np.concatenate(rows), np.concatenate(cols)
        fit = col < COLUMNS
        total += sp.coo_matrix((np.ones(fit.sum(), np.float32), (row[fit], col[fit])), shape=total.shape).tocsr()
    return total


def reduce(matrix: sp.csr_matrix) -> np.ndarray:
    """Unit vectors [ROWS, DIMENSIONS] (float32) of the PPMI matrix; zero where a lemma has no context."""
    matrix = matrix.tocoo()
    row_sum = np.asarray(matrix.sum(axis=1)).ravel()
    col_sum = np.asarray(matrix.sum(axis=0)).ravel() ** SMOOTHING
    value = np.log(matrix.data * col_sum.sum() / (row_sum[matrix.row] * col_sum[matrix.col]))
    keep = (value > 0) & (matrix.data > 1)
    ppmi = sp.csr_matrix((value[keep], (matrix.row[keep], matrix.col[keep])), shape=matrix.shape)
    random = np.random.default_rng(_SEED)
    basis = ppmi @ random.standard_normal((ppmi.shape[1], DIMENSIONS + 20)).astype(np.float32)
    for _ in range(3):  # subspace iteration: Halko, Martinsson & Tropp (2011)
        basis, _ = np.linalg.qr(ppmi @ (ppmi.T @ np.linalg.qr(basis)[0]))
    left, strength, _ = np.linalg.svd((ppmi.T @ basis).T, full_matrices=False)
    vectors = (basis @ left)[:, :DIMENSIONS] * np.sqrt(strength[:DIMENSIONS])
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
