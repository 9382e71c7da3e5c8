"""What a number counts or measures: a sum, a share, a measure, an age, people and what befell them, any other noun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from audit.siblings.numbers import Number
from audit.siblings.statements import FactRules, Statement

# Adjectives between a number and the noun it counts.
_MOST_ADJECTIVES: Final = 3
# Words behind a counted noun in which it is said what befell those people.
_REACH: Final = 9
# A number in brackets behind a name is an age between these.
_AGES: Final = (10, 110)
_FATES: Final = ("dead", "hurt", "missing", "ill", "held")


class Amount(NamedTuple):
    """A fact about a number, as `audit.siblings.facts.Fact` takes it; a sum's currency is a fact of its own."""

    kind: str
    key: str
    value: object
    first: int
    end: int
    own: str = ""
    core: int = 0


def amounts(statement: Statement, number: Number, rules: FactRules) -> Iterator[Amount]:
    """What is said by means of a number; nothing where that cannot be told."""
    if _is_no_amount(statement, number, rules):
        return
    found = _age(statement, number, rules) or _sign(statement, number, rules) or _counted(statement, number, rules)
    if found is None:
        return
    yield found
    if found.kind in _WITH_UNIT:
        yield Amount(_WITH_UNIT[found.kind], f"{number.values[0]:g}", found.key, found.first, found.end, found.kind)


# A sum in another currency, a length in another unit: the same number with something else behind it.
_WITH_UNIT: Final = {"money": "currency", "measure": "unit"}


def _is_no_amount(statement: Statement, number: Number, rules: FactRules) -> bool:
    """Whether a number is an ordinal, a score, a fraction, one end of a range or part of a name ("CSI 300")."""
    tokens, first, end = statement.tokens, number.first, number.end
    if end + 1 < len(tokens) and tokens[end].text in ".:/":
        return True
    if not first:
        return False
    before = tokens[first - 1]
    if before.text in "-:/+" and before.end == tokens[first].start:
        return True
    if first > 1 and statement.lowers[first - 1] in rules.data["numbers"]["ranges"] and tokens[first - 2].kind == "number":
        return True
    return len(before.text) > 1 and before.text.isupper() and before.text.isalpha() and not number.in_words


def _age(statement: Statement, number: Number, rules: FactRules) -> Amount | None:
    """An age: "der 58-jährige Kuhn", "Kuhn (58)", "58 Jahre alt"."""
    tokens, lowers, end, first = statement.tokens, statement.lowers, number.end, number.first
    after = [*lowers[end : end + 2], "", ""]
    if after[0] == "-" and after[1].startswith(rules.data["numbers"]["aged"]):
        return Amount("age", _person_near(statement, end + 2), number, first, end + 2)
    if (rules.units.get(after[0]) or ("", ""))[1] == "jahr" or statement.lemmas[end : end + 1] == ("jahr",):
        old = after[1] in rules.data["numbers"]["old"]
        return Amount("age", _person_near(statement, end + 2), number, first, end + 1) if old else None
    bracketed = first >= 2 and tokens[first - 1].text in "(," and after[0] in (")", ",")
    if bracketed and tokens[first - 2].text[0].isupper() and _AGES[0] <= number.values[0] <= _AGES[1] and not number.in_words:
        return Amount("age", lowers[first - 2], number, first, end)
    return None


def _sign(statement: Statement, number: Number, rules: FactRules) -> Amount | None:
    """A sum with the sign of its currency before it: "$4.2 Millionen"."""
    before = number.first - 1
    sign = statement.lowers[before] if before >= 0 else ""
    if sign in rules.units and not sign.isalnum() and rules.units[sign][0] == "currency":
        return Amount("money", rules.units[sign][1], number, before, number.end)
    return None


def _counted(statement: Statement, number: Number, rules: FactRules) -> Amount | None:
    """The unit or noun behind a number, adjectives between them skipped."""
    tokens, lowers = statement.tokens, statement.lowers
    for i in range(number.end, min(len(tokens), number.end + _MOST_ADJECTIVES + 1)):
        unit = rules.units.get(lowers[i]) or rules.units.get(statement.lemmas[i])
        if unit and not (unit[0] == "measure" and len(lowers[i]) == 1 and tokens[i].text.isupper()):
            return _measured(statement, number, i, unit, rules)
        if tokens[i].kind != "word":
            return None
        if tokens[i].text[0].isupper():
            return _noun(statement, number, i, rules)
        if not lowers[i].endswith(rules.adjective_endings) and lowers[i] not in rules.data["numbers"]["before_noun"]:
            return None
    return None


def _measured(statement: Statement, number: Number, i: int, unit: tuple[str, str], rules: FactRules) -> Amount:
    kind, key = unit
    if kind == "currency":
        if key in rules.data["units"]["less"] and i > number.end:
            country = next(
                (c for stem, c in rules.data["places"]["adjectives"].items() if statement.lowers[i - 1].startswith(stem)), ""
            )
            key = f"{rules.data['units']['less'][key].get(country, country)}-{key}" if country else key
        kind = "money"
    return Amount(kind, key, number, number.first, i + 1, statement.lowers[i])


def _person_near(statement: Statement, i: int) -> str:
    """The last word of the name that follows an age, "" where none does."""
    tokens = statement.tokens
    last = ""
    while i < len(tokens) and tokens[i].kind == "word" and tokens[i].text[0].isupper():
        last = statement.lowers[i]
        i += 1
    return last


def _noun(statement: Statement, number: Number, i: int, rules: FactRules) -> Amount:
    lemma = statement.lemmas[i]
    group = rules.counted.get(lemma, lemma)
    own = _fate(statement, i, i + 1, rules)
    if own:
        return Amount("fate", own, number, number.first, i + 1, statement.lowers[i])
    if group in rules.data["counted"]["people"]:
        first, end = number.first, min(len(statement.tokens), i + 1 + _REACH)
        stop = next((k for k in range(i + 1, end) if statement.tokens[k].kind == "number"), end)
        clause = statement.clause_of(i)[0]
        if any(token.kind == "number" for token in statement.tokens[clause:first]):
            clause = first  # what stands before belongs to the other number
        if fate := _fate(statement, i + 1, stop, rules) or _fate(statement, clause, first, rules):
            # a toll of soldiers or children is part of another one
            key = fate if group == rules.data["counted"]["people"][0] else f"{fate} {group}"
            return Amount("fate", key, number, first, i + 1, statement.lowers[i])
    # what is counted ties two statements together like any other word
    return Amount("count", group, number, number.first, i + 1, statement.lowers[i], number.end)


def _fate(statement: Statement, first: int, end: int, rules: FactRules) -> str:
    """What befell people, by the first word in the range that says so."""
    for k in range(first, end):
        lower = statement.lowers[k]
        pair = f"{lower} {statement.lowers[k + 1]}" if k + 1 < end else lower
        for fate in _FATES:
            if any(lower.startswith(word) or pair == word for word in rules.data["counted"][fate]):
                return fate
    return ""
