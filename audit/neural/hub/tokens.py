"""The special tokens that a model expects around one text, or around and between two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

# Any word: only what stands around it is looked at.
_WORD = "a"


class Frame(NamedTuple):
    """Special tokens before and after a single text."""

    head: list[int]
    tail: list[int]

    @classmethod
    def of(cls, tokenizer: Any) -> Frame:
        read = tokenizer(_WORD)
        ids, owner = read["input_ids"], read.sequence_ids(0)
        own = [at for at, text in enumerate(owner) if text is not None]
        first, last = (own[0], own[-1]) if own else (len(ids), len(ids))
        return cls(ids[:first], ids[last + 1 :])

    @property
    def size(self) -> int:
        return len(self.head) + len(self.tail)

    def around(self, ids: Sequence[int]) -> list[int]:
        return [*self.head, *ids, *self.tail]


class PairFrame(NamedTuple):
    """Special tokens before, between and after two texts; ``second`` is the token type of the second text (0 or 1)."""

    head: list[int]
    middle: list[int]
    tail: list[int]
    second: int

    @classmethod
    def of(cls, tokenizer: Any) -> PairFrame:
        read = tokenizer(_WORD, _WORD, return_token_type_ids=True)
        ids, owner = read["input_ids"], read.sequence_ids(0)
        one = [at for at, text in enumerate(owner) if text == 0]
        two = [at for at, text in enumerate(owner) if text == 1]
        types = read.get("token_type_ids") or [0] * len(ids)
        return cls(ids[: one[0]], ids[one[-1] + 1 : two[0]], ids[two[-1] + 1 :], types[two[0]])

    @property
    def size(self) -> int:
        return len(self.head) + len(self.middle) + len(self.tail)

    def around(self, one: Sequence[int], two: Sequence[int]) -> list[int]:
        return [*self.head, *one, *self.middle, *two, *self.tail]

    def second_from(self, one: Sequence[int]) -> int:
        """Where in the row the second text begins."""
        return len(self.head) + len(one) + len(self.middle)
