"""A document made ready: its segments, and what several readers of it need, computed once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from audit.furniture import FurnitureRules, segments
from audit.text import Segment, Token, word_count
from audit.types import Document

# Opening and closing marks of quotations, by the mark that opens. German, Swiss, English, French and typewriter marks.
_QUOTES: Final = {"„": "“”\"", "“": "”", "«": "»", "»": "«", "‚": "‘’", "‹": "›", "›": "‹", "\"": "\"", "”": "”"}
_CLOSING: Final = {closing: re.compile(f"[{closing}]") for closing in _QUOTES.values()}
# A quotation longer than this was never closed, or its mark was an apostrophe.
_LONGEST_QUOTATION: Final = 600
_WORD: Final = re.compile(r"[^\W\d_]")


class Quotation(NamedTuple):
    """Words within quotation marks; offsets are those of the segment's text, the marks left out."""

    start: int
    end: int


@lru_cache(maxsize=50_000)
def lemma(word: str, lang: str) -> str:
    """The dictionary form of a word (simplemma); the word itself where none is known."""
    from simplemma import lemmatize

    return lemmatize(word, lang=lang)


def quotations(text: str) -> tuple[Quotation, ...]:
    """The quotations of a text, outermost ones only, in order; an unclosed mark opens none."""
    found: list[Quotation] = []
    at = 0
    while at < len(text):
        closing = _QUOTES.get(text[at])
        if closing is None or (at and text[at] in "\"”" and text[at - 1].isalnum()):
            at += 1
            continue
        close = _CLOSING[closing].search(text, at + 1, at + _LONGEST_QUOTATION)
        if close is None or close.start() == at + 1:
            at += 1
            continue
        found.append(Quotation(at + 1, close.start()))
        at = close.end()
    return tuple(found)


class Article:
    """A document with its segments, lemmas and quotations.

    ``segments`` are in order of their place, furniture included; ``prose`` leaves it out. Lemmas are computed on first use.
    """

    def __init__(self, document: Document, rules: FurnitureRules, lang: str) -> None:
        self.document = document
        self.lang = lang
        self.segments: tuple[Segment, ...] = segments(document, rules, lang)
        self._starts: dict[Segment, frozenset[int]] = {}

    def __repr__(self) -> str:
        return f"Article({self.document.id!r}, {len(self.segments)} segments)"

    @cached_property
    def prose(self) -> tuple[Segment, ...]:
        """The segments of the article itself: headlines, body, captions and lists."""
        return tuple(segment for segment in self.segments if segment.kind != "furniture")

    @cached_property
    def words(self) -> int:
        """Words of article text in the field ``text`` and the title."""
        return word_count(self.segments)

    @cached_property
    def quotations(self) -> dict[Segment, tuple[Quotation, ...]]:
        return {segment: quotations(segment.text) for segment in self.segments}

    def in_quotation(self, segment: Segment, start: int, end: int) -> bool:
        """Whether this range of the segment's text lies within quotation marks."""
        quotes = self.quotations[segment]
        at = bisect_right(quotes, start, key=lambda quote: quote.start) - 1
        return at >= 0 and end <= quotes[at].end

    def lemma(self, token: Token) -> str:
        """The lemma of a token; at the start of a sentence, too, a noun keeps its capital."""
        return lemma(token.text, self.lang)

    @cached_property
    def lemmas(self) -> dict[Segment, tuple[str, ...]]:
        """For each segment of prose the lemmas of its words, in order (one for each of ``segment.words``)."""
        return {segment: tuple(self.lemma(token) for token in segment.words) for segment in self.prose}

    def sentence_starts(self, segment: Segment) -> frozenset[int]:
        """The offsets at which a sentence, a quotation, or what follows a colon begins: capitals mean nothing there."""
        if segment not in self._starts:
            starts = {start for start, _ in segment.sentences} | {quote.start for quote in self.quotations[segment]}
            starts |= {match.end() for match in re.finditer(r"[:–—|(]\s*", segment.text)}
            self._starts[segment] = frozenset(_first_letters(segment.text, starts))
        return self._starts[segment]


def _first_letters(text: str, starts: set[int]) -> Iterator[int]:
    for start in starts:
        if match := _WORD.search(text, start):
            yield match.start()
