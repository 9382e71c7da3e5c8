"""Runs of words that lean to another language: where they begin and end, which language, and how much speaks for it.

Each token has a leaning towards each candidate language (`Languages.lean`); a fragment is a stretch whose leanings sum up
highest (Kadane's maximal segment, a unigram segmentation). Foreign words raise the sum, German ones lower it, names and
numbers leave it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from audit.language import Languages
from audit.loans import Loans
from audit.pieces import Piece
from audit.text import Token

# A word that is ten times as common in the other language speaks for it.
HIT: Final = 1.0
# Among a language's 300 commonest words or so are its function words (Zipf values in wordfreq's lists).
FUNCTION: Final = 5.7
# Words in small letters that make a run.
RUN: Final = 3
_SENTENCE_WORDS: Final = 4
# A title has fewer words in small letters than this that are no function words …
_CONTENT: Final = 3
# … and not more words in small letters than this.
_SHORT: Final = 5
# Single letters are units, initials and abbreviations in any language.
_LEAST_LETTERS: Final = 2
# What neither language knows may stand within a fragment, but not make it longer at either end.
_UNKNOWN: Final = -0.1
# Capitals: a German noun speaks against a fragment as any German word; a foreign name or title says less than small letters.
_CAPITAL: Final = 0.4
# Another language with this share of the best one's sum may be the right one: frequencies cannot tell.
_RIVAL: Final = 0.8
# A word at either end of a fragment leans to its language at least this much.
_TELLING: Final = 0.35
# A stretch that lost this much of its best sum is over.
_DROP: Final = 2.0
# Zipf value from which a capitalised word is a German noun or a name that Germans know, and no foreign one.
_KNOWN: Final = 2.0
_NAME_LEAN: Final = 0.5
_MOST_PARTICLES: Final = 4  # in a row, as in "Institute for the History of the …"; more are text
_ENDINGS: Final = ("ern", "ten", "tet", "en", "er", "es", "em", "te", "e", "n", "t")
_LEAST_STEM: Final = 5
_STEM_LEAN: Final = 1.8


class Fragment(NamedTuple):
    """A run of tokens ``first:last`` (half-open indices) in ``lang``.

    ``score`` is the sum of leanings (powers of ten), ``words`` counts its words, ``hits`` are its tokens in small letters
    that speak for the language by themselves.
    """

    first: int
    last: int
    lang: str
    score: float
    words: int
    hits: tuple[Token, ...]


def fragments(languages: Languages, tokens: Sequence[Token], loans: Loans, *, capitals: float = _CAPITAL) -> list[Fragment]:
    """The foreign fragments of one sentence or line, in order, without overlap.

    ``capitals``: what a foreign word with a capital counts, 1 in lines where capitals mean nothing.
    """
    if not any(_is_suspicious(languages, token) for token in tokens):
        return []
    names = [_is_attached(tokens, i) or is_particle(tokens, i, loans) for i in range(len(tokens))]
    leanings = {
        lang: [_leaning(languages, token, lang, capitals, name=name) for token, name in zip(tokens, names, strict=True)]
        for lang in languages.candidates
    }
    spans = [span for lang, values in leanings.items() for span in _maximal(values, lang)]
    found: list[Fragment] = []
    for score, first, last, best in sorted(spans, key=lambda span: (-span[0], span[1], span[3])):
        if any(first < other.last and other.first < last for other in found):
            continue
        words = [i for i in range(first, last) if tokens[i].kind == "word"]
        rivals = [lang for lang, values in leanings.items() if sum(values[first:last]) >= _RIVAL * score]
        lang = best if len(rivals) < 2 or len(words) < RUN else _settled(languages, tokens[first:last], rivals)
        hits = tuple(tokens[i] for i in words if not names[i] and _is_hit(languages, tokens[i], lang))
        found.append(Fragment(first, last, lang, score, len(words), hits))
    return sorted(found, key=lambda fragment: fragment.first)


def _settled(languages: Languages, tokens: Sequence[Token], rivals: Sequence[str]) -> str:
    """Which of several languages that share the words of a run it is in, by its letters."""
    guesses = languages.run(" ".join(token.text for token in tokens if token.kind == "word"))
    return next((guess.lang for guess in guesses if guess.lang in rivals), rivals[0])


def is_capital(token: Token) -> bool:
    """Whether a word, or what follows its elided article ("d'Italia"), begins with a capital."""
    return token.text[0].isupper() or re.sub(r"^.*['’]", "", token.text)[:1].isupper()


def is_name(languages: Languages, token: Token, lang: str) -> bool:
    """Whether a capitalised word is rather a name, or a word of ``lang``, than a German noun."""
    if token.kind != "word" or not is_capital(token):
        return False
    last = token.text.rpartition("-")[2]
    if languages.lean(last, lang) >= _NAME_LEAN:
        return True
    return languages.zipf(last) < _KNOWN and not languages.is_native(last)


def is_particle(tokens: Sequence[Token], i: int, loans: Loans) -> bool:
    """Whether this token is part of a name: between capitals ("Friends of the Earth"), or before one ("van Gogh")."""
    word = tokens[i].text.lower()
    if word not in loans.particles:
        return False
    left, right = _capital_beyond(tokens, i, -1, loans), _capital_beyond(tokens, i, 1, loans)
    return (left and right) or (right and word in loans.prefixes)


def _is_attached(tokens: Sequence[Token], i: int) -> bool:
    """Whether a word is half of something: of an address ("travel.gov"), or of a compound ("and- und oder-Verknüpfung")."""
    token = tokens[i]
    after = tokens[i + 1] if i + 1 < len(tokens) and tokens[i + 1].start == token.end else None
    if after is not None and after.text in "-.":
        beyond = tokens[i + 2] if i + 2 < len(tokens) else None
        return after.text == "-" or (beyond is not None and beyond.start == after.end and beyond.kind == "word")
    return i >= 1 and tokens[i - 1].text in ".-" and tokens[i - 1].end == token.start


def _capital_beyond(tokens: Sequence[Token], i: int, step: int, loans: Loans) -> bool:
    """Whether the next word that is no particle, in this direction, has a capital."""
    for _ in range(_MOST_PARTICLES):
        i += step
        if not 0 <= i < len(tokens) or tokens[i].kind != "word":
            return False
        if is_capital(tokens[i]):
            return True
        if tokens[i].text not in loans.particles:
            return False
    return False


def _is_suspicious(languages: Languages, token: Token) -> bool:
    if token.kind != "word":
        return False
    foreign = languages.foreign(token.text)
    return (foreign is not None and foreign.margin >= HIT) or "'" in token.text or "’" in token.text


def _is_hit(languages: Languages, token: Token, lang: str) -> bool:
    """Whether a word speaks for a language by itself: in small letters, more than one, and far more common there."""
    if len(token.text) < _LEAST_LETTERS or not token.text[0].isalpha() or is_capital(token):
        return False
    return languages.lean(token.text, lang) >= HIT


def _leaning(languages: Languages, token: Token, lang: str, capitals: float, *, name: bool) -> float:
    if token.kind in ("number", "punct"):
        return 0.0
    if token.kind == "address" or "-" in token.text or (token.text.isupper() and capitals < 1):
        return _UNKNOWN
    leaning = languages.lean(token.text, lang) or _UNKNOWN
    return leaning * capitals if leaning > 0 and (name or is_capital(token)) else leaning


def _maximal(values: Sequence[float], lang: str) -> list[tuple[float, int, int, str]]:
    """Every maximal stretch with a positive sum, as (sum, first, last, lang); both ends are positive themselves."""
    spans: list[tuple[float, int, int, str]] = []
    best = total = 0.0
    start = first = last = 0
    for i, value in enumerate([*values, float("-inf")]):
        if total <= 0:
            start, total = i, 0.0
        total += value
        if total > best:
            best, first, last = total, start, i + 1
        elif best and (total <= 0 or total < best - _DROP):
            spans.append((round(best, 2), first, last, lang))
            best = total = 0.0
    return [(score, *_trimmed(values, first, last), lang) for score, first, last, lang in spans]


def _trimmed(values: Sequence[float], first: int, last: int) -> tuple[int, int]:
    """Both ends without the words that both languages use ("in"), as long as something is left."""
    telling = [i for i in range(first, last) if values[i] >= _TELLING]
    return (telling[0], telling[-1] + 1) if telling else (first, last)


@dataclass(frozen=True)
class Run:
    """A fragment within its piece.

    ``hits`` are its words that are no loans, ``functions`` of them are function words; ``fills_piece``: hardly any word of
    the piece is German.
    """

    piece: Piece
    fragment: Fragment
    hits: tuple[Token, ...]
    functions: int
    fills_piece: bool

    @property
    def tokens(self) -> tuple[Token, ...]:
        return self.piece.tokens[self.fragment.first : self.fragment.last]

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end

    @property
    def charged(self) -> tuple[int, int]:
        """The range that is reported: a whole sentence, all of a long run; of a short one not the names at its ends."""
        if self.is_sentence and self.fills_piece:
            words = [token for token in self.piece.tokens if token.kind == "word"]
            return words[0].start, words[-1].end
        if len(self.hits) >= RUN:
            return self.start, self.end
        hits = set(self.hits)
        at = [i for i, token in enumerate(self.tokens) if token in hits]
        first, last = at[0], at[-1]
        while first and self.tokens[first - 1].text.islower():
            first -= 1
        while last + 1 < len(self.tokens) and self.tokens[last + 1].text.islower():
            last += 1
        return self.tokens[first].start, self.tokens[last].end

    @property
    def is_sentence(self) -> bool:
        return self.piece.whole and self.fragment.words >= _SENTENCE_WORDS and self.fills_piece

    @property
    def is_short(self) -> bool:
        return len(self.hits) < RUN or (len(self.hits) - self.functions < _CONTENT and len(self.hits) <= _SHORT)


def foreign_stem(languages: Languages, word: str) -> tuple[str, str] | None:
    """The foreign word behind a word with a German ending, and its language; None where German has a claim to the stem."""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _LEAST_STEM:
            continue
        for form in (stem, stem + "e", stem + "er"):
            foreign = languages.foreign(form)
            if foreign and foreign.margin >= _STEM_LEAN and not languages.is_native(form):
                return form, foreign.lang
    return None
