"""Boosted trees as flat arrays, and a logistic regression."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors.numpy import save_file

from audit.siblings.evidence import DECIMALS, Trees

# Shallow trees and strong shrinkage: some hundred kinds of mistakes are known, not thousands.
DEPTH: Final = 3
_TREES: Final = 100
_RATE: Final = 0.06
_LEAST_ROWS: Final = 20
_RIDGE: Final = 5.0


def grow(features: np.ndarray, labels: np.ndarray) -> Trees:
    """Trees that give the log odds of label 1. One thread: sums are the same wherever it runs."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        max_depth=DEPTH,
        max_iter=_TREES,
        learning_rate=_RATE,
        l2_regularization=_RIDGE,
        min_samples_leaf=_LEAST_ROWS,
        early_stopping=False,
        random_state=0,
    )
    with threadpool_limits(1):
        model.fit(np.round(features, DECIMALS), labels)
    inner = 2**DEPTH - 1
    feature, threshold = np.zeros((_TREES, inner), dtype=np.int64), np.full((_TREES, inner), np.inf)
    leaf = np.zeros((_TREES, inner + 1))
    for tree, (predictor,) in enumerate(model._predictors):
        _fill(predictor.nodes, 0, 0, 0, (feature[tree], threshold[tree], leaf[tree]))
    return Trees(feature, threshold, leaf, float(model._baseline_prediction.ravel()[0]))


def _fill(nodes: Any, node: int, place: int, depth: int, arrays: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """Writes a node and what is below it; a leaf above the last level takes all leaves below it."""
    feature, threshold, leaf = arrays
    row = nodes[node]
    if row["is_leaf"]:
        below = 2 ** (DEPTH - depth)
        first = (place + 1) * below - 2**DEPTH
        leaf[first : first + below] = row["value"]
        return
    feature[place], threshold[place] = row["feature_idx"], row["num_threshold"]
    for side, child in enumerate((row["left"], row["right"])):
        _fill(nodes, int(child), 2 * place + 1 + side, depth + 1, arrays)


def save(path: Path, trees: dict[str, Trees]) -> None:
    """Writes the trees; thresholds in double precision, for features are rounded to decimals."""
    arrays: dict[str, np.ndarray] = {}
    for road, grown in trees.items():
        arrays[f"{road}.feature"] = grown.feature.astype(np.uint8)
        arrays[f"{road}.threshold"] = grown.threshold
        arrays[f"{road}.leaf"] = grown.leaf.astype(np.float32)
        arrays[f"{road}.bias"] = np.array([grown.bias])
    save_file(arrays, path)


def regression(matrix: np.ndarray, labels: np.ndarray, ridge: float) -> np.ndarray:
    """Logistic regression by Newton's method; the first column is the bias and is not shrunk."""
    beta = np.zeros(matrix.shape[1])
    penalty = np.diag([0.0] + [ridge] * (matrix.shape[1] - 1))
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(matrix @ beta, -30, 30)))
        gradient = matrix.T @ (p - labels) + penalty @ beta
        hessian = (matrix * (p * (1 - p))[:, None]).T @ matrix + penalty
        beta -= np.linalg.solve(hessian, gradient)
    return beta
