"""Strings of words that no speaker of German writes.

What it flags.

- Seams: two sentences run into each other without a mark ("… am Montag eröffnet ist Das sagte ein Sprecher").
- Loose ends: an article or preposition with nothing behind it ("dient zur ."), or with a verb behind it ("in einem sagte").
- Verb on verb: two finite verbs side by side ("hatte wurde").
- Clauses without a verb: "…, aber die Länder, die weiterhin besorgt sind." begins a main clause that never gets one.
- Bare chains of nouns: "Sicherheit Anwesenheit Konsulat", where German joins, declines or uses a preposition; in the smallest
  form an English compound left in two words ("die Safaripark Paviane").
- Runs of transitions that genuine German does not make, told by how often each word class follows which.
- What a small network suspects: a verb, article or preposition lost, a verb too many or in the wrong place, a sentence cut off or
  run into the next ("Am Montag er reiste …"). Most of its suspicions show only where the whole document reads like a machine's.

Why that betrays machine translation. People make slips of spelling and agreement, but they do not lose the clause they are in.
A decoder that loses its source, a rule-based system without a parse, and a page whose pieces were translated one by one do.

Example: "Beschäftigung Twitter Ziel sei es, Frieden zu schaffen" → a leftover of the page has run into the sentence.

Innocent look-alikes. Headlines, captions, lists, tables, live tickers and verse leave out articles and verbs; names and titles
hold capitals ("wie Die Zeit berichtet"); measures, dates and titles put noun on noun ("zwei Millionen Euro", "Ende Juli",
"Bundeskanzlerin Merkel"); quoted speech breaks off. All are left alone, and where only a single odd transition is seen the
finding weighs too little to be reported unless the whole document reads like a machine's.

Source of the rule: own lists (models/de/rules/garbled.toml) and counts of word-class transitions in genuine German
(models/de/ngrams/CARD.md); the network was taught on genuine sentences with slips put into them (models/de/slips/CARD.md).
Weights: frequency in weak systems' output against texts by people (models/thresholds.toml).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from audit.assets import Assets
from audit.detectors import Context, Detector
from audit.neural.suspicions import charges
from audit.ngrams import load
from audit.seams import Flaw, Passage, Rules, flaws
from audit.text import Segment
from audit.types import Evidence, Finding, Severity


@cache
def _rules(path: Path, lang: str) -> Rules:
    data = Assets(lang).toml("garbled")
    return Rules(**{name: frozenset(data[name]) for name in Rules._fields})


def detect(context: Context) -> list[Finding]:
    """Findings in running text; headlines are only looked at for chains of nouns."""
    rules = _rules(context.assets.path("garbled"), context.assets.lang)
    ngrams = load(context.assets.path("ngrams"))
    found: list[Finding] = []
    for segment in context.article.prose:
        if segment.kind not in ("body", "headline") or len(segment.tokens) < context.settings["least_tokens"]:
            continue
        passage = Passage(segment.tokens, ngrams.code(segment.tokens), rules, ngrams, context.settings)
        seen = flaws(passage)
        if segment.kind == "headline":
            seen = [flaw for flaw in seen if flaw.kind in context.settings["in_headlines"]]
        for flaw in _apart(seen, context.settings["weights"]):
            found.append(_finding(context, segment, flaw))
    return [*found, *_suspected(context, found)]


def _suspected(context: Context, found: Sequence[Finding]) -> Iterator[Finding]:
    """What the network sees of words that are missing or misplaced, where the rules see nothing."""
    settings = context.settings
    for charge in charges(context.article, context.assets, settings["network"], settings["in_quotation"], found):
        yield DETECTOR.finding(
            context, charge.segment, charge.start, charge.end, charge.message, weight=charge.weight,
            severity="major" if charge.weight >= settings["major"] else "minor",
            evidence=[Evidence(kind="model", note=f"network: {charge.kind}")],
        )  # fmt: skip


def _apart(found: Sequence[Flaw], weights: Mapping[str, float]) -> list[Flaw]:
    """The flaws that have a weight, without those that overlap a heavier one."""
    kept: list[Flaw] = []
    for flaw in sorted((f for f in found if f.kind in weights), key=lambda f: (-weights[f.kind], f.first, f.last, f.kind)):
        if all(flaw.last < other.first or other.last < flaw.first for other in kept):
            kept.append(flaw)
    return sorted(kept)


def _finding(context: Context, segment: Segment, flaw: Flaw) -> Finding:
    start, end = segment.tokens[flaw.first].start, segment.tokens[flaw.last].end
    weight = context.settings["weights"][flaw.kind]
    if context.article.in_quotation(segment, start, end):
        weight += context.settings["in_quotation"]
    severity: Severity = "major" if weight >= context.settings["major"] else "minor"
    return DETECTOR.finding(
        context,
        segment,
        start,
        end,
        flaw.message,
        weight=weight,
        severity=severity,
        evidence=[Evidence(kind="rule", note=flaw.kind.replace("_", " "))],
    )


DETECTOR: Final = Detector(
    id="garbled",
    version="1",
    category="Coherence/Gibberish",
    detect=detect,
    needs=frozenset(
        {"garbled", "ngrams", "slips", "rules/agreement", "rules/clauses", "morphology/nouns", "morphology/adjectives",
         "morphology/verbs"}
    ),
)
