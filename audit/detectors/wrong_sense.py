"""A word that shares a foreign word with the right one, but not its meaning.

Why it betrays machine translation: French *appel* is Anruf, Berufung, Appell and Aufruf. A translator knows which; a machine
may pick another in each sentence, so that two presidents "begin an appeal at court" where they only telephoned.

Fires: "im Berufungsverfahren am Donnerstag" where siblings write Telefonat (fr appel); "wegen eines leeren Stapels" of an
electric car (fr pile: Batterie); "Kopfquartier" (en headquarters: Hauptsitz); "in Prüfung gesetzt" (fr mis en examen).

Four roads lead to a suspicion. Pivot: siblings write another translation of a foreign word that the written word translates,
and never the word itself. Slot: no such foreign word is known, but an aligned passage has another word between the same
neighbours, and no sibling has the written one or a synonym. Context: another translation of the same foreign word fits sentence
and article better. Calque: the parts of a compound or phrase, taken back, make a foreign term that has another German name.

Innocent look-alikes, left alone: the same words used rightly (a Berufungsverfahren before a court, an Appell of the United
Nations, a Stapel of files); synonyms; whatever a sibling writes, too; names; compounds that German text has.

How sure: boosted trees, grown on judged mistakes of machine translations and on genuine German (models/de/lexicon/calibrate.py).
The other findings count: suspicions of one source language, or one foreign word behind several of them, strengthen each other.

Sources: the idea of a pivot for detecting sense errors without the source is our own; lexicon and licences:
models/de/lexicon/CARD.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from audit.detectors import Context, Detector
from audit.siblings.evidence import load
from audit.siblings.lexicon import Lexicon
from audit.siblings.pivot_calques import Calqued, calqued
from audit.siblings.pivot_charges import Charge, SlotCharge, Trial, chance, charges
from audit.siblings.witnesses import Witness
from audit.types import Evidence, Finding, Suggestion

LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "ru": "Russian"}
# A finding quotes so many places of siblings, and names so many pivots and other readings.
_MOST_QUOTED = 3
_MOST_PIVOTS = 3
# Siblings beyond the first that add to a charge.
_MOST_FURTHER = 2


AnyCharge = TypeVar("AnyCharge", Charge, SlotCharge)


def detect(context: Context) -> list[Finding]:
    lexicon = Lexicon.load(context.assets.path("lexicon"), context.assets.path("vectors"))
    trees = load(context.assets.path("evidence"))
    trial = charges(context.article, context.siblings, context.aligned, lexicon, trees, context.settings)
    calques = list(calqued(context.article, trial.reading, trial.mates, lexicon, context.settings["calque"]))
    taken = {place for calque in calques for place in calque.places}
    floor, judged = context.settings["floor"], context.settings["judged"]
    charged = [_judged(c, judged) for c in trial.best if c.weight >= floor and c.place not in taken]
    taken |= {charge.place for charge in charged}
    slots = [_judged(s, judged) for s in trial.slots if s.weight >= floor and s.place not in taken]
    rivals: dict[int, list[Charge]] = defaultdict(list)
    for charge in sorted(trial.every, key=lambda c: -c.weight):
        rivals[charge.place].append(charge)
    found = [_pivot_finding(context, trial, charge, rivals[charge.place], lexicon) for charge in charged]
    found += [_calque_finding(context, calque) for calque in calques]
    found += [_slot_finding(context, trial, slot, lexicon) for slot in slots]
    return sorted(found, key=lambda f: (f.field, f.start, f.end))


def _judged(charge: AnyCharge, settings: Mapping[str, Any]) -> AnyCharge:
    """The charge with the log odds that judged places bear out: those of the trees are spread too wide, and know one sibling.

    Further siblings bear out a foreign word that is there, not a slot that may be another's.
    """
    intercept, slope = settings["backed" if charge.witnesses else "alone"]
    if isinstance(charge, SlotCharge):
        return charge._replace(weight=intercept + slope * charge.weight)
    voices = len({witness.sibling for witness in charge.witnesses})
    further = settings["further"] * min(max(voices - 1, 0), _MOST_FURTHER)
    return charge._replace(weight=intercept + slope * charge.weight + further)


def _pivot_finding(context: Context, trial: Trial, charge: Charge, rivals: Sequence[Charge], lexicon: Lexicon) -> Finding:
    pivot, word = charge.pivot, charge.word
    likely = _suggestions(rivals[:_MOST_QUOTED], lexicon)
    texts = [Suggestion(text=text, probability=round(probability, 2)) for text, probability in likely]
    backing = " as siblings write" if charge.witnesses else " which fits the context better"
    message = (
        f"“{word.text}” is likely a wrong sense of {LANGUAGES[pivot.lang]} “{pivot.pivot}”: perhaps “{texts[0].text}” is meant,"
        f"{backing}."
    )
    return DETECTOR.finding(
        context,
        word.segment,
        word.start,
        word.end,
        message,
        weight=charge.weight,
        severity="major",
        suggestions=texts,
        evidence=[_pivot(charge, lexicon), *_siblings(trial, charge.witnesses)],
    )


def _suggestions(rivals: Sequence[Charge], lexicon: Lexicon) -> Iterator[tuple[str, float]]:
    """The likeliest words for the place, inflected, with the share of the place's odds that each has."""
    whole = sum(chance(rival.weight) for rival in rivals)
    seen: set[str] = set()
    for rival in rivals:
        text = rival.suggested(lexicon)
        if text not in seen:
            seen.add(text)
            yield text, chance(rival.weight) / whole


