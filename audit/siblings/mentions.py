"""Names in their places: what governs them, and which office stands before a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from audit.article import Article
from audit.siblings.names import Name, proper_names
from audit.siblings.statements import FactRules, Statement


class Mention(NamedTuple):
    """A fact about a name, as `audit.siblings.facts.Fact` takes it (kind, key, value, token range, the written name)."""

    kind: str
    key: str
    value: object
    first: int
    end: int
    own: str


def mentions(article: Article, lines: list[Statement], rules: FactRules) -> Mapping[Statement, list[Mention]]:
    """The names of an article by the statement they stand in."""
    places = {(id(line.segment), token.start): (line, i) for line in lines for i, token in enumerate(line.tokens)}
    found: dict[Statement, list[Mention]] = {}
    for name in proper_names(article):
        if at := places.get((id(name.segment), name.start)):
            line, first = at
            end = first + 1
            while end < len(line.tokens) and line.tokens[end].end <= name.end:
                end += 1
            found.setdefault(line, []).extend(_of(name, line, first, end, rules))
    for line in lines:
        if rows := _nations(line, rules):
            found.setdefault(line, []).extend(rows)
    return found


def country(word: str, rules: FactRules) -> str:
    """A place by the one name that this program compares: lower case, other names of a country replaced."""
    lower = word.lower()
    return rules.data["places"]["other_names"].get(lower, lower)


def _of(name: Name, line: Statement, first: int, end: int, rules: FactRules) -> list[Mention]:
    last = name.last.lower()
    found: list[Mention] = []
    role = line.lemmas[first - 1] if first and line.tokens[first - 1].text[:1].isupper() else ""
    if name.kind in ("person", "name") and role in rules.offices and not _is_former(line, first - 1, rules):
        office = rules.offices[role]
        found.append(Mention("holder", str(office), name.last, first, end, name.full))
        found.append(Mention("office", last, office, first - 1, first, role))
    before, preposition = _preposition(line, first, rules)
    head = ""
    if preposition and before and line.tokens[before - 1].kind == "word" and line.tokens[before - 1].text[0].isupper():
        head = line.lemmas[before - 1]
    if name.kind == "place":
        value = country(name.last, rules)
        if head in rules.sets["borders"] and preposition in ("zu", "mit", "nach"):
            found.append(Mention("border", "", value, before - 1, end, name.full))
        elif not preposition and first >= 2 and _head_of(line, first, rules) in rules.sets["borders"]:
            found.append(Mention("border", "", value, first - 1, end, name.full))
        if preposition in rules.prepositions:
            found.append(Mention("place", rules.prepositions[preposition], value, first, end, name.full))
    if head and head not in rules.sets["borders"] and name.kind != "person":
        found.append(Mention("link", f"{head} {preposition}", country(name.last, rules), before - 1, end, name.full))
    elif head and name.kind == "person":
        found.append(Mention("link", f"{head} {preposition}", last, before - 1, end, name.full))
    if name.kind == "person":
        found.append(Mention("person", role if role in rules.offices else "", name.last, first, end, name.full))
    return found


def _is_former(line: Statement, i: int, rules: FactRules) -> bool:
    words = line.lowers[max(0, i - 2) : i + 1]
    return any(word.startswith(stem) for word in words for stem in rules.data["offices"]["former"])


def _preposition(line: Statement, first: int, rules: FactRules) -> tuple[int, str]:
    """The index of the preposition before a name (articles and adjectives between them skipped) and its plain form."""
    i = first - 1
    contractions: Mapping[str, str] = rules.data["places"]["contractions"]
    while i >= 0 and (line.lowers[i] in rules.sets["determiners"] or _is_adjective(line, i)):
        i -= 1
    if i < 0 or line.tokens[i].kind != "word" or (line.tokens[i].text[0].isupper() and i):
        return 0, ""
    word = contractions.get(line.lowers[i], line.lowers[i])
    known = word in rules.prepositions or word in (
        "zu",
        "mit",
        "an",
        "auf",
        "gegen",
        "für",
        "über",
        "mit",
        "durch",
        "von",
        "zwischen",
    )
    return (i, word) if known else (0, "")


def _is_adjective(line: Statement, i: int) -> bool:
    lower = line.lowers[i]
    return line.tokens[i].text.islower() and len(lower) > 5 and lower.endswith(("en", "er", "em", "es", "e")) and "sch" in lower


def _head_of(line: Statement, first: int, rules: FactRules) -> str:
    """The noun whose genitive a place is: "Grenze der Ukraine", "Grenze Polens"."""
    i = first - 1
    if line.lowers[i] in ("der", "des"):
        i -= 1
    return line.lemmas[i] if i >= 0 else ""


def _nations(line: Statement, rules: FactRules) -> list[Mention]:
    """Adjectives of countries with the noun behind them."""
    found = []
    adjectives: Mapping[str, str] = rules.data["places"]["adjectives"]
    for i in range(len(line.tokens) - 1):
        lower = line.lowers[i]
        if lower == "schweizer":
            nation = "schweiz"
        else:
            stem = lower[: lower.rfind("sch") + 3] if "sch" in lower else ""
            if not stem or len(lower) - len(stem) > 2:
                continue
            nation = adjectives.get(stem, "")
            if not nation and "-" in stem and all(part in adjectives for part in stem.split("-")):
                nations = "|".join(adjectives[part] for part in stem.split("-"))
                if line.lemmas[i + 1] in rules.sets["borders"]:
                    found.append(Mention("border", "", nations, i, i + 2, lower))
                continue
        if not nation or not line.tokens[i + 1].text[0].isupper():
            continue
        head = line.lemmas[i + 1]
        if head in rules.sets["borders"]:
            found.append(Mention("border", "", nation, i, i + 2, lower))
        else:
            found.append(Mention("nation", head, nation, i, i + 2, lower))
    return found
