"""The report for terminals: carets stand under their words, whatever the words are made of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from audit.report import render
from audit.report.terminal import clip, excerpt
from audit.report.visible import Lines
from audit.types import DocumentReport, Finding, Record


def drawn(finding: Finding, text: str, width: int = 80) -> list[str]:
    return ["".join(part.text for part in line) for line in excerpt(finding, Lines(text), width)]


def test_the_verdicts_come_first(small: Record) -> None:
    lines = render(small, "text").split("\n")
    assert lines[0].split() == ["Artikel", "Urteil", "Maschinell", "Schaden", "Befunde"]
    assert lines[1].split() == ["a", "maschinell", "übersetzt", "97", "%", "12,5", "3"]
    assert lines[2].split() == ["b", "Original", "2", "%", "0,0", "0"]


def test_a_finding_says_where_what_and_how_likely(small: Record) -> None:
    text = render(small, "text")
    assert "1:5  schwer  80 %  Falsche Bedeutung (wrong_sense)" in text
    assert "3:35  kritisch  80 %  Kongruenz (agreement)" in text
    assert "Titel  leicht  80 %  Typografie (typography)" in text
    assert "Vorschlag: Anruf (80 %), Telefonat (10 %)" in text
    assert "Fremdwort dahinter: Französisch appel, also Anruf" in text
    assert "x.jsonl:17: not JSON" in text


def test_the_words_follow_the_interface_language(small: Record) -> None:
    text = render(small, "text", ui_lang="en")
    assert "1:5  major  80%  Wrong sense (wrong_sense)" in text
    assert "12.5" in text
    assert "Vorschlag" not in text


def test_no_escape_sequence_unless_colour_is_wanted(small: Record) -> None:
    assert "\x1b" not in render(small, "text")
    assert "\x1b[1;31m" in render(small, "text", color=True)


def test_colour_changes_nothing_but_colour(small: Record) -> None:
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", render(small, "text", color=True)) == render(small, "text")


@pytest.mark.parametrize("width", [50, 60, 100, 200])
def test_no_line_is_wider_than_the_terminal(story: Record, width: int) -> None:
    for line in render(story, "text", width=width).split("\n"):
        assert cell_len(line) <= width, line


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("Er sprach von einem ", "Appell"),
        ("東京で", "会談"),
        ("Cafe\u0301 und ", "Re\u0301sume\u0301"),
        ("Ein\u00adkaufs\u200bwagen ", "Wort"),
        ("a\tb\t", "Wort"),
        ("x\u202ey\u202c ", "Wort"),
        ("\x00\x1b[31m ", "Wort"),
    ],
)
def test_the_caret_stands_under_the_words(finding: Callable[..., Finding], before: str, words: str) -> None:
    text = f"{before}{words} danach"
    shown, caret = drawn(finding(text, words, start=len(before)), text)
    column = len(caret) - len(caret.lstrip())
    assert caret.strip() == "^" * cell_len(words)
    at = shown.index(words)
    assert cell_len(shown[:at]) == column
    assert not any(ord(char) < 32 or char in "\u202e\u202c" for char in shown)


def test_words_in_a_line_from_right_to_left_are_bracketed(finding: Callable[..., Finding]) -> None:
    text = "שלום Appell עולם"
    assert drawn(finding(text, "Appell"), text) == ["שלום ⟦Appell⟧ עולם"]


def test_a_long_line_is_cut_around_the_words(finding: Callable[..., Finding]) -> None:
    text = "vorne " * 40 + "Appell" + " hinten" * 40
    shown, caret = drawn(finding(text, "Appell"), text, 60)
    assert cell_len(shown) <= 60
    assert shown.startswith("…") and shown.endswith("…")
    assert shown[caret.index("^") : caret.index("^") + 6] == "Appell"


def test_a_range_over_two_lines_is_shown_to_the_end_of_the_first(finding: Callable[..., Finding]) -> None:
    text = "Erste Zeile\r\nzweite Zeile"
    shown, caret = drawn(finding(text, "Zeile\r\nzweite"), text)
    assert shown == "Erste Zeile"
    assert caret == "      ^^^^^"


def test_a_range_that_begins_with_a_line_break_still_has_a_caret(finding: Callable[..., Finding]) -> None:
    text = "Eins\n\nZwei"
    shown, caret = drawn(finding(text, "\n\nZ"), text)
    assert (shown, caret) == ("Eins", "    ^")


def test_a_title_is_shown(small: Record) -> None:
    assert render(small, "text", title="Der \x1bTitel").startswith("Der ␛Titel\n\n")


def test_hostile_ids_and_messages_do_not_reach_the_terminal(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "Ein Wort."
    found = finding(text, "Wort", message="\x1b]0;title\x07\u202eabc", detector="\x1b[2J")
    shown = render(record(document(text, (found,), id="\x1b[2Ja\nb")), "text")
    assert not any(ord(char) < 32 for char in shown.replace("\n", ""))
    assert "\u202e" not in shown
    assert "␛[2Ja b" in shown


def test_clip_counts_cells() -> None:
    assert clip("日本語です", 5) == "日本…"
    assert clip("kurz", 5) == "kurz"
