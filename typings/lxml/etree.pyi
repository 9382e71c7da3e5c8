from collections.abc import Iterator, Sequence
from typing import Literal

class _Element:
    tag: str
    text: str | None
    tail: str | None

def iterwalk(
    element: _Element, events: Sequence[Literal["start", "end"]]
) -> Iterator[tuple[Literal["start", "end"], _Element]]: ...
