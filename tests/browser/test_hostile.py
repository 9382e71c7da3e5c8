"""Documents that attack the page: nothing of theirs runs, nothing breaks out, nothing is asked of the network."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.report import render
from audit.types import (
    DocumentReport,
    Evidence,
    Failure,
    Finding,
    Passage,
    Record,
    SiblingLink,
    Skip,
    SourceLanguage,
    Suggestion,
    Verdict,
)

ATTACKS = (
    "<script>window.hit=1;alert(1)</script>",
    '"><img src=x onerror="window.hit=1;alert(1)">',
    "'><svg onload=alert(1)><a href=javascript:alert(1)>x</a>",
    "</style><style>*{display:none!important}</style>",
    '</script><script>window.hit=1</script><script type="application/json">',
    "<!--<script>",
    "</title></head><body onload=alert(1)>",
    "{{7*7}}{% for x in y %}${7*7}`",
    "\u202eslo\u202c \u2066a\u2069 \x00NUL\x07\x1b[31m \ufeff\u200b",
    "W" * 10_000,
    "__proto__",
    "constructor",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
)
# The text of the card's quotation, with the characters that stand behind the numbers.
SHOWN = """[...document.querySelector('.quote bdi').childNodes]
    .map((n) => n.data ?? String.fromCodePoint(parseInt(n.dataset.c.slice(2), 16))).join('')"""


def everywhere(attack: str) -> Record:
    """A record with the same hostile string wherever a document or a detector can put one."""
    text = f"Vorher {attack} nachher.\n\nNoch ein Absatz mit {attack}.\n"
    evidence = (
        Evidence(kind="pivot", lang=attack, word=attack, note=f"{attack}; also {attack}"),
        Evidence(kind="sibling", document=f"{attack}2", start=0, end=len(attack), quote=attack, note=attack),
        Evidence(kind="place", start=7, end=7 + len(attack), quote=attack, note=attack),
        Evidence(kind=attack, word=attack, lang=attack, document=attack, quote=attack, note=attack),
    )
    found = Finding(
        detector=attack,
        category=attack,
        severity="critical",
        field="text",
        start=7,
        end=7 + len(attack),
        quote=attack,
        message=attack,
        weight=2.0,
        probability=0.9,
        suggestions=(Suggestion(text=attack, probability=0.5),),
        evidence=evidence,
        fingerprint=attack,
    )
    end = text.index("\n")
    passages = tuple(
        Passage(index=i, start=a, end=b, kind="body", score=0.9, label="artifact")
        for i, (a, b) in enumerate(((0, end), (end + 2, len(text) - 1)))
    )
    verdict = Verdict(
        label="machine-translated",
        p_machine=0.9,
        p_translated=0.9,
        damage=50.0,
        source_lang=(SourceLanguage(lang=attack, p=0.9),),
        reasons=(attack,),
    )
    first = DocumentReport(
        id=attack,
        lang=attack,
        title=attack,
        words=9,
        text=text,
        verdict=verdict,
        passages=passages,
        findings=(found,),
        siblings=(SiblingLink(id=f"{attack}2", similarity=0.4, chrf=40.0),),
        skips=(Skip(detector=attack, reason=attack),),
    )
    second = DocumentReport(id=f"{attack}2", lang="de", title=attack, words=9, text=attack, verdict=verdict)
    failures = (Failure(source=attack, reason=attack),)
    return Record(signature=f"mt-audit:{attack}|{attack}", metrics={attack: attack}, documents=(first, second), failures=failures)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: repr(attack[:24]))
def test_nothing_executes_and_nothing_breaks_out(visit: Callable[..., Any], tmp_path: Path, attack: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(everywhere(attack), "html", title=attack), encoding="utf-8")
    page = visit(file, width=360, height=740)
    page.click("table.articles tbody a >> nth=0")
    page.wait_for_selector("#article:not([hidden])")
    page.keyboard.press("n")
    page.wait_for_selector(".card")
    page.keyboard.press("c")
    page.wait_for_selector("button.copy:has-text('Kopiert')")
    assert page.evaluate("window.hit") is None
    assert page.locator("body > *:visible").count() >= 2, "a style of theirs hides the page"
    assert page.locator("img, iframe, object, #article script, #article style, main style").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    # The words on the page are the attack itself, its commanding characters shown by their numbers.
    shown = page.evaluate(SHOWN)
    assert shown == attack
    page.keyboard.press("Escape")
    page.wait_for_selector(".card", state="detached")
    page.keyboard.press("Escape")
    page.wait_for_selector("#overview:not([hidden])")


def test_an_attack_in_a_file_and_its_name_goes_through_the_whole_program(visit: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    body = "Der Präsident sprach am Montag in Berlin über die Lage. " * 12
    (folder / '"><img src=x onerror=alert(1)>.txt').write_text(f"<script>alert(1)</script>\n\n{body}", encoding="utf-8")
    row = {"id": "\u202e</script>", "title": "</style>", "text": f"{body}\n\n<script>window.hit=1</script> \u202exyz\n"}
    binary = {"id": "<b>", "text": f"{body}\x00"}
    (folder / "rows.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(binary)}\n", encoding="utf-8")
    out = tmp_path / "out.html"
    command = [sys.executable, "-m", "audit", "check", str(folder), "--format", "html", "-o", str(out), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "rows.jsonl:2: binary" in done.stderr
    page = visit(out)
    assert page.locator("table.articles tbody tr").count() == 2
    for at in range(2):
        page.click(f"table.articles tbody a >> nth={at}")
        page.wait_for_selector("#article:not([hidden])")
        assert page.evaluate("window.hit") is None
        assert page.locator("img").count() == 0
        page.go_back()
        page.wait_for_selector("#overview:not([hidden])")
