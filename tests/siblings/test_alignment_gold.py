"""Alignment against tests/cases/alignment.jsonl: sentence pairs of the bundled stories, labelled by hand.

A row is two ranges of two articles' texts and a label: ``same`` (both make the same statement), ``partly`` (they overlap; counts
neither way), ``other`` (a hard case: the same people or things, another statement). Pairs without a row are ``other``, too.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from audit.article import Article
from audit.auditor import Auditor
from audit.siblings import Sibling
from audit.types import Document

ROOT = Path(__file__).resolve().parents[2]
PRECISION = 0.9
RECALL = 0.7

Place = tuple[str, int, int]


def gold() -> dict[tuple[Place, Place], str]:
    """Each pair in both directions."""
    labels: dict[tuple[Place, Place], str] = {}
    for line in (ROOT / "tests" / "cases" / "alignment.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        one = (row["one"], row["start"], row["end"])
        other = (row["other"], row["other_start"], row["other_end"])
        labels[one, other] = labels[other, one] = row["label"]
    return labels


@pytest.fixture(scope="module")
def stories(auditor: Auditor) -> list[list[Article]]:
    folders = sorted(path for path in (ROOT / "reports" / "stories").iterdir() if path.is_dir())
    return [
        [auditor.article(Document(id=path.stem, text=path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.txt"))]
        for folder in folders
    ]


def aligned(auditor: Auditor, stories: list[list[Article]]) -> set[tuple[Place, Place]]:
    """The pairs that the shipped settings align, each article audited beside the others of its story."""
    found: set[tuple[Place, Place]] = set()
    for articles in stories:
        for article in articles:
            mates = [Sibling(other, 1.0) for other in articles if other is not article]
            for segment, rows in auditor.context(article, mates, "").aligned.items():
                for row in rows:
                    own = segment.span(row.own_start, len(segment.text) if row.own_end is None else row.own_end)
                    there = (row.sibling.article.document.id, row.span.start, row.span.end)
                    found.add(((article.document.id, own.start, own.end), there))
    return found


def test_the_labels_are_many_sound_and_of_every_kind(stories: list[list[Article]]) -> None:
    labels = gold()
    counts = Counter(labels.values())
    assert counts["same"] >= 240 and counts["other"] >= 120 and counts["partly"]  # both directions
    texts = {article.document.id: article.document.text for articles in stories for article in articles}
    for one, other in labels:
        assert one[0] != other[0] and one[0].split("-")[0] == other[0].split("-")[0]
        for name, start, end in (one, other):
            quote = texts[name][start:end]
            assert quote.strip() == quote and "\n\n" not in quote, "whole sentences"


def test_precision_and_recall_of_the_shipped_settings(auditor: Auditor, stories: list[list[Article]]) -> None:
    labels = gold()
    found = aligned(auditor, stories)
    outcome = Counter(labels.get(pair, "other") for pair in found)
    precision = outcome["same"] / (outcome["same"] + outcome["other"])
    recall = outcome["same"] / sum(label == "same" for label in labels.values())
    assert precision >= PRECISION and recall >= RECALL, (round(precision, 3), round(recall, 3))


def test_the_same_people_are_not_the_same_statement(auditor: Auditor, stories: list[list[Article]]) -> None:
    labels = gold()
    hard = {pair for pair, label in labels.items() if label == "other"}
    assert len(hard & aligned(auditor, stories)) <= 0.12 * len(hard)
