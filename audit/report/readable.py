"""A text as a reader knows it: frames, hard wraps and link marks are gone, every character of the author's own stays.

`audit.layout` decides what belongs to the layout. Unlike its cleaned view nothing is repaired here: an encoding error must be
seen. Offsets of the original are carried over.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import Final

from audit.layout import paragraphs
from audit.text import View

_BREAK: Final = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Possessive, and only from where blanks begin: a long run of blanks is looked at once.
_FRAME: Final = re.compile(r"(?<![ \t|])[ \t]*+(?:\|[ \t]*+){0,2}+(?:\r\n|[\n\r])[ \t]*+(?:[|>][ \t]?)*+")
_SENTENCE: Final = re.compile(r"(?<![\d\W].)(?<!\b\w.)(?<=[.!?…])[“”\"«»’]?\s+(?=[„“\"«»‚–(]?[A-ZÄÖÜ0-9])|(?<=[.!?][“”\"«»])\s+")
_LONGEST: Final = 320  # characters of a sentence that are shown beside another one


class Readable:
    """The shown text with the original range behind each of its characters."""

    def __init__(self, original: str) -> None:
        self.original = original
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        for paragraph in paragraphs(original):
            if self._parts:
                self._glue("\n", self._ends[-1], paragraph.view.starts[0])
            self._show(paragraph.view)
        self.text = "".join(self._parts)

    def _glue(self, char: str, start: int, end: int) -> None:
        self._parts.append(char)
        self._starts.append(start)
        self._ends.append(end)

    def _show(self, view: View) -> None:
        """The paragraph's own characters; what lies between two of them is layout, or a mark nobody sees."""
        first, last = view.starts[0], view.ends[-1]
        # Cleaning never lengthens a text: as long as the original means that nothing was left out or repaired.
        if len(view.text) == last - first and not _BREAK.search(self.original, first, last):
            return self._keep(first, last)
        at = first
        for start, end in zip(view.starts, view.ends, strict=True):
            if end <= at:
                continue  # several cleaned characters stand for one run of the original, which is shown once
            if at < start:
                self._between(at, start)
            if _BREAK.search(self.original, start, end):
                self._glue(" ", start, end)
            else:
                self._keep(start, end)
            at = end

    def _between(self, start: int, end: int) -> None:
        """Soft hyphens, zero-width and direction marks stay; marks of links, headings and emphasis go."""
        if not any(char.isprintable() for char in self.original[start:end]):
            self._keep(start, end)

    def _keep(self, start: int, end: int) -> None:
        self._parts.append(self.original[start:end])
        self._starts.extend(range(start, end))
        self._ends.extend(range(start + 1, end + 1))

    def range(self, start: int, end: int) -> tuple[int, int]:
        """The shown range of an original one, half-open; empty where nothing of it is shown."""
        first = bisect_right(self._ends, start)
        return first, max(first, bisect_left(self._starts, end))

    def shown(self, start: int, end: int) -> str:
        """What of an original range is shown."""
        first, last = self.range(start, end)
        return self.text[first:last]

    @cached_property
    def _sentences(self) -> list[int]:
        return [0, *(match.end() for match in _SENTENCE.finditer(self.text)), len(self.text)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The shown range of the sentence around an original range: never over a paragraph's end, shortened around it."""
        first, last = self.range(start, end)
        begin = self._sentences[max(bisect_right(self._sentences, first) - 1, 0)]
        stop = self._sentences[min(bisect_left(self._sentences, max(last, first + 1)), len(self._sentences) - 1)]
        begin = max(begin, self.text.rfind("\n", 0, first) + 1, first - _LONGEST)
        line_end = self.text.find("\n", last)
        stop = min(stop, len(self.text) if line_end < 0 else line_end, last + _LONGEST)
        stop = max(stop, last)
        return begin, stop - len(self.text[last:stop]) + len(self.text[last:stop].rstrip())


def unwrapped(quote: str) -> str:
    """A quotation whose document is not at hand, on one line and without frames."""
    return _FRAME.sub(" ", quote).strip()
