"""Which names of an article are spelled as no German text spells them, and what they should be.

Three readings, the surest first: a table or a rule of transcription knows the spelling of another language; another form in
the same text, or in a sibling, is clearly the same person's name and better attested; the given name alone is foreign.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from audit.siblings.names import Name, alike, is_common, latin, zipf
from audit.siblings.reading import Reading, Spelled
from audit.siblings.transliteration import Spelling, sources, transliterations
from audit.siblings.variants import famous_places, same_person

_SOURCES: Final = {
    "own": "table of people, places and organisations",
    "cldr": "Unicode CLDR",
    "naturalearth": "Natural Earth",
    "wiktionary": "Wiktionary",
    "rule": "rules of transcription",
}
# Characters in which the word before a name is looked for: a longer one is no preposition.
_REACH: Final = 80


def spellings(reading: Reading) -> Iterator[Spelled]:
    """The suspicious spellings in order of their place."""
    phrases = list(_phrases(reading))
    taken = {(name.segment, at) for name in phrases for at in range(name.start, name.end)}
    single = [name for name in reading.names if (name.segment, name.start) not in taken]
    order = {segment: i for i, segment in enumerate(reading.article.prose)}
    # What a form is a variant of does not depend on where it stands.
    variants: dict[tuple[str, str], tuple[float, str] | None] = {}
    for name in sorted([*phrases, *single], key=lambda name: (order[name.segment], name.start)):
        if _is_title(reading, name) or _is_compound_part(reading, name):
            continue
        found = _foreign(reading, name) or _variant(reading, name, variants) or _place(reading, name) or _given(reading, name)
        if found is not None:
            yield found


def _phrases(reading: Reading) -> Iterator[Name]:
    """Names of several words that the tables know ("Nations unies")."""
    for segment in reading.article.prose:
        for token in segment.words:
            for phrase in reading.tables.phrases.get(token.text, ()):
                end = token.start + len(phrase)
                if segment.text.startswith(phrase, token.start) and not segment.text[end : end + 1].isalnum():
                    yield Name(segment, token.start, end, "place", "", phrase, token.start, "")
                    break


def _is_title(reading: Reading, name: Name) -> bool:
    """Whether the name stands in quotation marks that hold little else: a work, a ship, a firm."""
    for quote in reading.article.quotations[name.segment]:
        if quote.start <= name.start and name.end <= quote.end:
            return name.segment.text.count(" ", quote.start, quote.end) < reading.settings["title_words"]
    return False


def _is_compound_part(reading: Reading, name: Name) -> bool:
    text = name.segment.text
    return (
        ("-" in name.last and name.last not in reading.tables.spellings)
        or text[name.end : name.end + 1] == "-"
        or text.endswith(("-", "@", "#", "/"), 0, name.start)
    )


def _foreign(reading: Reading, name: Name) -> Spelled | None:
    """Another language's spelling by table or rule."""
    rows = [row for row in reading.tables.spellings.get(name.last, ()) if _fits(reading, name, row)]
    if not rows and name.kind in {"person", "name"}:
        rows = list(_by_rule(reading, name))
    if not rows:
        return None
    best = max(rows, key=lambda row: (row.german in reading.own, reading.others.get(row.german, 0), *_rank(row)))
    german = _preferred(reading, best.german)
    if name.last in reading.tables.lawful.get(german, ()):
        return None
    row = _innocent(reading, name, [row for row in rows if row.german == best.german])
    weight = _table_weight(reading, row) + reading.support(german)
    if row.kind == "place" and german not in reading.own:
        weight += reading.settings["place"]
    often = f", which German texts write some {10**row.odds:.0f} times as often" if row.odds >= 1 else ""
    reason = f"{_SOURCES[row.source]}{often}"
    return _spelled(reading, name, german, row.lang, weight, reason)


def _rank(row: Spelling) -> tuple[bool, float, str]:
    return row.source == "own", row.odds, row.german


def _innocent(reading: Reading, name: Name, rows: list[Spelling]) -> Spelling:
    """Of the languages that spell so the one that most often reaches genuine German texts; a given name narrows them down."""
    if rows[0].german in transliterations(name.last, "en", reading.lang):
        rows = [*rows, rows[0]._replace(lang="en")]
    given = {row.lang for row in reading.tables.spellings.get(name.given, ()) if row.kind == "given"}
    rows = [row for row in rows if row.lang in given] or rows
    return min(rows, key=lambda row: (_table_weight(reading, row), row.lang))


def _table_weight(reading: Reading, row: Spelling) -> float:
    return reading.settings["rule" if row.source == "rule" else "table"][row.lang]


def _fits(reading: Reading, name: Name, row: Spelling) -> bool:
    """Whether a row of the tables speaks of such a name."""
    if row.kind == "given" or latin(row.written) == latin(row.german):
        return False
    if name.last.isalpha() and is_common(name.last, reading.lang):
        return False
    if row.kind == "surname":
        return name.kind in {"person", "name"}
    return not name.given and name.last not in reading.tables.given and _stands_alone(reading, name)


def _stands_alone(reading: Reading, name: Name) -> bool:
    """Whether a place is no part of another name ("Inter Milan", "Le Monde Afrique"): German words stand around it."""
    text = name.segment.text
    before = _word_before(name)
    if before and before[0][-1] not in ",;:(–—" and before[0].lower() not in reading.tables.rules["before_place"]:
        return False
    return not (text[name.end : name.end + 1] == " " and text[name.end + 1 : name.end + 2].isupper())


