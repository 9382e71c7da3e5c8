"""The report as Markdown for a comment on a change (GitHub Flavored Markdown): short first, details folded away.

Texts of documents are other people's: they are escaped or stand in code, and notify nobody (``@name``), link nowhere
(``#12``, addresses) and close no element. A comment has an end: what does not fit is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from audit.report.compare import Comparison
from audit.report.messages import translate
from audit.report.order import first
from audit.report.visible import Lines, on_one_line
from audit.report.words import Words
from audit.types import DocumentReport, Finding, Record

_LONGEST: Final = 60_000  # characters; GitHub takes comments of at most 65,536
_ROWS: Final = 50
_QUOTED: Final = 90
_GLYPHS: Final = {"minor": "○", "major": "◆", "critical": "▲"}
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~$&]|^[#+=-]|^\d+(?=[.)]))")
_CALLS: Final = re.compile(r"([@#](?=\w)|:(?=//)|\bwww(?=\.)|:(?=\w+:))")
_JOINER: Final = "\u2060"  # keeps "@name" and addresses from being taken for what they look like


def markdown_text(record: Record, words: Words, *, title: str | None = None, since: Comparison | None = None) -> str:
    """The report as Markdown of at most 60,000 characters and a few."""
    parts = [f"## {escaped(title or words['report'])}", f"{_headline(record, words)} {words['suspicion']}"]
    if since is not None:
        parts += _since(since, words)
    parts += ["\n".join(_table(record.documents, words))]
    parts += [f"- {escaped(failure.source)}: {escaped(failure.reason)}" for failure in record.failures[:_ROWS]]
    size = sum(len(part) + 2 for part in parts)
    left = [document for document in _worst(record.documents) if document.findings]
    while left:
        section = "\n".join(_section(left[0], words))
        if size + len(section) > _LONGEST:
            parts.append(words("and_more", n=words.number(len(left))))
            break
        parts.append(section)
        size += len(section) + 2
        left = left[1:]
    return "\n\n".join(parts) + "\n"


def escaped(text: str, longest: int | None = None) -> str:
    """The text on one line, taken literally."""
    line = on_one_line(text)
    line = line if longest is None or len(line) <= longest else line[: longest - 1].rstrip() + "…"
    return _SPECIAL.sub(_escape, _CALLS.sub(rf"\1{_JOINER}", line))


def _escape(match: re.Match[str]) -> str:
    """A backslash before a mark; for a number it belongs behind the digits, where the list's mark would follow."""
    found = match.group()
    return f"{found}\\" if found.isdigit() else f"\\{found}"


def code(text: str) -> str:
    """The text on one line as code, which nothing in it can end."""
    line = on_one_line(text).strip()
    line = line if len(line) <= _QUOTED else line[: _QUOTED - 1].rstrip() + "…"
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    space = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


def _headline(record: Record, words: Words) -> str:
    n = len(record.documents)
    documents = words["one_document"] if n == 1 else words("many_documents", n=words.number(n))
    return f"{documents}, {words.count(sum(len(document.findings) for document in record.documents))}."


def _worst(documents: Sequence[DocumentReport]) -> list[DocumentReport]:
    return sorted(documents, key=lambda document: -document.verdict.damage)


def _table(documents: Sequence[DocumentReport], words: Words) -> Iterator[str]:
    yield "| " + " | ".join(words[key] for key in ("document", "verdict", "machine", "damage", "findings")) + " |"
    yield "| --- | --- | ---: | ---: | ---: |"
    worst = _worst(documents)
    for document in worst[:_ROWS]:
        verdict = document.verdict
        cells = (
            escaped(document.title or document.id, _QUOTED),
            words.name("label", verdict.label),
            words.percent(verdict.p_machine),
            words.number(verdict.damage, 1),
            words.number(len(document.findings)),
        )
        yield f"| {' | '.join(cells)} |"
    if len(worst) > _ROWS:
        yield f"| {words('and_more', n=words.number(len(worst) - _ROWS))} | | | | |"


def _section(document: DocumentReport, words: Words) -> Iterator[str]:
    yield f"### {escaped(document.title or document.id, _QUOTED)}"
    yield ""
    lines = Lines(document.text)
    chosen = first(document.findings)
    for n in chosen:
        yield _item(document.findings[n], lines, words)
    if rest := [finding for n, finding in enumerate(document.findings) if n not in chosen]:
        yield ""
        yield f"<details><summary>{words('and_more', n=words.number(len(rest)))}</summary>"
        yield ""
        for finding in rest:
            yield _item(finding, lines, words)
        yield ""
        yield "</details>"


def _item(finding: Finding, lines: Lines, words: Words) -> str:
    place = words["title"] if finding.field == "title" else words("line", n=words.number(lines.place(finding.start)[0]))
    fix = f" → {', '.join(code(s.text) for s in finding.suggestions[:3])}" if finding.suggestions else ""
    kind = f"{_GLYPHS[finding.severity]} {words.name('severity', finding.severity)}, {words.name('detector', finding.detector)}"
    said = escaped(translate(finding.message, words.lang))
    return f"- {code(finding.quote)}{fix} ({escaped(kind)}, {words.percent(finding.probability)}, {place}): {said}"


def _since(since: Comparison, words: Words) -> Iterator[str]:
    figures = (("new_findings", since.new), ("same_findings", since.same), ("gone_findings", since.gone))
    yield f"**{words['since']}:** " + ", ".join(f"{words.number(len(found))} {words[key]}" for key, found in figures)
    if since.changes:
        yield "\n".join(
            f"- {escaped(c.document)}: {words.name('label', c.before.label)} → **{words.name('label', c.after.label)}**"
            for c in since.changes[:_ROWS]
        )
    if since.gone:
        listed = "\n".join(f"- {escaped(document)}: {code(finding.quote)}" for document, finding in since.gone[:_ROWS])
        more = f"\n- {words('and_more', n=words.number(len(since.gone) - _ROWS))}" if len(since.gone) > _ROWS else ""
        yield f"<details><summary>{words['gone_list']}</summary>\n\n{listed}{more}\n\n</details>"
