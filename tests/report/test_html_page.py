"""The page as a file: the text that was audited and nothing else, data that stays data, and bytes that stay the same."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report.conftest import make_document, make_finding, make_record

from audit.report import render
from audit.report.compare import compare
from audit.report.html import SCRIPTS
from audit.report.view import stories
from audit.report.words import TEMPLATES
from audit.types import DocumentReport, Evidence, Finding, Passage, Record, SiblingLink, Suggestion

VOID = {"meta", "input", "br"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}</style>",
    "</script><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "'--><!-- {{7*7}} {% raw %}",
    "&lt;b&gt; &amp; &#0;",
    "\x00 NUL \x1b[31m \u202edlrow\u202c \u2066x\u2069",
    "javascript:alert(1)",
)


class Page(HTMLParser):
    """Elements with their attributes, and what stands in each script element that has an id."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.data: dict[str, str] = {}
        self.stack: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        self.elements.append((tag, found))
        if tag not in VOID:
            self.stack.append((tag, found))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.stack.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1][0] == "script" and "id" in self.stack[-1][1]:
            name = self.stack[-1][1]["id"]
            self.data[name] = self.data.get(name, "") + data

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def article(self, number: int) -> dict[str, Any]:
        return json.loads(self.data[f"article-{number}"])

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.data["report"])


def page_of(record: Record, **options: Any) -> Page:
    return Page(render(record, "html", **options))


def marked(article: dict[str, Any], number: int) -> str:
    """The words on the page that are under a finding."""
    runs = [run for part in [article["h"], *(block["r"] for block in article["b"])] for run in part]
    return "".join(run[0] for run in runs if len(run) > 1 and number in run[1])


def test_the_text_on_the_page_is_the_text_that_was_audited(story: Record) -> None:
    page = page_of(story)
    for at, document in enumerate(story.documents):
        shown = ["".join(run[0] for run in block["r"]) for block in page.article(at)["b"]]
        assert shown == [document.text[p.start : p.end] for p in document.passages]


def test_each_mark_covers_exactly_its_words(story: Record, small: Record) -> None:
    for record in (story, small):
        page = page_of(record)
        for at, document in enumerate(record.documents):
            for number, finding in enumerate(document.findings):
                assert marked(page.article(at), number) == finding.quote


def test_overlapping_findings_are_cut_where_they_overlap(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "abcdefgh ij"
    found = (finding(text, "abcd"), finding(text, "cdef"), finding(text, "c"))
    [block] = page_of(record(document(text, found))).article(0)["b"]
    assert block["r"] == [["ab", [0]], ["c", [0, 1, 2]], ["d", [0, 1]], ["ef", [1]], ["gh ij"]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=6), st.lists(st.integers(1, 44), max_size=3))
def test_every_character_stands_once_and_every_finding_over_its_own(places: list[tuple[int, int]], cuts: list[int]) -> None:
    text = "".join("abcdefgh "[i % 9] for i in range(45)).strip()
    found = tuple(
        make_finding(text, text[start : start + length], start=start) for start, length in sorted(places) if start < len(text)
    )
    bounds = sorted({0, *cuts, len(text)} & set(range(len(text) + 1)))
    passages = tuple(
        Passage(index=i, start=a, end=b, kind="body", score=0.0, label="clean") for i, (a, b) in enumerate(pairwise(bounds))
    )
    article = page_of(make_record(make_document(text, found, passages=passages))).article(0)
    assert "".join(run[0] for block in article["b"] for run in block["r"]) == text
    for number, finding in enumerate(found):
        assert marked(article, number) == finding.quote


