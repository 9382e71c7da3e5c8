#!/usr/bin/env python3
"""Trains the encoder for German: a small masked language model that compares words in their context.

    python models/de/encoder/train.py --data ../shared/data --work FOLDER --compile     trains and writes the model
    python models/de/encoder/train.py --tiny --steps 20 --work FOLDER --out FOLDER      the same steps, in seconds

Tokenizer, token ids and the first embeddings (PPMI of neighbouring tokens, truncated SVD) are made once and kept in --work;
training goes on from the newest state there. On a CPU the same seed, data and number of threads give the same weights. A GPU
(--device cuda) runs the same script with larger batches (--batch).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

import vocabulary  # noqa: E402
from rivals import rivals  # noqa: E402

from audit.neural.modernbert import ModernBert, Shape  # noqa: E402

SEED = 7
# Tried in short runs: 20, 25 and 30 %; more masks give more to learn from a pass, too many leave nothing to learn it from.
MASKED = 0.25
LENGTH = 96
PEAK = 3e-3
MUON_PEAK = 0.02
THETA = 10_000.0
WARMUP = 100
BETAS = (0.9, 0.98)
DECAY = 0.01
CLIP = 1.0
# What telling a token from its rivals counts in the last steps, beside telling it from all others.
CONTRAST = 1.0
SAVE_EVERY = 500
SHAPE = {"hidden_size": 256, "num_hidden_layers": 5, "num_attention_heads": 4, "intermediate_size": 512}
TINY = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}


class Batches:
    """Chunks of the token stream, shuffled, masked by whole words; batch number ``step`` is always the same."""

    def __init__(self, tokens: NDArray[np.uint16], starts: NDArray[np.int64], inner: NDArray[np.bool_], size: int) -> None:
        """``tokens`` (n,): all ids; ``starts``: where chunks begin; ``inner`` (vocabulary,): ids that continue a word."""
        self.tokens, self.starts, self.inner, self.size = tokens, starts, inner, size
        self.order = np.random.default_rng(SEED).permutation(len(starts))

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Ids (rows, LENGTH) with masks in place, and labels: the ids at masked places, −100 elsewhere."""
        random = np.random.default_rng((SEED, step))
        at = np.arange(step * self.size, (step + 1) * self.size) % len(self.starts)
        rows = self.tokens[self.starts[self.order[at]][:, None] + np.arange(LENGTH - 2)].astype(np.int64)
        word = np.cumsum(~self.inner[rows], axis=1)
        chosen = np.take_along_axis(random.random((len(rows), LENGTH)) < MASKED, word, axis=1) & (rows > vocabulary.MASK)
        ids = np.full((len(rows), LENGTH), vocabulary.CLS)
        ids[:, -1] = vocabulary.SEP
        ids[:, 1:-1] = np.where(chosen, vocabulary.MASK, rows)
        labels = np.full_like(ids, -100)
        labels[:, 1:-1][chosen] = rows[chosen]
        return torch.from_numpy(ids), torch.from_numpy(labels)


def schedule(lengths: list[tuple[int, int, float]], size: int, steps: int) -> NDArray[np.int64]:
    """Where chunks begin, from (first token, tokens, passes) of each source; each pass is cut at other places."""
    random = np.random.default_rng(SEED)
    starts: list[NDArray[np.int64]] = []
    for first, length, passes in lengths:
        for _ in range(math.ceil(passes)):
            cuts = np.arange(first + random.integers(0, LENGTH - 2), first + length - LENGTH, LENGTH - 2)
            share = min(1.0, passes)
            starts.append(cuts[random.random(len(cuts)) < share])
    found = np.concatenate(starts)
    read = steps * size / len(found)
    print(f"{len(found):,} chunks, {len(found) * LENGTH / 1e6:.1f} M tokens; {steps} steps of {size} read {read:.2f} of them")
    return found


