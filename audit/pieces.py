"""Sentences cut at quotation marks: what stands between marks may be in any language, what stands outside may not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from audit.article import Article
from audit.text import Segment, Token

_QUOTE_MARKS: Final = frozenset("\"'„“”‚‘’«»‹›`´")
# What stands between two marks of any kind can be a title or a name of this many words.
_TITLE_WORDS: Final = 6
# How many words before a piece are looked at for an introduction ("das sogenannte …").
_REACH: Final = 4


@dataclass(frozen=True)
class Piece:
    """Tokens of one sentence between quotation marks or outside of them.

    ``whole``: they are the whole sentence, ``mixed`` with quotations in it; ``before``: the last tokens of the sentence that
    stand before them.
    """

    tokens: tuple[Token, ...]
    quoted: bool
    whole: bool
    before: tuple[Token, ...]
    mixed: bool = False

    @property
    def words(self) -> int:
        return sum(token.kind == "word" for token in self.tokens)


def pieces(article: Article, segment: Segment) -> Iterator[Piece]:
    """The sentences of a segment, cut at quotation marks; those with quotations in them uncut, too."""
    at = [token.start for token in segment.tokens]
    quotes = article.quotations[segment]
    begins = [quote.start for quote in quotes]

    def is_quoted(start: int, end: int) -> bool:
        i = bisect_right(begins, start) - 1
        return i >= 0 and end <= quotes[i].end

    for start, end in segment.sentences:
        sentence = segment.tokens[bisect_left(at, start) : bisect_left(at, end)]
        marks = [i for i, token in enumerate(sentence) if token.text in _QUOTE_MARKS]
        if marks and sum(t.kind == "word" and not is_quoted(t.start, t.end) for t in sentence) > _TITLE_WORDS:
            yield Piece(sentence, quoted=False, whole=True, before=(), mixed=True)
        for left, right in pairwise([-1, *marks, len(sentence)]):
            tokens = sentence[left + 1 : right]
            if tokens:
                set_apart = left >= 0 and right < len(sentence) and _is_short(tokens)
                quoted = set_apart or is_quoted(tokens[0].start, tokens[-1].end)
                yield Piece(tokens, quoted, not marks, sentence[max(0, left + 1 - _REACH) : left + 1])


def _is_short(tokens: Sequence[Token]) -> bool:
    """Whether what stands between two marks can be a title that an unknown kind of mark sets apart."""
    return sum(token.kind == "word" for token in tokens) <= _TITLE_WORDS
