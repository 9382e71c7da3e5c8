"""Which word fits a place better: the written one or another. A small masked language model asked by contrast.

A model of this size cannot say whether a word is wrong; asked which of two words fits a sentence better, it can be heard. So the
one question is a :class:`Query`: a text, the place of the written word in it, and other words for that place. The answer is, for
each of them, how much better it fits (natural log): log P(other | text) − log P(written | text), less what the words' commonness
alone would give.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from audit.errors import ModelError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from tokenizers import Tokenizer

    from audit.neural.modernbert import Shape

    Floats = npt.NDArray[np.float32]

# Tokens around the place that are read, the place included.
WINDOW: Final = 48
# Rows are cut to these lengths, and a batch always has the same shape for its length: the numbers of a row then do not depend
# on its neighbours, nor the record on how documents were batched.
_LENGTHS: Final = (8, 16, 24, 32, 48, 64, 96, 128, 192)
_BUDGET: Final = {"cpu": 192, "cuda": 65_536}
# How much of the words' commonness is taken out of the comparison (0: none; 1: all). Measured: models/de/encoder/CARD.md.
COMMONNESS: Final = 0.5
# Words whose likelihood with nothing around them is remembered.
_KEPT: Final = 50_000
_LOG: Final = logging.getLogger("audit.encoder")


class Query(NamedTuple):
    """``text[start:end]`` is the written word (or words); ``alternatives`` could stand there instead."""

    text: str
    start: int
    end: int
    alternatives: tuple[str, ...]


class Likelihood(NamedTuple):
    """log P of a word in its place (``fit``), and with nothing around it (``alone``), summed over its tokens; natural logs."""

    fit: float
    alone: float


class Row(NamedTuple):
    """Ids of one text with masks in it, and the places of the masks."""

    ids: tuple[int, ...]
    masked: tuple[int, ...]


class Model(Protocol):
    """A forward pass: `audit.neural.modernbert_numpy` on a CPU, `audit.neural.modernbert` on a graphics card."""

    @property
    def shape(self) -> Shape: ...
    @property
    def device(self) -> str: ...
    def predict(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.bool_], at: Sequence[tuple[int, int]]) -> Floats: ...


class Encoder:
    """An encoder on one device. One a process: models are loaded on first use."""

    def __init__(self, tokenizer: Tokenizer, model: Model, *, window: int = WINDOW) -> None:
        self._tokenizer = tokenizer
        self._model = model
        self._window = min(window, model.shape.max_position_embeddings - 2)
        self._budget = _BUDGET["cpu" if model.device == "cpu" else "cuda"]
        self._special = {name: _special(tokenizer, f"[{name}]") for name in ("CLS", "SEP", "MASK", "PAD")}
        self._commonness: dict[tuple[int, ...], float] = {}

    @classmethod
    def load(cls, folder: Path, device: str = "auto", *, half: bool | None = None) -> Encoder:
        """From a folder in Hugging Face format (tokenizer.json, config.json, model.safetensors).

        ``device``: auto, cpu, cuda, cuda:1, …; ``half``: bfloat16 instead of single precision (default: on a GPU only, since a
        CPU's half precision differs between processors). Raises ModelError for files that are no such model, UsageError for a
        device that is not there.
        """
        from tokenizers import Tokenizer

        chosen = chosen_device(device)
        half = chosen != "cpu" if half is None else half
        model = _model(folder, chosen, half)
        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(f"{folder}: tokenizer.json cannot be read ({error})") from error
        if tokenizer.get_vocab_size() > model.shape.vocab_size:
            raise ModelError(f"{folder}: the tokenizer knows more tokens than the model")
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(tokenizer, model)

    @property
    def device(self) -> str:
        """Where it runs: cpu, cuda:0, …"""
        return self._model.device

    def fit(self, queries: Sequence[Query]) -> list[tuple[float, ...]]:
        """For each query, in order, how much better each alternative fits than the written word (natural log; 0: equally well).

        Raises ValueError for a span that is empty or outside its text.
        """
        answers: list[tuple[float, ...]] = []
        for words in self.likelihoods(queries):
            written, *others = [word.fit - COMMONNESS * word.alone for word in words]
            answers.append(tuple(round(other - written, 3) for other in others))
        return answers

    def likelihoods(self, queries: Sequence[Query]) -> list[list[Likelihood]]:
        """For each query, in order, what the written word and each alternative score in this place and without any."""
        asked = [self._rows(query) for query in queries]
        scores = iter(self._scored([row for rows in asked for row in rows]))
        return [[next(scores) for _ in rows] for rows in asked]

    def _rows(self, query: Query) -> list[tuple[Row, tuple[int, ...]]]:
        """A row with masks for the written word and for each alternative, with the ids that the masks hide."""
        if not 0 <= query.start < query.end <= len(query.text):
            raise ValueError(f"the span {query.start}:{query.end} is not in the text")
        start, end = _whole_words(query.text, query.start, query.end)
        head, tail = query.text[start : query.start], query.text[query.end : end]
        before = self._ids(query.text[:start])
        after = self._ids(query.text[end:])
        words = [query.text[start:end], *(head + word + tail for word in query.alternatives)]
        return [self._masked(before, self._ids(word), after) for word in words]

    def _masked(self, before: Sequence[int], hidden: Sequence[int], after: Sequence[int]) -> tuple[Row, tuple[int, ...]]:
        room = max(0, self._window - len(hidden))
        left = min(len(before), max(room // 2, room - len(after)))
        context = before[len(before) - left :]
        ids = (self._special["CLS"], *context, *[self._special["MASK"]] * len(hidden))
        ids += (*after[: room - left], self._special["SEP"])
        first = 1 + len(context)
        limit = self._model.shape.max_position_embeddings
        return Row(ids[:limit], tuple(range(first, min(first + len(hidden), limit)))), tuple(hidden)

    def tokens(self, texts: Sequence[str]) -> int:
        """How many tokens these texts have."""
        return sum(len(self._ids(text)) for text in texts)

    def _ids(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids if text else []

    def _scored(self, asked: Sequence[tuple[Row, tuple[int, ...]]]) -> list[Likelihood]:
        if len(self._commonness) >= _KEPT:
            self._commonness.clear()
        alone = {hidden: self._masked((), hidden, ()) for _, hidden in asked if hidden not in self._commonness}
        found = self._forward(_grouped([*asked, *alone.values()]))
        for hidden, (row, _) in alone.items():
            self._commonness[hidden] = found[row, hidden]
        return [Likelihood(found[row, hidden], self._commonness[hidden]) for row, hidden in asked]

    def _forward(self, rows: Mapping[Row, Sequence[tuple[int, ...]]]) -> dict[tuple[Row, tuple[int, ...]], float]:
        """log P of every hidden string of every row; rows of one length go through together."""
        found: dict[tuple[Row, tuple[int, ...]], float] = {}
        by_length: dict[int, list[Row]] = {}
        for row in rows:
            by_length.setdefault(_padded(len(row.ids)), []).append(row)
        for length, same in sorted(by_length.items()):
            begin = 0
            while begin < len(same):
                size = max(1, self._budget // length)
                batch = same[begin : begin + size]
                try:
                    table = self._predict(batch, length, size)
                except _memory_errors() as error:
                    if self._budget <= length:
                        raise
                    self._budget //= 2
                    _LOG.warning("out of memory: %d tokens a batch from now on (%s)", self._budget, error)
                    continue
                for row, scores in zip(batch, table, strict=True):
                    for hidden in rows[row]:
                        found[row, hidden] = float(sum(line[token] for line, token in zip(scores, hidden, strict=False)))
                begin += len(batch)
        return found

    def _predict(self, batch: Sequence[Row], length: int, size: int) -> list[Floats]:
        """For each row log probabilities, shape (its masks, vocabulary); the batch is filled up to ``size`` rows."""
        import numpy as np

        ids = np.full((size, length), self._special["PAD"], dtype=np.int64)
        mask = np.zeros((size, length), dtype=np.bool_)
        mask[:, 0] = True
        for index, row in enumerate(batch):
            ids[index, : len(row.ids)] = row.ids
            mask[index, : len(row.ids)] = True
        at = [(index, place) for index, row in enumerate(batch) for place in row.masked]
        scores = self._model.predict(ids, mask, at)
        return np.split(scores, np.cumsum([len(row.masked) for row in batch])[:-1])


def _special(tokenizer: Tokenizer, token: str) -> int:
    number = tokenizer.token_to_id(token)
    if number is None:
        raise ModelError(f"the tokenizer has no {token}")
    return number


def _grouped(asked: Iterable[tuple[Row, tuple[int, ...]]]) -> dict[Row, list[tuple[int, ...]]]:
    """What each row hides: words of as many pieces share a row, and a row is read once."""
    groups: dict[Row, list[tuple[int, ...]]] = {}
    for row, hidden in asked:
        hiddens = groups.setdefault(row, [])
        if hidden not in hiddens:
            hiddens.append(hidden)
    return groups


def _padded(length: int) -> int:
    return next((limit for limit in _LENGTHS if limit >= length), length)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to the words that it cuts: tokens never straddle its edges then."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def chosen_device(name: str) -> str:
    """The device meant by a name: cpu, cuda:0, …; torch is asked only where there may be a graphics card.

    Raises UsageError for one that is not there.
    """
    if name == "cpu" or (name == "auto" and sys.platform == "linux" and not list(Path("/dev").glob("nvidia[0-9]*"))):
        return "cpu"
    import torch

    if name == "auto":
        return "cuda:0" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(f"no device named {name!r} (auto, cpu, cuda, cuda:1, …)") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UsageError(f"device {name!r} is not there: torch sees {torch.cuda.device_count()} CUDA devices")
    return str(device)


def _model(folder: Path, device: str, half: bool) -> Model:
    if device == "cpu" and not half:
        from audit.neural.modernbert_numpy import ModernBertOnCpu

        return ModernBertOnCpu.load(folder)
    import torch

    from audit.neural.modernbert import ModernBert

    return ModernBert.load(folder, torch.device(device), torch.bfloat16 if half else torch.float32)


def _memory_errors() -> tuple[type[BaseException], ...]:
    torch = sys.modules.get("torch")  # only what computes with torch runs out of a card's memory
    return (MemoryError,) if torch is None else (torch.OutOfMemoryError, MemoryError)
