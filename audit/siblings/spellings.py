"""Which names of an article are spelled as no German text spells them, and what they should be.

Three readings, the surest first: a table or a rule of transcription knows the spelling of another language; another form in
the same text, or in a sibling, is clearly the same person's name and better attested; the given name alone is foreign.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from audit.article import Article
from audit.siblings import Sibling
from audit.siblings.names import Name, alike, inflected, is_common, latin, proper_names, zipf
from audit.siblings.transliteration import Spelling, sources, tables, transliterations


class Spelled(NamedTuple):
    """A suspicious spelling: the range to replace in ``name.segment.text``, and the German form with its genitive ending.

    ``canonical`` is the German surname (or only name); ``lang`` the language whose spelling it is, None for a mere variant;
    ``weight`` the log odds of a real flaw, ``probability`` that of the suggestion.
    """

    name: Name
    start: int
    end: int
    german: str
    canonical: str
    lang: str | None
    weight: float
    probability: float
    reason: str


class Reading:
    """The names of an article and of its siblings by their last part."""

    def __init__(self, article: Article, siblings: Sequence[Sibling], settings: Mapping[str, Any]) -> None:
        self.article = article
        self.siblings = siblings
        self.settings = settings
        self.lang = article.lang
        self.tables = tables(article.lang)
        self.quoted: int = settings["quoted"]
        self.names = proper_names(article)
        self.own = _by_last(self.names)

    @cached_property
    def others(self) -> dict[str, int]:
        """In how many siblings each last name stands."""
        counts: dict[str, int] = defaultdict(int)
        for sibling in self.siblings:
            for last in _by_last(proper_names(sibling.article)):
                counts[last] += 1
        return counts

    @cached_property
    def sibling_names(self) -> dict[str, tuple[Name, ...]]:
        return _by_last(tuple(name for sibling in self.siblings for name in proper_names(sibling.article)))

    def lawful(self, last: str) -> bool:
        return last in self.tables.lawful

    def attested(self, last: str) -> float:
        """How well German knows a form: wordfreq's Zipf value, raised for names that the tables hold."""
        return max(zipf(last, self.lang), self.settings["lawful_zipf"] if self.lawful(last) else 0.0)


def _by_last(names: Sequence[Name]) -> dict[str, tuple[Name, ...]]:
    grouped: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        grouped[name.last].append(name)
    return {last: tuple(members) for last, members in grouped.items()}


def spellings(reading: Reading) -> Iterator[Spelled]:
    """The suspicious spellings in order of their place."""
    for name in reading.names:
        if _is_title(reading, name) or _is_compound_part(name):
            continue
        found = _foreign(reading, name) or _variant(reading, name) or _given(reading, name)
        if found is not None:
            yield found


def _is_title(reading: Reading, name: Name) -> bool:
    """Whether the name stands in quotation marks that hold little else: a work, a ship, a firm."""
    for quote in reading.article.quotations[name.segment]:
        if quote.start <= name.start and name.end <= quote.end:
            return name.segment.text.count(" ", quote.start, quote.end) < reading.settings["title_words"]
    return False


def _is_compound_part(name: Name) -> bool:
    text = name.segment.text
    return (
        "-" in text[name.last_start : name.end]
        or text[name.end : name.end + 1] == "-"
        or text[name.start - 1 : name.start] in "-@#/"
    )


def _foreign(reading: Reading, name: Name) -> Spelled | None:
    """Another language's spelling by table or rule."""
    rows = [row for row in reading.tables.spellings.get(name.last, ()) if _fits(reading, name, row)]
    if not rows and reading.attested(name.last) <= reading.settings["most_attested"] and name.kind in {"person", "name"}:
        rows = list(_by_rule(reading, name))
    if not rows:
        return None
    best = max(rows, key=lambda row: (row.german in reading.own, reading.others.get(row.german, 0), row.odds, row.german))
    german = _preferred(reading, best.german)
    if name.last in reading.tables.lawful.get(german, ()):
        return None
    # Several languages may spell so: the one that also reaches genuine German texts is the likeliest.
    rows = [row for row in rows if row.german == best.german]
    if best.german in transliterations(name.last, "en", reading.lang):
        rows.append(best._replace(lang="en"))
    best = min(rows, key=lambda row: (_table_weight(reading, row), row.lang))
    weight = _table_weight(reading, best)
    weight += _support(reading, german)
    if best.kind == "place" and german not in reading.own:
        weight += reading.settings["place"]
    reason = f"{best.source}: log10 of the odds in German texts {best.odds}"
    return _spelled(reading, name, german, best.lang, weight, reason)


