"""One concept of the source under several unrelated names: what a reader takes for four things was one.

Why it betrays machine translation: a writer who telephones in the first paragraph telephones in the last. A machine looks at
each sentence alone, and the foreign word behind all of them (French *appel*) becomes Berufungsverfahren, Appell, Aufruf and
Berufung within one article.

Fires: at least two unrelated words of one article that the same foreign word explains, each of them suspected of a wrong
sense. One finding, at the first place; the others are its evidence. The more words, the graver.

Innocent look-alikes, left alone: synonyms (Telefonat, Gespräch, Anruf), one wrong word repeated, two words of which only one
is in doubt, words that siblings write as well.

Sources: the evidence is that of `wrong_sense`; consistency of terms as a quality criterion: MQM, "Terminology/Inconsistent".
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from audit.detectors import Context, Detector
from audit.siblings.evidence import load
from audit.siblings.lexicon import Lexicon
from audit.siblings.pivot_charges import Charge, Trial, chance, charges
from audit.types import Evidence, Finding, Severity, Suggestion

LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "ru": "Russian"}
_GRAVE_WORDS = 3


class Drift(NamedTuple):
    """Words of an article that one foreign word explains: the likeliest charge for each of its places, in their order."""

    lang: str
    pivot: str
    charges: tuple[Charge, ...]
    weight: float


def detect(context: Context) -> list[Finding]:
    lexicon = Lexicon.load(context.assets.path("lexicon"), context.assets.path("vectors"))
    trees = load(context.assets.path("evidence"))
    trial = charges(context.article, context.siblings, context.aligned, lexicon, trees, context.assets.settings["wrong_sense"])
    settings = context.settings
    found: list[Drift] = []
    taken: set[int] = set()
    for drift in _drifts(trial, lexicon, settings["least"], settings["bias"]):
        places = {charge.place for charge in drift.charges}
        if drift.weight >= settings["floor"] and not places & taken:
            taken |= places
            found.append(drift)
    return sorted((_finding(context, drift, lexicon) for drift in found), key=lambda f: (f.field, f.start))


def _drifts(trial: Trial, lexicon: Lexicon, least: float, bias: float) -> list[Drift]:
    """Every pivot with at least two unrelated suspected words, the likeliest drift first.

    The weight is the log odds of the second-likeliest word: a drift is real only if two of its words are.
    """
    groups: dict[tuple[str, str], dict[int, Charge]] = defaultdict(dict)
    for charge in trial.every:
        if charge.weight < least:
            continue
        for pivot in charge.pivots:
            best = groups[pivot.lang, pivot.pivot].get(charge.place)
            if best is None or charge.weight > best.weight:
                groups[pivot.lang, pivot.pivot][charge.place] = charge
    found: list[Drift] = []
    for (lang, pivot), places in groups.items():
        members = tuple(places[place] for place in sorted(places))
        weights = _unrelated(members, lexicon)
        if len(weights) > 1:
            company = sum(chance(weight) for weight in weights[2:])
            found.append(Drift(lang, pivot, members, bias + weights[1] + company))
    return sorted(found, key=lambda d: (-d.weight, -len(d.charges), d.lang, d.pivot))


def _unrelated(members: tuple[Charge, ...], lexicon: Lexicon) -> list[float]:
    """The weights of the members' different words, likeliest first, near-synonyms and repetitions left out."""
    kept: list[Charge] = []
    for charge in sorted(members, key=lambda c: (-c.weight, c.place)):
        near = {number for number, _ in lexicon.near(charge.pivot.word)}
        if all(other.pivot.word != charge.pivot.word and other.pivot.word not in near for other in kept):
            kept.append(charge)
    return [charge.weight for charge in kept]


def _finding(context: Context, drift: Drift, lexicon: Lexicon) -> Finding:
    first = drift.charges[0]
    words = list(dict.fromkeys(charge.word.text for charge in drift.charges))
    meant = lexicon.words[max(drift.charges, key=lambda c: c.weight).pivot.other]
    severity: Severity = "major" if len(words) >= _GRAVE_WORDS else "minor"
    evidence = [Evidence(kind="pivot", lang=drift.lang, word=drift.pivot, note=f"behind {', '.join(words)}")]
    original = {"text": context.article.document.text, "title": context.article.document.title or ""}
    for charge in drift.charges[1:]:
        word = charge.word
        span = word.segment.span(word.start, word.end)
        if word.segment.field == first.word.segment.field:
            quote = original[word.segment.field][span.start : span.end]
            evidence.append(Evidence(kind="place", start=span.start, end=span.end, quote=quote))
    message = (
        f"{', '.join(f'“{w}”' for w in words)} are likely all renderings of one {LANGUAGES[drift.lang]} “{drift.pivot}”"
        f" (perhaps “{meant}”)."
    )
    return DETECTOR.finding(
        context,
        first.word.segment,
        first.word.start,
        first.word.end,
        message,
        weight=drift.weight,
        severity=severity,
        suggestions=[Suggestion(text=meant, probability=round(chance(drift.weight), 2))],
        evidence=evidence,
    )


DETECTOR = Detector(
    id="term_drift",
    version="1",
    category="Terminology/Inconsistent",
    detect=detect,
    needs=frozenset({"evidence", "lexicon", "vectors", "siblings"}),
)
