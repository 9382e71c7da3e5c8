"""Whether two forms are spellings of one person's name, and how strongly that speaks against the rarer one."""

from __future__ import annotations

from functools import cache

from audit.siblings.names import Name, alike, inflected, likeness, sound, zipf
from audit.siblings.reading import Reading
from audit.siblings.transliteration import sources, tables


def same_person(reading: Reading, name: Name, other: str, others: tuple[Name, ...]) -> float | None:
    """The weight of the charge that a name is a wrong spelling of another one, or None where it is none."""
    last = name.last
    if "person" not in {name.kind, *(n.kind for n in others)} and not reading.lawful(other):
        return _coinage(reading, last, other)
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


def _coinage(reading: Reading, last: str, other: str) -> float | None:
    """Two forms of a product or firm that no list knows, nearly the same letters: the rarer one in the text is odd."""
    rarer = 0 < len(reading.own.get(last, ())) < len(reading.own.get(other, ()))
    unknown = max(zipf(form, reading.lang) for form in (last, other)) < reading.settings["most_attested"]
    if not (rarer and unknown and alike(last, other)) or inflected(last, other, reading.lang):
        return None
    return reading.settings["coinage"] if likeness(last, other) >= reading.settings["coinage_likeness"] else None


def famous_places(reading: Reading, name: Name) -> tuple[str, ...]:
    """Well-known places that an unknown place name sounds and looks like."""
    if any(zipf(name.last, lang) >= reading.settings["most_attested"] for lang in (reading.lang, *sources(reading.lang))):
        return ()
    known = _places_by_sound(reading.lang, reading.settings["famous_place"]).get(sound(name.last), ())
    return tuple(place for place in known if alike(name.last, place) and not inflected(name.last, place, reading.lang))


@cache
def _places_by_sound(lang: str, least: float) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for place in sorted(tables(lang).places):
        if " " not in place and zipf(place, lang) >= least:
            found[sound(place)] = (*found.get(sound(place), ()), place)
    return found


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
        outvoted = reading.others.get(other, 0) >= settings["votes"] and last not in reading.others
        return settings["unknown_pair"] + outvoted * settings["in_sibling"] if shared and (rarer or outvoted) else None
    base = settings["lawful_variant"] if reading.lawful(other) else settings["known_variant"]
    return base + (settings["same_given"] if shared else 0.0) + reading.support(other)
