"""Typography: what it finds and leaves alone (tests/cases/typography.tsv), where it looks, and that nothing slows it down."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.assets import Assets
from audit.types import Finding

CASES = Path(__file__).resolve().parent.parent / "cases" / "typography.tsv"
ROWS = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
FIRING = [row for row in ROWS if row[1] != "-"]
SILENT = [row[0] for row in ROWS if row[1] == "-"]
Find = Callable[..., list[Finding]]


@pytest.mark.parametrize(("text", "rule", "quote", "fix"), FIRING, ids=[row[0][:40] for row in FIRING])
def test_finds(find: Find, text: str, rule: str, quote: str, fix: str) -> None:
    found = {finding.evidence[0].note: finding for finding in find("typography", text)}
    assert rule in found
    finding = found[rule]
    assert (finding.quote, text[finding.start : finding.end]) == (quote, quote)
    assert finding.suggestions[0].text == fix
    assert finding.message.endswith(".") and finding.category == "Locale convention"


@pytest.mark.parametrize("text", SILENT)
def test_stays_silent(find: Find, text: str) -> None:
    assert [finding.quote for finding in find("typography", text)] == []


def test_there_are_as_many_silent_cases_as_firing_ones_by_rule_group() -> None:
    assert len(SILENT) >= 40
    assert {row[1] for row in FIRING} >= {rule.replace("_", " ") for rule in weights()} - {"headline case"}


def weights() -> dict[str, float]:
    return dict(Assets("de").settings["typography"]["weights"])


def test_every_rule_of_the_table_has_a_measured_weight() -> None:
    rules = tomllib.loads(Assets("de").path("typography").read_text(encoding="utf-8"))["rule"]
    assert {rule["id"] for rule in rules} <= weights().keys()


def test_a_headline_in_title_case_is_one_finding_with_the_german_form(find: Find) -> None:
    body = "Der Präsident will am Abend mit seinem Kollegen über die Lage an der Grenze reden.\n"
    (finding,) = find("typography", body, title="Präsident Will Mit Kollegen Über Die Grenze Sprechen")
    assert finding.field == "title"
    assert finding.suggestions[0].text.startswith("Präsident will mit Kollegen")
    assert find("typography", body, title="Präsident will mit Kollegen über die Grenze sprechen") == []
    assert find("typography", body, title="PRÄSIDENT WILL MIT KOLLEGEN ÜBER DIE GRENZE SPRECHEN") == []
    assert find("typography", body, title="Bundeskanzler Scholz trifft Präsident Selenskyj in Kiew") == []


def test_formats_of_page_furniture_are_left_alone_but_for_a_spaced_clock(find: Find) -> None:
    article = "Der Rat tagt seit dem Morgen im großen Saal des alten Rathauses und vertagt sich dann. " * 3
    assert find("typography", f"Stand: 2021-12-29\n\n{article}") == []
    (finding,) = find("typography", f"Zeitung: 2021-12-29 23: 52: 13 , Sport\n\n{article}")
    assert finding.quote == "23: 52: 13"


def test_offsets_are_those_of_the_original_behind_frames_and_soft_hyphens(find: Find) -> None:
    text = "> Der Ver\u00adein er\u00adhielt $41.000\u00a0von der Stif\u00adtung."
    (finding,) = find("typography", text)
    assert text[finding.start : finding.end] == finding.quote == "$41.000"


HOSTILE = {
    "digits": "1" * 40_000,
    "groups": "1,000" * 8_000,
    "spaces": " " * 20_000 + "?" + " ," * 10_000,
    "colons": "12: 34: " * 5_000,
    "slashes": "12/ " * 10_000,
    "quotes": "« a " * 10_000 + "„ " * 5_000,
    "ticks": "'' a " * 8_000,
    "letters": "X" * 40_000 + " Jahrhundert",
    "capitals": "Aaaa 's" * 6_000,
    "dollars": "$1,1" * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_take_linear_time(find: Find, text: str) -> None:
    find("typography", "Ein kurzer Satz, der alle Tabellen lädt.")
    start = time.perf_counter()
    find("typography", text)
    # 40,000 characters, a hundred articles' worth of trouble: quadratic patterns would need minutes.
    assert time.perf_counter() - start < 5
