"""Markdown for a comment: short, bounded, and deaf to what texts ask for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from audit.report import render
from audit.report.markdown import code, escaped
from audit.report.order import first, worth
from audit.types import DocumentReport, Evidence, Finding, Record


def test_verdicts_come_first_then_three_findings_then_the_folded_rest(story: Record) -> None:
    text = render(story, "markdown")
    table, _, rest = text.partition("\n### ")
    assert table.count("\n| ") == 2 + len(story.documents)
    seen, _, folded = rest.partition("<details>")
    assert len(re.findall("^- ", seen, re.MULTILINE)) == 3
    found = sum(len(document.findings) for document in story.documents)
    assert len(re.findall("^- ", folded, re.MULTILINE)) == found - 3


def test_the_order_is_that_of_severity_and_probability(finding: Callable[..., Finding]) -> None:
    text = "eins zwei drei vier"
    minor = finding(text, "eins", severity="minor", probability=0.99)
    major = finding(text, "zwei", severity="major", probability=0.6)
    critical = finding(text, "drei", severity="critical", probability=0.6)
    proved = finding(text, "vier", severity="major", probability=0.6, evidence=(Evidence(kind="sibling", document="b"),))
    assert worth(critical) > worth(proved) > worth(major) > worth(minor)
    assert first([minor, major, critical, proved]) == [2, 3, 1]


def test_one_explanation_is_checked_once(finding: Callable[..., Finding]) -> None:
    text = "eins zwei drei vier"
    pivot = (Evidence(kind="pivot", lang="fr", word="appel"),)
    quote = (Evidence(kind="sibling", document="b", quote="Drei Verletzte."),)
    found = [
        finding(text, "eins", evidence=pivot, probability=0.9),
        finding(text, "zwei", evidence=pivot),
        finding(text, "drei", evidence=quote, severity="critical"),
        finding(text, "vier", evidence=quote, severity="critical"),
    ]
    assert first(found) == [2, 0]


def test_a_long_report_ends_before_a_comment_does(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "Wort " * 40
    found = tuple(finding(text, "Wort", start=5 * i) for i in range(40))
    many = record(*(document(text, found, id=f"d{i}") for i in range(400)))
    written = render(many, "markdown")
    assert len(written) < 65_536
    assert "und 350 weitere" in written and re.search(r"\nund \d+ weitere\n$", written)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>"),
        ("a | b", "a \\| b"),
        ("*fett* _kursiv_ `code` ~x~", "\\*fett\\* \\_kursiv\\_ \\`code\\` \\~x\\~"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("an @name und #12", "an @\u2060name und #\u206012"),
        ("https://x.de", "https:\u2060//x.de"),
        ("# Titel", "\\# Titel"),
        ("1. Punkt", "1\\. Punkt"),
        ("- Punkt", "\\- Punkt"),
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("zwei\nZeilen\x00", "zwei Zeilen␀"),
    ],
)
def test_texts_are_taken_literally(text: str, written: str) -> None:
    assert escaped(text) == written


@pytest.mark.parametrize("text", ["Wort", "a`b", "``", "`", "", "a | b", "<b>"])
def test_nothing_ends_the_code_it_stands_in(text: str) -> None:
    written = code(text)
    fence = re.match("`+", written)
    assert fence is not None and written.endswith(fence.group())
    assert fence.group() not in re.split(r"(?<!`)(?:`+)$", written[len(fence.group()) :])[0].strip("`") or text == ""
    assert text in written


def test_words_follow_the_language(small: Record) -> None:
    assert "Since" not in render(small, "markdown", ui_lang="en") and "| Article |" in render(small, "markdown", ui_lang="en")
    assert "x.jsonl:17" in render(small, "markdown")
