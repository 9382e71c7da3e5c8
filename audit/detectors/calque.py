"""Phrases that only a translation word by word can have left: literal idioms and foreign frames.

What it flags. Idioms and fixed phrases of English, French, Dutch, Spanish or Italian whose words were each put into German:
"Fingerwedeln" (finger-wagging), "eine Entscheidung nehmen" (prendre une décision), "die Anklage drücken" (press charges),
"Chef der russischen Diplomatie" (chef de la diplomatie). The finding names the foreign phrase and what German says.

Why that betrays machine translation. The words are German and the grammar is right, so nothing but the phrase is wrong: it
means nothing in German, or something else. People who write German have the German phrase at hand; a translator that goes by
the word has not.

Example: "Das Unternehmen will keine Anklage drücken" → Anzeige erstatten.

Innocent look-alikes. The same words in their plain sense ("Das Kind ging an der Hand der Oma"), German idioms that happen to
agree with foreign ones ("das Eis brechen"), and calques that have become German ("Sinn machen", "am Ende des Tages"): those are
in the lists, marked ``naturalised``, and raise no finding. Every entry of the lists carries an example that must be found and
a look-alike that must not.

Source of the rule: own lists (models/de/rules/calque_*.toml). How much a finding of each strength weighs was measured by its
frequency in machine output against texts written by people (models/thresholds.toml, ``[de.calque]``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from audit.assets import Assets
from audit.detectors import Context, Detector
from audit.phrase_matches import Match, Phrases
from audit.phrases import Grammar, compile_patterns
from audit.text import Segment
from audit.types import Evidence, Finding, Severity, Suggestion

LISTS: Final = ("calque_en", "calque_es", "calque_fr", "calque_it", "calque_nl")
_NAMES: Final = {"en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch"}
# A suggestion is the dictionary form of what German says: right in sense, its inflection is left to the reader.
_SUGGESTED: Final = 0.6


class Entry(NamedTuple):
    """One calque: the foreign phrase, the pattern of its German shape, and what German says."""

    id: str
    lang: str
    source: str
    pattern: str
    german: str
    example: str
    lookalike: str
    strength: str
    severity: Severity


def entries(assets: Assets) -> dict[str, Entry]:
    """Every entry of the lists by its id."""
    rows = [row for name in LISTS for row in assets.toml(name)["calque"]]
    return {row["id"]: Entry(lang=row["id"][:2], **row) for row in rows}


@cache
def _compiled(paths: tuple[Path, ...], lang: str) -> tuple[dict[str, Entry], Phrases]:
    """The entries and their index; ``paths`` are the files they were read from."""
    assets = Assets(lang)
    grammar = Grammar.load(assets.toml("grammar"))
    found = entries(assets)
    return found, Phrases(pattern for entry in found.values() for pattern in compile_patterns(entry.id, entry.pattern, grammar))


def phrases(assets: Assets) -> tuple[dict[str, Entry], Phrases]:
    """The entries of a language and the index that finds them, loaded once."""
    return _compiled(tuple(assets.path(name) for name in (*LISTS, "grammar")), assets.lang)


def detect(context: Context) -> list[Finding]:
    """Findings on every segment of prose, strongest first where two would overlap."""
    known, index = phrases(context.assets)
    weights = context.settings["weights"]
    found: list[Finding] = []
    for segment in context.article.prose:
        matches = [match for match in index.matches(segment.tokens) if known[match.key].strength in weights]
        for match in _apart(matches, known, weights):
            found.append(_finding(context, segment, match, known[match.key], weights))
    return found


def _apart(matches: Sequence[Match], known: dict[str, Entry], weights: dict[str, float]) -> list[Match]:
    """The matches without those that overlap a heavier, else a longer one."""
    ranked = sorted(matches, key=lambda m: (-weights[known[m.key].strength], m.first - m.last, m.first, m.key))
    kept: list[Match] = []
    for match in ranked:
        if all(match.last < other.first or other.last < match.first for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda m: m.first)


def _finding(context: Context, segment: Segment, match: Match, entry: Entry, weights: dict[str, float]) -> Finding:
    first, last = match.first, match.last
    while first < last and segment.tokens[first].kind == "punct":
        first += 1
    while last > first and segment.tokens[last].kind == "punct":
        last -= 1
    start, end = segment.tokens[first].start, segment.tokens[last].end
    language = _NAMES[entry.lang]
    return DETECTOR.finding(
        context,
        segment,
        start,
        end,
        f"Likely {language} “{entry.source}” put into German word by word; German says: {entry.german}.",
        weight=weights[entry.strength],
        severity=entry.severity,
        suggestions=[Suggestion(text=entry.german, probability=_SUGGESTED)],
        evidence=[Evidence(kind="pivot", lang=entry.lang, word=entry.source, note=f"word by word from {language}")],
    )


DETECTOR: Final = Detector(
    id="calque",
    version="1",
    category="Style/Unnatural or awkward",
    detect=detect,
    needs=frozenset({*LISTS, "grammar"}),
)
