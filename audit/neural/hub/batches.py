"""Rows of tokens through a model: by length, so many tokens at once, and in batches whose shape depends on nothing else.

A row's numbers differ in their last digits with the shape of its batch. So rows are filled up to one of a few lengths, and a
batch to the same number of rows whoever its neighbours are; what is left of the differences, callers round away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from audit.errors import ModelError
from audit.neural.hub.loading import Opened
from audit.neural.hub.source import one_line

if TYPE_CHECKING:
    from torch import Tensor

# Rows are filled up to these lengths, and beyond the last one to multiples of it.
_LENGTHS: Final = (16, 32, 64, 128, 256, 512)
# Tokens of a batch: what two cores get through in some seconds with a model of a hundred million weights, and what fills a card.
_BUDGET: Final = {"cpu": 2_048, "cuda": 32_768}
# What is kept to all answers: the last digits differ with the shape of the batch and the processor.
DIGITS: Final = 3
_LOG: Final = logging.getLogger("audit.hub")

# Row numbers of a batch, ids (rows, length) and mask (rows, length) as tensors on the model's device; an answer a row.
Predict = Callable[[Sequence[int], "Tensor", "Tensor"], Sequence[Any]]


class Batches:
    """Batches for one model; where memory does not suffice they become smaller, down to one row."""

    def __init__(self, opened: Opened, tokens: int | None = None) -> None:
        self.opened = opened
        self._budget = tokens or _BUDGET.get(opened.device.type, _BUDGET["cuda"])

    def answers(self, rows: Sequence[Sequence[int]], predict: Predict, *, left: bool = False) -> list[Any]:
        """What ``predict`` says of each row of token ids, in their order; ``left``: fill up at the front, as generating needs."""
        found: list[Any] = [None] * len(rows)
        by_length: dict[int, list[int]] = {}
        for number, row in enumerate(rows):
            by_length.setdefault(_padded(len(row), self.opened.longest), []).append(number)
        for length, numbers in sorted(by_length.items()):
            for batch, made in self._through(rows, numbers, length, predict, left):
                for number, answer in zip(batch, made, strict=False):
                    found[number] = answer
        return found

    def _through(
        self, rows: Sequence[Sequence[int]], numbers: Sequence[int], length: int, predict: Predict, left: bool
    ) -> Iterator[tuple[Sequence[int], Sequence[Any]]]:
        import torch

        begin = 0
        while begin < len(numbers):
            size = max(1, self._budget // length)
            batch = numbers[begin : begin + size]
            try:
                # Generating costs a pass a token: rows that only fill the batch up would be dear.
                ids, mask = self._tensors([rows[number] for number in batch], length, len(batch) if left else size, left)
                with torch.inference_mode():
                    made = predict(batch, ids, mask)
            except (torch.OutOfMemoryError, MemoryError) as error:
                if size == 1:
                    raise ModelError(f"{self._name}: not enough memory for {length} tokens ({one_line(error)})") from error
                self._budget //= 2
                _LOG.warning("%s: out of memory, %d tokens a batch from now on", self._name, self._budget)
                continue
            except (RuntimeError, IndexError, ValueError) as error:  # whatever a model's own forward pass stumbles over
                raise ModelError(f"{self._name}: fails on a text of {length} tokens ({one_line(error)})") from error
            yield batch, made
            begin += len(batch)

    def _tensors(self, rows: Sequence[Sequence[int]], length: int, size: int, left: bool) -> tuple[Tensor, Tensor]:
        """Ids and mask, shape (``size``, ``length``); rows that only fill the batch up repeat the first one."""
        import torch

        ids = torch.full((size, length), int(self.opened.tokenizer.pad_token_id))
        mask = torch.zeros((size, length), dtype=torch.long)
        for index in range(size):
            row = rows[index] if index < len(rows) else rows[0]
            place = slice(length - len(row), length) if left else slice(0, len(row))
            ids[index, place] = torch.tensor(list(row))
            mask[index, place] = 1
        return ids.to(self.opened.device), mask.to(self.opened.device)

    @property
    def _name(self) -> str:
        return f"{self.opened.source.role} model {self.opened.source.name}"


def checked(opened: Opened, values: Sequence[float]) -> list[float]:
    """The values rounded. Raises ModelError where a model has answered with something that is no number."""
    if not all(map(isfinite, values)):
        raise ModelError(f"{opened.source.role} model {opened.source.name}: answers with what is no number (damaged weights?)")
    return [round(value, DIGITS) + 0.0 for value in values]


def windows(length: int, room: int, overlap: int) -> list[tuple[int, int]]:
    """Half-open ranges of at most ``room`` tokens that cover ``length`` of them; neighbours share ``overlap``."""
    if length <= room:
        return [(0, length)]
    step = max(1, room - overlap)
    starts = [*range(0, length - room, step), length - room]
    return [(start, start + room) for start in starts]


def _padded(length: int, longest: int) -> int:
    last = _LENGTHS[-1]
    wanted = next((limit for limit in _LENGTHS if limit >= length), -(-length // last) * last)
    return max(length, min(wanted, longest))