def build(shape: dict[str, int], embeddings: NDArray[np.float32]) -> Any:
    """The model, its token embeddings set from co-occurrence (``embeddings``: (vocabulary, hidden_size))."""
    from transformers import ModernBertConfig, ModernBertForMaskedLM

    torch.manual_seed(SEED)
    kinds = ("full_attention", "sliding_attention")
    config = ModernBertConfig(
        vocab_size=len(embeddings), max_position_embeddings=192, pad_token_id=vocabulary.PAD, cls_token_id=vocabulary.CLS,
        sep_token_id=vocabulary.SEP, bos_token_id=vocabulary.CLS, eos_token_id=vocabulary.SEP,
        layer_types=["full_attention"] * shape["num_hidden_layers"], tie_word_embeddings=True,
        rope_parameters={kind: {"rope_type": "default", "rope_theta": THETA} for kind in kinds}, **shape,
    )  # fmt: skip
    model = ModernBertForMaskedLM(config)
    with torch.no_grad():
        model.model.embeddings.tok_embeddings.weight.copy_(torch.from_numpy(embeddings))
        # A residual branch that begins silent lets the co-occurrence of the embeddings be used from the first step on.
        for layer in model.model.layers:
            layer.attn.Wo.weight.mul_(0.5)
            layer.mlp.Wo.weight.mul_(0.5)
    model.tie_weights()
    return model


def loss_of(model: Any, shape: Shape, table: Tensor | None, compiled: bool) -> Callable[[Tensor, Tensor], Tensor]:
    """Mean cross-entropy at the masked places, as a function of ids and labels; the vocabulary is asked there only.

    ``table`` (vocabulary, rivals): the token against its rivals alone counts, too. Compiled (a C++ compiler is needed) it takes
    about half the time.
    """
    served = ModernBert(shape, dict(model.named_parameters()))

    def hidden(ids: Tensor) -> Tensor:
        return served.hidden(ids)

    def head(states: Tensor, targets: Tensor) -> Tensor:
        logits = served.logits(states).float()
        whole = functional.cross_entropy(logits, targets)
        if table is None:
            return whole
        rivals = table[targets]
        against = logits.gather(1, rivals).masked_fill(rivals == targets[:, None], -torch.inf)
        right = logits.gather(1, targets[:, None])
        return whole + CONTRAST * (torch.cat((right, against), dim=1).logsumexp(1) - right[:, 0]).mean()

    if compiled:
        hidden, head = torch.compile(hidden), torch.compile(head, dynamic=True)

    def loss(ids: Tensor, labels: Tensor) -> Tensor:
        at = labels != -100
        return head(hidden(ids)[at], labels[at])

    return loss


def share(step: int, steps: int, decay: int) -> float:
    """The share of the peak rate: warm up, stay, fall to nothing in the last ``decay`` steps (until then more can be added)."""
    return min(1.0, (step + 1) / WARMUP, max(0.0, (steps - step) / decay))


def shape_of(config: Any) -> Shape:
    """The shape as the program reads it from config.json."""
    rope = config.rope_parameters["full_attention"]["rope_theta"]
    return Shape(**{name: rope if name == "rope_theta" else getattr(config, name) for name in Shape.__struct_fields__})


