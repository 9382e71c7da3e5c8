"""What this project uses of sentencex, a module of compiled code without types."""

from typing import TypedDict

class Boundary(TypedDict):
    start_index: int
    end_index: int

def get_sentence_boundaries(language: str, text: str) -> list[Boundary]: ...