def _word_before(name: Name) -> list[str]:
    """The word before a name, as a list of one or none."""
    return name.segment.text[max(0, name.start - _REACH) : name.start].split()[-1:]


def _by_rule(reading: Reading, name: Name) -> Iterator[Spelling]:
    """What the rules of transcription make of a surname, where German texts write the outcome."""
    settings, written = reading.settings, zipf(name.last, reading.lang)
    if (
        len(name.last) < settings["shortest_rule"]
        or written > settings["most_attested_beside"]
        or is_common(name.last, reading.lang)
    ):
        return
    for lang in sources(reading.lang):
        foreign = zipf(name.last, lang) - written
        for german in transliterations(name.last, lang, reading.lang):
            odds = reading.attested(german) - written
            noun = is_common(german, reading.lang) and not reading.lawful(german)
            if noun or latin(german).rstrip("e") == latin(name.last).rstrip("e"):
                continue
            slavic = bool(name.given) and german.lower().endswith(tuple(reading.tables.rules["slavic_endings"])) and foreign > 0
            known = written <= settings["most_attested"] and (slavic or german in reading.others)
            if odds >= settings["least_odds"] and (known or german in reading.own):
                yield Spelling(name.last, german, lang, "surname", round(odds, 2), round(foreign, 2), "rule")


def _preferred(reading: Reading, german: str) -> str:
    """Of the lawful spellings the one that this text prefers, else its siblings, else the table."""
    group = sorted(reading.tables.lawful.get(german, {german}))
    used = [form for form in group if form in reading.own]
    if used:
        return max(used, key=lambda form: (len(reading.own[form]), form == german))
    return max(group, key=lambda form: (reading.others.get(form, 0), form == german))


def _variant(reading: Reading, name: Name, known: dict[tuple[str, str], tuple[float, str] | None]) -> Spelled | None:
    """A form that is no name known to German, beside a better attested one of the same person; ``known``: by form and kind."""
    if name.kind not in {"person", "name"} or is_common(name.last, reading.lang):
        return None
    if (name.last, name.kind) not in known:
        known[name.last, name.kind] = _best_form(reading, name)
    best = known[name.last, name.kind]
    if best is None:
        return None
    weight, other = best
    return _spelled(reading, name, _preferred(reading, other), None, weight, "alike in letters and sound, and better attested")


def _best_form(reading: Reading, name: Name) -> tuple[float, str] | None:
    """The form of the same name that speaks loudest against the written one, and its weight."""
    candidates = {**reading.sibling_names, **reading.own}
    best: tuple[float, str] | None = None
    for other in sorted(candidates):
        weight = same_person(reading, name, other, candidates[other])
        if weight is not None and (best is None or weight > best[0]):
            best = weight, other
    return best


def _place(reading: Reading, name: Name) -> Spelled | None:
    """A place that nobody knows, but for its sound a famous one ("in Kowait")."""
    if name.kind != "name" or name.given or not _stands_alone(reading, name):
        return None
    before = _word_before(name)
    named = bool(before) and before[0].lower() in reading.tables.rules["place_prepositions"]
    if not named and not _among_places(reading, name):
        return None
    places = famous_places(reading, name)
    if not places:
        return None
    best = max(places, key=lambda place: (place in reading.own, reading.others.get(place, 0), zipf(place, reading.lang), place))
    weight = reading.settings["famous"] + reading.support(best)
    return _spelled(reading, name, best, None, weight, "sounds like a well-known place, and is written so nowhere else")


def _among_places(reading: Reading, name: Name) -> bool:
    """Whether the name stands in a list of places: "Kuwait, Katar, Oman"."""
    text, starts, ends = name.segment.text, reading.place_starts, reading.place_ends
    return any(
        (text.endswith(glue, 0, name.start) and (name.segment, name.start - len(glue)) in ends)
        or (text.startswith(glue, name.end) and (name.segment, name.end + len(glue)) in starts)
        for glue in (", ", " und ")
    )


def _given(reading: Reading, name: Name) -> Spelled | None:
    """A foreign given name before a surname whose German given name the same text, a sibling or the tables have."""
    if " " in name.given or name.given in reading.tables.lawful:
        return None
    rows = {row.german: row for row in reading.tables.spellings.get(name.given, ()) if row.kind == "given"}
    if not rows:
        return None
    beside = [n.given for n in (*reading.own[name.last], *reading.sibling_names.get(name.last, ()))]
    listed = [full.rpartition(" ")[0] for full in reading.tables.full.get(name.last, ())]
    german = next((given for given in (*beside, *listed) if given in rows), None)
    if german is None:
        return None
    full = f"{german} {name.segment.text[name.last_start : name.end]}"
    weight = reading.settings["given" if german in beside else "given_listed"]
    return Spelled(name, name.start, name.end, full, name.last, rows[german].lang, weight, _probability(weight), "given name")


def _spelled(reading: Reading, name: Name, german: str, lang: str | None, weight: float, reason: str) -> Spelled:
    """The suggestion for a whole name: its given name becomes German too, and keeps the genitive ending."""
    written = name.segment.text[name.last_start : name.end]
    genitive = name.genitive
    if not genitive and written[-1] == "s" and german[-1] != "s" and alike(written[:-1], german):
        genitive = "s"
    ending = "" if not genitive else "’" if german[-1] in "sxzß" else "s"
    given = _german_given(reading, name, german)
    # A given name that stays as it is stays out of the finding.
    start = name.last_start if given == name.given else name.start
    full = f"{german}{ending}" if given == name.given else f"{given} {german}{ending}"
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
