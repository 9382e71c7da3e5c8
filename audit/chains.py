"""Nouns side by side: which of them genuine text would join into one word, decline, or link with a preposition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from audit.ngrams import Ngrams, key
from audit.text import Token

_QUOTES: Final = frozenset("„“”\"»«‚‘’›‹'")
_BREAKS: Final = frozenset(".!?:…–|") | _QUOTES
# A run of this many nouns is long: genuine ones of three (measure, title, name) begin with an opener.
_LONG: Final = 3


class ChainWords(NamedTuple):
    """Articles; nouns that rightly stand behind others and make no compound with them, or may; finite verbs; linking letters."""

    articles: frozenset[str]
    apart: frozenset[str]
    behind: frozenset[str]
    finite: frozenset[str]
    links: tuple[str, ...]


class Chain(NamedTuple):
    """Odd neighbours: indices of the first and last token, the kind, and for a split compound the word they should be.

    ``kind``: ``compound_split`` (``_article``: with an article before it), ``chain`` (two nouns), ``chain_long`` (three and
    more with one odd pair), ``chain_odd`` (more odd pairs than one), ``chain_name`` (noun, name, noun before a verb).
    """

    first: int
    last: int
    kind: str
    joined: str = ""


def chains(tokens: Sequence[Token], n: Ngrams, words: ChainWords) -> Iterator[Chain]:
    """The odd chains of a passage, from left to right; those that begin within quotation marks are titles and left out."""
    i = 0
    while i < len(tokens) - 1:
        k = i
        while k < len(tokens) and tokens[k].kind == "word" and tokens[k].text[0].isupper() and "-" not in tokens[k].text:
            k += 1
        if k - i >= 2 and (i == 0 or tokens[i - 1].text not in _QUOTES):
            yield from _chain(tokens, i, k, n, words)
        i = max(k, i + 1)


def _chain(tokens: Sequence[Token], start: int, end: int, n: Ngrams, words: ChainWords) -> Iterator[Chain]:
    """What is odd about the capitalised words ``tokens[start:end]``."""
    begins = start == 0 or tokens[start - 1].text in _BREAKS
    nouns = [token.text for token in tokens[start:end]]
    if begins and n.initial(nouns[0]) not in n.common:
        start, nouns, begins = start + 1, nouns[1:], False
    known = [n.of(noun) in n.common and key(noun) in n.words for noun in nouns]
    odd = [
        i
        for i in range(len(nouns) - 1)
        if known[i]
        and known[i + 1]
        and key(nouns[i]) not in n.openers
        and key(nouns[i + 1]) not in n.followers
        and nouns[i + 1] not in words.behind
    ]
    pairs = ((i, compound(nouns[i], nouns[i + 1], n, words)) for i in range(len(nouns) - 1))
    place, joined = next(((i, word) for i, word in pairs if word), (0, ""))
    if joined:
        article = start > 0 and tokens[start - 1].text in words.articles
        yield Chain(start + place, start + place + 1, "compound_split_article" if article else "compound_split", joined)
    if len(odd) > 1:
        yield Chain(start, end - 1, "chain_odd")
    elif odd and len(nouns) >= _LONG and all(n.of(noun) in n.common for noun in nouns):
        yield Chain(start, end - 1, "chain_long")
    elif odd:
        yield Chain(start + odd[0], start + odd[0] + 1, "chain")
    elif begins and len(nouns) >= _LONG and end < len(tokens) and tokens[end].text in words.finite and _is_leftover(nouns, n):
        yield Chain(start, end - 1, "chain_name")


def _is_leftover(nouns: Sequence[str], n: Ngrams) -> bool:
    """Whether the words are noun, name, noun: words of the page that ran into the sentence before its subject."""
    first, name, last = nouns[0], nouns[-2], nouns[-1]
    if n.of(first) not in n.common or n.of(last) not in n.common or key(last) not in n.words or key(last) in n.followers:
        return False
    kind = n.names[n.of(name)]
    is_name = kind.startswith("NE") or kind == "UNKC" or key(name) not in n.words
    return is_name and not name.endswith("s") and key(name) not in n.openers


def compound(one: str, two: str, n: Ngrams, words: ChainWords) -> str:
    """The known compound of two common nouns, or nothing."""
    if two in words.apart or n.of(one) not in n.common or n.of(two) not in n.common:
        return ""
    stems = [one, *(one + link for link in words.links)]
    return next((stem + two.lower() for stem in stems if len(stem) > 2 and key(stem + two.lower()) in n.words), "")
