"""Articles as statements: each sentence with its tokens, lemmas and the stems by which two sentences speak of the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from audit.article import Article, lemma
from audit.grammar import Grammar, load
from audit.siblings.terms import rarity
from audit.text import Segment, Token

# Words that share this many letters at the beginning speak of one thing: Batteriewerk, Batteriefabrik; Ermittler, Ermittlung.
_STEM: Final = 7
# Words of a context on either side of a fact: a clause and its neighbour.
_WINDOW: Final = 10


@lru_cache(maxsize=100_000)
def stem(word: str, lang: str) -> tuple[str, float]:
    """The stem of a word, and how much it tells of what is spoken of (0 and up)."""
    base = lemma(word, lang).lower()
    return base[:_STEM], rarity(base, lang)


@dataclass(frozen=True, eq=False)
class Statement:
    """A sentence of an article: ``tokens`` are those of ``segment.text[start:end]``, ``people`` the surnames in it,
    ``persons`` the stems of all parts of its persons' names.
    """

    segment: Segment
    start: int
    end: int
    tokens: tuple[Token, ...]
    lang: str
    people: set[str] = field(default_factory=set[str])
    persons: set[str] = field(default_factory=set[str])
    contexts: dict[tuple[int, int, bool], dict[str, float]] = field(default_factory=dict[tuple[int, int, bool], dict[str, float]])

    @cached_property
    def lowers(self) -> tuple[str, ...]:
        return tuple(token.text.lower() for token in self.tokens)

    @cached_property
    def lemmas(self) -> tuple[str, ...]:
        """Lower-case lemmas, one a token; numbers and marks stand for themselves."""
        return tuple(lemma(t.text, self.lang).lower() if t.kind == "word" else t.text for t in self.tokens)

    @cached_property
    def stems(self) -> tuple[tuple[str, float], ...]:
        """Stem and weight of each token; ("", 0) for what says nothing."""
        return tuple(stem(t.text, self.lang) if t.kind == "word" and len(t.text) > 2 else ("", 0.0) for t in self.tokens)

    def context(self, first: int, end: int, *, persons: bool = True) -> dict[str, float]:
        """The stems around ``tokens[first:end]`` with their weights; with or without those of persons' names."""
        key = first, end, persons
        known = self.contexts.get(key)
        if known is None:
            near = self.stems[max(0, first - _WINDOW) : first] + self.stems[end : end + _WINDOW]
            known = {name: weight for name, weight in near if weight > 0 and (persons or name not in self.persons)}
            self.contexts[key] = known
        return known

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Half-open ranges of tokens between commas, dashes, colons, brackets, quotation marks and the end."""
        ranges: list[tuple[int, int]] = []
        first = 0
        for i, token in enumerate(self.tokens):
            if token.kind == "punct" and token.text in _CLAUSE_MARKS:
                if i > first:
                    ranges.append((first, i))
                first = i + 1
        if first < len(self.tokens):
            ranges.append((first, len(self.tokens)))
        return tuple(ranges)

    def clause_of(self, i: int) -> tuple[int, int]:
        for first, end in self.clauses:
            if first <= i < end:
                return first, end
        return 0, len(self.tokens)


# A sentence that ends in a small ordinal.
_DAY: Final = re.compile(r"\b\d{1,2}\.$")
_CLAUSE_MARKS: Final = frozenset(',;:–—()„“”"«»!?.')


def statements(article: Article, rules: FactRules) -> list[Statement]:
    """The sentences of the article's prose, in order."""
    found: list[Statement] = []
    for segment in article.prose:
        tokens = segment.tokens
        at = 0
        for start, end in _whole(segment, rules):
            while at < len(tokens) and tokens[at].start < start:
                at += 1
            first = at
            while at < len(tokens) and tokens[at].start < end:
                at += 1
            if at > first:
                found.append(Statement(segment, start, end, tokens[first:at], article.lang))
    return found


