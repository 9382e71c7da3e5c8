"""What an article states that another one can contradict: amounts, days and times, names in their places, offices, denials.

Surface syntax only: a number and the noun it counts, a name and the noun or preposition that governs it, a person and the
office before the name, a verb and whether it is denied, one of several words that exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from audit.article import Article
from audit.siblings.dates import Moment, moments
from audit.siblings.mentions import mentions
from audit.siblings.numbers import Number, NumberReader
from audit.siblings.predicates import choices, denials
from audit.siblings.statements import FactRules, Statement, statements, stem

# Adjectives between a number and the noun it counts.
_MOST_ADJECTIVES: Final = 3
_ADJECTIVE_ENDINGS: Final = ("e", "en", "er", "es", "em")
# Words on either side of a counted noun in which it is said what befell those people.
_REACH: Final = 9


class Fact(NamedTuple):
    """Something stated in ``statement.tokens[first:end]``.

    ``kind`` and ``key`` say of what (only facts with both in common can contradict each other), ``value`` what is said of
    it: a Number, a Moment or a hashable. ``context`` holds the stems around it. ``own`` is what stands there as a name.
    """

    kind: str
    key: str
    value: object
    statement: Statement
    first: int
    end: int
    context: dict[str, float]
    own: str = ""

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


def _read(article: Article, rules: FactRules) -> Facts:
    found: list[Fact] = []
    lines = statements(article, rules)
    reader = NumberReader(rules)
    names = mentions(article, lines, rules)
    for line, rows in names.items():
        line.people.update(str(row.value) for row in rows if row.kind == "holder")
        line.persons.update(stem(word, article.lang)[0] for row in rows if row.kind in ("holder", "person") for word in row.own.split())
    for statement in lines:
        days = list(moments(statement, rules))
        taken = {i for day in days for i in range(day.first, day.end)}
        found += (_moment(statement, day) for day in days)
        for number in reader.numbers(statement):
            if number.first not in taken:
                found += _amounts(statement, number, rules)
        for kind, key, value, first, end, own in (
            *names.get(statement, ()),
            *denials(statement, rules),
            *choices(statement, rules),
        ):
            context = statement.context(first, end)
            if kind in ("denial", "choice"):
                context = {name: weight for name, weight in context.items() if name not in statement.persons}
            found.append(Fact(kind, key, value, statement, first, end, context, own))
    by_key: dict[tuple[str, str], list[Fact]] = {}
    for fact in found:
        by_key.setdefault((fact.kind, fact.key), []).append(fact)
    words = frozenset(token.text for line in lines for token in line.tokens)
    return Facts(lines, found, by_key, words)


def _moment(statement: Statement, moment: Moment) -> Fact:
    context = statement.context(moment.first, moment.end)
    # Who it was tells nothing of when: the same person acts on many days.
    context = {name: weight for name, weight in context.items() if name not in statement.persons}
    return Fact(moment.kind, "", moment, statement, moment.first, moment.end, context)


def _amounts(statement: Statement, number: Number, rules: FactRules) -> Iterator[Fact]:
    """What a number counts or measures; nothing where that cannot be told."""
    tokens, lowers = statement.tokens, statement.lowers
    end = number.end
    if end < len(tokens) and tokens[end].text in ".:/" and end + 1 < len(tokens):
        return  # ordinals, scores, fractions
    if number.first and tokens[number.first - 1].text in "-:/+" and tokens[number.first - 1].end == tokens[number.first].start:
        return
    before = tokens[number.first - 1].text if number.first else ""
    if len(before) > 1 and before.isupper() and before.isalpha() and not number.in_words:
        return  # part of a name: "CSI 300"
    for kind, key, first, last in _counted(statement, number, rules):
        if kind == "currency":
            yield Fact("money", key, number, statement, first, last, statement.context(first, last))
            yield Fact("currency", f"{number.values[0]:g}", key, statement, first, last, statement.context(first, last), "money")
        elif kind == "measure":
            yield Fact("measure", key, number, statement, first, last, statement.context(first, last))
            yield Fact("unit", f"{number.values[0]:g}", key, statement, first, last, statement.context(first, last), "measure")
        else:
            # what is counted ties two statements together like any other word
            around = statement.context(first, number.end if kind == "count" else last)
            yield Fact(kind, key, number, statement, first, last, around, lowers[last - 1])


def _counted(statement: Statement, number: Number, rules: FactRules) -> Iterator[tuple[str, str, int, int]]:
    tokens, lowers, lemmas = statement.tokens, statement.lowers, statement.lemmas
    i = number.end
    before = number.first - 1
    if before >= 0 and lowers[before] in ("$", "€", "£"):
        yield "currency", rules.units[lowers[before]][1], before, i
        return
    if i < len(tokens) and tokens[i].text == "-" and i + 1 < len(tokens) and lowers[i + 1].startswith("jährig"):
        yield "age", _person_near(statement, i + 2), number.first, i + 2
        return
    bracket = i < len(tokens) and before >= 1 and tokens[before].text in "(," and tokens[i].text in "),"
    if bracket and tokens[before - 1].text[0].isupper() and 10 <= number.values[0] <= 110 and not number.in_words:
        yield "age", lowers[before - 1], number.first, i
        return
    adjectives = 0
    while i < len(tokens):
        token = tokens[i]
        unit = rules.units.get(lowers[i]) or rules.units.get(lemmas[i])
        if unit and not (unit[0] == "measure" and len(lowers[i]) == 1 and token.text.isupper()):
            kind, key = unit
            adjective = lowers[i - 1] if adjectives and kind == "currency" else ""
            if key == "dollar" and adjective:
                key = (
                    f"{rules.data['places']['adjectives'].get(adjective.removesuffix('en').removesuffix('e'), '')}-dollar".lstrip(
                        "-"
                    )
                )
                key = "us-dollar" if key == "usa-dollar" else key
            if key == "jahr" and i + 1 < len(tokens) and lowers[i + 1] in ("alt", "alte", "alten", "alter"):
                yield "age", _person_near(statement, i + 2), number.first, i + 1
            else:
                yield kind, key, number.first, i + 1
            return
        if token.kind != "word":
            return
        if token.text[0].isupper():
            yield _noun(statement, number, i, rules)
            return
        article = lowers[i] in ("der", "von", "den", "dieser", "aller", "seiner", "ihrer")
        if adjectives == _MOST_ADJECTIVES or not (lowers[i].endswith(_ADJECTIVE_ENDINGS) or article):
            return
        adjectives += 1
        i += 1


def _person_near(statement: Statement, i: int) -> str:
    """The last word of the name that follows an age, "" where none does."""
    tokens = statement.tokens
    last = ""
    while i < len(tokens) and tokens[i].kind == "word" and tokens[i].text[0].isupper():
        last = statement.lowers[i]
        i += 1
    return last


def _noun(statement: Statement, number: Number, i: int, rules: FactRules) -> tuple[str, str, int, int]:
    lemma = statement.lemmas[i]
    group = rules.counted.get(lemma, lemma)
    own = _fate(statement, i, i + 1, rules)
    if own:
        return "fate", own, number.first, i + 1
    if group in ("mensch", "zuschauer", "schüler", "passagier", "soldat", "polizist"):
        first, end = number.first, min(len(statement.tokens), i + 1 + _REACH)
        stop = next((k for k in range(i + 1, end) if statement.tokens[k].kind == "number"), end)
        if fate := _fate(statement, i + 1, stop, rules):
            return "fate", fate, first, i + 1
    return "count", group, number.first, i + 1


def _fate(statement: Statement, first: int, end: int, rules: FactRules) -> str:
    """What befell people, by the first word in the range that says so."""
    for k in range(first, end):
        lower = statement.lowers[k]
        pair = f"{lower} {statement.lowers[k + 1]}" if k + 1 < end else lower
        for fate in ("dead", "hurt", "missing", "ill", "held"):
            if any(lower.startswith(word) or pair == word for word in rules.data["counted"][fate]):
                return fate
    return ""
