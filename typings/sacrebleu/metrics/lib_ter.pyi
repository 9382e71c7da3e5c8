from collections.abc import Sequence
from typing import Protocol

_MAX_SHIFT_CANDIDATES: int

class _Trace(Protocol):
    def translate(self, table: dict[int, int], /) -> str: ...

class _EditDistance(Protocol):
    def __call__(self, words: Sequence[str], /) -> tuple[int, _Trace]: ...

def _shift(
    words_h: list[str], words_r: list[str], cached_ed: _EditDistance, checked_candidates: int
) -> tuple[int, list[str], int]: ...
