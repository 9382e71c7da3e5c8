"""Lines into paragraphs: frames, quotation marks of e-mail, headings, bullets, hard wraps and link marks are seen through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from audit.text import View, clean

_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_PREFIX: Final = re.compile(r"\s*(?:(?P<quote>(?:>\s?)+)|(?P<heading>#{1,6}\s+)|(?P<bullet>[•◦▪‣*·–-]\s+|\d{1,2}[.)]\s+(?=\S))?)")
_NUMBERED_LINK: Final = re.compile(r"\[\d{1,3}\]\[(?P<label>[^\[\]]*)\]")
_INLINE_LINK: Final = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS: Final = re.compile(r"(\*\*|__)(?=\S)(?P<label>.{1,500}?)(?<=\S)\1")
_HYPHENATED: Final = re.compile(r"[a-zäöüß]-$")
# "Washington afp | …", "BERLIN (dpa) – …": a report's first line, with the marks of the German-language agencies.
_DATELINE: Final = re.compile(
    r"[A-ZÄÖÜ][\w./ -]{2,30}?\W*\b(?:afp|dpa|reuters|rtr|ap|apa|sda|epd|kna|sid|dts|taz)\b\)?\s*[|–—-]\s", re.IGNORECASE
)
_TERMINAL: Final = ".!?:“”\"»"
# A line longer than this is a paragraph, not a wrapped line: text tools wrap between 60 and 100 columns.
_WIDEST_WRAP: Final = 110
_NARROWEST_WRAP: Final = 45


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more lines that read on, cleaned; ``heading`` and ``bullet`` say what marked the first line."""

    view: View
    heading: bool = False
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    view: View
    raw: str  # what stood within the frame or behind the quotation marks, link marks included: what the wrapping program measured
    heading: bool
    bullet: bool
    blank: bool


_BLANK: Final = _Line(clean(""), "", heading=False, bullet=False, blank=True)


def paragraphs(original: str) -> list[Paragraph]:
    """The paragraphs of a text in their order, blank ones left out."""
    lines = _lines(original)
    width = _wrap_width(lines)
    found: list[Paragraph] = []
    block: list[_Line] = []
    for line in lines:
        if block and (line.blank or not _reads_on(block[-1], line, width)):
            found.extend(_paragraph(block))
            block = []
        if not line.blank:
            block.append(line)
    found.extend(_paragraph(block))
    return found


def _lines(original: str) -> list[_Line]:
    bounds: list[tuple[int, int]] = []
    at = 0
    for match in _BREAK.finditer(original):
        bounds.append((at, match.start()))
        at = match.end()
    bounds.append((at, len(original)))
    filled = [bound for bound in bounds if original[bound[0] : bound[1]].strip()]
    framed = sum(_unframed(original, *bound) is not None for bound in filled)
    in_frame = len(filled) >= 3 and framed >= 0.8 * len(filled)
    return [_line(original, start, end, in_frame) for start, end in bounds]


def _unframed(original: str, start: int, end: int) -> tuple[int, int] | None:
    """The range between the bars of a framed line ("| … |"), None where the line has no bar at either end."""
    start += len(original[start:end]) - len(original[start:end].lstrip())
    tail = end
    while tail > start and (original[tail - 1] == "|" or original[tail - 1].isspace()):
        tail -= 1
    bars = original.count("|", tail, end)
    if not (original.startswith("|", start, end) and (bars if tail > start else bars > 1)):
        return None
    start += 2 if original[start + 1 : start + 2].isspace() else 1
    return start, max(start, tail)


