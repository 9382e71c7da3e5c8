"""The proper names of an article, and which spellings mean the same person.

German writes every noun with a capital, so a capital alone names nobody. A name is what follows a given name or a role
("Kremlsprecher Peskow"), what a table knows, or a capitalised word that is neither in the dictionary nor a compound of words
that are; whatever was once a surname in an article is one wherever it stands alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from audit.article import Article
from audit.siblings.transliteration import NameTables, tables
from audit.text import Segment, Token

NameKind = Literal["person", "place", "organisation", "name"]

_DIGITS: Final = re.compile(r"\d")
_HYPHEN: Final = re.compile(r"[-\u2010\u2011]")
_INITIAL: Final = re.compile(r"[A-ZÄÖÜ]")
# Above this one ("Ob", which is a river, too) it begins a sentence and names nothing.
_FUNCTION_ZIPF: Final = 5.3
# Parts of a compound: shorter ones are found in every word.
_SHORTEST_HEAD: Final = 4
_SHORTEST_MODIFIER: Final = 3
# Spellings of one name are at least this alike (rapidfuzz ratio, 0–100) and sound the same (Kölner Phonetik).
_ALIKE: Final = 74.0
# With the same consonants in the same places, vowels may differ more: Silinsky, Selenskyj.
_ALIKE_SKELETON: Final = 60.0
_SHORTEST_SKELETON: Final = 5
_VOWELS: Final = re.compile(r"[aeiouyj]+")
# Shorter names collide: Meir, Maier, Mayr.
_SHORTEST_VARIANT: Final = 5


class Name(NamedTuple):
    """A proper name in ``segment.text[start:end]``, its genitive ending included.

    ``last`` is the surname, or the only name there is, without the genitive ending; ``given`` what stands before it ("" where
    nothing does); ``genitive`` the ending that was taken off.
    """

    segment: Segment
    start: int
    end: int
    kind: NameKind
    given: str
    last: str
    last_start: int
    genitive: str

    @property
    def full(self) -> str:
        """The name without its genitive ending."""
        return f"{self.given} {self.last}".strip()


def proper_names(article: Article) -> tuple[Name, ...]:
    """The proper names of the article's prose, in order of their place; they do not overlap."""
    cached: tuple[Name, ...] | None = article.__dict__.get("proper_names")
    if cached is None:
        cached = tuple(_Reader(article).names())
        article.__dict__["proper_names"] = cached
    return cached


