"""Text of documents is other people's: characters that command a screen are shown instead of obeyed, places are counted."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

_BREAK: Final = re.compile(r"\r\n|\n|\r")
# C0 and C1 controls but for white space, bidirectional controls (UAX 9, table 1), annotation marks (Unicode 23.8).
_COMMANDS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb"
COMMAND: Final = re.compile(f"[{_COMMANDS}]")
_PICTURES: Final = 0x2400  # U+2400 SYMBOL FOR NULL and those that follow it stand for the C0 controls


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(_PICTURES + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def visible(text: str) -> str:
    """The text with each commanding character replaced by one visible sign, so that offsets hold."""
    return COMMAND.sub(_picture, text)


def on_one_line(text: str) -> str:
    """Like `visible`, with line breaks and tabs as spaces."""
    return visible(re.sub("[\n\r\t\x0b\x0c\x85\u2028\u2029]", " ", text))


def code(char: str) -> str:
    """``U+202E`` for the character of that number."""
    return f"U+{ord(char):04X}"


class Lines:
    """Where the lines of a text begin; a line ends at LF, CR LF or CR."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, the column in code points."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> tuple[int, int]:
        """The range of a line, counted from 1, without its break."""
        start = self.starts[number - 1]
        match = _BREAK.search(self.text, start)
        return start, match.start() if match else len(self.text)
