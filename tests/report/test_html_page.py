"""The page: the text that was audited and nothing else, marks where findings are, and nothing hostile alive."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.report import render
from audit.report.marks import Mark, Piece, blocks
from audit.types import SEVERITIES, DocumentReport, Evidence, Finding, Passage, Record, Suggestion

VOID = {"meta", "input", "br"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}</style>",
    "</title></head><body onload=alert(1)>",
    "'--><!-- {{7*7}} {% raw %}",
    "&lt;b&gt; &amp; &#0;",
    "\x00 NUL \x1b[31m \u202edlrow\u202c \u2066x\u2069",
    "javascript:alert(1)",
)


class Page(HTMLParser):
    """Elements with their attributes, the shown text of each article, and the runs under each mark."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.marks: dict[str, str] = {}
        self.stack: list[tuple[str, dict[str, str]]] = []
        self.all_text = ""
        self.feed(html)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        self.elements.append((tag, found))
        if tag == "div" and found.get("class") == "text":
            self.texts.append("")
        if tag not in VOID:
            self.stack.append((tag, found))
        if "data-c" in found:
            self.handle_data(chr(int(found["data-c"].removeprefix("U+"), 16)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.stack.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        self.all_text += data
        if any(tag == "div" and found.get("class") == "text" for tag, found in self.stack):
            self.texts[-1] += data
        for tag, found in self.stack:
            if tag == "a" and "data-findings" in found:
                for entry in found["data-findings"].split():
                    self.marks[entry] = self.marks.get(entry, "") + data

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(record: Record, **options: Any) -> Page:
    return Page(render(record, "html", **options))


def test_the_text_on_the_page_is_the_text_that_was_audited(story: Record) -> None:
    assert page_of(story).texts == [document.text for document in story.documents]


def test_each_mark_covers_exactly_its_words(story: Record) -> None:
    page = page_of(story)
    for n, document in enumerate(story.documents, 1):
        for i, finding in enumerate(document.findings, 1):
            assert page.marks[f"d{n}-finding-{i}"] == finding.quote


def test_every_link_leads_somewhere_on_the_page(story: Record) -> None:
    page = page_of(story)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [attributes["href"] for attributes in page.named("a")]
    assert len(targets) > 80
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    assert all(target.startswith("#") for target in targets)


def test_nothing_is_fetched_and_only_our_style_and_script_may_run(small: Record) -> None:
    html = render(small, "html")
    page = Page(html)
    [policy] = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    loading = {"src", "srcset", "data", "action", "background", "poster", "style", "ping", "formaction"}
    assert not any(loading & attributes.keys() for _, attributes in page.elements)
    assert not {"link", "img", "iframe", "object", "embed", "base", "video", "audio"} & {tag for tag, _ in page.elements}
    assert "url(" not in html and "@import" not in html and "http:" not in html and "https:" not in html


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_text_stays_text(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding], attack: str
) -> None:
    text = f"Vorher {attack} nachher.\r\nEnde"
    harmless = page_of(_everywhere(record, document, finding, "Vorher xyz nachher.\r\nEnde", "xyz"))
    page = page_of(_everywhere(record, document, finding, text, attack), title=attack)
    assert page.texts == [text]
    assert page.marks["d1-finding-1"] == attack
    commands = [element for element in page.elements if "data-c" not in element[1]]
    assert [tag for tag, _ in commands] == [tag for tag, _ in harmless.elements]
    assert [sorted(attributes) for _, attributes in commands] == [sorted(attributes) for _, attributes in harmless.elements]
    raw = render(_everywhere(record, document, finding, text, attack), "html")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", raw)


def _everywhere(
    record: Callable[..., Record],
    document: Callable[..., DocumentReport],
    finding: Callable[..., Finding],
    text: str,
    words: str,
) -> Record:
    evidence = Evidence(kind=words, document=words, quote=words, note=words, word=words, lang=words)
    found = finding(
        text,
        words,
        message=words,
        detector=words,
        category=words,
        suggestions=(Suggestion(text=words, probability=0.5),),
        evidence=(evidence,),
    )
    return record(document(text, (found,), id=words, title=words, lang=words), signature=words, metrics={words: words})


def test_overlapping_findings_are_split_where_they_overlap() -> None:
    def mark(number: int, start: int, end: int, severity: Any) -> Mark:
        return Mark(number, start, end, severity, f"t{number}", f"f{number}", f"tip {number}")

    [block] = blocks("abcdefgh", (), [mark(1, 0, 4, "minor"), mark(2, 2, 6, "critical"), mark(3, 2, 3, "major")])
    assert [(str(p.text), p.severity, p.entries) for p in block.pieces] == [
        ("ab", "minor", "f1"),
        ("c", "critical", "f2 f3 f1"),
        ("d", "critical", "f2 f1"),
        ("ef", "critical", "f2"),
        ("gh", None, ""),
    ]
    assert [p.anchors for p in block.pieces] == [("t1",), ("t2", "t3"), (), (), ()]
    assert [p.numbers for p in block.pieces] == ["", "3", "1", "2", ""]
    assert block.pieces[1].tip == "tip 2\n\ntip 3\n\ntip 1"


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(st.sampled_from("ab \n\r<&\x00\u202eé😀"), min_size=1, max_size=40),
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), st.sampled_from(SEVERITIES)), max_size=6),
    cuts=st.lists(st.integers(0, 40), max_size=6),
)
def test_any_findings_on_any_text_keep_the_text_and_their_words(text: str, spans: list[Any], cuts: list[int]) -> None:
    marks = []
    for number, (place, length, severity) in enumerate(spans):
        start = place % len(text)
        end = min(start + length, len(text))
        marks.append(Mark(number, start, end, severity, f"t{number}", f"f{number}", ""))
    bounds = sorted({cut % (len(text) + 1) for cut in cuts})
    passages = [
        Passage(index=i, start=a, end=b, kind="body", score=0.0, label="clean")
        for i, (a, b) in enumerate(zip(bounds[::2], bounds[1::2], strict=False))
    ]
    pieces = [piece for block in blocks(text, passages, marks) for piece in block.pieces]
    assert "".join(_shown(piece) for piece in pieces) == text
    for mark in marks:
        covered = "".join(_shown(piece) for piece in pieces if mark.entry in piece.entries.split())
        assert covered == text[mark.start : mark.end]
    assert sorted(anchor for piece in pieces for anchor in piece.anchors) == sorted(mark.anchor for mark in marks)


