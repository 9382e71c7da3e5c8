"""Repetition: what it finds and leaves alone (tests/cases/repetition.tsv), across passages and on hostile texts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.types import Finding

CASES = Path(__file__).resolve().parent.parent / "cases" / "repetition.tsv"
ROWS = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
FIRING = [row for row in ROWS if row[1] != "-"]
SILENT = [row[0] for row in ROWS if row[1] == "-"]
Find = Callable[..., list[Finding]]
LONG = "Der Rat der Stadt will nach der Pause über den Bau der neuen Brücke entscheiden."


@pytest.mark.parametrize(("text", "rule", "quote", "fix"), FIRING, ids=[row[2][:30] for row in FIRING])
def test_finds(find: Find, text: str, rule: str, quote: str, fix: str) -> None:
    (finding,) = find("repetition", text)
    assert (finding.evidence[0].note, finding.quote) == (rule, quote)
    assert text[finding.start : finding.end] == quote
    assert [suggestion.text for suggestion in finding.suggestions] == ([fix] if fix else [])


@pytest.mark.parametrize("text", SILENT)
def test_stays_silent(find: Find, text: str) -> None:
    assert [finding.quote for finding in find("repetition", text)] == []


def test_there_are_as_many_silent_cases_as_firing_ones() -> None:
    assert len(SILENT) >= len(FIRING) >= 15


def test_a_sentence_said_again_in_the_next_paragraph_is_found_at_its_second_place(find: Find) -> None:
    text = f"Am Montag kam es anders. {LONG}\n\n{LONG} Am Dienstag kam es wieder anders."
    (finding,) = find("repetition", text)
    assert finding.start == text.rindex(LONG) and finding.quote == LONG


def test_a_teaser_or_caption_that_repeats_the_text_is_the_page_not_the_translation(find: Find) -> None:
    assert find("repetition", f"{LONG}\n\n{LONG}\n\nAm Dienstag kam es dann wieder ganz anders als gedacht.") == []
    assert find("repetition", f"{LONG}\n\n{LONG} Foto: Anna Muster, dpa\n\nAm Dienstag kam es dann ganz anders.") == []


def test_a_quoted_refrain_and_a_speech_are_left_alone(find: Find) -> None:
    assert (
        find("repetition", "Er rief: „Wir werden weiter für dieses Land kämpfen. Wir werden weiter für dieses Land kämpfen.“")
        == []
    )
    assert (
        find("repetition", "Wir wollen Frieden, wir wollen Arbeit, wir wollen Brot, und wir wollen alle nach Hause gehen.") == []
    )


def test_a_passage_that_goes_round_in_circles_is_one_major_finding(find: Find) -> None:
    turn = "die Bedeutung der Organisation hat, die die Lage der Menschen, "
    (finding,) = find("repetition", f"Der Rat lobte {turn}und {turn}aber {turn}oder {turn}und ging nach Hause am Abend.")
    assert (finding.evidence[0].note, finding.severity) == ("circling", "major")


def test_offsets_hold_in_hard_wrapped_text(find: Find) -> None:
    text = "| Der Antrag gilt nach Angaben der Stadt nur für |\n| für Reisen ins Ausland und nicht für |\n| Fahrten im Inland. |"
    for finding in find("repetition", text):
        assert text[finding.start : finding.end] == finding.quote


HOSTILE = {
    "one word": "für " * 10_000,
    "two words": "der Hund " * 5_000,
    "thirteen words": "ein Satz der sich nach genau dreizehn Worten ohne jedes Ende wiederholt hier " * 600,
    "letters": "a" * 40_000,
    "syllables": "abc" * 13_000,
    "long word": "kontrollen" * 4_000,
    "sentences": "Das ist der Satz, der sich hier immer wieder sagt. " * 1_000,
    "conjunctions": "Hilfe und " * 4_000,
    "alternating": "a b " * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_take_linear_time(find: Find, text: str) -> None:
    find("repetition", LONG)
    start = time.perf_counter()
    find("repetition", text)
    assert time.perf_counter() - start < 5
