#!/usr/bin/env python3
"""What the findings of a document say of its author: weighs the votes of `[de.verdict.votes]` in models/thresholds.toml.

    python models/de/screen/train.py --data ../shared/data --scores scores.jsonl
    python models/de/verdict/weigh.py scores.jsonl --keep seen.jsonl

The first command says what the screen makes of documents that it never saw; the second audits a sample of them without siblings
and fits, by penalised logistic regression with no weight below zero, how much the findings of each detector add to that. The
tables compare the screen alone, the votes as they are set, and the votes as fitted on the other groups (a year's test set, a
tenth of the articles, an outlet), so that none is judged by its own. ``--keep`` stores what the audits saw; where that file is
there, nothing is audited again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

Floats = NDArray[np.float64]
LABELS = ("original", "human", "machine")
# What arrives, as the screen takes it for granted (models/de/screen/examples.py).
PRIOR = {"original": 0.66, "human": 0.04, "machine": 0.30}
# News, as people and machines write it; machines from the year on in which they had become neural.
GROUPS = ("wmt", "wikinews", "outlet")
NEURAL = 2017
PENALTY = 1e-3
FOLDS = 5
# A probability is kept this far from 0 and 1, as audit.verdict keeps it.
LEAST = 0.005
# A detector with findings in fewer documents has no weight fitted.
LEAST_DOCUMENTS = 8
# The surplus (log2) from which a document counts as one with findings in the table.
VOTE = 0.4


def drawn(path: Path, count: int, since: int) -> list[dict[str, Any]]:
    """So many documents of each label, groups taking turns, chosen by a hash of their name."""
    pools: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["group"].startswith(GROUPS) and (row["label"] != "machine" or row["year"] >= since):
                pools[row["label"], row["group"]].append((hashlib.sha256(row["id"].encode()).hexdigest(), row))
    chosen: list[dict[str, Any]] = []
    for label in LABELS:
        piles = [sorted(pile, key=lambda pair: pair[0]) for (of, _), pile in sorted(pools.items()) if of == label]
        turns = [pair[1] for turn in range(max(map(len, piles))) for pile in piles for pair in pile[turn : turn + 1]]
        chosen += turns[:count]
    return chosen


def seen(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The rows with their words and each detector's mass: the sum of its findings' probabilities by their weights alone."""
    from audit.auditor import Auditor
    from audit.types import Document

    auditor = Auditor("de")
    for row in rows:
        article = auditor.article(Document(id=row["id"], text=row["text"]))
        alone = [detector for detector in auditor.detectors.values() if "siblings" not in detector.needs]
        found = [finding for detector in alone for finding in detector.detect(auditor.context(article, (), detector.id))]
        mass: dict[str, float] = defaultdict(float)
        for finding in auditor.second.heard(article, found):
            mass[finding.detector] += 1 / (1 + float(np.exp(-finding.weight)))
        yield {**{name: value for name, value in row.items() if name != "text"}, "words": article.words, "mass": dict(mass)}


class Table:
    """The documents as arrays: screen's log odds, surplus of each detector's mass, truth, weight, fold."""

    def __init__(self, rows: list[dict[str, Any]], settings: dict[str, Any]) -> None:
        self.rows = rows
        self.votes: dict[str, dict[str, float]] = settings["votes"]
        self.silence = float(settings["silence"])
        # Detectors without a finding in all these documents (they need siblings, or pages) keep what was set.
        self.names = [name for name in self.votes if sum(name in row["mass"] for row in rows) >= LEAST_DOCUMENTS]
        p = np.clip([row["p_machine"] for row in rows], LEAST, 1 - LEAST)
        self.screen = np.log(p / (1 - p))
        self.machine = np.array([row["label"] == "machine" for row in rows])
        labels = np.array([row["label"] for row in rows])
        self.weight = np.array([PRIOR[label] / (labels == label).sum() for label in labels])
        self.labels = labels
        self.fold = np.array([int(hashlib.sha256(row["group"].encode()).hexdigest(), 16) % FOLDS for row in rows])

    def surplus(self, chosen: NDArray[np.bool_]) -> tuple[Floats, dict[str, float]]:
        """log2(1 + mass beyond what genuine German yields), shape (documents, detectors); and that yield a 1,000 words."""
        genuine = [row for row, is_chosen in zip(self.rows, chosen, strict=True) if is_chosen and row["label"] == "original"]
        words = sum(row["words"] for row in genuine)
        alarms = {name: 1000 * sum(row["mass"].get(name, 0.0) for row in genuine) / words for name in self.names}
        beyond = [
            [max(0.0, row["mass"].get(name, 0.0) - alarms[name] * row["words"] / 1000) for name in self.names]
            for row in self.rows
        ]
        return np.log2(1 + np.array(beyond)), alarms

    def as_set(self) -> Floats:
        """Log odds by the screen and the votes as models/thresholds.toml has them."""
        total: list[float] = []
        for row, base in zip(self.rows, self.screen, strict=True):
            voted = 0.0
            for name, vote in self.votes.items():
                beyond = max(0.0, row["mass"].get(name, 0.0) - vote["false_alarms"] * row["words"] / 1000)
                voted += min(vote["weight"] * float(np.log2(1 + beyond)), vote["most"])
            total.append(base + (voted if voted >= 0.05 else self.silence))
        return np.array(total)


