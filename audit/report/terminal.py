"""The report as text for a terminal: verdicts in a table, then each finding with its line and a caret under its words.

Plain text by default; with ``color`` rich adds colours. Widths are those of terminal cells: East Asian characters take two,
combining ones none. Where a line runs from right to left no caret can stand under it, so brackets mark the words instead.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from audit.report.compare import Comparison
from audit.report.messages import translate
from audit.report.visible import Lines, on_one_line
from audit.report.words import Words
from audit.types import DocumentReport, Evidence, Finding, Record

_STYLES: Final = {"minor": "cyan", "major": "yellow", "critical": "bold red"}
# Characters looked at on either side of the words, times the width: a line may be a whole book.
_NEAR: Final = 8
_INDENT: Final = "    "
_NARROWEST: Final = 50  # columns; the table of verdicts takes as many in the widest of our languages
_SHORTEST: Final = 8  # cells of a name in the table
_SHOWN_REASONS: Final = 4
_QUOTED: Final = 100  # characters of a sibling's sentence


class Styled(NamedTuple):
    """A piece of a line and its rich style."""

    text: str
    style: str = ""


Line = Sequence[Styled]


def terminal_text(
    record: Record,
    words: Words,
    *,
    title: str | None = None,
    since: Comparison | None = None,
    color: bool = False,
    width: int = 100,
) -> str:
    """The report, in lines of at most ``width`` cells where words allow it; ``since``: a comparison with an earlier run."""
    width = max(width, _NARROWEST)
    lines: list[Line] = [[Styled(on_one_line(title), "bold")], []] if title else []
    lines += _table(record, words, width)
    for document in record.documents:
        if document.findings or document.verdict.reasons:
            lines += [[], *_document(document, words, width)]
    if since is not None:
        lines += [[], *_since(since, words, width)]
    if record.failures:
        lines += [[], [Styled(words["failures"], "bold")]]
        lines += _wrapped([f"{failure.source}: {failure.reason}" for failure in record.failures], width)
    return _colored(lines) if color else "".join("".join(part.text for part in line).rstrip() + "\n" for line in lines)


def _since(since: Comparison, words: Words, width: int) -> list[Line]:
    """What changed since an earlier run: figures, verdicts, and the findings that are gone."""
    figures = (("new_findings", since.new), ("same_findings", since.same), ("gone_findings", since.gone))
    lines: list[Line] = [[Styled(words["since"], "bold")]]
    lines += _wrapped([", ".join(f"{words.number(len(found))} {words[key]}" for key, found in figures)], width)
    changes = [(c.document, words.name("label", c.before.label), words.name("label", c.after.label)) for c in since.changes]
    lines += _wrapped([f"{document}: {before} → {after}" for document, before, after in changes], width)
    documents = (("added", since.added), ("missing", since.missing))
    lines += _wrapped([words(key, names=", ".join(names)) for key, names in documents if names], width)
    if since.gone:
        lines.append([Styled(words["gone_list"], "bold")])
        said = [
            f"{document}: {words.quoted(clip(finding.quote, _QUOTED))} ({words.name('detector', finding.detector)})"
            for document, finding in since.gone
        ]
        lines += _wrapped(said, width)
    return lines


def verdict_table(record: Record, words: Words, width: int = 100) -> str:
    """The table of verdicts alone, as plain text."""
    lines = _table(record, words, max(width, _NARROWEST))
    return "".join("".join(part.text for part in line).rstrip() + "\n" for line in lines)


def _colored(lines: Sequence[Line]) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    sheet = StringIO()
    console = Console(file=sheet, force_terminal=True, color_system="standard", width=10_000, legacy_windows=False)
    for line in lines:
        text = Text.assemble(*((part.text, part.style) for part in line), end="\n")
        text.rstrip()
        console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
    return sheet.getvalue()


def clip(text: str, width: int) -> str:
    """The text in at most ``width`` cells, an ellipsis for what was left out."""
    if cell_len(text) <= width:
        return text
    fitting = bisect_right(range(len(text)), width - 1, key=lambda n: cell_len(text[:n]))
    return text[: max(fitting - 1, 0)] + "…"


def _pad(text: str, width: int, *, right: bool = False) -> str:
    text = clip(text, width)
    fill = " " * (width - cell_len(text))
    return fill + text if right else text + fill


def _table(record: Record, words: Words, width: int) -> list[Line]:
    if not record.documents:
        return [[Styled(words["no_documents"])]]
    head = [words[key] for key in ("document", "verdict", "machine", "damage", "findings")]
    rows = [[on_one_line(d.id), words.name("label", d.verdict.label), *_figures(d, words)] for d in record.documents]
    sizes = [max(cell_len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for i in (0, 1):  # figures are never cut, names are
        sizes[i] = max(min(sizes[i], width - (sum(sizes) - sizes[i]) - 2 * (len(head) - 1)), _SHORTEST)

    def line(row: Sequence[str], style: str) -> Line:
        cells = [_pad(cell, size, right=i >= 2) for i, (cell, size) in enumerate(zip(row, sizes, strict=True))]
        return [Styled("  ".join(cells), style)]

    return [line(head, "bold"), *(line(row, "") for row in rows)]


def _figures(document: DocumentReport, words: Words) -> tuple[str, str, str]:
    verdict = document.verdict
    return words.percent(verdict.p_machine), words.number(verdict.damage, 1), words.number(len(document.findings))


def _document(document: DocumentReport, words: Words, width: int) -> list[Line]:
    lines: list[Line] = [[Styled(clip(on_one_line(document.id), width), "bold")]]
    reasons = "; ".join(translate(reason, words.lang) for reason in document.verdict.reasons[:_SHOWN_REASONS])
    if languages := words.source_languages(document):
        lines += _wrapped([f"{words['source_language']}: {languages}"], width, "")
    lines += _wrapped([f"{words['reasons']}: {reasons}"] if reasons else [], width, "")
    places = {"text": Lines(document.text), "title": Lines(document.title)}
    for finding in document.findings:
        lines += [[], *_finding(finding, places[finding.field], words, width)]
    return lines


def _finding(finding: Finding, lines: Lines, words: Words, width: int) -> list[Line]:
    line, column = lines.place(finding.start)
    place = f"{line}:{column}" if finding.field == "text" else words["title"]
    severity = Styled(words.name("severity", finding.severity), _STYLES[finding.severity])
    rest = f"  {words.percent(finding.probability)}  {words.name('detector', finding.detector)} ({on_one_line(finding.detector)})"
    room = width - cell_len(place) - 2 - cell_len(severity.text)
    found: list[Line] = [[Styled(f"{place}  "), severity, Styled(clip(rest, room))]]
    found += [[Styled(_INDENT), *part] for part in excerpt(finding, lines, width - len(_INDENT))]
    found += _wrapped([translate(finding.message, words.lang)], width)
    if suggestion := words.suggestion(finding):
        found += _wrapped([f"{words['suggestion']} {suggestion}"], width)
    found += _wrapped([proof(evidence, words) for evidence in finding.evidence], width)
    return found


def proof(evidence: Evidence, words: Words) -> str:
    """One piece of evidence on one line."""
    lang = words.name("language", evidence.lang) if evidence.lang else ""
    quote = words.quoted(clip(evidence.quote, _QUOTED)) if evidence.quote else ""
    subject = " ".join(part for part in (lang, evidence.word) if part)
    parts = [subject, evidence.document or "", quote, translate(evidence.note, words.lang)]
    return f"{words.name('evidence_kind', evidence.kind)}: {', '.join(part for part in parts if part)}"


def excerpt(finding: Finding, lines: Lines, width: int) -> list[Line]:
    """The line in which a finding begins, as much of it as fits around the words, and a caret line below."""
    start, end = lines.line(lines.place(finding.start)[0])
    stop = max(min(finding.end, end), finding.start)
    near = _NEAR * width
    before = on_one_line(lines.text[max(start, finding.start - near) : finding.start])
    words = on_one_line(lines.text[finding.start : min(stop, finding.start + near)])
    after = on_one_line(lines.text[stop : min(end, stop + near)])
    style = _STYLES[finding.severity]
    if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in before + words + after):
        before, words, after = _window(before, f"⟦{words}⟧", after, width)
        return [[Styled(before), Styled(words, style), Styled(after)]]
    before, words, after = _window(before, words, after, width)
    caret = " " * cell_len(before) + "^" * max(cell_len(words), 1)
    return [[Styled(before), Styled(words, style), Styled(after)], [Styled(caret, style)]]


def _window(before: str, words: str, after: str, width: int) -> tuple[str, str, str]:
    """What fits: the words first, then as much on either side as there is room for."""
    before, after = before.lstrip(), after.rstrip()
    words = clip(words, width)
    room = max(width - cell_len(words), 0)
    left = min(cell_len(before), max(room // 2, room - cell_len(after)))
    if cell_len(before) > left:
        dropped = bisect_left(range(len(before)), 1 - left, key=lambda n: -cell_len(before[n:]))
        while dropped < len(before) and unicodedata.combining(before[dropped]):
            dropped += 1
        before = f"…{before[dropped:]}" if left else ""
    return before, words, clip(after, room - cell_len(before)) if room > cell_len(before) else ""


def _wrapped(paragraphs: Sequence[str], width: int, indent: str = _INDENT) -> list[Line]:
    """Each paragraph in lines no wider than ``width`` cells; a word that is wider stands alone."""
    lines: list[Line] = []
    for paragraph in paragraphs:
        line = ""
        for word in on_one_line(paragraph).split():
            if line and cell_len(indent) + cell_len(line) + 1 + cell_len(word) > width:
                lines.append([Styled(indent + line)])
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append([Styled(indent + line)])
    return lines
