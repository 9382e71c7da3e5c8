"""Teaches the network of `audit.neural.slips` where slips are, and writes slips.safetensors.

    python models/de/slips/sentences.py --data DIR --out sentences.jsonl.gz
    python models/de/slips/train.py --sentences sentences.jsonl.gz --minutes 10 [--continue STATE] [--state STATE] [--out FILE]

Every sentence is read twice in an epoch: as it is, and with a slip that is drawn anew each time (corrupt.py). Adam, the rate
falling linearly to ``--floor`` of itself over the minutes given; ``--state`` keeps weights and optimiser for another run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from corrupt import KINDS, Tagged, corrupted, seam
from safetensors.numpy import save_file
from torch import Tensor, nn

from audit.assets import Assets
from audit.neural.slips import BITS, GAP, STRUCTURE, SUFFIXES, Encoder, structure
from audit.ngrams import key
from audit.syntax import load_lexis
from audit.text import Token, tokenize

HERE = Path(__file__).resolve().parent
WIDTH, DILATIONS, VOCABULARY = 80, (1, 2, 4, 8, 1), 12_000
LENGTH, BATCH, CHUNK = 200, 16, 15_000  # tokens of a row, rows of a batch, sentences that are corrupted at a time
PLACES = 27  # most facts of a form: word, class, ending and bits
SEAMS, UNKNOWN, DROPPED = 0.03, 0.08, 0.1  # shares: sentences run together, words hidden, activations dropped
IGNORED = -100


class Forms:
    """The forms met so far, as rows of places in the first layer; row 0 is the gap between sentences."""

    def __init__(self, sentences: list[Tagged]) -> None:
        counts = Counter(word for sentence in sentences for word in sentence.words[1:] if not word[0].isdigit())
        common = sorted(counts, key=lambda word: (-counts[word], word))[: VOCABULARY - 1]
        self.vocabulary = {key(word): i + 1 for i, word in enumerate(dict.fromkeys(["\x00number", *common]))}
        self.encoder = Encoder(load_lexis(Assets("de")), self.vocabulary)
        words, classes = len(self.vocabulary) + 1, self.encoder.ngrams.size
        self.offsets = (words, words + classes, words + classes + SUFFIXES)
        self.size = self.offsets[2] + BITS
        self.rows: dict[tuple[str, bool], int] = {}
        self.table = [[self.size] * PLACES]
        self.shapes = [self.encoder.form(Token("", 0, 0, "address"), False).shape]

    def row(self, word: str, begins: bool) -> int:
        row = self.rows.get((word, begins))
        if row is None:
            tokens = tokenize(word)
            form = self.encoder.form(Token(word, 0, len(word), tokens[0].kind if len(tokens) == 1 else "word"), begins)
            classes, suffixes, bits = self.offsets
            places = [form.word, classes + form.known_as, suffixes + form.suffix, *(bits + bit for bit in form.bits)][:PLACES]
            row = self.rows[word, begins] = len(self.table)
            self.table.append([*places, *[self.size] * (PLACES - len(places))])
            self.shapes.append(form.shape)
        return row

    def stream(self, sentences: list[Tagged], rng: random.Random) -> tuple[list[int], list[int], list[int]]:
        """Rows, bits of structure and labels of the sentences, each as it is and with a slip."""
        rows: list[int] = []
        bits: list[int] = []
        labels: list[int] = []
        for n, sentence in enumerate(sentences):
            joined = rng.random() < SEAMS and n + 1 < len(sentences)
            made = seam(sentence, sentences[n + 1]) if joined else corrupted(sentence, rng)
            for words, own in [(sentence.words, [0] * len(sentence.words)), *([made] if made else [])]:
                places = [self.row(word, i == 0) for i, word in enumerate(words)]
                rows += [0] * GAP + places
                bits += [0] * GAP + structure([self.shapes[place] for place in places])
                labels += [IGNORED] * GAP + list(own)
        return rows, bits, labels


class Net(nn.Module):
    """The network as it is taught; `audit.neural.slips` computes the same in numpy."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.gap = size
        self.first = nn.EmbeddingBag(size + 1, WIDTH, mode="sum", padding_idx=size)
        nn.init.normal_(self.first.weight, 0, 0.1)
        self.shape = nn.Parameter(torch.randn(STRUCTURE, WIDTH) * 0.1)
        self.convs = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=d, dilation=d) for d in DILATIONS)
        self.last = nn.Linear(WIDTH, len(KINDS))
        self.drop = nn.Dropout(DROPPED)

    def forward(self, places: Tensor, bits: Tensor) -> Tensor:
        """``places``: (batch, length, facts), ``bits``: (batch, length); gives (batch, length, kinds)."""
        batch, length, facts = places.shape
        said = ((bits.unsqueeze(-1) >> torch.arange(STRUCTURE)) & 1).float() @ self.shape
        state = torch.relu(self.first(places.view(-1, facts)).view(batch, length, WIDTH) + said)
        state = (state * (places[:, :, :1] != self.gap)).transpose(1, 2)
        for conv in self.convs:
            state = state + torch.relu(conv(self.drop(state)))
        return self.last(state.transpose(1, 2))


