"""Puts a suggested word into the form that its place asks for, from forms that German text has."""

from __future__ import annotations

import re
from typing import Final

from audit.siblings.lexicon import Lexicon, Split

# So many letters of a first part tell it from others.
_FIRST_PART: Final = 5
_INSEPARABLE: Final = ("be", "emp", "ent", "er", "ge", "miss", "ver", "zer")
# A part that stands twice in a compound ("Ministerministerin"): the suggestion is the whole word.
_REPEATED: Final = re.compile(r"(\w{5,})\1", re.IGNORECASE)
_GENITIVES: Final = ("s", "es", "ses")
_ADJECTIVE_ENDINGS: Final = ("eren", "erem", "erer", "eres", "ere", "sten", "ste", "en", "em", "er", "es", "e", "")


def suggestion(lexicon: Lexicon, written: str, word: int, other: int, split: Split | None, part: str) -> str:
    """What could be written instead of ``written``: the other word inflected like it, within its compound if it is one."""
    if part == "whole" or split is None:
        return inflected(lexicon, written, word, other)
    if part == "head":
        # a suggestion that holds the first part already replaces the whole compound: Staats|oberhaupt → Staatschef
        if lexicon.words[other].lower().startswith(written[: split.cut].rstrip("-").lower()[:_FIRST_PART]):
            return inflected(lexicon, written, word, other)
        head = written[split.cut :].lstrip("-")
        new = inflected(lexicon, head[:1].upper() + head[1:], word, other)
        joined = written[: split.cut] + (new if "-" in written else new.lower())
        return new if _REPEATED.search(joined) else joined
    if written[split.cut - 1] == "-":
        return f"{lexicon.words[other]}-{written[split.cut :]}"
    return _first_part(lexicon, other) + written[split.cut :]


def _first_part(lexicon: Lexicon, other: int) -> str:
    """The word with the linking element that it takes as the first part of a compound."""
    part = lexicon.modifier(other)
    return part[:1].upper() + part[1:]


def inflected(lexicon: Lexicon, written: str, word: int, other: int) -> str:
    """The form of the other word that answers the written form: case and number of a noun, ending of a verb or adjective."""
    lemma = lexicon.words[word]
    target, forms = _spelled(lexicon.words[other], lexicon.forms(other))
    if written in (lemma, lemma.capitalize()):
        return target
    if target[0].isupper():
        return _noun(written, lemma, target, forms)
    found = _verb(written, lemma, target, forms) if target.endswith("n") else _adjective(written, lemma, target, forms)
    return found[0].upper() + found[1:] if written[0].isupper() else found


def _spelled(target: str, forms: list[str]) -> tuple[str, list[str]]:
    """The word and its forms in the spelling since 1996: where every other form has ss (Prozesse), so has the lemma (Prozeß)."""
    modern = target.replace("ß", "ss")
    others = [form for form in forms if form not in (target, modern)]
    if modern == target or not others or any("ß" in form for form in others):
        return target, forms
    return modern, others


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
    return next((f for f in plurals if not f.endswith("n") or f[:-1] not in plurals), plurals[0])


def _ending(form: str, lemma: str) -> str:
    """What follows the verb's stem, or the last two letters where the stem has changed."""
    stem = lemma[:-2] if lemma.endswith("en") else lemma[:-1]
    at = form.lower().rfind(stem)
    return form[-2:] if at < 0 else form[at + len(stem) :]


def _is_participle(form: str, lemma: str) -> bool:
    """Whether a verb form is a past participle without an ending of its own: gefordert, festgenommen, verhaftet."""
    if form == lemma or not form.endswith(("t", "en")):
        return False
    if lemma.startswith(_INSEPARABLE) or lemma.endswith("ieren"):
        return form.endswith("t") and not form.endswith(("est", "test"))
    return "ge" in form[: len(form) - 3] and "ge" not in lemma[: len(lemma) - 3]


def _verb(written: str, lemma: str, target: str, forms: list[str]) -> str:
    """A form of the same kind: participle, infinitive with zu, else the same ending; the infinitive where none is known."""
    lower = written.lower()
    ranked = [form for form in forms if form[0].islower()]
    if lower != lemma and lower.endswith("n") and "zu" in lower and "zu" not in lemma:
        return next((form for form in ranked if "zu" in form and form.endswith("n")), f"zu {target}")
    if _is_participle(lower, lemma):
        return next((form for form in ranked if _is_participle(form, target)), target)
    wanted = _ending(lower, lemma)
    for form in ranked:
        if _ending(form, target) == wanted and not _is_participle(form, target):
            return form
    if wanted in ("", "te", "ten", "t", "en"):
        past = wanted in ("te", "ten")
        plain = [f for f in ranked if not _is_participle(f, target) and "zu" not in f]
        return next((f for f in plain if f[-1] == wanted[-1:] and (f[-3:-1].endswith("te") or not past)), target)
    return target


def _adjective(written: str, lemma: str, target: str, forms: list[str]) -> str:
    lower = written.lower()
    ending = next((e for e in _ADJECTIVE_ENDINGS if lower == lemma + e), None)
    if ending is None:
        ending = next(e for e in _ADJECTIVE_ENDINGS if lower.endswith(e))
    # a form that German text has; adverbs and the like have none and stay as they are
    inflects = any(form in (target + "e", target + "en") for form in forms)
    return target + ending if inflects and ending in ("e", "en", "er", "es", "em") else target
