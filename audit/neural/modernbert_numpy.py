"""The forward pass of `audit.neural.modernbert` in numpy: what runs on a CPU.

At the size of the embedded encoder torch computes no faster than numpy, and importing it takes longer than auditing several
articles and some 200 MB of memory in every worker; so torch serves graphics cards and training. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.errors import ModelError
from audit.neural.modernbert import Shape, check_weights, read_shape, read_weights

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

# Abramowitz and Stegun (1964), 7.1.26: the error function within 1.5e-7, which is single precision's own.
_SLOPE: Final = np.float32(0.3275911)
_TERMS: Final = tuple(np.float32(x / 2) for x in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592))
# Rows of a product are filled up to a multiple of this, so that a lone row goes the same way as one among others.
_ROWS: Final = 8
_FAR: Final = np.float32(-1e9)


class ModernBertOnCpu:
    """Weights by transformers' names in single precision, and what they make of token ids."""

    def __init__(self, shape: Shape, weights: Mapping[str, Floats]) -> None:
        self.shape = shape
        named = {name.removeprefix("model."): value.astype(np.float32) for name, value in weights.items()}
        named.setdefault("decoder.weight", named["embeddings.tok_embeddings.weight"])
        check_weights(shape, named)
        self._embeddings = named["embeddings.tok_embeddings.weight"]
        self._weights = {name: np.ascontiguousarray(w.T) if w.ndim == 2 else w for name, w in named.items()}

    @classmethod
    def load(cls, folder: Path) -> ModernBertOnCpu:
        """From config.json and model.safetensors. Raises ModelError where they are not such a model."""
        from safetensors.numpy import load_file

        shape = read_shape(folder)
        weights = read_weights(folder, load_file)
        try:
            return cls(shape, weights)
        except KeyError as error:
            raise ModelError(f"{folder}: the weights {error} are missing") from error

    @property
    def device(self) -> str:
        """Where the weights lie."""
        return "cpu"

    def predict(self, ids: Integers, mask: Truths, at: Sequence[tuple[int, int]]) -> Floats:
        """Log probabilities of every token, shape (len(at), vocabulary), at the places ``at`` (row, column) of ids.

        ``ids``, ``mask``: shape (rows, length); ``mask`` is True where a token stands.
        """
        states = self.hidden(ids, mask)
        filled = list(at) + [at[0]] * (-len(at) % _ROWS) if at else []
        where = np.array(filled, dtype=np.int64).reshape(-1, 2)
        scores = self.logits(states[where[:, 0], where[:, 1]])[: len(at)]
        scores -= scores.max(-1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(-1, keepdims=True))
        return scores

    def hidden(self, ids: Integers, mask: Truths) -> Floats:
        """Last hidden states, shape (rows, length, hidden), of ids (rows, length)."""
        states = self._norm(self._embeddings[ids], "embeddings.norm")
        reach = np.where(mask, np.float32(0), _FAR)[:, None, None, :]
        turn = self._rotation(ids.shape[1])
        for layer in range(self.shape.num_hidden_layers):
            name = f"layers.{layer}."
            states = states + self._attention(self._norm(states, f"{name}attn_norm") if layer else states, reach, turn, name)
            joined = self._linear(self._norm(states, f"{name}mlp_norm"), f"{name}mlp.Wi")
            half = joined.shape[-1] // 2
            states = states + self._linear(_gelu(joined[..., :half]) * joined[..., half:], f"{name}mlp.Wo")
        return self._norm(states, "final_norm")

    def logits(self, states: Floats) -> Floats:
        """Scores of every token, shape (n, vocabulary), from hidden states (n, hidden) at masked places."""
        states = self._norm(_gelu(self._linear(states, "head.dense")), "head.norm")
        return self._linear(states, "decoder") + self._weights["decoder.bias"]

    def _rotation(self, length: int) -> tuple[Floats, Floats]:
        """Cosine and sine of each place and half dimension (Su et al. 2021), shape (length, head size)."""
        size = self.shape.hidden_size // self.shape.num_attention_heads
        steps = np.arange(0, size, 2, dtype=np.float32) / np.float32(size)
        angle = np.arange(length, dtype=np.float32)[:, None] / np.float32(self.shape.rope_theta) ** steps
        angle = np.concatenate((angle, angle), axis=-1)
        return np.cos(angle), np.sin(angle)

    def _attention(self, states: Floats, reach: Floats, turn: tuple[Floats, Floats], name: str) -> Floats:
        rows, length, width = states.shape
        heads = self.shape.num_attention_heads
        joined = self._linear(states, f"{name}attn.Wqkv").reshape(rows, length, 3, heads, width // heads)
        query, key, value = joined.transpose(2, 0, 3, 1, 4)
        scores = _turned(query, turn) @ _turned(key, turn).swapaxes(-1, -2)
        scores *= np.float32((width // heads) ** -0.5)
        scores += reach
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        mixed = (scores @ value).swapaxes(1, 2).reshape(rows, length, width)
        return self._linear(mixed, f"{name}attn.Wo")

    def _linear(self, states: Floats, name: str) -> Floats:
        weight = self._weights[f"{name}.weight"]
        return (states.reshape(-1, weight.shape[0]) @ weight).reshape(*states.shape[:-1], weight.shape[1])

    def _norm(self, states: Floats, name: str) -> Floats:
        centred = states - states.mean(-1, keepdims=True)
        spread = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(states.shape[-1])
        centred /= np.sqrt(spread + np.float32(self.shape.norm_eps))
        centred *= self._weights[f"{name}.weight"]
        return centred


def _turned(part: Floats, turn: tuple[Floats, Floats]) -> Floats:
    half = part.shape[-1] // 2
    turned = part * turn[0]
    turned += np.concatenate((-part[..., half:], part[..., :half]), axis=-1) * turn[1]
    return turned


def _gelu(x: Floats) -> Floats:
    """x · Φ(x), Φ the normal distribution (Hendrycks and Gimpel 2016)."""
    size = np.abs(x)
    size *= np.float32(0.5**0.5)
    part = _SLOPE * size
    part += np.float32(1)
    np.reciprocal(part, out=part)
    tail = _TERMS[0] * part
    for term in _TERMS[1:]:
        tail += term
        tail *= part
    size *= size
    np.negative(size, out=size)
    np.exp(size, out=size)
    tail *= size  # 1 - erf(|x| / √2), halved in the terms
    tail *= x
    return np.where(x < 0, tail, x - tail).astype(np.float32, copy=False)