def _line(original: str, start: int, end: int, in_frame: bool) -> _Line:
    if in_frame and (content := _unframed(original, start, end)):
        start, end = content
    raw = original[start:end].strip()
    if not raw:
        return _BLANK
    prefix = _PREFIX.match(original, start, end)
    heading = bullet = False
    if prefix is not None and prefix["quote"] and prefix.end() == end:
        return _BLANK
    if prefix is not None and prefix.end() < end:
        heading, bullet = bool(prefix["heading"]), bool(prefix["bullet"])
        if bullet and raw[-1] in "–-*" and raw[0] == raw[-1]:  # "– Widerstand wächst –": agencies mark headings so
            heading, bullet = True, False
        # A dash or number at the start may be the author's own: it stays in the text, only frames and marks go.
        if prefix["quote"] or prefix["heading"] or (bullet and prefix["bullet"][0] in "•◦▪‣*·"):
            start = prefix.end()
            heading = heading or original.startswith("#", start)
        if prefix["quote"]:
            raw = original[start:end].strip()
    view = clean(original, start, end).strip()
    return _Line(view, raw, heading, bullet, not view.text)


def _wrap_width(lines: list[_Line]) -> int | None:
    """The column at which lines were wrapped, or None where they were not.

    A text is hard-wrapped if its lines keep within one narrow width and most lines that read on end in mid-sentence at a
    place where the next word would not have fitted.
    """
    filled = [line for line in lines if not line.blank]
    lengths = sorted(len(line.raw) for line in filled if " " in line.raw)
    if len(lengths) < 5:
        return None
    # The widest lines may be ones that could not be broken, or were cut: nine in ten tell the width.
    width = lengths[9 * (len(lengths) - 1) // 10]
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP or lengths[-1] > 2 * _WIDEST_WRAP:
        return None
    full = inner = 0
    for line, after in pairwise(lines):
        if line.blank or after.blank or not _overflows(line, after, width):
            continue
        full += 1
        inner += line.view.text[-1] not in _TERMINAL or after.view.text[:1].islower()
    return width if full >= 4 and full >= 0.3 * len(filled) and inner >= 0.6 * full else None


def _overflows(line: _Line, after: _Line, width: int) -> bool:
    """Whether the first word of the next line would not have fitted on this one."""
    words = after.raw.split(maxsplit=1)
    return bool(words) and len(line.raw) + 1 + len(words[0]) > width


def _reads_on(line: _Line, after: _Line, width: int | None) -> bool:
    if width is None or line.heading or after.heading or after.bullet:
        return False
    if _DATELINE.match(after.view.text) or _is_stray(line, after, width):
        return False
    in_sentence = line.view.text[-1] not in _TERMINAL and after.view.text[0].islower()
    return in_sentence or _overflows(line, after, width)


def _is_stray(line: _Line, after: _Line, width: int) -> bool:
    """A short label below a finished sentence: a date, a name, a mark; the last line of a paragraph has a full stop."""
    return line.view.text[-1] in _TERMINAL and len(after.raw) < width / 3 and after.view.text[-1] not in _TERMINAL


def _paragraph(block: list[_Line]) -> list[Paragraph]:
    if not block:
        return []
    views = [block[0].view]
    for line in block[1:]:
        # A word divided at the line's end is one word again; "Vor- und" keeps its hyphen.
        if _HYPHENATED.search(views[-1].text) and line.view.text[:1].islower() and not _is_conjunction(line.view.text):
            last = views.pop()
            views.append(View.join([last.select([(0, len(last.text) - 1)]), line.view]))
        else:
            views.append(line.view)
    view = _unlink(View.join(views, " ")).strip()
    return [Paragraph(view, block[0].heading, block[0].bullet)] if view.text else []


def _is_conjunction(text: str) -> bool:
    return text.split(maxsplit=1)[0] in {"und", "oder", "bzw.", "sowie", "bis"}


def _unlink(view: View) -> View:
    """Link and emphasis marks go, their labels stay."""
    for pattern in (_NUMBERED_LINK, _INLINE_LINK, _EMPHASIS):
        drop: list[tuple[int, int]] = []
        for match in pattern.finditer(view.text):
            drop += [(match.start(), match.start("label")), (match.end("label"), match.end())]
        if drop:
            view = view.drop(drop)
    return view
