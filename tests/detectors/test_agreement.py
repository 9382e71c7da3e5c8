"""Noun phrases that go together and such that do not: tests/cases/agreement.tsv, one sentence a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.grammar import readings
from audit.types import Finding

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "cases" / "agreement.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
FIRES = [row for row in ROWS if row[0] == "fires"]
SILENT = [row[1] for row in ROWS if row[0] == "silent"]
# Short lines pass for headlines, which are not judged.
TAIL = " So stand es am nächsten Tag in der Zeitung."


def test_there_are_enough_cases_of_both_kinds() -> None:
    assert len(FIRES) >= 60 and len(SILENT) >= 60


@pytest.mark.parametrize("row", FIRES, ids=lambda row: row[1][:40])
def test_fires(row: list[str], find: Callable[..., list[Finding]]) -> None:
    text = row[1].replace("[", "").replace("]", "")
    wrong = [part.split("]")[0] for part in row[1].split("[")[1:]]
    found = find("agreement", text + TAIL)
    found = [finding for finding in found if finding.evidence[0].kind == "rule" or finding.weight > 0]
    assert found and all(finding.weight > 0 for finding in found)
    assert any(finding.quote in words or words in finding.quote for finding in found for words in wrong)
    if row[2] != "-":
        words = f" {' | '.join(suggestion.text for finding in found for suggestion in finding.suggestions)} "
        assert f" {row[2]} " in words


@pytest.mark.parametrize("sentence", SILENT, ids=lambda sentence: sentence[:40])
def test_stays_silent(sentence: str, find: Callable[..., list[Finding]]) -> None:
    found = find("agreement", sentence + TAIL)
    assert [finding.quote for finding in found if finding.evidence[0].kind == "rule" or finding.weight >= 0] == []


def test_headlines_and_furniture_are_left_alone(find: Callable[..., list[Finding]]) -> None:
    text = "Streit um der neue Schule\n\nDer Rat der Stadt hat am Montag lange über den Haushalt beraten."
    assert find("agreement", text) == []


def test_readings_are_bits() -> None:
    assert readings("Nm") == 1 and readings("Ap") == 1 << 15 and readings("Nm Gf") == 1 | 1 << 5
