"""From another language's spelling of a name to the German one: tables first, then the rules of romanisation.

A rule only proposes. What it proposes counts when German texts write it (the caller asks that), so that an unseen name is
judged like a listed one. Sources: Duden's transcription of Cyrillic; the tables named in models/de/names/CARD.md.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from audit.assets import Assets

# Alternatives multiply; names of more ambiguous letters than this are not guessed at.
_MOST_CANDIDATES: Final = 96


class Spelling(NamedTuple):
    """How ``lang`` writes what German writes as ``german``.

    ``odds`` is log10 of how much more often German texts use the German form, ``foreign`` log10 of how much more often the
    other language uses the written one; ``source`` names the table, or ``rule``.
    """

    written: str
    german: str
    lang: str
    kind: str
    odds: float
    foreign: float
    source: str


class NameTables(NamedTuple):
    """Everything under models/<lang>/names, ready for look-ups."""

    spellings: dict[str, tuple[Spelling, ...]]
    phrases: dict[str, tuple[str, ...]]  # first word → spellings of several words that begin with it, longest first
    lawful: dict[str, frozenset[str]]  # a German part of a name → all its lawful German spellings
    full: dict[str, tuple[str, ...]]  # a German surname → the full German names it belongs to
    given: frozenset[str]
    places: frozenset[str]
    exonyms: frozenset[str]  # places that other languages name otherwise: no common nouns among them
    rules: dict[str, Any]


@cache
def tables(lang: str) -> NameTables:
    """The name tables of a target language, read once."""
    assets = Assets(lang)
    spellings: dict[str, list[Spelling]] = {}
    exonyms: set[str] = set()
    for asset in ("names/spellings", "names/spellings_wiktionary"):
        for row in _rows(assets.path(asset)):
            found = Spelling(
                row["written"], row["german"], row["lang"], row["kind"], float(row["odds"]), float(row["foreign"]), row["source"]
            )
            spellings.setdefault(found.written, []).append(found)
            if found.kind == "place":
                exonyms.add(found.german)
    places = exonyms.union(assets.path("names/places").read_text(encoding="utf-8").splitlines())
    lawful, full = _people(assets.path("names/people"))
    given = frozenset(assets.path("names/given").read_text(encoding="utf-8").split())
    rules = tomllib.loads(assets.path("names/rules").read_text(encoding="utf-8"))
    phrases: dict[str, tuple[str, ...]] = {}
    for phrase in sorted((written for written in spellings if " " in written), key=lambda phrase: (-len(phrase), phrase)):
        first = phrase.split()[0]
        phrases[first] = (*phrases.get(first, ()), phrase)
    grouped = {written: tuple(rows) for written, rows in spellings.items()}
    return NameTables(grouped, phrases, lawful, full, given, frozenset(places), frozenset(exonyms), rules)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _people(path: Path) -> tuple[dict[str, frozenset[str]], dict[str, tuple[str, ...]]]:
    lawful: dict[str, frozenset[str]] = {}
    full: dict[str, tuple[str, ...]] = {}
    for row in _rows(path):
        names = row["german"].split("|")
        if row["kind"] != "person":
            group = frozenset(names)
            lawful.update(dict.fromkeys(group, group))
            continue
        for at in (0, -1):
            group = frozenset(name.split()[at] for name in names)
            for part in group:
                lawful[part] = lawful.get(part, frozenset()) | group
        first = {name.split()[-1]: name for name in reversed(names)}
        for surname, name in first.items():
            full[surname] = (*full.get(surname, ()), name)
    return lawful, full


@lru_cache(maxsize=50_000)
def transliterations(word: str, source: str, lang: str) -> tuple[str, ...]:
    """What the romanisation of ``source`` turns into by the rules of ``lang``; the word itself is not among them."""
    rules: dict[str, list[str]] = tables(lang).rules["transliteration"].get(source, {})
    lower = word.lower()
    found = [""]
    at = 0
    while at < len(lower):
        length, outputs = _rule(lower, at, rules)
        found = [done + output for done in found for output in outputs]
        if len(found) > _MOST_CANDIDATES:
            return ()
        at += length
    return tuple(dict.fromkeys(c[:1].upper() + c[1:] for c in found if c and c != lower))


def _rule(word: str, at: int, rules: dict[str, list[str]]) -> tuple[int, list[str]]:
    """The longest rule that applies at this place: how many letters it takes, and what it writes."""
    best: tuple[int, int, list[str]] = (1, 0, [word[at]])
    for pattern, outputs in rules.items():
        letters = pattern.strip("^$")
        if not word.startswith(letters, at):
            continue
        if (pattern[0] == "^" and at > 0) or (pattern[-1] == "$" and at + len(letters) < len(word)):
            continue
        anchored = len(pattern) - len(letters)
        if best[1] < 0 or (len(letters), anchored) >= (best[0], best[1]):
            best = (len(letters), anchored, outputs)
    return best[0], best[2]


def sources(lang: str) -> tuple[str, ...]:
    """The languages whose romanisation is known, in a fixed order."""
    return tuple(tables(lang).rules["transliteration"])
