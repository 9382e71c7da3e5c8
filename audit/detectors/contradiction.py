"""A fact that the siblings agree is otherwise: a number, date, place, person, office, denial or direction.

Why it betrays machine translation: a decoder that misreads "treize" or loses a word writes a fluent sentence with another
fact in it. Nothing in the German shows it; only other articles on the same event do.

Fires: "13 Verletzte" where three other reports count three; "an der Grenze zu den USA" where everyone else, of the same
troops, says "an der Grenze zur Ukraine"; "die Verteidigung warf ihr vor" where it was the prosecution; "wird nicht
teilnehmen" where the others say "wird teilnehmen".

Innocent look-alikes, left alone: rounded and hedged numbers ("rund 100", "mehr als 100 000"), ages a year apart, sums in
another currency, times told in another zone, a weekday beside a date, spellings of one name, counts of the dead and injured
that grow while a story develops (only differences shaped like a misreading count there), statements that a sibling makes
elsewhere, siblings that disagree with each other, and whatever only one voice contradicts: copies of one text are one voice.

How sure: two voices that are tied to the sentence by its rare words are needed, or one where the article contradicts itself;
each further voice adds to it. Without a pivot the finding speaks of a disagreement, not of a mistranslation.

Source: the categories of MQM (Accuracy/Mistranslation: number, date, entity); checks of translation memories compare
numbers against the source, this one against other reports.
"""

from __future__ import annotations

import math
from typing import Final, cast

from audit.detectors import Context, Detector
from audit.siblings.disputes import Court, Dispute, Witness
from audit.siblings.facts import Fact
from audit.siblings.numbers import Number
from audit.siblings.sameness import AMOUNTS, MOMENTS
from audit.siblings.statements import FactRules
from audit.types import Evidence, Finding, Severity

# The facts' own rules, and the grammar that tells names from nouns.
_ASSETS: Final = ("facts", "rules/agreement", "morphology/nouns", "morphology/adjectives")
# Kinds whose error turns the report into another one.
_CRITICAL: Final = AMOUNTS | MOMENTS | {"place", "border", "nation", "link", "holder", "person", "denial"}
# How near to a whole power of ten a ratio is (in log10) that a misplaced point or a lost zero makes.
_TENFOLD: Final = 0.01
_VOICES: Final = {1: "the one other report that speaks of it", 2: "both other reports that speak of it"}
# Kinds of which an article's other words can tell that one place of it is wrong.
_SUPPORTED: Final = frozenset({"border", "holder", "office"})
_WHAT: Final = {
    "money": "sum",
    "time": "span of time",
    "count": "number",
    "fate": "number of people",
    "clock": "time of day",
    "nation": "country",
    "link": "name",
    "holder": "person in this office",
    "choice": "direction or role",
}


def detect(context: Context) -> list[Finding]:
    if not context.siblings:
        return []
    rules = FactRules.load(*(context.assets.path(name) for name in _ASSETS))
    disputes = Court(context.article, context.siblings, rules, context.settings).disputes()
    found: list[Finding] = []
    taken: list[Fact] = []
    for dispute in sorted(disputes, key=lambda d: -_weight(context, d)):
        weight = _weight(context, dispute)
        fact = dispute.fact
        clash = any(t.statement.segment is fact.statement.segment and t.start < fact.stop and fact.start < t.stop for t in taken)
        if clash or weight < context.settings["silent"]:
            continue
        taken.append(fact)
        found.append(_finding(context, dispute, weight))
    return sorted(found, key=lambda finding: (finding.field, finding.start, finding.end))


def _weight(context: Context, dispute: Dispute) -> float:
    """Natural log odds of a real flaw: the kind of fact, how many voices, how tight the context, what speaks for an update."""
    settings = context.settings
    kind = settings["kinds"][dispute.fact.kind]
    weight = kind["weight"] + settings["voice"] * min(dispute.voices - 2, 2)
    if dispute.voices < 2:
        weight = kind["weight"] + (
            settings["alone_supported"] if dispute.support and dispute.fact.kind in _SUPPORTED else settings["alone"]
        )
    weight += settings["tightness"] * min(1.0, dispute.strength - 1)
    if dispute.fact.kind in ("fate", "count") and not _misread(dispute):
        weight += settings["growing" if dispute.fact.kind == "fate" else "recount"]
    return weight


def _misread(dispute: Dispute) -> bool:
    """Whether numbers differ as misread ones do: tenfold, "-teen" for "-ty", digits that changed places."""
    value = cast(Number, dispute.fact.value).values[0]
    other = cast(Number, dispute.witnesses[0].fact.value).values[0]
    low, high = sorted((value, other))
    if low <= 0:
        return False
    power = math.log10(high / low)
    if power >= 1 and abs(power - round(power)) < _TENFOLD:
        return True
    if low != int(low) or high != int(high):
        return False
    a, b = str(int(low)), str(int(high))
    teens = (
        {a, b} == {f"1{a[-1]}", f"{a[-1]}0"}
        or (int(low) < 10 and high == low + 10)
        or (10 < low < 20 and high == (low - 10) * 10)
    )
    return teens or (len(a) == len(b) and a != b and sorted(a) == sorted(b)) or a in b[1:] or a in b[:-1]


def _finding(context: Context, dispute: Dispute, weight: float) -> Finding:
    fact = dispute.fact
    speaking = dispute.voices
    kind = fact.kind
    other = dispute.witnesses[0].fact.text
    if kind == "denial":
        verb = fact.key
        what = f"“{verb}” is {'denied' if fact.value else 'affirmed'} here and {'affirmed' if fact.value else 'denied'}"
    else:
        what = f"{_WHAT.get(kind, kind).capitalize()} in likely disagreement: “{fact.text}” here, “{other}”"
    voices = _VOICES.get(speaking, f"all {speaking} other reports that speak of it")
    message = f"{what} in {voices}; please check against the source."
    evidence = [_evidence(witness, dispute) for witness in dispute.witnesses]
    if dispute.support is not None:
        support = dispute.support
        span = support.statement.segment.span(support.start, support.stop)
        evidence.append(
            Evidence(
                kind="place", start=span.start, end=span.end, quote=_original(context, support), note="the same text elsewhere"
            )
        )
    severity: Severity = "critical" if kind in _CRITICAL else "major"
    return DETECTOR.finding(
        context, fact.statement.segment, fact.start, fact.stop, message, weight=weight, severity=severity, evidence=evidence
    )


def _original(context: Context, fact: Fact) -> str:
    document = context.article.document
    span = fact.statement.segment.span(fact.start, fact.stop)
    return (document.text if fact.statement.segment.field == "text" else document.title or "")[span.start : span.end]


def _evidence(witness: Witness, dispute: Dispute) -> Evidence:
    """The sibling's sentence with its place, its date where one is known, and how the voices stand."""
    document = witness.sibling.article.document
    statement = witness.fact.statement
    span = statement.segment.span(statement.start, statement.end)
    whole = document.text if statement.segment.field == "text" else document.title or ""
    total = dispute.voices + dispute.silent
    note = f"{dispute.voices} of {dispute.voices} independent reports that speak of it ({total} in all): {witness.fact.text}"
    if document.date:
        note += f"; published {document.date}"
    return Evidence(
        kind="sibling", document=document.id, start=span.start, end=span.end, quote=whole[span.start : span.end], note=note
    )


DETECTOR = Detector(
    id="contradiction",
    version="1",
    category="Accuracy/Mistranslation",
    detect=detect,
    needs=frozenset({"siblings", *_ASSETS}),
)
