"""The table of formats that German does not have, compiled: what is looked for, and what would stand there instead.

models/<lang>/typography.toml holds the rules and word lists, models/<lang>/capitals the words that always or never have a
capital. A rule's ``fix`` is a template of `re.Match.expand`, several of them, or ``=name`` of a function in this module.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

_SWAP: Final = str.maketrans(",.", ".,")
_ROMAN: Final = {"I": 1, "V": 5, "X": 10}
_DOLLARS: Final = {
    "": "Dollar", "US": "US-Dollar", "AUD": "australische Dollar", "A": "australische Dollar", "CAD": "kanadische Dollar",
    "C": "kanadische Dollar", "NZ": "neuseeländische Dollar", "HK": "Hongkong-Dollar",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of typography.toml, compiled."""

    id: str
    pattern: re.Pattern[str]
    fix: Callable[[re.Match[str]], Sequence[str]]
    message: str
    when: Sequence[str] = ()
    number: bool = False
    lang: str = ""
    quoted: bool = True
    furniture: bool = False
    blank: bool = False


class Table(NamedTuple):
    """typography.toml: its rules, what may stand before a noun, names in lower case, and the old spellings."""

    rules: tuple[Rule, ...]
    determiners: frozenset[str]
    polite: frozenset[str]
    names: frozenset[str]
    old: frozenset[str]
    new: frozenset[str]


class Capitals(NamedTuple):
    """Words that are always nouns, in lower case; words that never have a capital in mid-sentence, without and with one."""

    nouns: frozenset[str]
    plain: frozenset[str]
    odd: frozenset[str]


def _clock(match: re.Match[str]) -> list[str]:
    hour, minute, *half = match.groups()
    hours = int(hour) % 12 + 12 * any(mark in "Pp" for mark in half if mark) if half else int(hour)
    return [f"{hours}.{minute} Uhr" if minute else f"{hours} Uhr"]


def _roman(figure: str) -> int:
    values = [_ROMAN[letter] for letter in figure]
    return sum(-v if any(after > v for after in values[i + 1 : i + 2]) else v for i, v in enumerate(values))


def _currency(match: re.Match[str]) -> list[str]:
    country, sign, amount, magnitude = match.groups()
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d{1,2}", amount):
        amount = amount.translate(_SWAP)
    name = "Pfund" if sign == "£" else _DOLLARS[country or ""]
    return [" ".join(part for part in (amount, magnitude, name) if part)]


_FIXES: Final[dict[str, Callable[[re.Match[str]], Sequence[str]]]] = {
    "clock12": _clock,
    "clock24": _clock,
    "ordinal": lambda match: [match[1][:-2] + "."],
    "century": lambda match: [f"{_roman(match[1])}. {match[2]}"],
    "century_after": lambda match: [f"{_roman(match[2])}. {match[1]}"],
    "separators": lambda match: [match[0].translate(_SWAP)],
    "currency": _currency,
    "capital": lambda match: [match[1] + match[2].capitalize()],
    "tight": lambda match: [match[0].strip()],
}


@cache
def load_table(path: Path) -> Table:
    """The table, read and compiled once a process."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    lists = {f"<{name}>": "|".join(map(re.escape, entries)) for name, entries in data["words"].items()}
    old = frozenset(form for word in data["spelling"]["old"] for form in (word, word[0].upper() + word[1:]))
    return Table(
        tuple(_rule(row, lists) for row in data["rule"]),
        frozenset(form for word in data["case"]["determiners"] for form in (word, word.capitalize())),
        frozenset(data["case"]["polite"]),
        frozenset(data["case"]["names"]),
        old,
        frozenset(form.replace("ß", "ss") for form in old),
    )


def _rule(row: dict[str, Any], lists: dict[str, str]) -> Rule:
    pattern = row["pattern"]
    for name, alternatives in lists.items():
        pattern = pattern.replace(name, alternatives)
    made: dict[str, Any] = {**row, "pattern": re.compile(pattern), "fix": _fix(row["fix"])}
    return Rule(**made)


def _fix(written: str | list[str]) -> Callable[[re.Match[str]], Sequence[str]]:
    templates = [written] if isinstance(written, str) else written
    if templates[0].startswith("="):
        return _FIXES[templates[0][1:]]
    return lambda match: [match.expand(template) for template in templates]


@cache
def load_capitals(path: Path) -> Capitals:
    """The words of models/<lang>/capitals, a word and its kind (``noun`` or ``plain``) a line; read once a process."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    nouns, plain = (frozenset(word for word, kind in rows if kind == wanted) for wanted in ("noun", "plain"))
    return Capitals(nouns, plain, frozenset(map(str.capitalize, plain)))
