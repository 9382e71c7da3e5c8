"""When two facts of one kind and key may be the same: the differences that every newsroom allows itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from audit.siblings import dates, numbers
from audit.siblings.dates import Moment
from audit.siblings.facts import Fact
from audit.siblings.names import alike, inflected
from audit.siblings.numbers import Number

AMOUNTS: Final = frozenset({"money", "measure", "share", "time", "count", "fate", "age"})
MOMENTS: Final = frozenset({"date", "month", "weekday", "year", "clock"})
# Spellings of a name differ least at its beginning.
_BEGINNING: Final = 4


def same(one: Fact, other: Fact) -> bool | None:
    """Whether two facts of one kind and key agree; None where that cannot be told."""
    return _RULES.get(one.kind, _equal)(one, other)


def same_name(one: str, other: str) -> bool:
    """Whether two names may be spellings of one: alike, or the same at the beginning."""
    return one == other or alike(one, other) or one[:_BEGINNING] == other[:_BEGINNING]


def _equal(one: Fact, other: Fact) -> bool:
    return one.value == other.value


def _amount(one: Fact, other: Fact) -> bool:
    return numbers.same(cast(Number, one.value), cast(Number, other.value))


def _age(one: Fact, other: Fact) -> bool:
    """Ages differ by a birthday between two reports."""
    ages = cast(Number, one.value).values, cast(Number, other.value).values
    return any(abs(x - y) <= 1 for x in ages[0] for y in ages[1])


def _moment(one: Fact, other: Fact) -> bool | None:
    return dates.same(cast(Moment, one.value), cast(Moment, other.value))


def _unit(one: Fact, other: Fact) -> bool | None:
    """Units; "Dollar" may be the US dollar or another one."""
    a, b = str(one.value), str(other.value)
    if a == b:
        return True
    return None if a.endswith(f"-{b}") or b.endswith(f"-{a}") else False


def _countries(one: Fact, other: Fact) -> bool:
    return bool(set(str(one.value).split("|")) & set(str(other.value).split("|")))


def _person(one: Fact, other: Fact) -> bool | None:
    """Persons; another spelling, another part of the name or the same given name leaves it open."""
    a, b = str(one.value), str(other.value)
    if a == b:
        return True
    lang = one.statement.lang
    own, theirs = one.own.split(), other.own.split()
    if same_name(a, b) or inflected(a, b, lang) or a in theirs or b in own:
        return None
    return None if len(own) > 1 and len(theirs) > 1 and same_name(own[0], theirs[0]) else False


_RULES: Final[Mapping[str, Callable[[Fact, Fact], bool | None]]] = {
    **dict.fromkeys(AMOUNTS, _amount),
    **dict.fromkeys(MOMENTS, _moment),
    "age": _age,
    "currency": _unit,
    "unit": _unit,
    "holder": _person,
    "person": _person,
    "border": _countries,
    "nation": _countries,
}
