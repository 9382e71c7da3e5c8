"""A text cut for the page: its passages, and in them runs of characters that are under the same findings.

The text of the page is the text that was audited, character for character. Characters that would command the page (NUL,
direction overrides) stand as an empty element that shows their number and holds it in ``data-c``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

from audit.report.visible import COMMAND, code
from audit.types import SEVERITIES, Passage, Severity

_SHOWN_IN_TIP: Final = 4  # findings on the same words; the page's list has them all


@dataclass(frozen=True)
class Mark:
    """A finding's place in a text (half-open, code points), the ids of its mark and of its entry, what hovering shows."""

    number: int
    start: int
    end: int
    severity: Severity
    anchor: str
    entry: str
    tip: str


@dataclass(frozen=True)
class Piece:
    """A run of text under the same findings, the gravest of which gives ``severity`` and ``entry``.

    ``anchors`` are the ids of the findings that begin here, ``numbers`` those of the ones that end, ``entries`` all of them.
    """

    text: Markup
    severity: Severity | None = None
    entry: str = ""
    tip: str = ""
    anchors: tuple[str, ...] = ()
    numbers: str = ""
    entries: str = ""


@dataclass(frozen=True)
class Block:
    """A passage with its kind and label, or what lies between two of them (``kind`` gap)."""

    kind: str
    label: str
    pieces: tuple[Piece, ...]


def markup(text: str) -> Markup:
    """The text for the page's body, every character of it."""
    parts, at = [], 0
    for match in COMMAND.finditer(text):
        parts.append(_escaped(text[at : match.start()]))
        parts.append(Markup('<span class="ctl" data-c="{}"></span>').format(code(match.group())))
        at = match.end()
    return Markup("").join([*parts, _escaped(text[at:])])


def _escaped(text: str) -> Markup:
    """A carriage return must be written as a reference: parsers drop it otherwise."""
    return escape(text).replace("\r", Markup("&#13;"))


def blocks(text: str, passages: Iterable[Passage], marks: Sequence[Mark]) -> tuple[Block, ...]:
    """The whole text in order: passages and what lies between them, cut into runs under the same findings."""
    found, at = [], 0
    cutter = _Cutter(text, marks)
    for passage in sorted(passages, key=lambda p: (p.start, p.end)):
        start, end = max(passage.start, at), min(passage.end, len(text))
        if start >= end:
            continue
        if at < start:
            found.append(Block("gap", "", cutter.cut(at, start)))
        found.append(Block(passage.kind, passage.label, cutter.cut(start, end)))
        at = end
    if at < len(text):
        found.append(Block("gap", "", cutter.cut(at, len(text))))
    return tuple(found)


class _Cutter:
    """Cuts a text wherever a finding begins or ends; ranges are asked for in their order, without a gap."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        self.text = text
        self.begin: dict[int, list[Mark]] = defaultdict(list)
        self.stop: dict[int, list[Mark]] = defaultdict(list)
        for mark in marks:
            start, end = max(mark.start, 0), min(mark.end, len(text))
            if start < end:
                self.begin[start].append(mark)
                self.stop[end].append(mark)
        self.cuts = sorted(self.begin.keys() | self.stop.keys())
        self.at = 0
        self.active: dict[int, Mark] = {}

    def cut(self, start: int, end: int) -> tuple[Piece, ...]:
        """The pieces of a range."""
        bounds = [start]
        while self.at < len(self.cuts) and self.cuts[self.at] < end:
            if self.cuts[self.at] > start:
                bounds.append(self.cuts[self.at])
            self.at += 1
        return tuple(self._piece(left, right) for left, right in pairwise([*bounds, end]))

    def _piece(self, start: int, end: int) -> Piece:
        for mark in self.stop.get(start, ()):
            self.active.pop(mark.number, None)
        self.active.update((mark.number, mark) for mark in self.begin.get(start, ()))
        text = markup(self.text[start:end])
        if not self.active:
            return Piece(text)
        covering = sorted(self.active.values(), key=lambda mark: (-SEVERITIES.index(mark.severity), mark.number))
        return Piece(
            text=text,
            severity=covering[0].severity,
            entry=covering[0].entry,
            tip="\n\n".join(mark.tip for mark in covering[:_SHOWN_IN_TIP]),
            anchors=tuple(mark.anchor for mark in self.begin.get(start, ())),
            numbers=" ".join(str(mark.number) for mark in sorted(self.stop.get(end, ()), key=lambda mark: mark.number)),
            entries=" ".join(mark.entry for mark in covering),
        )