def _table_weight(reading: Reading, row: Spelling) -> float:
    return reading.settings["rule" if row.source == "rule" else "table"][row.lang]


def _fits(reading: Reading, name: Name, row: Spelling) -> bool:
    """Whether a row of the tables speaks of such a name."""
    if row.kind == "given" or is_common(name.last, reading.lang):
        return False
    if row.kind == "surname":
        return name.kind in {"person", "name"}
    return not name.given and name.last not in reading.tables.given and _stands_alone(reading, name)


def _stands_alone(reading: Reading, name: Name) -> bool:
    """Whether a place is no part of another name ("Inter Milan", "Le Monde Afrique"): German words stand around it."""
    text = name.segment.text
    before = text[: name.start].split()[-1:]
    if before and before[0][-1] not in ",;:(–—" and before[0].lower() not in reading.tables.rules["before_place"]:
        return False
    after = text[name.end :].split()[:1]
    if not after or text[name.end] != " " or not after[0][0].isupper():
        return True
    return is_common(after[0].strip(',.;:!?“”"«»)'), reading.lang)


def _by_rule(reading: Reading, name: Name) -> Iterator[Spelling]:
    """What the rules of transcription make of a surname, where German texts write the outcome."""
    if len(name.last) < 5 or is_common(name.last, reading.lang):
        return
    written = zipf(name.last, reading.lang)
    for lang in sources(reading.lang):
        foreign = zipf(name.last, lang) - written
        for german in transliterations(name.last, lang, reading.lang):
            supported = german in reading.own or german in reading.others
            odds = reading.attested(german) - written
            if is_common(german, reading.lang) or latin(german).rstrip("e") == latin(name.last).rstrip("e"):
                continue
            slavic = bool(name.given) and german.lower().endswith(tuple(reading.tables.rules["slavic_endings"]))
            if odds >= reading.settings["least_odds"] and (supported or (slavic and foreign > 0)):
                yield Spelling(name.last, german, lang, "surname", round(odds, 2), round(foreign, 2), "rule")


def _preferred(reading: Reading, german: str) -> str:
    """Of the lawful spellings the one that this text prefers, else its siblings, else the table."""
    group = sorted(reading.tables.lawful.get(german, {german}))
    used = [form for form in group if form in reading.own]
    if used:
        return max(used, key=lambda form: (len(reading.own[form]), form == german))
    return max(group, key=lambda form: (reading.others.get(form, 0), form == german))


def _support(reading: Reading, german: str) -> float:
    settings = reading.settings
    return (settings["in_text"] if german in reading.own else 0.0) + (
        settings["in_sibling"] if reading.others.get(german) else 0.0
    )


def _variant(reading: Reading, name: Name) -> Spelled | None:
    """A form that is no name known to German, beside a better attested one of the same person."""
    if name.kind not in {"person", "name"} or is_common(name.last, reading.lang):
        return None
    candidates = {**reading.sibling_names, **reading.own}
    best: tuple[float, str] | None = None
    for other in sorted(candidates):
        weight = _same_person(reading, name, other, candidates[other])
        if weight is not None and (best is None or weight > best[0]):
            best = weight, other
    if best is None:
        return None
    weight, other = best
    return _spelled(reading, name, _preferred(reading, other), None, weight, "alike in letters and sound, and better attested")