def optimizers_of(model: nn.Module) -> dict[str, torch.optim.Optimizer]:
    """Muon (Jordan et al. 2024) for the matrices between layers, AdamW for embeddings, norms and bias."""
    between = [p for name, p in model.named_parameters() if p.ndim == 2 and "embeddings" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embeddings" in name]
    return {
        "muon": torch.optim.Muon(between, lr=MUON_PEAK, momentum=0.95, weight_decay=DECAY),
        "adam": torch.optim.AdamW(others, lr=PEAK, betas=BETAS, eps=1e-6, weight_decay=0.0),
    }


def save_state(folder: Path, model: nn.Module, optimizers: dict[str, torch.optim.Optimizer], step: int) -> None:
    """Model and moments in one file, renamed when complete."""
    state = {f"m.{name}": value.detach().clone() for name, value in model.named_parameters()}
    for kind, optimizer in optimizers.items():
        for index, values in optimizer.state_dict()["state"].items():
            state |= {f"o.{kind}.{index}.{name}": torch.as_tensor(value).clone() for name, value in values.items()}
    save_file(state, folder / "state.tmp", metadata={"step": str(step)})
    (folder / "state.tmp").rename(folder / "state.safetensors")


def load_state(path: Path, model: nn.Module, optimizers: dict[str, torch.optim.Optimizer]) -> int:
    """Take up where the state was saved; the number of steps done."""
    from safetensors import safe_open

    state = load_file(path)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(state[f"m.{name}"])
    for kind, optimizer in optimizers.items():
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            if key.startswith(f"o.{kind}."):
                _, _, index, name = key.split(".")
                moments.setdefault(int(index), {})[name] = value
        optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    with safe_open(path, framework="pt") as file:
        return int(file.metadata()["step"])


def export(model: Any, work: Path, out: Path) -> None:
    """The model in Hugging Face format, half precision."""
    out.mkdir(parents=True, exist_ok=True)
    import copy

    half = copy.deepcopy(model).half()
    half.config.dtype = torch.float16
    half.save_pretrained(out)
    vocabulary.tokenizer(work).save_pretrained(out)
    for extra in ("generation_config.json",):
        (out / extra).unlink(missing_ok=True)


def train(args: argparse.Namespace) -> None:
    work = Path(args.work)
    sizes = TINY if args.tiny else SHAPE
    prepared = vocabulary.prepare(work, Path(args.data) if args.data else None, args.vocabulary, sizes["hidden_size"])
    batches = Batches(prepared.tokens, schedule(prepared.lengths, args.batch, args.steps), prepared.inner, args.batch)
    model = build(sizes, prepared.embeddings).to(args.device)
    optimizers = optimizers_of(model)
    shape = shape_of(model.config)
    plain = loss_of(model, shape, None, args.compile)
    contrasted = loss_of(model, shape, torch.from_numpy(rivals(work / "tokenizer.json")).to(args.device), args.compile)
    state = work / "state.safetensors"
    first = load_state(state, model, optimizers) if state.exists() else 0
    total, clock = 0.0, time.perf_counter()
    for step in range(first, args.steps):
        for kind, peak in (("muon", MUON_PEAK), ("adam", PEAK)):
            optimizers[kind].param_groups[0]["lr"] = peak * share(step, args.steps, args.decay)
        ids, labels = (part.to(args.device) for part in batches.batch(step))
        with torch.autocast(args.device.split(":")[0], dtype=torch.bfloat16):
            loss = (plain if step < args.steps - args.decay else contrasted)(ids, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        for optimizer in optimizers.values():
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        total += loss.item()
        if (step + 1) % args.report == 0:
            seconds = time.perf_counter() - clock
            rate = round(args.report * ids.numel() / seconds)
            row = {"step": step + 1, "loss": round(total / args.report, 4), "tokens_s": rate}
            with open(work / "log.jsonl", "a", encoding="utf-8") as log:
                print(json.dumps(row), file=log)
            total, clock = 0.0, time.perf_counter()
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == args.steps:
            save_state(work, model, optimizers, step + 1)
    export(model, work, Path(args.out))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", help="the folder of training data")
    parser.add_argument("--tiny", action="store_true", help="invented sentences and a very small model")
    parser.add_argument("--work", required=True, help="where tokenizer, ids and states are kept")
    parser.add_argument("--out", default=str(HERE), help="where the model goes")
    parser.add_argument("--steps", type=int, default=5500)
    parser.add_argument("--decay", type=int, default=1500, help="the last steps, in which the learning rate falls")
    parser.add_argument("--batch", type=int, default=48, help=f"chunks of {LENGTH} tokens a step")
    parser.add_argument("--vocabulary", type=int, default=16_000)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=False, help="twice the speed, after a minute")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--report", type=int, default=50)
    args = parser.parse_args()
    if not args.tiny and not args.data:
        parser.error("--data or --tiny is needed")
    args.data = None if args.tiny else args.data
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    train(args)


if __name__ == "__main__":
    main()
