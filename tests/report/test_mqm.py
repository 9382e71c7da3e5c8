"""MQM ratings for Marot: ten columns a row, one marked span, JSON metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from audit.report import render
from audit.report.mqm import COLUMNS, marked
from audit.types import DocumentReport, Finding, Passage, Record


def ratings(record: Record) -> list[dict[str, Any]]:
    head, *lines = render(record, "mqm").removesuffix("\n").split("\n")
    assert head.split("\t") == list(COLUMNS) and len(COLUMNS) == 10
    rows: list[dict[str, Any]] = []
    for line in lines:
        cells = line.split("\t")
        assert len(cells) == 10, line
        row: dict[str, Any] = dict(zip(COLUMNS, cells, strict=True))
        row["metadata"] = json.loads(row["metadata"])
        rows.append(row)
    return rows


def test_each_finding_is_one_rating_and_clean_passages_are_rated_too(small: Record) -> None:
    rows = ratings(small)
    assert [(row["doc"], row["docSegId"], row["severity"]) for row in rows] == [
        ("a", "0", "Minor"),
        ("a", "1", "Major"),
        ("a", "2", "Critical"),
        ("b", "1", "no-error"),
    ]
    assert [row["globalSegId"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[1]["target"] == "Ein <v>Appell</v> am Donnerstag."
    assert rows[1]["category"] == "Accuracy/Mistranslation"
    assert rows[1]["rater"] == "mt-audit:0.1.0"
    assert rows[3]["target"] == "Am Donnerstag telefonieren die Präsidenten."


def test_every_rating_says_that_the_source_was_not_seen(story: Record) -> None:
    rows = ratings(story)
    assert all(row["metadata"]["source_not_seen"] is True and row["source"] == "" for row in rows)


def test_marked_words_are_those_of_the_finding(story: Record) -> None:
    found = [row for row in ratings(story) if row["severity"] != "no-error"]
    assert len(found) == sum(len(document.findings) for document in story.documents)
    for row in found:
        [words] = re.findall(r"<v>(.*?)</v>", row["target"])
        assert words == row["metadata"]["marked_text"]


def test_ratings_parse_back_to_the_spans_they_came_from(story: Record, small: Record) -> None:
    """Segment, place of the mark and length: with the passages of the record they are the finding's own offsets again."""
    for record in (story, small):
        documents = {document.id: document for document in record.documents}
        spans = []
        for row in ratings(record):
            if row["severity"] == "no-error":
                continue
            document = documents[row["doc"]]
            before, words, _ = re.split("</?v>", row["target"])
            number = int(row["docSegId"])
            base = document.passages[number - 1].start if number else 0
            start = base + len(before)
            field = "text" if number else "title"
            assert (row["metadata"]["field"], row["metadata"]["start"], row["metadata"]["end"]) == (
                field,
                start,
                start + len(words),
            )
            spans.append((document.id, field, start, start + len(words)))
        found = [(document.id, f.field, f.start, f.end) for document in record.documents for f in document.findings]
        assert sorted(spans) == sorted(found)


def test_tabs_and_breaks_do_not_break_the_table(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "Ein\tWort\u2028und\x85noch\r\neins."
    passages = (Passage(index=0, start=0, end=len(text), kind="body", score=0.0, label="clean"),)
    found = finding(text, "Wort\u2028und", message="a\tb\nc")
    [row] = ratings(record(document(text, (found,), id="a\tb\nc", passages=passages)))
    assert row["target"] == "Ein <v>Wort und</v> noch  eins."
    assert row["metadata"]["note"] == "a\tb\nc"
    assert row["doc"] == "a b c"


def test_a_mark_in_the_text_is_no_mark() -> None:
    assert marked("ein <v>Wort</v> hier", 7, 11) == "ein ‹v><v>Wort</v>‹/v> hier"


def test_a_finding_over_two_passages_is_marked_in_the_first(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "Ein Wort\n\nnoch eins."
    rows = ratings(record(document(text, (finding(text, "Wort\n\nnoch"),))))
    assert [row["target"] for row in rows] == ["Ein <v>Wort</v>", "noch eins."]
    assert rows[0]["metadata"]["marked_text"] == "Wort\n\nnoch"


def test_a_finding_outside_all_passages_is_not_lost(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "Ein Wort.\nNoch eins."
    [row] = ratings(record(document(text, (finding(text, "eins"),), passages=())))
    assert row["target"] == "Noch <v>eins</v>."


@pytest.mark.parametrize("kind", ["furniture"])
def test_clean_furniture_is_not_rated(record: Callable[..., Record], document: Callable[..., DocumentReport], kind: Any) -> None:
    passages = (Passage(index=0, start=0, end=4, kind=kind, score=0.0, label="clean"),)
    assert ratings(record(document("Menü", passages=passages))) == []
