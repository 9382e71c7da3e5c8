"""What an article states that another one can contradict: amounts, days and times, names in their places, offices, denials.

Surface syntax only: a number and the noun it counts, a name and the noun or preposition that governs it, a person and the
office before the name, a verb and whether it is denied, one of several words that exclude each other.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from audit.article import Article
from audit.siblings.amounts import amounts
from audit.siblings.dates import Moment, moments
from audit.siblings.mentions import mentions
from audit.siblings.numbers import Number, NumberReader
from audit.siblings.predicates import choices, denials
from audit.siblings.statements import FactRules, Statement, statements, stem

# Kinds of facts whose context leaves persons out.
_ACTS: Final = frozenset({"date", "month", "weekday", "year", "clock", "denial", "choice"})


class Fact(NamedTuple):
    """Something stated in ``statement.tokens[first:end]``.

    ``kind`` and ``key`` say of what (only facts with both in common can contradict each other), ``value`` what is said of
    it: a Number, a Moment or a hashable. ``own`` is what stands there as a name. ``core`` ends what the context leaves out.
    """

    kind: str
    key: str
    value: object
    statement: Statement
    first: int
    end: int
    own: str = ""
    core: int = 0

    @property
    def context(self) -> dict[str, float]:
        """The stems around it. Who it was tells nothing of when, or of whether: the same person acts on many days."""
        return self.statement.context(self.first, self.core or self.end, persons=self.kind not in _ACTS)

    @property
    def value_key(self) -> object:
        """The value without its place and hedge."""
        return self.value.values if isinstance(self.value, Number) else self.value

    @property
    def start(self) -> int:
        """Offset in the segment's text."""
        return self.statement.tokens[self.first].start

    @property
    def stop(self) -> int:
        return self.statement.tokens[self.end - 1].end

    @property
    def text(self) -> str:
        return self.statement.segment.text[self.start : self.stop]


class Facts(NamedTuple):
    """The statements of an article and the facts in them; ``names`` are the last parts of all its names and capitalised words."""

    statements: list[Statement]
    facts: list[Fact]
    by_key: dict[tuple[str, str], list[Fact]]
    words: frozenset[str]


_READ: WeakKeyDictionary[Article, Facts] = WeakKeyDictionary()


def read(article: Article, rules: FactRules) -> Facts:
    """The article's facts in order; computed once for each article."""
    known = _READ.get(article)
    if known is None:
        known = _READ[article] = _read(article, rules)
    return known


@cache
def _reader(rules: FactRules) -> NumberReader:
    return NumberReader(rules)


def _read(article: Article, rules: FactRules) -> Facts:
    found: list[Fact] = []
    lines = statements(article, rules)
    reader = _reader(rules)
    names = mentions(article, lines, rules)
    for line, rows in names.items():
        line.people.update(str(row.value) for row in rows if row.kind == "holder")
        line.persons.update(
            stem(word, article.lang)[0] for row in rows if row.kind in ("holder", "person") for word in row.own.split()
        )
    for statement in lines:
        days = list(moments(statement, rules))
        taken = {i for day in days for i in range(day.first, day.end)}
        found += (_moment(statement, day) for day in days)
        for number in reader.numbers(statement):
            if number.first not in taken:
                found += (
                    Fact(a.kind, a.key, a.value, statement, a.first, a.end, a.own, a.core)
                    for a in amounts(statement, number, rules)
                )
        for kind, key, value, first, end, own in (
            *names.get(statement, ()),
            *denials(statement, rules),
            *choices(statement, rules),
        ):
            found.append(Fact(kind, key, value, statement, first, end, own))
    by_key: dict[tuple[str, str], list[Fact]] = {}
    for fact in found:
        by_key.setdefault((fact.kind, fact.key), []).append(fact)
    words = frozenset(token.text for line in lines for token in line.tokens)
    return Facts(lines, found, by_key, words)


def _moment(statement: Statement, moment: Moment) -> Fact:
    return Fact(moment.kind, "", moment, statement, moment.first, moment.end)