def test_a_finding_outside_all_passages_brings_its_line(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> None:
    text = "Ein Wort.\nNoch eins."
    article = page_of(record(document(text, (finding(text, "eins"),), passages=()))).article(0)
    assert [block["k"] for block in article["b"]] == ["gap"]
    assert marked(article, 0) == "eins"


def test_nothing_is_fetched_and_only_our_style_and_script_may_run(small: Record) -> None:
    html = render(small, "html")
    page = Page(html)
    [policy] = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "trusted-types 'none'" in policy
    for tag, opening in (("style", "<style>"), ("script", "<script>")):
        [content] = re.findall(rf"{opening}(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    loading = {"src", "srcset", "data", "action", "background", "poster", "style", "ping", "formaction"}
    assert not any(loading & attributes.keys() for _, attributes in page.elements)
    assert not {"link", "img", "iframe", "object", "embed", "base", "video", "audio"} & {tag for tag, _ in page.elements}
    assert "url(" not in html and "@import" not in html and "https:" not in html
    assert (
        html.count("http:") == html.count("http://www.w3.org/2000/svg") == 1
    )  # the namespace of drawings, which is fetched by nobody


def test_the_script_writes_text_and_never_markup() -> None:
    script = "".join((TEMPLATES / "page" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser", "setHTML"):
        assert way not in script, way
    assert sorted(path.stem for path in (TEMPLATES / "page").iterdir()) == sorted(SCRIPTS)


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_text_stays_text(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding], attack: str
) -> None:
    harmless = page_of(_everywhere(record, document, finding, "Vorher xyz nachher.\nEnde", "xyz"))
    hostile = _everywhere(record, document, finding, f"Vorher {attack} nachher.\nEnde", attack)
    raw = render(hostile, "html", title=attack, since=compare(hostile, hostile))
    page = Page(raw)
    assert marked(page.article(0), 0) == attack
    assert page.report["documents"][0]["id"] == attack
    plain = page_of(hostile)
    commands = [element for element in plain.elements if "data-c" not in element[1]]
    assert [tag for tag, _ in commands] == [tag for tag, _ in harmless.elements]
    assert [sorted(attributes) for _, attributes in commands] == [sorted(attributes) for _, attributes in harmless.elements]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", raw)


def _everywhere(
    record: Callable[..., Record],
    document: Callable[..., DocumentReport],
    finding: Callable[..., Finding],
    text: str,
    words: str,
) -> Record:
    evidence = (
        Evidence(kind=words, document=words, quote=words, note=words, word=words, lang=words),
        Evidence(kind="pivot", word=words, lang=words, note=words),
        Evidence(kind="sibling", document=words, quote=words, start=0, end=3, note=words),
    )
    found = finding(
        text,
        words,
        message=words,
        detector=words,
        category=words,
        suggestions=(Suggestion(text=words, probability=0.5),),
        evidence=evidence,
    )
    links = (SiblingLink(id=words + "2", similarity=0.5, chrf=50.0),)
    return record(
        document(text, (found,), id=words, title=words, lang=words, siblings=links), signature=words, metrics={words: words}
    )


def test_the_same_record_gives_the_same_bytes_and_keeps_the_language_asked_for(small: Record) -> None:
    again = msgspec.json.decode(msgspec.json.encode(small), type=Record)
    assert render(small, "html") == render(again, "html")
    english = page_of(small, ui_lang="en", title="Monday")
    assert english.named("html")[0]["lang"] == "en"
    assert english.report["lang"] == "en" and english.report["title"] == "Monday"
    shown = [
        attributes["data-ui"] for attributes in english.named("div") if "data-ui" in attributes and "hidden" not in attributes
    ]
    assert set(shown) == {"en"}


def test_charts_show_every_document_and_stand_in_both_languages(story: Record) -> None:
    page = page_of(story)
    charts = [attributes for attributes in page.named("svg") if attributes.get("role") == "img"]
    assert len(charts) == 4  # two, in two languages
    assert sum(bool(re.search(r"\b0\s?%–10\s?%: 3", chart["aria-label"])) for chart in charts) == 2
    assert len(page.named("circle")) == 4 * len(story.documents)


def test_what_is_new_since_an_earlier_run_is_marked(small: Record) -> None:
    first, *rest = small.documents
    earlier = msgspec.structs.replace(small, documents=(msgspec.structs.replace(first, findings=first.findings[1:]), *rest))
    article = page_of(small, since=compare(earlier, small)).article(0)
    assert ["z" in finding for finding in article["f"]] == [True, False, False]


def test_sibling_quotations_stand_beside_the_own_sentence(small: Record) -> None:
    [_, finding, _] = page_of(small).article(0)["f"]
    [pivot, sibling] = finding["e"]
    assert (pivot["l"], pivot["w"]) == ("fr", "appel")
    assert sibling["h"] == [["Ein ", ""], ["Appell", "own"], [" am Donnerstag.", ""]]
    assert "".join(text for text, _ in sibling["q"]) == "telefonieren"
    assert sibling["d"] == "b" and sibling["b"] == 0


def test_stories_are_what_siblings_link_together(document: Callable[..., DocumentReport]) -> None:
    def told(name: str, *others: str) -> DocumentReport:
        return document("Text.", id=name, siblings=tuple(SiblingLink(id=o, similarity=0.3, chrf=20.0) for o in others))

    assert stories([told("a", "b"), told("b", "a"), told("c"), told("d", "x"), told("e", "x")]) == [["a", "b"], ["d", "e", "x"]]
