"""Other articles on the same story: finding them, aligning their passages, and asking them."""

from __future__ import annotations

from typing import NamedTuple

from audit.article import Article
from audit.text import Segment
from audit.types import Span


class Sibling(NamedTuple):
    """Another article on the same story and how alike the two are (cosine, 0–1)."""

    article: Article
    similarity: float


class Aligned(NamedTuple):
    """A passage of a sibling that speaks of what a passage of the audited article speaks of.

    ``score`` is 0–1; ``ties`` are the lemmas, names and numbers that both have.
    """

    sibling: Sibling
    segment: Segment
    score: float
    ties: tuple[str, ...]

    @property
    def span(self) -> Span:
        """The range of the sibling's original text."""
        return self.segment.whole
