"""What an index of stories keeps of an article: its weighted terms, its day, the story it was given."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from audit.article import Article
from audit.siblings.terms import document_terms, rarity

_DATE: Final = re.compile(
    r"\b(?P<y1>(?:19|20)\d{2})-(?P<m1>\d{2})-(?P<d1>\d{2})|\b(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>(?:19|20)\d{2})\b"
)
# The length of a vector: single precision holds whole numbers up to 2**24 exactly, double precision the sums of products.
UNIT: Final = 1 << 20
NO_DAY: Final = 0  # ordinals of dates begin at 1


class Described(NamedTuple):
    """What the index keeps of an article: its terms with their whole-numbered weights, its day and its story.

    ``day`` is the ordinal of the publication date, 0 where there is none.
    """

    id: str
    terms: dict[str, int]
    day: int = NO_DAY
    story: str | None = None


def described(article: Article, settings: Mapping[str, Any]) -> Described:
    """The entry of an article; ``settings`` is the section ``[<lang>.siblings]`` of models/thresholds.toml."""
    counts = document_terms(article, settings["headline"])
    weights = {term: (1 + math.log(count)) * rarity(term, article.lang) for term, count in counts.items()}
    norm = math.sqrt(math.fsum(weight * weight for weight in weights.values())) or 1.0
    terms = {term: round(UNIT * weight / norm) for term, weight in weights.items()}
    day = published(article)
    return Described(article.document.id, terms, NO_DAY if day is None else day.toordinal(), article.document.story)


def published(article: Article) -> date | None:
    """The day of the document's ``date``, else the first full date in a stamp of its page furniture; None if there is none."""
    document = article.document
    if document.date is not None:
        return _parse(document.date)
    for segment in article.segments:
        if segment.kind == "furniture" and (day := _parse(segment.text)):
            return day
    return None


def _parse(text: str) -> date | None:
    match = _DATE.search(text)
    if match is None:
        return None
    year, month, day = (match[f"{part}1"] or match[f"{part}2"] for part in "ymd")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