def batches(streams: tuple[list[int], list[int], list[int]]) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    count = len(streams[0]) // LENGTH
    rows, bits, labels = (torch.tensor(stream[: count * LENGTH]).view(count, LENGTH) for stream in streams)
    order = torch.randperm(count)
    for i in range(0, count, BATCH):
        chosen = order[i : i + BATCH]
        yield rows[chosen], bits[chosen], labels[chosen]


def learn(net: Net, optimiser: torch.optim.Adam, forms: Forms, sentences: list[Tagged], options: argparse.Namespace) -> None:
    rng, start, step = random.Random(options.seed), time.monotonic(), 0
    while True:
        rng.shuffle(sentences)
        for at in range(0, len(sentences), CHUNK):
            streams = forms.stream(sentences[at : at + CHUNK], rng)
            table = torch.tensor(forms.table)
            for rows, bits, labels in batches(streams):
                past = (time.monotonic() - start) / (60 * options.minutes)
                if past >= 1:
                    return
                for group in optimiser.param_groups:
                    group["lr"] = options.rate * max(options.floor, 1 - past) * min(1, (step + 1) / 100)
                places = table[rows]
                hidden = (torch.rand(rows.shape) < UNKNOWN) & (places[:, :, 0] < forms.offsets[0])
                places[:, :, 0][hidden] = 0
                scores = net(places, bits).view(-1, len(KINDS))
                loss = nn.functional.cross_entropy(scores, labels.reshape(-1), ignore_index=IGNORED)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                step += 1
                if step % 100 == 0:
                    print(f"{step} {loss.item():.4f}", flush=True)


def write(net: Net, forms: Forms, path: Path) -> None:
    tensors = {
        "first": net.first.weight[: forms.size], "shape": net.shape, "last": net.last.weight.T, "bias": net.last.bias,
    }  # fmt: skip
    for i, conv in enumerate(net.convs):
        tensors |= {f"w{i}": conv.weight.permute(2, 1, 0).reshape(3 * WIDTH, WIDTH), f"b{i}": conv.bias}
    arrays = {name: np.ascontiguousarray(t.detach().numpy().astype(np.float16)) for name, t in tensors.items()}
    arrays["vocabulary"] = np.array(list(forms.vocabulary), dtype=np.uint32)
    save_file(arrays, path, metadata={"kinds": json.dumps(KINDS), "dilations": json.dumps(DILATIONS)})


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--sentences", type=Path, required=True)
    args.add_argument("--minutes", type=float, default=10)
    args.add_argument("--rate", type=float, default=3e-3)
    args.add_argument("--floor", type=float, default=0.05)
    args.add_argument("--seed", type=int, default=5)
    args.add_argument("--continue", dest="former", type=Path)
    args.add_argument("--state", type=Path)
    args.add_argument("--out", type=Path, default=HERE / "slips.safetensors")
    options = args.parse_args()
    torch.manual_seed(options.seed)
    with gzip.open(options.sentences, "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    sentences = [Tagged(tuple(row["words"]), tuple(row["tags"]), tuple(row["lemmas"])) for row in found]
    forms = Forms(sentences)
    net = Net(forms.size)
    optimiser = torch.optim.Adam(net.parameters(), lr=options.rate)
    if options.former:
        state = torch.load(options.former, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
    learn(net, optimiser, forms, sentences, options)
    if options.state:
        torch.save({"net": net.state_dict(), "optimiser": optimiser.state_dict()}, options.state)
    write(net, forms, options.out)


if __name__ == "__main__":
    main()
