"""The bundled stories: labels and gold spans point at what is there, and each story holds what its README promises."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

STORIES = Path(__file__).resolve().parents[2] / "reports" / "stories"
CATEGORIES = {
    "foreign-fragment",
    "boilerplate",
    "wrong-sense",
    "name-variant",
    "garbled",
    "grammar",
    "pronoun",
    "calque",
    "typography",
    "contradiction",
}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (STORIES.parent / "gold" / name).read_text(encoding="utf-8").splitlines()]


TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(STORIES.glob("*/*.txt"))}
LABELS = {row["id"]: row for row in rows("labels.jsonl")}
GOLD = rows("gold.jsonl")


def test_every_article_has_one_label_and_every_label_an_article() -> None:
    assert sorted(LABELS) == sorted(TEXTS)
    for row in LABELS.values():
        assert (STORIES / row["path"]).stem == row["id"]


@pytest.mark.parametrize("story", ["batteriewerk", "faehrprozess"])
def test_a_story_has_one_machine_article_and_three_siblings(story: str) -> None:
    labels = Counter(row["label"] for row in LABELS.values() if row["story"] == story)
    assert labels == {"mt": 1, "human": 3}


@pytest.mark.parametrize("row", GOLD, ids=lambda row: f"{row['id']}:{row['start']}")
def test_a_gold_span_quotes_the_text(row: dict[str, Any]) -> None:
    assert TEXTS[row["id"]][row["start"] : row["end"]] == row["quote"]
    assert row["quote"].strip() == row["quote"] != ""
    assert row["category"] in CATEGORIES
    assert row["severity"] in {"minor", "major", "critical"}
    assert row["evidence"] in {"target", "sibling"}
    assert row["expected"] != row["quote"]


def test_only_machine_articles_have_flaws_and_each_has_every_kind() -> None:
    kinds: dict[str, set[str]] = {}
    for row in GOLD:
        kinds.setdefault(row["id"], set()).add(row["category"])
    assert {LABELS[document]["label"] for document in kinds} == {"mt"}
    assert kinds == {"batteriewerk-maschine": CATEGORIES, "faehrprozess-maschine": CATEGORIES}


def test_what_siblings_prove_stands_in_a_sibling() -> None:
    """A wrong sense or name with sibling evidence: the siblings never use the wrong word."""
    for row in GOLD:
        if row["evidence"] == "sibling" and row["category"] in {"wrong-sense", "name-variant"}:
            story = LABELS[row["id"]]["story"]
            siblings = [text for name, text in TEXTS.items() if LABELS[name]["story"] == story and name != row["id"]]
            assert len(siblings) == 3
            assert not any(row["quote"] in text for text in siblings), row


def test_one_pivot_explains_several_words() -> None:
    for document, pivot in (("batteriewerk-maschine", "fr pile"), ("faehrprozess-maschine", "en trial")):
        words = {row["quote"] for row in GOLD if row["id"] == document and row["note"].startswith(pivot)}
        assert len(words) >= 3, words
