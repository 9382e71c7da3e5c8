"""Names in their places: what governs them, and which office stands before a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from audit.article import Article
from audit.siblings.names import Name, is_common, proper_names
from audit.siblings.statements import FactRules, Statement
from audit.siblings.transliteration import tables

# Shorter words in capitals are abbreviations as a rule.
_SHORTEST_PLACE = 4


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
            if name.kind in ("person", "name"):
                line.people.add(name.last)
    for before, line in zip([None, *lines], lines, strict=False):
        if before is not None and (office := _taken_up(before, line, rules)):
            found.setdefault(line, []).append(office)
        known = {row.first for row in found.get(line, ()) if row.kind in ("place", "link")}
        if rows := [*_nations(line, rules), *_officials(line, rules), *_places(line, rules, known)]:
            found.setdefault(line, []).extend(rows)
    return found


def country(word: str, rules: FactRules) -> str:
    """A place by the one name that this program compares: lower case, other names of a country replaced."""
    lower = word.lower()
    return rules.data["places"]["other_names"].get(lower, lower)


def _of(name: Name, line: Statement, first: int, end: int, rules: FactRules) -> list[Mention]:
    found: list[Mention] = []
    role = line.lemmas[first - 1] if first and line.tokens[first - 1].text[:1].isupper() else ""
    before, preposition = _preposition(line, first, rules)
    head = ""
    if preposition and before and line.tokens[before - 1].kind == "word" and line.tokens[before - 1].text[0].isupper():
        head = line.lemmas[before - 1]
    value = country(name.last, rules)
    if name.kind == "place" and (at := _border(line, first, before, head, preposition, rules)) is not None:
        found.append(Mention("border", "", value, at, end, name.full))
    if name.kind in ("place", "name") and preposition in rules.prepositions:
        found.append(Mention("place", rules.prepositions[preposition], value, first, end, name.full))
    if name.kind == "place" and head and preposition in rules.data["places"]["belonging"] and value in rules.countries:
        found.append(Mention("nation", head, value, first, end, name.full))
    if head and head not in rules.sets["borders"]:
        found.append(Mention("link", f"{head} {preposition}", value, first, end, name.full))
    elif name.kind == "place" and role in rules.sets["seats"]:
        found.append(Mention("link", f"{role} ", value, first, end, name.full))
    if name.kind == "person":
        found.append(Mention("person", role if role in rules.offices else "", name.last, first, end, name.full))
    return found


def _border(line: Statement, first: int, before: int, head: str, preposition: str, rules: FactRules) -> int | None:
    """Where "Grenze zu Polen" or "Grenze Polens" begins, None where the place is no neighbour."""
    if head in rules.sets["borders"] and preposition in rules.data["places"]["neighbouring"]:
        return before - 1
    if not preposition and first >= 1:
        i = first - 2 if line.lowers[first - 1] in rules.data["places"]["genitive"] else first - 1
        if i >= 0 and line.lemmas[i] in rules.sets["borders"]:
            return i
    return None


def _officials(line: Statement, rules: FactRules) -> list[Mention]:
    """Offices with the name before or behind them: "Richterin Adele Kranz", "Adele Kranz, die zuständige Richterin"."""
    found: list[Mention] = []
    tokens = line.tokens
    for i, role in enumerate(line.lemmas):
        office = rules.offices.get(role)
        if office is None or _is_former(line, i, rules):
            continue
        first, end = i + 1, i + 1
        while end < len(tokens) and end - first < 3 and _is_name(line, end) and tokens[end].start == tokens[end - 1].end + 1:
            end += 1
        if end - first == 1 and is_common(tokens[first].text, line.lang):
            end = first
        if end == first:
            first, end = _apposed(line, i, rules)
            if end == first:
                continue
            found.append(Mention("office", tokens[end - 1].text.lower(), office, i, i + 1, role))
            continue
        own = " ".join(token.text for token in tokens[first:end])
        last = tokens[end - 1].text
        found.append(Mention("holder", str(office), last, first, end, own))
        found.append(Mention("office", last.lower(), office, i, i + 1, role))
    return found


def _taken_up(before: Statement, line: Statement, rules: FactRules) -> Mention | None:
    """The office at the beginning of a sentence whose holder the sentence before names: "Die Ministerin …"."""
    if (
        len(before.people) != 1
        or before.segment is not line.segment
        or len(line.tokens) < 2
        or line.lowers[0] not in rules.data["offices"]["articles"]
    ):
        return None
    office = rules.offices.get(line.lemmas[1])
    if office is None or (line.tokens[2:3] and _is_name(line, 2)):
        return None
    (last,) = before.people
    return Mention("office", last.lower(), office, 1, 2, line.lemmas[1])


def _is_name(line: Statement, i: int) -> bool:
    token = line.tokens[i]
    return token.kind == "word" and len(token.text) > 1 and token.text[0].isupper() and not token.text.isupper()


def _apposed(line: Statement, i: int, rules: FactRules) -> tuple[int, int]:
    """The name of two words before ", der … " and an office at ``i``; an empty range where there is none."""
    comma = next((k for k in range(i - 1, max(-1, i - 4), -1) if line.lowers[k] == ","), -1)
    if comma < 2 or (comma + 1 < i and line.lowers[comma + 1] not in rules.data["offices"]["articles"]):
        return 0, 0
    if _is_name(line, comma - 1) and _is_name(line, comma - 2) and not is_common(line.tokens[comma - 2].text, line.lang):
        return comma - 2, comma
    return 0, 0


def _places(line: Statement, rules: FactRules, known: set[int]) -> list[Mention]:
    """Places that no table lists: what stands after "in", "nach", "aus" without an article and is no noun."""
    found: list[Mention] = []
    tokens = line.tokens
    for i in range(1, len(tokens)):
        if line.lowers[i - 1] not in rules.prepositions and line.lemmas[i - 1] not in rules.sets["seats"]:
            continue
        if i in known or not _may_be_place(line, i, rules):
            continue
        value = country(tokens[i].text, rules)
        before = line.lemmas[i - 1]
        if before in rules.sets["seats"] and tokens[i - 1].text[0].isupper():
            found.append(Mention("link", f"{before} ", value, i, i + 1, tokens[i].text))
        elif line.lowers[i - 1] in rules.prepositions and line.lowers[i - 1] not in rules.data["places"]["contractions"]:
            found.append(Mention("place", rules.prepositions[line.lowers[i - 1]], value, i, i + 1, tokens[i].text))
            if i > 1 and tokens[i - 2].kind == "word" and tokens[i - 2].text[0].isupper():
                found.append(Mention("link", f"{line.lemmas[i - 2]} {line.lowers[i - 1]}", value, i, i + 1, tokens[i].text))
    return found


def _may_be_place(line: Statement, i: int, rules: FactRules) -> bool:
    word = line.tokens[i].text
    if not _is_name(line, i) or len(word) < _SHORTEST_PLACE or line.lowers[i] in rules.months or line.lowers[i] in rules.weekdays:
        return False
    if word in tables(line.lang).places:
        return True
    follows = (
        i + 1 < len(line.tokens) and line.tokens[i + 1].text[:1].isupper() and line.tokens[i + 1].start == line.tokens[i].end + 1
    )
    return (not follows and not rules.grammar.noun(word) and not word.endswith(("er", "en", "ung"))) or word.endswith("hausen")


def _is_former(line: Statement, i: int, rules: FactRules) -> bool:
    words = line.lowers[max(0, i - 2) : i + 1]
    return any(word.startswith(stem) for word in words for stem in rules.data["offices"]["former"])


def _preposition(line: Statement, first: int, rules: FactRules) -> tuple[int, str]:
    """The index of the preposition before a name (articles and adjectives between them skipped) and its plain form."""
    i = first - 1
    contractions: Mapping[str, str] = rules.data["places"]["contractions"]
    while i >= 0 and (line.lowers[i] in rules.sets["determiners"] or _is_adjective(line, i, rules)):
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


def _is_adjective(line: Statement, i: int, rules: FactRules) -> bool:
    lower = line.lowers[i]
    return line.tokens[i].text.islower() and len(lower) > 5 and lower.endswith(rules.adjective_endings) and "sch" in lower


def _nations(line: Statement, rules: FactRules) -> list[Mention]:
    """Adjectives of countries with the noun behind them."""
    found: list[Mention] = []
    adjectives: Mapping[str, str] = rules.data["places"]["adjectives"]
    for i in range(len(line.tokens) - 1):
        lower = line.lowers[i]
        nation = adjectives.get(lower, "")
        if not nation:
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
