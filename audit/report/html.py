"""The report as one HTML file: an overview of the corpus and a page for each article, drawn on demand by the page's own script.

Nothing is fetched. Style and script are allowed by their hashes alone, and texts of documents reach the page as data that the
script writes into text nodes (Content-Security-Policy with trusted types): no document can smuggle anything in. The fixed
parts of the overview, charts included, stand in the file in every interface language, so they are seen without a script too.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
from markupsafe import Markup, escape

from audit.report import charts
from audit.report.compare import Comparison
from audit.report.view import Shelf, article, stories, summary
from audit.report.visible import COMMAND, code, visible
from audit.report.words import TEMPLATES, Words, languages, words
from audit.types import SEVERITIES, Record

if TYPE_CHECKING:
    from jinja2 import Template

SCRIPTS: Final = ("core", "filters", "overview", "evidence", "article", "main")
GLYPHS: Final = {"minor": "○", "major": "◆", "critical": "▲"}
LABELS: Final = ("machine-translated", "translated", "original", "undecided")
# What could end the data's element, begin a comment in it, or command the file: written as an escape of JSON.
_UNSAFE: Final = ("<", ">", "&", "\u2028", "\u2029")


@dataclass(frozen=True)
class Since:
    """What changed since an earlier run, in words: figures by the key of their name, changed verdicts, what is gone."""

    figures: tuple[tuple[str, int], ...]
    changes: tuple[tuple[str, str, str], ...]
    gone: tuple[tuple[str, str, str], ...]
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Glance:
    """The overview's fixed parts in one language; a label as ``(label, documents, thousandths of all)``."""

    counts: str
    labels: tuple[tuple[str, int, int], ...]
    machine: charts.Histogram
    damage: charts.Histogram
    categories: tuple[charts.Stack, ...]
    since: Since | None


def html_text(record: Record, ui: Words, *, title: str | None = None, since: Comparison | None = None) -> str:
    """The report as an HTML document, ready to be written as UTF-8. ``since``: a comparison with an earlier run."""
    shelf = Shelf(record.documents)
    groups = stories(record.documents)
    known = languages()
    new: dict[str, set[str]] = defaultdict(set)
    for name, finding in since.new if since else ():
        new[name].add(finding.fingerprint)
    style, script = _asset("report.css"), _script()
    return _template().render(
        ui=ui,
        title=title,
        record=record,
        glances=[(words(lang), _glance(record, words(lang), len(groups), since)) for lang in known],
        data=_json(_data(record, ui, groups, title)),
        articles=(_json(article(document, shelf, known, new.get(document.id, ()))) for document in record.documents),
        signature=[part.partition(":")[::2] for part in record.signature.split("|") if part],
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        severities=SEVERITIES,
        glyphs=GLYPHS,
    )


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
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


def markup(text: str) -> Markup:
    """The text for the page's body, every character of it; one that would command the page is shown by its number."""
    parts: list[Markup] = []
    at = 0
    for match in COMMAND.finditer(text):
        parts.append(escape(text[at : match.start()]))
        parts.append(Markup('<span class="ctl" data-c="{}"></span>').format(code(match.group())))
        at = match.end()
    return Markup("").join([*parts, escape(text[at:])])


@cache
def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """The page's script: its parts in their order, in one scope of their own."""
    parts = "".join(_asset(f"page/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _hash(content: str) -> str:
    """The source expression that allows exactly this inline style or script (CSP Level 3, hash-source)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")


def _json(value: Any) -> Markup:
    """JSON that stays data inside a script element."""
    text = msgspec.json.encode(value).decode("utf-8")
    for char in _UNSAFE:
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(COMMAND.sub(lambda match: f"\\u{ord(match.group()):04x}", text))


def _data(record: Record, ui: Words, groups: Sequence[Sequence[str]], title: str | None) -> dict[str, Any]:
    """What the whole page needs at once; articles are read when they are opened."""
    numbers = {name: at for at, names in enumerate(groups) for name in names}
    findings = [finding for document in record.documents for finding in document.findings]
    name, _, version = record.signature.partition("|")[0].partition(":")
    return {
        "lang": ui.lang,
        "title": title or ui["report"],
        "tool": f"{name or 'mt-audit'} {version}".rstrip(),
        "words": {lang: words(lang).table for lang in languages()},
        "documents": [summary(document, numbers.get(document.id)) for document in record.documents],
        "stories": groups,
        "labels": [label for label in LABELS if any(d.verdict.label == label for d in record.documents)],
        "categories": sorted({finding.category for finding in findings}),
        "detectors": sorted({finding.detector for finding in findings}),
    }


def _glance(record: Record, said: Words, events: int, since: Comparison | None) -> Glance:
    documents = record.documents
    counts = Counter(document.verdict.label for document in documents)
    figures = said(
        "counts",
        documents=_counted(len(documents), "document", said),
        findings=said.count(sum(len(document.findings) for document in documents)),
        stories=_counted(events, "story", said, "stories"),
    )
    looked = [document for document in documents if document.verdict.label != "undecided"]
    return Glance(
        counts=figures,
        labels=tuple((label, counts[label], 1000 * counts[label] // len(documents)) for label in LABELS if counts[label]),
        machine=charts.machine(looked, said),
        damage=charts.damage(looked, said),
        categories=charts.categories(documents),
        since=_since(since, said) if since else None,
    )


def _counted(n: int, one: str, said: Words, many: str | None = None) -> str:
    return said[f"one_{one}"] if n == 1 else said(f"many_{many or one + 's'}", n=said.number(n))


def _since(comparison: Comparison, said: Words) -> Since:
    lines = [
        said(key, names=", ".join(visible(name) for name in names[:20]) + ("…" if len(names) > 20 else ""))
        for key, names in (("added", comparison.added), ("missing", comparison.missing))
        if names
    ]
    return Since(
        figures=(
            ("new_findings", len(comparison.new)),
            ("same_findings", len(comparison.same)),
            ("gone_findings", len(comparison.gone)),
        ),
        changes=tuple(
            (change.document, said.name("label", change.before.label), said.name("label", change.after.label))
            for change in comparison.changes
        ),
        gone=tuple(
            (document, finding.quote, f"{said.name('detector', finding.detector)}, {said.percent(finding.probability)}")
            for document, finding in comparison.gone
        ),
        documents=tuple(lines),
    )