def fit(table: Table, chosen: NDArray[np.bool_]) -> tuple[Floats, dict[str, float]]:
    """Intercept, factor of the screen and a weight for each detector (none below zero), and the yield in genuine German."""
    from scipy.optimize import minimize

    surplus, alarms = table.surplus(chosen)
    inputs = np.column_stack([np.ones(len(surplus)), table.screen, surplus])[chosen]
    sign, share = np.where(table.machine[chosen], 1.0, -1.0), table.weight[chosen] / table.weight[chosen].sum()

    def loss(theta: Floats) -> tuple[float, Floats]:
        margin = sign * (inputs @ theta)
        pull = -sign * share / (1 + np.exp(np.minimum(margin, 500)))
        gradient = inputs.T @ pull
        gradient[2:] += PENALTY * theta[2:]
        return float(np.logaddexp(0, -margin) @ share + PENALTY / 2 * (theta[2:] @ theta[2:])), gradient

    start = np.concatenate([[0.0, 1.0], np.full(len(table.names), 0.5)])
    bounds = [(None, None), (0, None), *[(0, None)] * len(table.names)]
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x, alarms


def predicted(table: Table, theta: Floats, chosen: NDArray[np.bool_]) -> Floats:
    """Log odds of all documents; the yield in genuine German is that of `chosen`."""
    surplus, _ = table.surplus(chosen)
    return np.column_stack([np.ones(len(surplus)), table.screen, surplus]) @ theta


def alone(table: Table, detector: int) -> float:
    """What a document's findings of one detector add to the screen's log odds, a doubling of their mass, unpenalised."""
    from scipy.optimize import minimize

    surplus, _ = table.surplus(np.ones(len(table.rows), dtype=np.bool_))
    inputs = np.column_stack([np.ones(len(surplus)), table.screen, surplus[:, detector]])
    sign, share = np.where(table.machine, 1.0, -1.0), table.weight / table.weight.sum()
    return float(minimize(lambda theta: np.logaddexp(0, -sign * (inputs @ theta)) @ share, [0.0, 1.0, 0.5]).x[2])


def crossed(table: Table) -> Floats:
    """Log odds of every document by a fit that saw nothing of its fold."""
    found = np.zeros(len(table.rows))
    for fold in range(FOLDS):
        held = table.fold == fold
        theta, _ = fit(table, ~held)
        found[held] = predicted(table, theta, ~held)[held]
    return found


def auc(positive: Floats, negative: Floats) -> float:
    """The chance that a positive scores above a negative; ties count half."""
    wins = (positive[:, None] > negative).mean() + 0.5 * (positive[:, None] == negative).mean()
    return float(wins)


def line(name: str, table: Table, odds: Floats) -> str:
    """Loss with the labels' shares, AUC, and the share of each label at .5."""
    share = table.weight / table.weight.sum()
    loss = float(np.logaddexp(0, -np.where(table.machine, odds, -odds)) @ share)
    by_label = [odds[table.labels == label] for label in LABELS]
    shares = " | ".join(f"{(values >= 0).mean():.3f}" for values in by_label)
    return f"| {name} | {loss:.4f} | {auc(by_label[2], by_label[0]):.4f} | {auc(by_label[2], by_label[1]):.4f} | {shares} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scores", type=Path)
    parser.add_argument("--documents", type=int, default=500, help="of each label")
    parser.add_argument("--since", type=int, default=NEURAL, help="machine translations from this year on")
    parser.add_argument("--keep", type=Path, help="where what the audits saw is kept")
    options = parser.parse_args()
    if options.keep and options.keep.exists():
        rows = [json.loads(text) for text in options.keep.read_text(encoding="utf-8").splitlines()]
    else:
        rows = list(seen(drawn(options.scores, options.documents, options.since)))
        if options.keep:
            options.keep.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    settings = tomllib.loads((ROOT / "models/thresholds.toml").read_text(encoding="utf-8"))["de"]["verdict"]
    table = Table(rows, settings)
    print("| log odds | loss | AUC, original | AUC, human | original at .5 | human | machine |\n|---|---|---|---|---|---|---|")
    print(line("screen alone", table, table.screen))
    print(line("votes as set", table, table.as_set()))
    print(line("votes as fitted, other groups", table, crossed(table)))
    silent = np.isclose(table.as_set() - table.screen, table.silence)
    shares = [float(silent[table.labels == label].mean()) for label in LABELS]
    print(f"\nwithout a vote: {', '.join(f'{label} {share:.3f}' for label, share in zip(LABELS, shares, strict=True))}; ", end="")
    print(f"ln(machine / original) {np.log(shares[2] / shares[0]):.2f}, set {table.silence}")
    everything = np.ones(len(rows), dtype=np.bool_)
    theta, alarms = fit(table, everything)
    surplus, _ = table.surplus(everything)
    print(f"\nFitted on everything: intercept {theta[0]:.2f}, factor of the screen {theta[1]:.2f}\n")
    print(
        "| detector | together | alone | mass in originals | documents: original | human | machine | set |\n" + 8 * "|---" + "|"
    )
    for index, (name, weight) in enumerate(zip(table.names, theta[2:], strict=True)):
        voted = [int(((surplus[:, index] > VOTE) & (table.labels == label)).sum()) for label in LABELS]
        counts, now = " | ".join(map(str, voted)), table.votes[name]["weight"]
        print(f"| {name} | {weight:.2f} | {alone(table, index):.2f} | {alarms[name]:.2f} | {counts} | {now} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
