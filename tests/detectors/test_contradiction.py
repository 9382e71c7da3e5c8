"""Contradictions planted into short reports, and everything that only looks like one."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.auditor import Auditor
from audit.detectors import detectors
from audit.siblings import Sibling
from audit.types import Document, Finding

CASES = Path(__file__).parent.parent / "cases" / "contradiction"
REPORTS = Path(__file__).parent.parent.parent / "reports" / "stories"
STORIES: list[dict[str, Any]] = [
    story for path in sorted(CASES.glob("stories*.toml")) for story in tomllib.loads(path.read_text(encoding="utf-8"))["story"]
]
LOOKALIKES: list[dict[str, Any]] = tomllib.loads((CASES / "lookalikes.toml").read_text(encoding="utf-8"))["case"]

Find = Callable[..., list[Finding]]


def _found(find: Find, text: str, siblings: list[str]) -> list[Finding]:
    """The findings that a document of which nothing is known would be charged with."""
    return [finding for finding in find("contradiction", text, siblings=siblings) if finding.weight >= 0]


@pytest.fixture(scope="module")
def outcomes(find: Find) -> list[tuple[str, str, bool, list[str]]]:
    """For each planted contradiction its kind, its words, whether it was found, and what else was charged."""
    rows = []
    for story in STORIES:
        for plant in story["plants"]:
            assert story["article"].count(plant["old"]) == 1, plant
            text = story["article"].replace(plant["old"], plant["new"])
            start = text.index(plant["new"])
            end = start + len(plant["new"])
            findings = _found(find, text, story["siblings"])
            hits = [f for f in findings if f.start < end and start < f.end]
            rows.append((plant["kind"], plant["new"], bool(hits), [f.quote for f in findings if f not in hits]))
    return rows


def test_at_least_sixty_planted_and_sixty_percent_of_them_found(outcomes: list[tuple[str, str, bool, list[str]]]) -> None:
    assert len(outcomes) >= 60
    assert sum(found for *_, found, _ in outcomes) >= 0.6 * len(outcomes)


def test_every_kind_is_planted_and_found(outcomes: list[tuple[str, str, bool, list[str]]]) -> None:
    planted = Counter(kind for kind, *_ in outcomes)
    found = Counter(kind for kind, _, hit, _ in outcomes if hit)
    assert planted.keys() == {"number", "date", "weekday", "time", "place", "person", "role", "negation", "direction"}
    assert planted.keys() == found.keys()


def test_nothing_else_is_charged(outcomes: list[tuple[str, str, bool, list[str]]]) -> None:
    assert [others for *_, others in outcomes if others] == []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_the_article_as_it_was_written_is_silent(story: dict[str, Any], find: Find) -> None:
    assert _found(find, story["article"], story["siblings"]) == []


@pytest.mark.parametrize("case", LOOKALIKES, ids=lambda case: case["id"])
def test_innocent_differences(case: dict[str, Any], find: Find) -> None:
    assert _found(find, case["article"], case["siblings"]) == []


def test_a_finding_quotes_its_witnesses(find: Find) -> None:
    story = STORIES[0]
    (finding,) = _found(find, story["article"].replace("42 Kilometern", "420 Kilometern"), story["siblings"])
    assert finding.quote == "420 Kilometern"
    assert finding.severity == "critical"
    witnesses = {evidence.document: evidence for evidence in finding.evidence}
    assert witnesses.keys() == {"sibling-0", "sibling-1"}
    for number, text in enumerate(story["siblings"]):
        evidence = witnesses[f"sibling-{number}"]
        assert evidence.quote is not None
        assert text[evidence.start : evidence.end] == evidence.quote
        assert "42 Kilometer" in evidence.quote
        assert "2 of 2" in evidence.note
    assert "disagreement" in finding.message


@pytest.mark.parametrize(
    ("name", "quotes"),
    [
        ("batteriewerk-maschine", ["13 Verletzte", "Grenze zu Spanien", "Dreizehn Mitarbeiter"]),
        ("batteriewerk-agentur", []),
        ("batteriewerk-regional", []),
        ("batteriewerk-schweiz", []),
        ("faehrprozess-maschine", ["70 Menschen"]),
        ("faehrprozess-agentur", []),
        ("faehrprozess-regional", []),
        ("faehrprozess-wien", []),
    ],
)
def test_bundled_stories(name: str, quotes: list[str], find: Find) -> None:
    folder = REPORTS / name.partition("-")[0]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}
    siblings = [text for other, text in texts.items() if other != name]
    assert [finding.quote for finding in _found(find, texts[name], siblings)] == quotes


def test_one_voice_is_not_enough(find: Find) -> None:
    story = STORIES[0]
    planted = story["article"].replace("42 Kilometern", "420 Kilometern")
    assert _found(find, planted, story["siblings"][:1]) == []


def test_spun_copies_are_one_voice(find: Find) -> None:
    story = STORIES[0]
    original = story["siblings"][0].replace("42 Kilometern", "420 Kilometern")
    swaps = [
        {
            "Geduld": "Ausdauer",
            "gesperrte": "geschlossene",
            "derzeit": "momentan",
            "Dauer": "Länge",
            "veranschlagt": "vorgesehen",
        },
        {"Autofahrer": "Fahrer", "wieder geöffnet": "erneut freigegeben", "gefunden": "festgestellt", "sonst": "normalerweise"},
        {
            "brauchen": "benötigen",
            "bekanntgab": "mitteilte",
            "Prüfung": "Kontrolle",
            "besuchen": "aufsuchen",
            "begonnen": "angefangen",
        },
    ]
    copies = []
    for swap in swaps:
        text = original
        for old, new in swap.items():
            text = text.replace(old, new)
        copies.append(text)
    assert _found(find, story["article"], copies) == []


def test_reports_that_read_like_machine_translations_charge_nobody(auditor: Auditor) -> None:
    folder = Path(__file__).resolve().parents[2] / "reports" / "stories" / "batteriewerk"
    articles = [
        auditor.article(Document(id=path.stem, text=path.read_text(encoding="utf-8"), story="s"))
        for path in sorted(folder.glob("*.txt"), key=lambda path: "maschine" not in path.stem)
    ]
    mates = [Sibling(article, 0.5) for article in articles[1:]]
    detect = detectors()["contradiction"].detect
    assert detect(auditor.context(articles[0], mates, "contradiction"))
    weak = [mate._replace(weight=0.05) for mate in mates]
    assert detect(auditor.context(articles[0], weak, "contradiction")) == []
