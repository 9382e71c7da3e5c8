"""The few pieces of statistics that the screen needs: logistic regression on sparse counts, its calibration, and its measures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ITERATIONS = 45
# Weight of the squared norm. Tried on year 2021: 1e-3, 1e-4, 1e-5, 3e-6, 1e-6; flat from 1e-5 on, best at 3e-6.
PENALTY = 3e-6
CALIBRATION_PENALTY = 1e-4
# Bins of the reliability table.
BINS = 10


def logistic(rows: Any, positive: NDArray[np.bool_], weights: Floats) -> tuple[Floats, float]:
    """Weights and bias of an L2-regularised logistic regression by L-BFGS; `rows` is a CSR matrix of float32."""
    from scipy.optimize import minimize

    sign = np.where(positive, 1.0, -1.0)
    share = weights / weights.sum()
    columns = rows.T

    def loss(theta: Floats) -> tuple[float, Floats]:
        margin = sign * (rows @ theta[:-1].astype(np.float32) + theta[-1])
        pull = -sign * share / (1 + np.exp(np.minimum(margin, 500)))
        gradient = columns @ pull.astype(np.float32) + PENALTY * theta[:-1]
        value = np.logaddexp(0, -margin) @ share + PENALTY / 2 * (theta[:-1] @ theta[:-1])
        return float(value), np.append(gradient, pull.sum())

    start = np.zeros(rows.shape[1] + 1)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 10})
    return best.x[:-1], float(best.x[-1])


def calibrate(inputs: Floats, truth: NDArray[np.bool_], weights: Floats) -> Floats:
    """Platt scaling: coefficients, shape (inputs.shape[1],), of a logistic regression; the input scales are evened out first."""
    from scipy.optimize import minimize

    share = weights / weights.sum()
    scale = np.maximum(np.sqrt((inputs**2).T @ share), 1e-9)
    signed = inputs / scale * np.where(truth, 1.0, -1.0)[:, None]

    def loss(theta: Floats) -> tuple[float, Floats]:
        margin = signed @ theta
        pull = -share / (1 + np.exp(np.minimum(margin, 500)))
        value = np.logaddexp(0, -margin) @ share + CALIBRATION_PENALTY / 2 * (theta @ theta)
        return float(value), signed.T @ pull + CALIBRATION_PENALTY * theta

    best = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return best.x / scale


def sigmoid(logits: Floats) -> Floats:
    return 1 / (1 + np.exp(-logits))


def auc(positive: Floats, negative: Floats) -> float:
    """The chance that a positive scores above a negative; ties count half."""
    every = np.concatenate([positive, negative])
    _, inverse, counts = np.unique(every, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    below = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(below / (len(positive) * len(negative)))


def found_at(positive: Floats, negative: Floats, alarms: float) -> float:
    """Share of positives above the score that only `alarms` of the negatives exceed."""
    return float(np.mean(positive > np.quantile(negative, 1 - alarms)))


def reliability(p: Floats, truth: NDArray[np.bool_], weights: Floats) -> tuple[float, list[tuple[float, float, float, float]]]:
    """Expected calibration error, and a row a bin: lower edge, share of documents, mean p, share that is true."""
    share = weights / weights.sum()
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    error, rows = 0.0, []
    for index in range(BINS):
        inside = place == index
        mass = float(share[inside].sum())
        if mass > 0:
            said, is_true = float(p[inside] @ share[inside]) / mass, float(truth[inside] @ share[inside]) / mass
            error += mass * abs(said - is_true)
            rows.append((index / BINS, mass, said, is_true))
    return error, rows