def _pivot(charge: Charge, lexicon: Lexicon) -> Evidence:
    """The foreign word; those of other languages that explain the word as well are only mentioned."""
    first, *others = charge.pivots
    note = f"{lexicon.words[first.word]} and {lexicon.words[first.other]}"
    also = [f"{pivot.lang} {pivot.pivot}" for pivot in others if pivot.lang != first.lang][:_MOST_PIVOTS]
    return Evidence(kind="pivot", lang=first.lang, word=first.pivot, note=note + (f"; also {', '.join(also)}" if also else ""))


def _siblings(trial: Trial, witnesses: Sequence[Witness]) -> Iterator[Evidence]:
    """The places where siblings write the other word, one for each sibling."""
    seen: set[int] = set()
    for witness in witnesses:
        if witness.sibling not in seen and len(seen) < _MOST_QUOTED:
            seen.add(witness.sibling)
            count = len({w.sibling for w in witnesses})
            yield quoted(trial, witness.sibling, witness.place, f"{count} of {len(trial.mates)} siblings")


def quoted(trial: Trial, sibling: int, place: int, note: str) -> Evidence:
    """The sentence around a word of a sibling, as evidence."""
    from audit.siblings.slots import read

    mate = trial.mates[sibling]
    word = read(mate, trial.reading.lexicon).words[place]
    span = word.segment.span(*word.segment.sentence_at(word.start))
    text = mate.document.text if word.segment.field == "text" else mate.document.title or ""
    return Evidence(
        kind="sibling", document=mate.document.id, start=span.start, end=span.end, quote=text[span.start : span.end], note=note
    )


def _calque_finding(context: Context, calque: Calqued) -> Finding:
    message = (
        f"“{calque.text}” is likely {LANGUAGES[calque.lang]} “{calque.term}” rendered part by part; German says “{calque.name}”."
    )
    return DETECTOR.finding(
        context,
        calque.segment,
        calque.start,
        calque.end,
        message,
        weight=calque.weight,
        severity="major",
        suggestions=[Suggestion(text=calque.name, probability=calque.probability)],
        evidence=[Evidence(kind="pivot", lang=calque.lang, word=calque.term, note=f"usually {calque.name}")],
    )


def _slot_finding(context: Context, trial: Trial, slot: SlotCharge, lexicon: Lexicon) -> Finding:
    word = trial.reading.words[slot.place]
    other = lexicon.words[slot.other]
    return DETECTOR.finding(
        context,
        word.segment,
        word.start,
        word.end,
        f"“{word.text}” is likely a mistranslation: in the same place, between the same words, siblings write “{other}”.",
        weight=slot.weight,
        severity="major",
        suggestions=[Suggestion(text=other, probability=0.5)],
        evidence=list(_siblings(trial, slot.witnesses)),
    )


DETECTOR = Detector(
    id="wrong_sense",
    version="1",
    category="Accuracy/Mistranslation",
    detect=detect,
    needs=frozenset({"evidence", "lexicon", "vectors"}),
)