def _same_person(reading: Reading, name: Name, other: str, others: tuple[Name, ...]) -> float | None:
    """The weight of the charge that a name is a wrong spelling of another one, or None where it is none."""
    last = name.last
    if "person" not in {name.kind, *(n.kind for n in others)} and not reading.lawful(other):
        return None
    forms = [last] if last[-1] != "s" else [last, last[:-1]]
    if not any(alike(form, other) for form in forms) or any(inflected(form, other, reading.lang) for form in forms):
        return None
    mine = {n.given for n in reading.own.get(last, ()) if n.given}
    theirs = {n.given for n in others if n.given}
    shared = any(a == b or alike(a, b) for a in mine for b in theirs)
    # Two full names, or a full one and one that never has a given name: other people, unless the surname is famous.
    if mine and not shared and (theirs or not reading.lawful(other)):
        return None
    return _lawful_pair(reading, last, other) if reading.lawful(last) else _charge(reading, last, other, shared=shared)


def _lawful_pair(reading: Reading, last: str, other: str) -> float | None:
    """Two spellings that are both German are a flaw only side by side in one text, and then a small one of the rarer form."""
    both = other in reading.tables.lawful[last] and other in reading.own
    rarer = both and len(reading.own[last]) < len(reading.own[other])
    return reading.settings["lawful_pair"] if rarer else None


def _charge(reading: Reading, last: str, other: str, *, shared: bool) -> float | None:
    """How strongly the better attested form speaks against the written one; ``shared``: both stand behind one given name."""
    settings = reading.settings
    if reading.attested(last) > settings["most_attested"]:
        return None
    if reading.attested(other) < reading.attested(last) + settings["least_odds"]:
        rarer = len(reading.own.get(last, ())) < len(reading.own.get(other, ()))
        return settings["unknown_pair"] if shared and rarer else None
    base = settings["lawful_variant"] if reading.lawful(other) else settings["known_variant"]
    return base + (settings["same_given"] if shared else 0.0) + _support(reading, other)


def _given(reading: Reading, name: Name) -> Spelled | None:
    """A foreign given name before a surname that the same text gives its German given name elsewhere."""
    if not name.given or " " in name.given or name.given in reading.tables.lawful:
        return None
    rows = [row for row in reading.tables.spellings.get(name.given, ()) if row.kind == "given"]
    german = next((n.given for n in reading.own[name.last] if n.given in {row.german for row in rows}), None)
    if german is None:
        return None
    row = next(row for row in rows if row.german == german)
    full = f"{german} {name.segment.text[name.last_start : name.end]}"
    weight = reading.settings["given"]
    return Spelled(name, name.start, name.end, full, name.last, row.lang, weight, _probability(weight), "given name")


def _spelled(reading: Reading, name: Name, german: str, lang: str | None, weight: float, reason: str) -> Spelled:
    """The suggestion for a whole name: its given name becomes German too, and keeps the genitive ending."""
    written = name.segment.text[name.last_start : name.end]
    genitive = name.genitive
    if not genitive and written[-1] == "s" and german[-1] != "s" and alike(written[:-1], german):
        genitive = "s"
    ending = "" if not genitive else "’" if german[-1] in "sxzß" else "s"
    given = _german_given(reading, name, german)
    start = name.start if name.given else name.last_start
    full = f"{given} {german}{ending}".strip()
    return Spelled(name, start, name.end, full, german, lang, round(weight, 3), _probability(weight), reason)


def _german_given(reading: Reading, name: Name, german: str) -> str:
    """The given name as German texts write it with this surname, else by the tables and rules, else as it stands."""
    if not name.given:
        return ""
    used = [n.given for n in (*reading.own.get(german, ()), *reading.sibling_names.get(german, ())) if n.given]
    listed = [full.rpartition(" ")[0] for full in reading.tables.full.get(german, ())]
    for given in (*used, *listed):
        if given == name.given or alike(given, name.given) or _is_given_of(reading, name.given, given):
            return given
    rows = [row for row in reading.tables.spellings.get(name.given, ()) if row.kind == "given"]
    return max(rows, key=lambda row: (row.odds, row.german)).german if rows else name.given


def _is_given_of(reading: Reading, written: str, german: str) -> bool:
    return any(row.kind == "given" and row.german == german for row in reading.tables.spellings.get(written, ()))


def _probability(weight: float) -> float:
    """How likely the suggestion is right: a charge of weight 0 is as often right as not."""
    return round(1 / (1 + math.exp(-weight)), 2)