def _whole(segment: Segment, rules: FactRules) -> list[tuple[int, int]]:
    """The sentences of a segment; those that end within a date ("am 1. | Juni") are joined with the next."""
    joined: list[tuple[int, int]] = []
    for start, end in segment.sentences:
        if joined and _DAY.search(segment.text, *joined[-1]):
            word = segment.text[start:end].split(maxsplit=1)[0].rstrip(",;.").lower()
            if word in rules.months:
                joined[-1] = (joined[-1][0], end)
                continue
        joined.append((start, end))
    return joined


@dataclass(frozen=True, eq=False)
class FactRules:
    """models/<lang>/facts.toml, made ready for look-ups."""

    data: Mapping[str, Any]
    grammar: Grammar
    months: dict[str, int] = field(default_factory=dict[str, int])
    weekdays: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    @cache
    def load(cls, path: Path, rules: Path, nouns: Path, adjectives: Path) -> FactRules:
        """The rules in ``path``; the other three files are those of `audit.grammar.load`."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        calendar = data["calendar"]
        months = {name: i for i, names in enumerate(calendar["months"], 1) for name in names.split("|")}
        days = {
            name + part: i
            for i, names in enumerate(calendar["weekdays"])
            for name in names.split("|")
            for part in calendar["day_parts"]
        }
        return cls(data, load(rules, nouns, adjectives), months, days)

    @cached_property
    def units(self) -> dict[str, tuple[str, str]]:
        """Word for a unit → kind of unit (share, currency, measure, time) and the name of its group."""
        kinds = ("share", "currency", "measure", "time")
        return {name: (kind, group[0]) for kind in reversed(kinds) for group in self.data["units"][kind] for name in group}

    @cached_property
    def counted(self) -> dict[str, str]:
        return {name: group[0] for group in self.data["counted"]["same"] for name in group}

    @cached_property
    def hedges(self) -> dict[str, str]:
        return {name: kind for kind, names in self.data["hedges"].items() for name in names}

    @cached_property
    def offices(self) -> dict[str, int]:
        return {name: i for i, group in enumerate(self.data["offices"]["exclusive"]) for name in group}

    @cached_property
    def choices(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """Lemma → the groups of exclusive words it stands in, with its class in each."""
        found: dict[str, list[tuple[int, int]]] = {}
        for i, group in enumerate(self.data["choices"]):
            for j, words in enumerate(group["classes"]):
                for word in words:
                    found.setdefault(word, []).append((i, j))
        return {word: tuple(places) for word, places in found.items()}

    @cached_property
    def neighbours(self) -> dict[str, frozenset[str]]:
        """Country → the countries that it shares a border with."""
        found: dict[str, set[str]] = {}
        for country, others in self.data["places"]["neighbours"].items():
            for other in others.split():
                found.setdefault(country, set()).add(other)
                found.setdefault(other, set()).add(country)
        return {country: frozenset(others) for country, others in found.items()}

    @cached_property
    def verb_endings(self) -> tuple[str, ...]:
        return tuple(self.data["denial"]["verb_endings"])

    @cached_property
    def adjective_endings(self) -> tuple[str, ...]:
        return tuple(self.data["numbers"]["adjective_endings"])

    @cached_property
    def countries(self) -> frozenset[str]:
        return frozenset(self.data["places"]["adjectives"].values())

    @cached_property
    def prepositions(self) -> dict[str, str]:
        return {name: group[0] for group in self.data["places"]["prepositions"] for name in group}

    @cached_property
    def sets(self) -> dict[str, frozenset[str]]:
        """The closed classes that are asked for word by word."""
        denial, places, calendar = self.data["denial"], self.data["places"], self.data["calendar"]
        lists = {
            **{f"denial.{name}": words for name, words in denial.items()},
            "borders": places["borders"],
            "linking": places["linking"],
            "seats": places["seats"],
            "no_verbs": self.data["denial"]["no_verbs"],
            "joints": self.data["denial"]["joints"],
            "determiners": places["determiners"],
            "year_words": calendar["year_words"],
            "zones": calendar["zones"],
        }
        return {name: frozenset(words) for name, words in lists.items()}
