"""Role ``embedder``: any encoder, its last hidden states pooled into one unit vector a text.

Texts longer than the model reads at once are read in windows, whose vectors are averaged by their length.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from audit.errors import ModelError, UsageError
from audit.neural.hub.batches import Batches, checked, windows
from audit.neural.hub.loading import Machine, open_model
from audit.neural.hub.memory import Memory
from audit.neural.hub.source import Source
from audit.neural.hub.tokens import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

Pooling = Literal["mean", "cls"]
POOLINGS: Final[tuple[Pooling, ...]] = ("mean", "cls")


class Embedder:
    """An encoder, ready to read."""

    def __init__(self, source: Source, machine: Machine, pooling: Pooling, memory: Path | None) -> None:
        """Raises ModelError, UsageError where the model does not suit."""
        if pooling not in POOLINGS:
            raise UsageError(f"no pooling named {pooling!r} (there are: {', '.join(POOLINGS)})")
        self.opened = open_model(source, "AutoModel", machine, spare=lambda name: "pooler" in name)
        if getattr(self.opened.config, "is_encoder_decoder", False):
            raise ModelError(f"embedder model {source.name}: an encoder with a decoder; an encoder alone is expected")
        self._pooling: Pooling = pooling
        self._frame = Frame.of(self.opened.tokenizer)
        self._batches = Batches(self.opened, machine.batch_tokens)
        self._memory: Memory[list[float]] = Memory(memory, f"embedder {self.opened.signature} {pooling}", list[float])

    @property
    def signature(self) -> str:
        return f"{self.opened.signature}/{self._pooling}"

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """Unit vectors, shape (texts, hidden)."""
        import numpy as np

        rows = np.array(self._memory.ask(texts, self._embed), dtype=np.float64)
        return rows.reshape(len(texts), -1)

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        import numpy as np

        room = max(1, self.opened.longest - self._frame.size)
        rows: list[list[int]] = []
        owners: list[tuple[int, int]] = []
        for number, text in enumerate(texts):
            ids: list[int] = self.opened.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
            for first, end in windows(len(ids), room, 0):
                rows.append(self._frame.around(ids[first:end]) or [int(self.opened.tokenizer.pad_token_id)])
                owners.append((number, max(1, end - first)))
        vectors = self._batches.answers(rows, self._predict)
        sums: list[Any] = [0.0] * len(texts)
        for (number, weight), vector in zip(owners, vectors, strict=True):
            sums[number] = sums[number] + weight * np.array(vector, dtype=np.float64)
        units = [value / (np.linalg.norm(value) or 1.0) for value in sums]
        return [checked(self.opened, row.tolist()) for row in units]

    def _predict(self, batch: Sequence[int], ids: Tensor, mask: Tensor) -> list[list[float]]:
        states = self.opened.model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        if self._pooling == "cls":
            return states[:, 0].cpu().tolist()
        here = mask.unsqueeze(-1).to(states.dtype)
        return ((states * here).sum(1) / here.sum(1).clamp(min=1)).cpu().tolist()
