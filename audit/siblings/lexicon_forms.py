"""Puts a suggested word into the form that its place asks for, from forms that German text has."""

from __future__ import annotations

from typing import Final

from audit.siblings.lexicon import Lexicon, Split

_GENITIVES: Final = ("s", "es", "ses")
_ADJECTIVE_ENDINGS: Final = ("eren", "erem", "erer", "eres", "ere", "sten", "ste", "en", "em", "er", "es", "e", "")


def suggestion(lexicon: Lexicon, written: str, word: int, other: int, split: Split | None, part: str) -> str:
    """What could be written instead of ``written``: the other word inflected like it, within its compound if it is one."""
    if part == "whole" or split is None:
        return inflected(lexicon, written, word, other)
    if part == "head":
        head = written[split.cut :].lstrip("-")
        new = inflected(lexicon, head[:1].upper() + head[1:], word, other)
        joined = new if "-" in written else new.lower()
        return written[: split.cut] + joined
    return _first_part(lexicon, other) + written[split.cut :]


def _first_part(lexicon: Lexicon, other: int) -> str:
    """The word with the linking element that it takes as the first part of a compound."""
    part = lexicon.modifier(other)
    return part[:1].upper() + part[1:]


def inflected(lexicon: Lexicon, written: str, word: int, other: int) -> str:
    """The form of the other word that answers the written form: case and number of a noun, ending of a verb or adjective."""
    lemma, target = lexicon.words[word], lexicon.words[other]
    if written in (lemma, lemma.capitalize()):
        return target
    forms = lexicon.forms(other)
    if target[0].isupper():
        return _noun(written, lemma, target, forms)
    found = _verb(written, lemma, target, forms) if target.endswith("n") else _adjective(written, lemma, target, forms)
    return found[0].upper() + found[1:] if written[0].isupper() else found


def _noun(written: str, lemma: str, target: str, forms: list[str]) -> str:
    genitive = written in tuple(lemma + ending for ending in _GENITIVES)
    if genitive:
        return next((f for f in forms if f in (target + "s", target + "es")), target)
    plurals = [f for f in forms if f not in (target + "s", target + "es") and f.lower() != target.lower()]
    if not plurals:
        return target
    if written.endswith("n") and not lemma.endswith("n"):
        # -n marks every case of some plurals and the dative of others: the other word's own plural decides, if it has one in -n
        return next((f for f in plurals if f.endswith("n")), plurals[0])
    return next((f for f in plurals if not f.endswith("n") or not (f[:-1] in plurals)), plurals[0])


def _ending(form: str, lemma: str) -> tuple[bool, str]:
    """Whether the form is a participle with ge, and what follows the part that it shares with the lemma's stem."""
    stem = lemma[:-2] if lemma.endswith("en") else lemma[:-1]
    at = form.lower().rfind(stem)
    if at < 0:
        return "ge" in form[:6].lower() and form.endswith(("en", "t")) and not lemma.startswith("ge"), form[-2:]
    return "ge" in form[:at].lower(), form[at + len(stem) :]


def _verb(written: str, lemma: str, target: str, forms: list[str]) -> str:
    wanted = _ending(written, lemma)
    ranked = [form for form in forms if form[0].islower()]
    for form in ranked:
        if _ending(form, target) == wanted:
            return form
    past = wanted[1] in ("te", "ten")
    for form in ranked:
        participle, ending = _ending(form, target)
        if participle == wanted[0] and (not past or ending in ("te", "ten", "")) and (ending[-1:] == wanted[1][-1:]):
            return form
    return target


def _adjective(written: str, lemma: str, target: str, forms: list[str]) -> str:
    lower = written.lower()
    ending = next((e for e in _ADJECTIVE_ENDINGS if lower == lemma + e), None)
    if ending is None:
        ending = next(e for e in _ADJECTIVE_ENDINGS if lower.endswith(e))
    return next((f for f in forms if f == target + ending), target + ending if ending in ("e", "en", "er", "es", "em") else target)