class _Reader:
    def __init__(self, article: Article) -> None:
        self.article = article
        self.lang = article.lang
        self.tables: NameTables = tables(article.lang)
        self.roles: tuple[str, ...] = tuple(self.tables.rules["roles"])
        self.particles = frozenset(self.tables.rules["particles"])
        self.openers = frozenset(self.tables.rules["first_particles"])
        self.written = {token.text for segment in article.prose for token in segment.words}

    def names(self) -> Iterator[Name]:
        runs = [(segment, run) for segment in self.article.prose for run in self._runs(segment)]
        surnames = {run[-1].text for _, run in runs if len(run) > 1}
        surnames |= {self.base(surname)[0] for surname in surnames}
        taken: dict[Segment, list[Name]] = defaultdict(list)
        for segment, run in runs:
            taken[segment].append(self._name(segment, run, "person" if len(run) > 1 else "name"))
        for segment in self.article.prose:
            found = taken[segment]
            covered = {at for name in found for at in range(name.start, name.end)}
            for token in segment.words:
                if token.start not in covered and (token.text in surnames or self.base(token.text)[0] in surnames):
                    found.append(self._name(segment, [token], "person"))
            for name in sorted(found, key=lambda name: name.start):
                yield name._replace(kind="person") if name.kind == "name" and name.last in surnames else name

    def _name(self, segment: Segment, run: list[Token], kind: NameKind) -> Name:
        last = run[-1]
        base, genitive = self.base(last.text)
        if base in self.tables.places and len(run) == 1:
            kind = "place"
        elif base.isupper() and len(run) == 1:
            kind = "organisation"
        given = segment.text[run[0].start : last.start].strip() if len(run) > 1 else ""
        return Name(segment, run[0].start, last.end, kind, given, base, last.start, genitive)

    def _runs(self, segment: Segment) -> Iterator[list[Token]]:
        """Runs of neighbouring tokens that make a name, roles left out."""
        words = segment.words
        starts = self.article.sentence_starts(segment)
        at = 0
        while at < len(words):
            run = self._run(segment, words, at, starts)
            if run:
                yield run
            at += max(1, len(run))

    def _run(self, segment: Segment, words: tuple[Token, ...], at: int, starts: frozenset[int]) -> list[Token]:
        token = words[at]
        after_role = at > 0 and self._is_role(words[at - 1].text) and _adjacent(segment.text, words[at - 1], token)
        before = words[at - 1].text if at > 0 else ""
        if not self._opens(token, before, first=token.start in starts, after_role=after_role):
            return []
        run = [token]
        known = token.text in self.tables.given and token.text not in self.tables.places
        for after in words[at + 1 :]:
            if not _adjacent(segment.text, run[-1], after) or len(run) >= 5:
                break
            particle = after.text in self.particles and (run[-1].text in self.particles or after.text in self.openers)
            # Behind a given name any capitalised word is the surname; behind a surname a noun is a noun.
            expected = (known or after_role) and (len(run) == 1 or run[-1].text in self.particles | self.tables.given)
            if not (particle or self._continues(after, known=expected)):
                break
            run.append(after)
        while len(run) > 1 and run[-1].text in self.particles:
            run.pop()
        return run

    def _opens(self, token: Token, before: str, *, first: bool, after_role: bool) -> bool:
        text = token.text
        if not is_capital(text) or (first and zipf(text, self.lang) >= _FUNCTION_ZIPF and is_common(text.lower(), self.lang)):
            return False
        base = self.base(text)[0]
        if base in self.tables.given or base in self.tables.lawful or self._is_place(base, before):
            return True
        if text in self.tables.spellings or base in self.tables.spellings:
            return True
        if is_common(text, self.lang) or (first and is_common(text.lower(), self.lang)):
            return False
        return after_role or not is_compound(text, self.lang)

    def _is_place(self, base: str, before: str) -> bool:
        """Whether a word is a place: one that is a noun as well ("Halle", "Essen") only behind a preposition without article."""
        if base not in self.tables.places:
            return False
        exonym = base in self.tables.exonyms
        return exonym or before in self.tables.rules["place_prepositions"] or not is_common(base, self.lang)

    def _continues(self, token: Token, *, known: bool) -> bool:
        if not is_capital(token.text) and not (len(token.text) == 1 and _INITIAL.match(token.text)):
            return False
        if known and len(token.text) > 2:
            return not self._is_role(token.text)
        return len(token.text) == 1 or not (is_common(token.text, self.lang) or is_compound(token.text, self.lang))

    def _is_role(self, text: str) -> bool:
        lower = text.lower()
        return text[:1].isupper() and lower.endswith(self.roles)

    def base(self, text: str) -> tuple[str, str]:
        """A name without its genitive ending, and the ending."""
        if text[-2:] in {"'s", "’s", "s'", "s’"} and len(text) > 3:
            return (text[:-2], text[-2:]) if text[-1] == "s" else (text[:-1], text[-1])
        stem = text[:-1]
        if len(text) < 4 or text[-1] != "s" or text[-2] in "sxzß":
            return text, ""
        if text in self.tables.lawful or text in self.tables.given or text in self.tables.places:
            return text, ""
        if stem in self.written or stem in self.tables.lawful or stem in self.tables.spellings or stem in self.tables.places:
            return stem, "s"
        return (stem, "s") if zipf(stem, self.lang) > zipf(text, self.lang) else (text, "")


