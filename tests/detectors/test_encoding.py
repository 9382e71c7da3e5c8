"""Encoding: what it finds and leaves alone (tests/cases/encoding.tsv), on hostile texts and beside the cleaned view."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.types import Finding

CASES = Path(__file__).resolve().parent.parent / "cases" / "encoding.tsv"
Find = Callable[..., list[Finding]]


def unescaped(cell: str) -> str:
    """``\\uXXXX`` as the character, ``\\\\`` as one backslash."""
    return re.sub(r"\\(?:\\|u([0-9a-f]{4})|U([0-9a-f]{8}))", lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else "\\", cell)


ROWS = [
    [unescaped(cell) for cell in line.split("\t")]
    for line in CASES.read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
FIRING = [row for row in ROWS if row[1] != "-"]
SILENT = [row[0] for row in ROWS if row[1] == "-"]


@pytest.mark.parametrize(("text", "kind", "quote", "fix"), FIRING, ids=range(len(FIRING)))
def test_finds(find: Find, text: str, kind: str, quote: str, fix: str) -> None:
    found = {finding.quote.strip(".,"): finding for finding in find("encoding", text)}
    assert quote.strip(".,") in found
    finding = found[quote.strip(".,")]
    assert text[finding.start : finding.end] == finding.quote
    assert finding.evidence[0].note == kind
    assert [suggestion.text for suggestion in finding.suggestions] == ([fix] if fix else [])
    assert finding.category == "Fluency/Character encoding" and finding.weight > 2


@pytest.mark.parametrize("text", SILENT, ids=range(len(SILENT)))
def test_stays_silent(find: Find, text: str) -> None:
    assert [finding.quote for finding in find("encoding", text)] == []


def test_there_are_as_many_silent_cases_as_firing_ones() -> None:
    assert len(SILENT) >= len(FIRING) >= 25


def test_the_title_is_looked_at_as_well(find: Find) -> None:
    (finding,) = find("encoding", "Der Rat tagt am Abend im Saal des alten Hauses.", title="Rat in M\u00c3\u00bcnchen tagt")
    assert (finding.field, finding.quote) == ("title", "M\u00c3\u00bcnchen")


def test_one_word_is_one_finding_and_the_suggestion_undoes_all_of_it(find: Find) -> None:
    (finding,) = find("encoding", "Die Gro\u00c3\u0178z\u00c3\u00bcgigkeit&amp;G\u00c3\u00bcte war gro\u00df.")
    assert finding.suggestions[0].text == "Großzügigkeit&Güte"


def test_page_furniture_is_left_alone(find: Find) -> None:
    article = "Der Rat tagt seit dem Morgen im großen Saal des alten Rathauses und vertagt sich dann. " * 3
    assert find("encoding", f"{article}\n\nMehr zum Thema\n\nÃœbersicht") == []


HOSTILE = {
    "lead bytes": "\u00c3" * 40_000,
    "mojibake": "\u00c3\u00bc" * 20_000,
    "ampersands": "&amp;" * 8_000,
    "unfinished entity": "&" + "amp;" * 2_000 + "#" * 10_000,
    "backslashes": "\\" * 40_000,
    "question marks": "a?b" * 13_000,
    "lost": "\ufffd" * 40_000,
    "lost in words": "a\ufffdb " * 8_000,
    "spaces": "& " * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_take_linear_time(find: Find, text: str) -> None:
    find("encoding", "In M?nchen lädt der erste Satz alle Tabellen.")
    start = time.perf_counter()
    find("encoding", text)
    assert time.perf_counter() - start < 5
