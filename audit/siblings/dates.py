"""Days, dates, years and times of day as German writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from audit.siblings.statements import FactRules, Statement

_FULL: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})?")
_CLOCK: Final = re.compile(r"(\d{1,2})[.:](\d{2})")
_CLOCK_H: Final = re.compile(r"(\d{1,2})h(\d{2})?")
_HALF_DAY: Final = 720
# "Gegen 20 Uhr" may be a quarter past.
_LOOSE: Final = 15


class Moment(NamedTuple):
    """A date, weekday, year or clock time in ``tokens[first:end]``.

    ``value``: date (day, month, year or 0), month (0, month, year or 0), weekday (0–6,) or two for the night between, year
    (year,), clock (minutes after midnight,). ``loose``: told with a hedge; ``zone``: with the name of a time zone.
    """

    kind: str
    value: tuple[int, ...]
    first: int
    end: int
    loose: bool = False
    zone: bool = False


def same(one: Moment, other: Moment) -> bool | None:
    """Whether two moments of one kind may be the same one; None where a zone is named and that cannot be told."""
    if one.kind == "weekday":
        return bool(set(one.value) & set(other.value))
    if one.kind == "clock":
        apart = abs(one.value[0] - other.value[0]) % _HALF_DAY
        apart = min(apart, _HALF_DAY - apart)
        if apart <= 1 or (apart <= _LOOSE and (one.loose or other.loose)):
            return True
        return None if one.zone or other.zone else False
    return all(a == b or not a or not b for a, b in zip(one.value, other.value, strict=True))


def moments(statement: Statement, rules: FactRules) -> Iterator[Moment]:
    """The moments of a statement in order."""
    tokens, lowers = statement.tokens, statement.lowers
    end = 0
    for i, token in enumerate(tokens):
        if i < end:
            continue
        found = None
        if token.text[0].isdigit():
            found = _date(statement, i, rules) or _clock(statement, i, rules) or _year(statement, i, rules)
        elif lowers[i] in rules.weekdays:
            found = _weekday(lowers, i, rules)
        elif lowers[i] in rules.months and len(lowers[i]) > 2 and token.text[0].isupper():
            year = _year_at(statement, i + 1)
            found = Moment("month", (0, rules.months[lowers[i]], year), i, i + 1 + bool(year))
        if found is not None:
            end = found.end
            yield found


def _weekday(lowers: tuple[str, ...], i: int, rules: FactRules) -> Moment:
    """A weekday; "die Nacht zum Montag" is Sunday's and Monday's."""
    day = rules.weekdays[lowers[i]]
    if i >= 2 and lowers[i - 1] in rules.data["calendar"]["eve"] and rules.data["calendar"]["night"] in lowers[i - 2]:
        return Moment("weekday", ((day - 1) % 7, day), i, i + 1)
    return Moment("weekday", (day,), i, i + 1)


def _year_at(statement: Statement, i: int) -> int:
    if i < len(statement.tokens):
        text = statement.tokens[i].text
        if len(text) == 4 and text.isdigit() and text[:2] in ("17", "18", "19", "20"):
            return int(text)
    return 0


def _date(statement: Statement, i: int, rules: FactRules) -> Moment | None:
    tokens, lowers = statement.tokens, statement.lowers
    token = tokens[i]
    if token.kind != "number":
        return None
    if match := _FULL.fullmatch(token.text):
        day, month, year = int(match[1]), int(match[2]), int(match[3] or 0)
        year += 2000 if 0 < year < 50 else 0
        if match[3] and 1 <= day <= 31 and 1 <= month <= 12:
            return Moment("date", (day, month, year), i, i + 1)
    if not (token.text.isdigit() and len(token.text) <= 2):
        return None
    name = i + 2 if i + 1 < len(tokens) and tokens[i + 1].text == "." else i + 1
    if name < len(tokens) and lowers[name] in rules.months and 1 <= int(token.text) <= 31:
        year = _year_at(statement, name + 1)
        return Moment("date", (int(token.text), rules.months[lowers[name]], year), i, name + 1 + bool(year))
    return None


def _clock(statement: Statement, i: int, rules: FactRules) -> Moment | None:
    tokens, lowers = statement.tokens, statement.lowers
    text = tokens[i].text
    hour, minute, end = -1, 0, i + 1
    # "21h40" is cut into "2" and "1h40"
    cut = tokens[i].kind == "number" and i + 1 < len(tokens) and tokens[i + 1].start == tokens[i].end and "h" in lowers[i + 1]
    if match := _CLOCK_H.fullmatch(lowers[i] + lowers[i + 1] if cut else lowers[i]):
        hour, minute, end = int(match[1]), int(match[2] or 0), i + 1 + cut
    elif tokens[i].kind == "number" and (match := _CLOCK.fullmatch(text)) and _is_clock(lowers, i + 1, rules):
        hour, minute, end = int(match[1]), int(match[2]), i + 2
    elif tokens[i].kind == "number" and text.isdigit() and len(text) <= 2 and _is_clock(lowers, i + 1, rules):
        hour, end = int(text), i + 2
        if end < len(tokens) and tokens[end].text.isdigit() and len(tokens[end].text) == 2:
            minute, end = int(tokens[end].text), end + 1
    if not (0 <= hour <= 24 and minute < 60):
        return None
    zone = any(word in rules.sets["zones"] for word in lowers[i : i + 6])
    loose = any(word in rules.hedges for word in lowers[max(0, i - 2) : i])
    return Moment("clock", (hour * 60 + minute,), i, end, loose, zone)


def _is_clock(lowers: tuple[str, ...], i: int, rules: FactRules) -> bool:
    return i < len(lowers) and lowers[i] in rules.data["clock"]["word"]


def _year(statement: Statement, i: int, rules: FactRules) -> Moment | None:
    """A number that is a year: after a word that years follow, or before anything that is not counted."""
    if statement.tokens[i].kind != "number" or not (year := _year_at(statement, i)):
        return None
    tokens, lowers = statement.tokens, statement.lowers
    before = lowers[i - 1] if i else ""
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    counts = after is not None and (
        (after.kind == "word" and after.text[0].isupper()) or after.text in "%€$" or after.text == "-"
    )
    if before in rules.sets["year_words"] or before in rules.months or not counts:
        if after is not None and after.text in {".", "-"} and i + 2 < len(tokens):
            return None
        return Moment("year", (year,), i, i + 1)
    return None
