"""Pronouns that have something to refer to and such that have nothing: tests/cases/pronoun.tsv, one text a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.types import Finding

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "cases" / "pronoun.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
FIRES = [row for row in ROWS if row[0] == "fires"]
SILENT = [row[1] for row in ROWS if row[0] == "silent"]
# Short lines pass for headlines, which are not judged.
TAIL = " Das stand so am nächsten Tag auch in der Zeitung."


def written(text: str) -> str:
    return "\n\n".join(paragraph + TAIL for paragraph in text.split(" ¶ "))


def test_there_are_enough_cases_of_both_kinds() -> None:
    assert len(FIRES) >= 60 and len(SILENT) >= 60


@pytest.mark.parametrize("row", FIRES, ids=lambda row: row[1][:40])
def test_fires(row: list[str], find: Callable[..., list[Finding]]) -> None:
    marked = written(row[1])
    at = marked.index("[")
    pronoun = marked[at + 1 : marked.index("]")]
    text = marked.replace("[", "").replace("]", "")
    found = find("pronoun", text)
    assert [finding.evidence[0].note for finding in found] == [row[2]]
    assert found[0].start <= at and at + len(pronoun) <= found[0].end
    assert text[found[0].start : found[0].end] == found[0].quote and pronoun in found[0].quote.split()


@pytest.mark.parametrize("text", SILENT, ids=lambda text: text[:40])
def test_stays_silent(text: str, find: Callable[..., list[Finding]]) -> None:
    assert find("pronoun", written(text)) == []


def test_reaches_over_the_paragraph_before(find: Callable[..., list[Finding]]) -> None:
    before = "Der Einsatz an der Grenze dauerte drei Tage. Die Häuser der kleinen Stadt an der Grenze sind leer."
    after = "Der Verkehr in den Straßen ruht noch immer. Er versicherte am Montag, dass die Häuser bald wieder aufgebaut werden."
    assert [finding.quote for finding in find("pronoun", f"{before}\n\n{after}")] == ["Er versicherte"]
    named = before.replace("Die Häuser", "Der Minister sah die Häuser; sie")
    assert find("pronoun", f"{named}\n\n{after}") == []


def test_tickers_are_left_alone(find: Callable[..., list[Finding]]) -> None:
    text = "Der Einsatz dauerte drei Tage. Die Häuser an der Grenze sind leer. Er versicherte, dass alles wieder aufgebaut wird."
    assert find("pronoun", text)
    assert find("pronoun", f"14.30 Uhr: Neues aus der Stadt und der Umgebung der Stadt.\n\n{text}") == []
