"""Other articles on the same story: finding them, aligning their passages, and asking them."""

from __future__ import annotations

from typing import NamedTuple

from audit.article import Article
from audit.text import Segment
from audit.types import Span


class Sibling(NamedTuple):
    """Another article on the same story and how alike the two are (cosine, 0–1).

    ``weight`` is its weight as a witness (0–1): the probability that it is no machine translation, whose errors would be
    echoed. Support is counted in weights, so that three spun copies of one translation do not outvote a genuine article.
    """

    article: Article
    similarity: float
    weight: float = 1.0


class Aligned(NamedTuple):
    """A passage of a sibling that speaks of what a passage of the audited article speaks of.

    ``score`` is 0–1; ``ties`` are the lemmas, names and numbers that both have. ``start`` and ``end`` narrow the sibling's
    segment down to the sentences that are meant (offsets of ``segment.text``; None: all of it), ``own_start`` and
    ``own_end`` say the same of the audited segment.
    """

    sibling: Sibling
    segment: Segment
    score: float
    ties: tuple[str, ...]
    start: int | None = None
    end: int | None = None
    own_start: int = 0
    own_end: int | None = None

    @property
    def range(self) -> tuple[int, int]:
        """The half-open range of ``segment.text`` that is aligned."""
        return self.start or 0, len(self.segment.text) if self.end is None else self.end

    @property
    def text(self) -> str:
        """The aligned words of the sibling, cleaned."""
        start, end = self.range
        return self.segment.text[start:end]

    @property
    def span(self) -> Span:
        """The range of the sibling's original text (of its title, where ``segment.field`` says so)."""
        return self.segment.span(*self.range)

    def covers(self, start: int, end: int) -> bool:
        """Whether this range of the audited segment's text lies in the part that is aligned."""
        return self.own_start <= start and (self.own_end is None or end <= self.own_end)
