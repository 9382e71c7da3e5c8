"""Whether two forms are spellings of one person's name, and how strongly that speaks against the rarer one."""

from __future__ import annotations

from audit.siblings.names import Name, alike, inflected
from audit.siblings.reading import Reading


def same_person(reading: Reading, name: Name, other: str, others: tuple[Name, ...]) -> float | None:
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
    return base + (settings["same_given"] if shared else 0.0) + reading.support(other)
