"""From the original text to segments that read as prose, and back: every offset maps to the text as it was read.

A `View` is a cleaned rendering of a stretch of the original. Cleaning removes what stands in the way of reading (soft
hyphens, zero-width marks, table frames, line wraps, link marks, mojibake) but never touches the original: character *i* of
the view stands for ``original[starts[i]:ends[i]]``.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

from audit.types import Field, PassageKind, Span

TokenKind = Literal["word", "number", "punct", "address"]

# Invisible marks: soft hyphen, zero-width characters (not the joiner of emoji), direction marks and overrides, BOM.
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069"
_SPACES: Final = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# UTF-8 read as Windows-1252: a lead byte seen as a letter, then one to three continuation bytes seen as marks or signs.
_CONTINUATION: Final = (
    "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e"
    "\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
)
MOJIBAKE: Final = re.compile(
    f"[\u00c2-\u00df][{_CONTINUATION}]|[\u00e0-\u00ef][{_CONTINUATION}]{{2}}|[\u00f0-\u00f4][{_CONTINUATION}]{{3}}"
)
# What mojibake of German and its neighbours resolves to: Latin letters, Cyrillic, punctuation, the euro, emoji. "É–" does not.
_PLAUSIBLE: Final = re.compile("[\u00a0-\u017f\u0400-\u04ff\u2010-\u2044\u20ac\u2122\U0001f000-\U0001faff]")
_AFTER_CAPITAL: Final = re.compile("[\u00c4\u00c5][\u2013-\u201e\u2026]")  # "Ä“" ends a quotation
_ENTITY: Final = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8}\d{0,2});")
_SPECIAL: Final = re.compile(
    f"(?P<invisible>[{_INVISIBLE}]+)|(?P<space>[{_SPACES}])|(?P<combined>\\w[\u0300-\u036f]+)"
    f"|(?P<entity>{_ENTITY.pattern})|(?P<mojibake>{MOJIBAKE.pattern})"
)
# The parts of an address have at most 64 (mailbox, RFC 5321) and 63 characters (label of a domain, RFC 1035).
_ADDRESS_PARTS: Final = (
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]+\.[\w.]+|[@#]\w+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
)
_DOMAINS: Final = r"\.(?:com|org|net|de|at|ch|fr|be|nl|eu|info|tv|uk|io|it|es)\b"
_OTHER_TOKENS: Final = (
    r"(?P<number>(?>\d+(?:[.,:]\d+)*))(?![^\W\d_])"
    r"|(?P<word>\w+(?:['’‘\-\u2010\u2011]\w+)*)"
    r"|(?P<punct>[^\w\s])"
)
_TOKEN: Final = re.compile(rf"(?P<address>{_ADDRESS_PARTS}{_DOMAINS}(?:/\S*)?)|{_OTHER_TOKENS}")
# The same for texts without addresses, with a group for them that is always empty.
_PLAIN_TOKEN: Final = re.compile(rf"(?P<address>(?!))|{_OTHER_TOKENS}")
_DOMAIN: Final = re.compile(_DOMAINS)
_WORD_OF: Final = itemgetter(_TOKEN.groupindex["word"] - 1)
# German's longest compounds have some 80 letters; this leaves room for those with hyphens and keeps strings of noise out.
_LONGEST_WORD: Final = 200


class Token(NamedTuple):
    """A word, number, punctuation mark or address; offsets are those of the view.

    Addresses are URLs, e-mail addresses, handles, hashtags, and strings too long for a word of any language.
    """

    text: str
    start: int
    end: int
    kind: TokenKind


class View:
    """Cleaned text with the original range behind each of its characters."""

    __slots__ = ("ends", "starts", "text")

    def __init__(self, text: str, starts: array[int], ends: array[int]) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends

    def span(self, start: int, end: int) -> Span:
        """The original range of ``text[start:end]``. Raises ValueError for an empty or outlying range."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such range in a view of {len(self.text)} characters: {start}:{end}")
        return Span(self.starts[start], self.ends[end - 1])

    def select(self, ranges: Iterable[tuple[int, int]]) -> View:
        """The view that keeps only these ranges, in their order."""
        text: list[str] = []
        starts, ends = array("l"), array("l")
        for start, end in ranges:
            text.append(self.text[start:end])
            starts.extend(self.starts[start:end])
            ends.extend(self.ends[start:end])
        return View("".join(text), starts, ends)

    def drop(self, ranges: Iterable[tuple[int, int]]) -> View:
        """The view without these ranges, which are sorted and do not overlap."""
        keep: list[tuple[int, int]] = []
        last = 0
        for start, end in ranges:
            keep.append((last, start))
            last = end
        return self.select([*keep, (last, len(self.text))])

    def strip(self) -> View:
        """The view without white space at either end."""
        if self.text == self.text.strip():
            return self
        start = len(self.text) - len(self.text.lstrip())
        return self.select([(start, max(start, len(self.text.rstrip())))])

    @classmethod
    def join(cls, views: Iterable[View], glue: str = "") -> View:
        """One view of several; the glue between two of them stands for the original text that lies between."""
        filled = [view for view in views if view.text]
        if len(filled) == 1:
            return filled[0]
        text: list[str] = []
        starts, ends = array("l"), array("l")
        for view in filled:
            if text and glue:
                text.append(glue)
                starts.extend([ends[-1]] * len(glue))
                ends.extend([view.starts[0]] * len(glue))
            text.append(view.text)
            starts.extend(view.starts)
            ends.extend(view.ends)
        return cls("".join(text), starts, ends)


