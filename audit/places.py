"""Places in the cleaned text of an article's passages, and the texts that stand there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from audit.article import Article
from audit.siblings import Aligned
from audit.text import Segment
from audit.types import Finding


class Place(NamedTuple):
    """A half-open range of a segment's text."""

    segment: Segment
    start: int
    end: int


def place_of(article: Article, finding: Finding) -> Place | None:
    """Where a finding lies in the cleaned text of its passage; None where it lies in none, or in several."""
    for segment in article.segments:
        view = segment.view
        if segment.field == finding.field and view.starts[0] <= finding.start and finding.end <= view.ends[-1]:
            start = bisect_right(view.ends, finding.start)
            end = bisect_left(view.starts, finding.end)
            return Place(segment, start, end) if start < end else None
    return None


def whole_text(article: Article) -> str:
    """The article's own text, furniture left out."""
    return "\n".join(segment.text for segment in article.prose)


def own_words(segment: Segment, row: Aligned) -> str:
    """The audited sentence of an aligned pair."""
    return segment.text[row.own_start : row.own_end]


def sentence(segment: Segment, row: Aligned) -> Place:
    """Where the audited sentence of an aligned pair stands."""
    return Place(segment, row.own_start, len(segment.text) if row.own_end is None else row.own_end)
