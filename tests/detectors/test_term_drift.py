"""term_drift: several unrelated words for one foreign word, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.types import Finding

Find = Callable[..., list[Finding]]
REPORTED = -1.3

SIBLING = (
    "Der Kanzler und der Präsident haben am Freitag erneut telefoniert. Das Telefonat dauerte eine Stunde.\n\n"
    "Schon in einem früheren Gespräch hatten beide über Getreide geredet. Ein weiterer Anruf ist geplant."
)
DRIFTING = [
    (
        "In der Berufung am Freitag sprachen Kanzler und Präsident eine Stunde lang.\n\n"
        "Der Appell dauerte länger als der vorige. Vor dem Berufungsverfahren hatte der Kanzler über Getreide geredet.",
        SIBLING,
        "fr",
    ),
    (
        "Das Auto blieb stehen, weil der Stapel leer war.\n\nDer Händler tauschte den Haufen des Elektroautos kostenlos aus. "
        "Die Pfeiler der Elektroautos kommen aus China.",
        "Das Elektroauto blieb mit leerer Batterie stehen. Der Händler tauschte die Batterie des Elektroautos kostenlos aus. "
        "Batterien kommen aus China.",
        "fr",
    ),
]
STEADY = [
    ("Im Telefonat am Freitag sprachen beide eine Stunde. Das Gespräch verlief gut, der Anruf kam aus Moskau.", SIBLING),
    ("In der Berufung geht es um viel Geld. Die Berufung hat das Landgericht zugelassen.", SIBLING),
    ("Der Stapel Akten fiel um. Der Haufen Papier lag am Boden.", "Akten und Papier lagen am Boden."),
]


@pytest.mark.parametrize(("text", "sibling", "lang"), DRIFTING, ids=[row[2] + row[0][:12] for row in DRIFTING])
def test_one_finding_with_every_place(find: Find, text: str, sibling: str, lang: str) -> None:
    found = [f for f in find("term_drift", text, siblings=[sibling]) if f.weight >= REPORTED]
    assert found
    finding = next(f for f in found if f.evidence[0].lang == lang)
    places = [e for e in finding.evidence if e.kind == "place"]
    assert places and all(text[p.start : p.end] == p.quote for p in places)
    assert text[finding.start : finding.end] == finding.quote
    assert finding.evidence[0].kind == "pivot" and finding.category == "Terminology/Inconsistent"


@pytest.mark.parametrize(("text", "sibling"), STEADY, ids=[row[0][:20] for row in STEADY])
def test_stays_silent(find: Find, text: str, sibling: str) -> None:
    assert [f.quote for f in find("term_drift", text, siblings=[sibling]) if f.weight >= REPORTED] == []


def test_there_are_more_silent_cases_than_firing_ones() -> None:
    assert len(STEADY) > len(DRIFTING)


def test_three_words_weigh_more_than_two(find: Find) -> None:
    text, sibling, _ = DRIFTING[0]
    three = next(f for f in find("term_drift", text, siblings=[sibling]) if f.evidence[0].word == "appel")
    assert three.severity == "major"
