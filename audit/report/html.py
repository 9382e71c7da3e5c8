"""The report as one HTML file: nothing is fetched, nothing needs a script, and no document can smuggle one in.

Texts are escaped by jinja2; styles and the one script are allowed by their hashes alone (Content-Security-Policy). The
page shows the text that was audited, character for character (see `audit.report.marks`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from audit.report.marks import Block, Mark, blocks, markup
from audit.report.visible import Lines, visible
from audit.report.words import TEMPLATES, Words
from audit.types import SEVERITIES, DocumentReport, Evidence, Finding, Record, SiblingLink

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True)
class Citation:
    """A piece of evidence made ready for the page; ``href`` leads to the quoted document where the report holds it."""

    kind: str
    subject: str
    document: str
    href: str
    quote: str
    note: str


@dataclass(frozen=True)
class Item:
    """A finding made ready for the page."""

    number: int
    finding: Finding
    anchor: str
    href: str
    severity: str
    detector: str
    percent: str
    place: str
    suggestions: tuple[tuple[str, str], ...]
    evidence: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Witness:
    """A sibling with what was quoted from it: each quotation once, with the findings that it was quoted for."""

    link: SiblingLink
    href: str
    quotes: tuple[tuple[str, tuple[Item, ...]], ...]


@dataclass(frozen=True)
class Page:
    """A document made ready for the page."""

    report: DocumentReport
    anchor: str
    heading: tuple[Block, ...]
    text: tuple[Block, ...]
    items: tuple[Item, ...]
    witnesses: tuple[Witness, ...]
    counts: str
    judged: bool
    to_check: int
    paragraphs: int


def html_text(record: Record, words: Words, *, title: str | None = None) -> str:
    """The report as an HTML document, ready to be written as UTF-8."""
    anchors = {document.id: f"d{index}" for index, document in enumerate(record.documents, 1)}
    pages = [_page(document, anchors, words) for document in record.documents]
    style, script = _asset("report.css"), _asset("report.js")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return _template().render(
        words=words,
        title=title or words["report"],
        record=record,
        pages=pages,
        policy=policy,
        style=Markup(style),
        script=Markup(script),
        severities=SEVERITIES,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["markup"] = markup
    environment.filters["visible"] = visible
    return environment.get_template("report.html.j2")


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """The source expression that allows exactly this inline style or script (CSP Level 3, hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def _page(document: DocumentReport, anchors: Mapping[str, str], words: Words) -> Page:
    anchor = anchors[document.id]
    lines = Lines(document.text)
    items = tuple(_item(n, anchor, finding, lines, words) for n, finding in enumerate(document.findings, 1))
    items = tuple(replace(item, evidence=_citations(item.finding, anchors, words)) for item in items)
    article = [passage for passage in document.passages if passage.kind != "furniture"]
    return Page(
        report=document,
        anchor=anchor,
        heading=blocks(document.title, (), _marks(items, "title")),
        text=blocks(document.text, document.passages, _marks(items, "text")),
        items=items,
        witnesses=tuple(_witness(link, items, anchors) for link in document.siblings),
        counts=_counts(document.findings, words),
        judged=document.verdict.label != "undecided" or any(p.label != "undecided" for p in document.passages),
        to_check=sum(passage.label in ("suspect", "artifact") for passage in article),
        paragraphs=len(article),
    )


def _counts(findings: Sequence[Finding], words: Words) -> str:
    """``9 findings (1 critical, 6 major, 2 minor)``"""
    each = []
    for severity in reversed(SEVERITIES):
        if n := sum(finding.severity == severity for finding in findings):
            each.append(f"{words.number(n)} {words.name('severity', severity)}")
    return f"{words.count(len(findings))} ({', '.join(each)})" if each else words.count(0)


def _item(number: int, anchor: str, finding: Finding, lines: Lines, words: Words) -> Item:
    line = words("line", n=words.number(lines.place(finding.start)[0]))
    return Item(
        number=number,
        finding=finding,
        anchor=f"{anchor}-finding-{number}",
        href=f"#{anchor}-text-{number}",
        severity=words.name("severity", finding.severity),
        detector=words.name("detector", finding.detector),
        percent=words.percent(finding.probability),
        place=line if finding.field == "text" else words["title"],
        suggestions=tuple((s.text, words.percent(s.probability)) for s in finding.suggestions),
    )


def _citations(finding: Finding, anchors: Mapping[str, str], words: Words) -> tuple[Citation, ...]:
    return tuple(_citation(evidence, anchors, words) for evidence in finding.evidence)


def _citation(evidence: Evidence, anchors: Mapping[str, str], words: Words) -> Citation:
    lang = words.name("language", evidence.lang) if evidence.lang else ""
    return Citation(
        kind=words.name("evidence_kind", evidence.kind),
        subject=" ".join(part for part in (lang, evidence.word) if part),
        document=evidence.document or "",
        href=_href(evidence.document, anchors),
        quote=evidence.quote or "",
        note=evidence.note,
    )


def _href(document: str | None, anchors: Mapping[str, str]) -> str:
    return f"#{anchors[document]}" if document in anchors else ""


def _witness(link: SiblingLink, items: Iterable[Item], anchors: Mapping[str, str]) -> Witness:
    quoted: dict[str, dict[int, Item]] = {}
    for item in items:
        for evidence in item.finding.evidence:
            if evidence.document == link.id and evidence.quote:
                quoted.setdefault(evidence.quote, {})[item.number] = item
    quotes = tuple((quote, tuple(cited.values())) for quote, cited in quoted.items())
    return Witness(link, _href(link.id, anchors), quotes)


def _marks(items: Iterable[Item], field: str) -> list[Mark]:
    return [_mark(item) for item in items if item.finding.field == field]


def _mark(item: Item) -> Mark:
    """The finding's place in its text, with what hovering shows: kind and probability, the message, the suggestion."""
    finding = item.finding
    lines = [f"{item.number} · {item.severity} · {item.detector} · {item.percent}", visible(finding.message)]
    if item.suggestions:
        lines.append("→ " + ", ".join(f"{visible(text)} ({percent})" for text, percent in item.suggestions))
    anchor = item.href.removeprefix("#")
    return Mark(item.number, finding.start, finding.end, finding.severity, anchor, item.anchor, "\n".join(lines))
