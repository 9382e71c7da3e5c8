"""Calques: every entry of the lists is found in its example and stays silent in its look-alike."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from audit.assets import Assets
from audit.detectors import calque
from audit.phrase_matches import Phrases
from audit.phrases import Grammar, compile_patterns
from audit.text import tokenize

ENTRIES = calque.entries(Assets("de"))
GRAMMAR = Grammar.load(Assets("de").toml("grammar"))
CASES = Path(__file__).resolve().parent.parent / "cases" / "calque.tsv"


def rows(verdict: str) -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["verdict"] == verdict]


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_the_example_is_found_and_the_lookalike_is_not(entry: calque.Entry) -> None:
    own = Phrases(compile_patterns(entry.id, entry.pattern, GRAMMAR))
    assert own.matches(tokenize(entry.example)), entry.example
    assert not own.matches(tokenize(entry.lookalike)), entry.lookalike


def test_the_lists_are_long_and_of_five_languages() -> None:
    counts = Counter(entry.lang for entry in ENTRIES.values())
    assert len(ENTRIES) >= 400
    assert set(counts) == {"en", "es", "fr", "it", "nl"}
    assert min(counts.values()) >= 40


def test_the_entries_are_well_formed() -> None:
    for entry in ENTRIES.values():
        assert entry.strength in {"certain", "strong", "fair", "weak", "naturalised"}, entry.id
        assert entry.severity in {"minor", "major"}, entry.id
        assert entry.source and entry.german, entry.id


@pytest.mark.parametrize("row", rows("fires"), ids=lambda row: row["text"][:40])
def test_fires(find, row) -> None:
    found = find("calque", row["text"])
    assert [finding.quote for finding in found] == [row["quote"]]
    assert found[0].evidence[0].lang == row["lang"]
    assert found[0].suggestions


@pytest.mark.parametrize("row", rows("silent"), ids=lambda row: row["text"][:40])
def test_stays_silent(find, row) -> None:
    assert find("calque", row["text"]) == []


def test_the_example_alone_raises_what_is_not_naturalised(find) -> None:
    for entry in ENTRIES.values():
        if entry.strength in {"certain", "strong"}:
            assert find("calque", entry.example), entry.id


def test_overlapping_findings_are_one(find) -> None:
    found = find("calque", "Das sagte der Sprecher am Montag: Der Senat will keine Entscheidung nehmen.")
    assert len(found) == 1


def test_the_message_names_source_and_german(find) -> None:
    (finding,) = find("calque", "Die Frau will gegen den Nachbarn keine Anklage drücken.")
    assert "press charges" in finding.message
    assert "Anzeige erstatten" in finding.message
    assert finding.category == "Style/Unnatural or awkward"


def test_furniture_is_left_alone(find) -> None:
    text = "Der Stadtrat tagte am Montag zwei Stunden lang über den neuen Plan für den Hafen.\n\nGame-Wechsler abonnieren"
    assert find("calque", text) == []
