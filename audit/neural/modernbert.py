"""The forward pass of a small ModernBERT-shaped masked language model, in plain torch.

The same computation as transformers' ModernBertForMaskedLM (Warner et al. 2024) on the same files, with full attention in every
layer; a test holds the two together. Written out because importing transformers' models takes longer than auditing a hundred
articles, and because training and use on a graphics card then run the same lines; `audit.neural.modernbert_numpy` serves CPUs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence, Sized
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from audit.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import torch
    from torch import Tensor

    Floats = npt.NDArray[np.float32]
    Integers = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]


Array = TypeVar("Array")


class Shape(msgspec.Struct, frozen=True):
    """What config.json says of the model."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    max_position_embeddings: int
    rope_theta: float
    norm_eps: float = 1e-5


class ModernBert:
    """Weights by transformers' names, on one device in one precision, and what they make of token ids."""

    def __init__(self, shape: Shape, weights: Mapping[str, Tensor]) -> None:
        self.shape = shape
        self.weights = {name.removeprefix("model."): value for name, value in weights.items()}
        self.weights.setdefault("decoder.weight", self.weights["embeddings.tok_embeddings.weight"])

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype) -> ModernBert:
        """From config.json and model.safetensors. Raises ModelError where they are not such a model."""
        from safetensors.torch import load_file

        shape = read_shape(folder)
        weights = read_weights(folder, load_file)
        try:
            model = cls(shape, {name: value.to(device=device, dtype=dtype) for name, value in weights.items()})
            check_weights(shape, model.weights)
        except KeyError as error:
            raise ModelError(f"{folder}: the weights {error} are missing") from error
        return model

    @property
    def device(self) -> str:
        """Where the weights lie: cpu, cuda:0, …"""
        return str(self.weights["final_norm.weight"].device)

    def predict(self, ids: Integers, mask: Truths, at: Sequence[tuple[int, int]]) -> Floats:
        """Log probabilities of every token, shape (len(at), vocabulary), at the places ``at`` (row, column) of ids.

        ``ids``, ``mask``: shape (rows, length); ``mask`` is True where a token stands.
        """
        import torch

        with torch.inference_mode():
            states = self.hidden(torch.as_tensor(ids, device=self.device), torch.as_tensor(mask, device=self.device))
            where = torch.tensor(at, device=self.device).reshape(-1, 2)
            scores = self.logits(states[where[:, 0], where[:, 1]]).float().log_softmax(-1)
            return scores.cpu().numpy()

    def hidden(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Last hidden states, shape (rows, length, hidden), of ids (rows, length); ``mask`` is True where a token stands."""
        from torch.nn import functional

        states = self._norm(functional.embedding(ids, self.weights["embeddings.tok_embeddings.weight"]), "embeddings.norm")
        reach = None if mask is None else ((~mask)[:, None, None, :] * -1e9).to(states.dtype)
        turn = self._rotation(ids.shape[1], states)
        for layer in range(self.shape.num_hidden_layers):
            name = f"layers.{layer}."
            states = states + self._attention(self._norm(states, f"{name}attn_norm") if layer else states, reach, turn, name)
            wide, gate = self._linear(self._norm(states, f"{name}mlp_norm"), f"{name}mlp.Wi").chunk(2, dim=-1)
            states = states + self._linear(functional.gelu(wide) * gate, f"{name}mlp.Wo")
        return self._norm(states, "final_norm")

    def logits(self, states: Tensor) -> Tensor:
        """Scores of every token, shape (n, vocabulary), from hidden states (n, hidden) at masked places."""
        from torch.nn import functional

        states = self._norm(functional.gelu(self._linear(states, "head.dense")), "head.norm")
        return functional.linear(states, self.weights["decoder.weight"], self.weights["decoder.bias"])

    def _rotation(self, length: int, like: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine of each place and half dimension (Su et al. 2021), shape (length, head size)."""
        import torch

        size = self.shape.hidden_size // self.shape.num_attention_heads
        steps = torch.arange(0, size, 2, dtype=torch.float32, device=like.device) / size
        angle = torch.arange(length, dtype=torch.float32, device=like.device)[:, None] / self.shape.rope_theta**steps
        angle = torch.cat((angle, angle), dim=-1)
        return angle.cos().to(like.dtype), angle.sin().to(like.dtype)

    def _attention(self, states: Tensor, reach: Tensor | None, turn: tuple[Tensor, Tensor], name: str) -> Tensor:
        import torch

        rows, length, width = states.shape
        heads = self.shape.num_attention_heads
        cos, sin = turn
        joined = self._linear(states, f"{name}attn.Wqkv").view(rows, length, 3, heads, width // heads)
        query, key, value = (joined[:, :, part].transpose(1, 2) for part in range(3))

        def turned(part: Tensor) -> Tensor:
            one, other = part.chunk(2, dim=-1)
            return part * cos + torch.cat((-other, one), dim=-1) * sin

        scores = turned(query) @ turned(key).transpose(-1, -2) * (width // heads) ** -0.5
        scores = scores if reach is None else scores + reach
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(rows, length, width)
        return self._linear(mixed, f"{name}attn.Wo")

    def _linear(self, states: Tensor, name: str) -> Tensor:
        from torch.nn import functional

        return functional.linear(states, self.weights[f"{name}.weight"])

    def _norm(self, states: Tensor, name: str) -> Tensor:
        from torch.nn import functional

        weight = self.weights[f"{name}.weight"]
        return functional.layer_norm(states, weight.shape, weight, None, self.shape.norm_eps)


def read_weights(folder: Path, load: Callable[[Path], dict[str, Array]]) -> dict[str, Array]:
    """The arrays of model.safetensors as ``load`` reads them. Raises ModelError where it cannot."""
    try:
        return load(folder / "model.safetensors")
    except Exception as error:  # safetensors raises a class of its own for damaged files, OSError for missing ones
        raise ModelError(f"{folder}: model.safetensors cannot be read ({error})") from error


def check_weights(shape: Shape, weights: Mapping[str, Sized]) -> None:
    """Raises KeyError naming a part that is not there, ModelError where the vocabulary has another size."""
    names = ["final_norm.weight", "head.dense.weight", "head.norm.weight", "decoder.bias", "embeddings.norm.weight"]
    for layer in range(shape.num_hidden_layers):
        parts = ("attn.Wqkv", "attn.Wo", "mlp.Wi", "mlp.Wo", "mlp_norm", *(["attn_norm"] if layer else []))
        names += [f"layers.{layer}.{part}.weight" for part in parts]
    for name in names:
        weights[name]
    if len(weights["decoder.bias"]) != shape.vocab_size:
        raise ModelError("the vocabulary of config.json is not that of the weights")


def read_shape(folder: Path) -> Shape:
    """The shape in config.json. Raises ModelError for another kind of model, saying what is different."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if config.get("model_type") != "modernbert":
            kind = config.get("model_type")
            raise ModelError(f"{folder}: config.json names a {kind} model; the embedded encoder is a modernbert")
        odd = [name for name in ("attention_bias", "mlp_bias", "norm_bias", "classifier_bias") if config.get(name)]
        if odd or set(config["layer_types"]) != {"full_attention"} or config["hidden_activation"] != "gelu":
            raise ModelError(f"{folder}: a modernbert with biases, sliding attention or another activation is not read here")
        config["rope_theta"] = config["rope_parameters"]["full_attention"]["rope_theta"]
        return msgspec.convert(config, Shape)
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise ModelError(f"{folder}: config.json is not that of an encoder ({error})") from error