def _repair(match: re.Match[str]) -> str:
    """What a special run reads as; itself where it is not what it looked like."""
    run = match.group()
    match match.lastgroup:
        case "invisible":
            return ""
        case "space":
            return " "
        case "combined":
            return unicodedata.normalize("NFC", run)
        case "entity":
            return html.unescape(run)
        case _:
            return unmojibake(run) or run


def unmojibake(run: str) -> str | None:
    """The character that a run of mis-decoded UTF-8 stands for, or None if it is no such run."""
    if _AFTER_CAPITAL.match(run):
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            fixed = run.encode(encoding).decode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError):
            continue
        if _PLAUSIBLE.fullmatch(fixed):
            return fixed
    return None


def clean(original: str, start: int = 0, end: int | None = None) -> View:
    """The cleaned view of ``original[start:end]``, characters only: layout is `audit.layout`'s task."""
    end = len(original) if end is None else end
    text: list[str] = []
    starts, ends = array("l"), array("l")
    at = start
    for match in _SPECIAL.finditer(original, start, end):
        run = _repair(match)
        if at < match.start():
            text.append(original[at : match.start()])
            starts.extend(_numbers(at, match.start()))
            ends.extend(_numbers(at + 1, match.start() + 1))
        text.append(run)
        starts.extend([match.start()] * len(run))
        ends.extend([match.end()] * len(run))
        at = match.end()
    text.append(original[at:end])
    starts.extend(_numbers(at, end))
    ends.extend(_numbers(at + 1, end + 1))
    return View("".join(text), starts, ends)


# Copying whole numbers from an array is ten times faster than counting anew; texts that go on beyond it are rare.
_COUNTED: Final = array("l", range(1 << 15))


def _numbers(start: int, end: int) -> array[int]:
    return _COUNTED[start:end] if end <= len(_COUNTED) else array("l", range(start, end))


def tokenize(text: str) -> tuple[Token, ...]:
    """Words (with inner hyphens and apostrophes), numbers, addresses and single punctuation marks, in order."""
    new = tuple[Any, ...].__new__  # half the time of Token's own: there are thousands in an article
    return tuple([new(Token, (match[0], *match.span(), _kind(match))) for match in _pattern(text).finditer(text)])


def count_words(text: str) -> int:
    """The number of words that `tokenize` finds, without making them."""
    return sum(0 < len(word) <= _LONGEST_WORD for word in map(_WORD_OF, _pattern(text).findall(text)))


def _pattern(text: str) -> re.Pattern[str]:
    """The pattern of tokens; the alternatives of addresses, which take most of its time, only where there may be one."""
    if "@" in text or "#" in text or "://" in text or "www." in text or _DOMAIN.search(text):
        return _TOKEN
    return _PLAIN_TOKEN


def _kind(match: re.Match[str]) -> TokenKind:
    too_long = match.lastgroup == "word" and match.end() - match.start() > _LONGEST_WORD
    return "address" if too_long else match.lastgroup  # pyright: ignore[reportReturnType]  # names of groups are kinds


class Segment:
    """A passage as detectors see it: cleaned text, tokens and sentences, and the way back to the original."""

    def __init__(self, view: View, index: int, kind: PassageKind, field: Field, lang: str) -> None:
        self.view = view
        self.text = view.text
        self.index = index
        self.kind: PassageKind = kind
        self.field: Field = field
        self.lang = lang

    def __repr__(self) -> str:
        return f"Segment({self.index}, {self.kind}, {self.text[:40]!r})"

    def span(self, start: int, end: int) -> Span:
        """The original range behind ``self.text[start:end]``."""
        return self.view.span(start, end)

    @property
    def whole(self) -> Span:
        """The original range of the whole segment."""
        return self.view.span(0, len(self.text))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tokenize(self.text)

    @cached_property
    def words(self) -> tuple[Token, ...]:
        return tuple(token for token in self.tokens if token.kind == "word")

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Half-open ranges of the segment's text, white space between sentences left out."""
        from sentencex import get_sentence_boundaries

        ranges: list[tuple[int, int]] = []
        for boundary in get_sentence_boundaries(self.lang, self.text):
            sentence = self.text[boundary["start_index"] : boundary["end_index"]]
            start = boundary["start_index"] + len(sentence) - len(sentence.lstrip())
            end = boundary["start_index"] + len(sentence.rstrip())
            if start < end:
                ranges.append((start, end))
        return tuple(ranges)

    def sentence_at(self, position: int) -> tuple[int, int]:
        """The sentence that holds this position of the segment's text."""
        at = bisect_right(self.sentences, position, key=lambda sentence: sentence[1])
        return self.sentences[at] if at < len(self.sentences) else (0, len(self.text))


def word_count(segments: Iterable[Segment]) -> int:
    """Words of article text: furniture does not count."""
    return sum(count_words(segment.text) for segment in segments if segment.kind != "furniture")
