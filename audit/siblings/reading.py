"""The names of an article beside those of its siblings, and what German texts write of each form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from audit.article import Article
from audit.siblings import Sibling
from audit.siblings.names import Name, proper_names, zipf
from audit.siblings.transliteration import tables
from audit.text import Segment


class Spelled(NamedTuple):
    """A suspicious spelling: the range to replace in ``name.segment.text``, and the German form with its genitive ending.

    ``canonical`` is the German surname (or only name); ``lang`` the language whose spelling it is, None for a mere variant;
    ``weight`` the log odds of a real flaw, ``probability`` that of the suggestion.
    """

    name: Name
    start: int
    end: int
    german: str
    canonical: str
    lang: str | None
    weight: float
    probability: float
    reason: str


class Reading:
    """The names of an article and of its siblings by their last part."""

    def __init__(self, article: Article, siblings: Sequence[Sibling], settings: Mapping[str, Any]) -> None:
        self.article = article
        self.siblings = siblings
        self.settings = settings
        self.lang = article.lang
        self.tables = tables(article.lang)
        self.quoted: int = settings["quoted"]
        self.names = proper_names(article)
        self.own = _by_last(self.names)

    @cached_property
    def others(self) -> dict[str, float]:
        """The weight of the siblings in which each last name stands: their number, were they all beyond doubt."""
        counts: dict[str, float] = defaultdict(float)
        for sibling in self.siblings:
            for last in _by_last(proper_names(sibling.article)):
                counts[last] += sibling.weight
        return counts

    @cached_property
    def sibling_names(self) -> dict[str, tuple[Name, ...]]:
        return _by_last(tuple(name for sibling in self.siblings for name in proper_names(sibling.article)))

    @cached_property
    def place_starts(self) -> frozenset[tuple[Segment, int]]:
        """Where the names of places begin."""
        return frozenset((name.segment, name.start) for name in self.names if name.kind == "place")

    @cached_property
    def place_ends(self) -> frozenset[tuple[Segment, int]]:
        return frozenset((name.segment, name.end) for name in self.names if name.kind == "place")

    def lawful(self, last: str) -> bool:
        return last in self.tables.lawful

    def attested(self, last: str) -> float:
        """How well German knows a form: wordfreq's Zipf value, raised for names that the tables hold."""
        return max(zipf(last, self.lang), self.settings["lawful_zipf"] if self.lawful(last) else 0.0)

    def support(self, german: str) -> float:
        """What it adds to a charge that the text itself, or a sibling, has the German form."""
        settings = self.settings
        in_text = settings["in_text"] if german in self.own else 0.0
        return in_text + settings["in_sibling"] * min(1.0, self.others.get(german, 0.0))


def _by_last(names: Sequence[Name]) -> dict[str, tuple[Name, ...]]:
    grouped: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        grouped[name.last].append(name)
    return {last: tuple(members) for last, members in grouped.items()}