def _adjacent(text: str, one: Token, other: Token) -> bool:
    gap = text[one.end : other.start]
    return gap == " " or (gap == ". " and len(one.text) == 1)


def is_capital(text: str) -> bool:
    """Whether a word begins with a capital and is more than one."""
    return len(text) > 1 and text[0].isupper()


@lru_cache(maxsize=50_000)
def zipf(word: str, lang: str) -> float:
    """How often the language writes this word (wordfreq's Zipf scale, 0 where it is unknown)."""
    from wordfreq import zipf_frequency

    return zipf_frequency(word, lang, "large")  # the list that language evidence has loaded already


@lru_cache(maxsize=50_000)
def is_common(word: str, lang: str) -> bool:
    """Whether the dictionary has this word; names that are words too ("Merkel") count as words."""
    from simplemma import is_known

    parts = _HYPHEN.split(word)
    if len(parts) > 1:
        return len(parts[-1]) > 1 and (is_common(parts[-1], lang) or is_compound(parts[-1], lang))
    return is_known(word, lang=lang) or is_known(word.lower(), lang=lang)


@lru_cache(maxsize=50_000)
def is_compound(word: str, lang: str) -> bool:
    """Whether a word is made of two known ones, with or without a linking s or n."""
    from simplemma import is_known

    for at in range(len(word) - _SHORTEST_HEAD, _SHORTEST_MODIFIER - 1, -1):
        head, modifier = word[at:], word[:at]
        if not is_known(head.capitalize(), lang=lang):
            continue
        stems = [modifier, modifier[:-1], f"{modifier}e"] if modifier[-1] in "sn" else [modifier, f"{modifier}e"]
        if any(len(stem) >= _SHORTEST_MODIFIER and is_known(stem, lang=lang) for stem in stems):
            return True
    return False


@lru_cache(maxsize=50_000)
def latin(name: str) -> str:
    """A name in lower-case Latin letters without accents; other scripts are romanised."""
    from anyascii import anyascii

    return anyascii(name).lower()


@lru_cache(maxsize=50_000)
def sound(name: str) -> str:
    """The Kölner Phonetik code of a name."""
    from cologne_phonetics import encode

    return "".join(code for _, code in encode(latin(name)))


@lru_cache(maxsize=50_000)
def likeness(one: str, other: str) -> float:
    """How many letters two forms share in order (rapidfuzz ratio, 0–100), accents aside."""
    from rapidfuzz.fuzz import ratio

    return ratio(latin(one), latin(other))


@lru_cache(maxsize=100_000)
def alike(one: str, other: str) -> bool:
    """Whether two forms may be spellings of one name: alike letter by letter, the same to the ear, and not only in accents."""
    shortest = min(len(one), len(other))
    if shortest < _SHORTEST_VARIANT or latin(one) == latin(other) or sound(one) != sound(other):
        return False
    if _DIGITS.findall(one) != _DIGITS.findall(other):  # "Sentinel5" and "Sentinel6" are two satellites
        return False
    skeletons = shortest >= _SHORTEST_SKELETON and _VOWELS.sub("-", latin(one)) == _VOWELS.sub("-", latin(other))
    return likeness(one, other) >= (_ALIKE_SKELETON if skeletons else _ALIKE)


def inflected(one: str, other: str, lang: str) -> bool:
    """Whether two forms differ by an ending only: genitive, adjective, inhabitant, or the form of a man's and a woman's name."""
    rules = tables(lang).rules
    short, long = sorted((one.lower(), other.lower()), key=len)
    if long.startswith(short) and long[len(short) :] in rules["endings"]:
        return True
    return any(
        (a.endswith(male) and b.endswith(female) and a[: -len(male)] == b[: -len(female)])
        for male, female in rules["genders"]
        for a, b in ((one.lower(), other.lower()), (other.lower(), one.lower()))
    )