def _shown(piece: Piece) -> str:
    return Page(f'<div class="text">{piece.text}</div>').texts[0]


def test_both_numbers_are_explained_in_words(small: Record) -> None:
    text = page_of(small).all_text
    assert "Wie wahrscheinlich maschinell übersetzt?" in text
    assert "Dass eine Maschine diesen Text übersetzt hat, ist sehr wahrscheinlich." in text
    assert "3 Befunde (1 kritisch, 1 schwer, 1 leicht)" in text
    assert "12,5" in text and "97 %" in text


def test_the_interface_language_can_be_english(small: Record) -> None:
    page = page_of(small, ui_lang="en", title="Our report")
    assert page.named("html") == [{"lang": "en"}]
    assert "How likely is machine translation?" in page.all_text
    assert "Our report" in page.all_text
    assert "Befund" not in page.all_text


def test_siblings_quotations_skips_and_failures_are_shown(small: Record) -> None:
    text = page_of(small).all_text
    assert "Ähnlichkeit 0,41 · chrF 38,2" in text
    assert "telefonieren zitiert für Befund 2" in text
    assert "not installed: encoder" in text
    assert "x.jsonl:17: not JSON" in text


def test_a_title_given_apart_is_marked_in_the_heading(small: Record) -> None:
    page = page_of(small)
    assert page.marks["d1-finding-1"] == "21h40"
    assert page.texts[0] == small.documents[0].text


def test_furniture_is_set_apart(story: Record) -> None:
    kinds = [attributes["class"].split()[1] for attributes in page_of(story).named("div") if "block" in attributes["class"]]
    assert "furniture" in kinds and "headline" in kinds and "body" in kinds


def test_a_document_that_was_not_judged_shows_no_figures(
    record: Callable[..., Record], document: Callable[..., DocumentReport]
) -> None:
    from audit.types import Verdict

    passages = (Passage(index=0, start=0, end=5, kind="body", score=0.0, label="undecided"),)
    verdict = Verdict(label="undecided", p_machine=0.3, p_translated=0.3, damage=0.0, reasons=("not German text",))
    text = page_of(record(document("Hello", verdict=verdict, passages=passages))).all_text
    assert "30 %" not in text
    assert "not German text" in text
    assert "nicht geprüft" in text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_shows_the_text_and_runs_only_our_script(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding], tmp_path: Path
) -> None:
    text = " ".join(HOSTILE) + "\r\nEnde  mit  Leerraum\n"
    found = (
        finding(text, HOSTILE[0], message=HOSTILE[1]),
        finding(text, "Ende", severity="minor", suggestions=(Suggestion(text=HOSTILE[0], probability=0.4),)),
    )
    path = tmp_path / "page.html"
    path.write_text(render(record(document(text, found)), "html", title=HOSTILE[3]), encoding="utf-8", newline="")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    dom = subprocess.run([*command, path.as_uri()], capture_output=True, timeout=120, check=True).stdout.decode("utf-8")
    page = Page(dom)
    assert page.texts == [text]
    [form] = page.named("form")
    assert "hidden" not in form, "the page's own script did not run"
    assert len(page.named("script")) == 1
    assert not page.named("img")
