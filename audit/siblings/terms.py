"""What a passage is about: its lemmas, names and numbers, each weighted by how rare it is in the language.

The background is wordfreq's Zipf scale (https://github.com/rspeer/wordfreq): log10 of the occurrences per thousand million
words, so that a document's terms never depend on which other documents were handed in with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from audit.article import Article, lemma
from audit.text import Segment, Token, tokenize

# Words of this Zipf frequency and above say nothing of a story: articles, pronouns, auxiliary and reporting verbs.
_COMMON_ZIPF: Final = 6.0
# Below one occurrence in a hundred million words the list is noise, and so are rare misspellings.
_RARE_ZIPF: Final = 2.0
# Numbers are rare, yet small ones recur in every text: two digits and more weigh like a word of Zipf 4, longer ones like 3.
_SHORT_NUMBER: Final = 1.5
_LONG_NUMBER: Final = 3.0
_NOT_DIGIT: Final = re.compile(r"\D")
_HYPHEN: Final = re.compile(r"[-\u2010\u2011]")


@lru_cache(maxsize=100_000)
def rarity(term: str, lang: str) -> float:
    """The weight of a term (0 for the commonest words, 4 for the rarest; a counted or dated thing adds its number's)."""
    if term[0].isdigit():
        number, _, noun = term.partition(" ")
        weight = _LONG_NUMBER if len(number) > 2 else _SHORT_NUMBER if len(number) == 2 or noun else 0.0
        return weight + (rarity(noun, lang) if noun else 0.0)
    from wordfreq import zipf_frequency

    return max(0.0, _COMMON_ZIPF - max(zipf_frequency(term, lang, "large"), _RARE_ZIPF))


@lru_cache(maxsize=100_000)
def word_terms(word: str, lang: str) -> tuple[str, ...]:
    """The terms of one written word: lower-case lemmas of its hyphenated parts, those without weight left out."""
    lemmas = (lemma(part, lang).lower() for part in _HYPHEN.split(word) if len(part) > 1)
    return tuple(term for term in lemmas if rarity(term, lang) > 0)


def terms(segment: Segment, start: int = 0, end: int | None = None) -> Iterator[str]:
    """The terms of a range of a segment's text, in order, those without weight left out.

    An ordinal and its noun ("10. Januar") are a term of their own beside their parts: dates tell events apart.
    """
    end = len(segment.text) if end is None else end
    # Thousands of articles pass here, most of which nobody looks at again: their tokens are not kept.
    tokens: tuple[Token, ...] = segment.__dict__.get("tokens") or tokenize(segment.text)
    ordinal = ""
    for token in tokens:
        if token.start < start or token.end > end:
            continue
        if token.kind == "word":
            yield from word_terms(token.text, segment.lang)
            if ordinal.endswith(".") and token.text[0].isupper():
                yield f"{ordinal[:-1]} {token.text.lower()}"
        elif token.kind == "number":
            number = _NOT_DIGIT.sub("", token.text)
            if rarity(number, segment.lang) > 0:
                yield number
        if token.kind == "number" and len(token.text) <= 2:
            ordinal = token.text
        else:
            ordinal = f"{ordinal}." if ordinal.isdigit() and token.text == "." else ""


def document_terms(article: Article, headline: float) -> dict[str, float]:
    """How often each term occurs in the article's prose; an occurrence in a headline counts ``headline`` times."""
    counts: dict[str, float] = {}
    for segment in article.prose:
        weight = headline if segment.kind == "headline" else 1.0
        for term in terms(segment):
            counts[term] = counts.get(term, 0.0) + weight
    return counts
