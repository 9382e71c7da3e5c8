"""Foreign fragments: what is found and left alone (tests/cases/foreign_fragment.tsv), how strongly, and where exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.types import Finding

CASES = Path(__file__).resolve().parent.parent / "cases" / "foreign_fragment.tsv"
ROWS = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
FIRING = [row for row in ROWS if row[1] != "-"]
SILENT = [row[0] for row in ROWS if row[1] == "-"]
Find = Callable[..., list[Finding]]


@pytest.mark.parametrize(("text", "quote", "lang"), FIRING, ids=[row[1][:30] for row in FIRING])
def test_finds(find: Find, text: str, quote: str, lang: str) -> None:
    (finding,) = find("foreign_fragment", text)
    assert (finding.quote, finding.evidence[0].lang) == (quote, lang)
    assert text[finding.start : finding.end] == quote
    assert finding.category == "Accuracy/Source language fragment"


@pytest.mark.parametrize("text", SILENT)
def test_stays_silent(find: Find, text: str) -> None:
    assert [finding.quote for finding in find("foreign_fragment", text)] == []


def test_there_are_as_many_silent_cases_as_firing_ones() -> None:
    assert len(SILENT) >= len(FIRING) >= 40


def weight(find: Find, text: str) -> float:
    (finding,) = find("foreign_fragment", text)
    return finding.weight


def test_the_longer_the_run_the_surer(find: Find) -> None:
    one = weight(find, "Die Behörde hat den Vorfall severely kritisiert und eine Prüfung verlangt.")
    two = weight(find, "Die Behörde hat den Vorfall severely damaged genannt und eine Prüfung verlangt.")
    run = weight(find, "Die Behörde hat den Vorfall with great concern verfolgt und eine Prüfung verlangt.")
    sentence = weight(find, "Die Behörde prüft. The authority has been following the case with great concern. Das dauert.")
    assert 0 < one < two < run < sentence


def test_a_whole_foreign_sentence_is_critical_and_a_word_is_minor(find: Find) -> None:
    (sentence,) = find("foreign_fragment", "Nous avons appris que le tribunal a rendu sa décision hier soir.")
    (word,) = find("foreign_fragment", "Das Gericht hat seine Entscheidung yesterday verkündet.")
    assert (sentence.severity, word.severity) == ("critical", "minor")


def test_a_sentence_with_a_quotation_in_it_is_one_finding(find: Find) -> None:
    text = "The mayor told reporters that it was “a great day” for everyone who had worked on the bridge."
    (finding,) = find("foreign_fragment", text)
    assert finding.severity == "critical" and finding.quote == text[:-1]


def test_a_word_that_begins_like_another_language_has_the_offsets_of_the_original(find: Find) -> None:
    text = "Der Rat ver\u00adtagte sich\u200b and left the building am Abend um acht Uhr."
    (finding,) = find("foreign_fragment", text)
    assert finding.quote == text[finding.start : finding.end] == "and left the building"


def test_an_introduction_weakens_the_charge(find: Find) -> None:
    bare = find("foreign_fragment", "Die Regierung spricht über climate change und die Folgen.")
    introduced = find("foreign_fragment", "Die Regierung spricht vom sogenannten climate change und den Folgen.")
    assert bare[0].weight > 0 > max((finding.weight for finding in introduced), default=-9.0)


def test_a_long_foreign_quotation_without_its_meaning_needs_a_suspicious_document(find: Find) -> None:
    said = "we have been waiting for this moment since the beginning of the year and we are ready"
    (finding,) = find("foreign_fragment", f"Die Trainerin erklärte: „{said}“, und ging.")
    assert -2.5 < finding.weight < 0
    assert find("foreign_fragment", f"Die Trainerin erklärte: „{said}“ (Wir sind bereit).") == []


def test_capitals_alone_are_a_weak_hint(find: Find) -> None:
    assert weight(find, "Die Delegation der NATO Military Defence traf am Abend ein.") < 0


def test_furniture_is_left_to_the_other_detector(find: Find) -> None:
    text = "Der Rat tagt am Montag in Bonn und entscheidet über den Haushalt.\n\nPlease enter your name here"
    assert find("foreign_fragment", text) == []


def test_the_title_is_looked_at_too(find: Find) -> None:
    (finding,) = find("foreign_fragment", "Der Rat tagt am Montag.", title="Rat stimmt gegen the proposal of the mayor")
    assert (finding.field, finding.quote) == ("title", "the proposal of the mayor")


def test_the_same_text_gives_the_same_findings(find: Find) -> None:
    text = "Die Firma entließ tausend employees, selon la préfecture, und schloss zwei Werke without notice."
    assert find("foreign_fragment", text) == find("foreign_fragment", text) != []
