"""Weighs evidence: boosted decision trees that turn the features of a suspicion into log odds.

Complete binary trees in flat arrays (models/<lang>/lexicon/evidence.safetensors; models/de/lexicon/calibrate.py grows them).
Friedman (2001), "Greedy function approximation: a gradient boosting machine".
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# siblings: they write the other word; slot: they have it in the same slot, no pivot known; alone: the text alone.
Road = Literal["siblings", "slot", "alone"]
ROADS: Final[tuple[Road, ...]] = ("siblings", "slot", "alone")
# Features are rounded, so that the last bit of a sum decides no branch.
DECIMALS: Final = 3


class Trees(NamedTuple):
    """``feature`` and ``threshold`` [trees, nodes] of complete trees, ``leaf`` [trees, nodes + 1] in log odds, and the bias."""

    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    leaf: NDArray[np.float64]
    bias: float

    def odds(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Natural log odds [rows] of features [rows, columns]."""
        import numpy as np

        values = np.round(features, DECIMALS)
        trees = np.arange(len(self.feature))[None, :]
        rows = np.arange(len(values))[:, None]
        node = np.zeros((len(values), len(self.feature)), dtype=np.int64)
        for _ in range(self.depth):
            node = 2 * node + 1 + (values[rows, self.feature[trees, node]] > self.threshold[trees, node])
        return self.bias + self.leaf[trees, node - self.feature.shape[1]].sum(axis=1)

    @property
    def depth(self) -> int:
        return (self.feature.shape[1] + 1).bit_length() - 1


@cache
def load(path: Path) -> dict[str, Trees]:
    """The trees of each road; read once a process."""
    import numpy as np
    from safetensors.numpy import load_file

    arrays = load_file(path)
    return {
        road: Trees(
            arrays[f"{road}.feature"].astype(np.int64),
            arrays[f"{road}.threshold"].astype(np.float64),
            arrays[f"{road}.leaf"].astype(np.float64),
            float(arrays[f"{road}.bias"][0]),
        )
        for road in ROADS
    }
