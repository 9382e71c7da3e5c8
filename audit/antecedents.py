"""Which nouns and names a pronoun may refer to: genders, numbers, and whether they can speak or think.

Whatever is not known for certain counts as a possible antecedent: an unknown capitalised word may be a person.
"""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from audit.clauses import INFINITIVE, Verbs
from audit.grammar import Grammar
from audit.text import Token

MASCULINE, FEMININE, NEUTER, PLURAL = 1, 2, 4, 8
ANY: Final = 15


class Referent(NamedTuple):
    """A word that a pronoun may take up: its kinds (bits), and whether it can speak, think or decide; ``at``: its token."""

    at: int
    kinds: int
    agent: bool
    known: bool


@dataclass(frozen=True)
class Lexicon:
    """What is known of nouns and names of one language."""

    grammar: Grammar
    verbs: Verbs
    things: frozenset[str]
    articled: Mapping[str, int]
    places: frozenset[str]
    countries: frozenset[str]
    plain: frozenset[str]
    words: Mapping[str, int]
    before_noun: frozenset[str]
    small: frozenset[str]
    plural: frozenset[str]
    times: frozenset[str]
    people: frozenset[str]
    heads: tuple[str, ...]
    relatives: Mapping[str, int]

    def kinds(self, word: str) -> int:
        """The genders and number that a noun may have, whatever its case; 0 where it is unknown."""
        mask = self.grammar.noun(word)
        return (mask | mask >> 4 | mask >> 8 | mask >> 12) & 15

    def is_person(self, word: str) -> bool:
        """Whether a noun means people whatever its gender: Person, Kind, Mitglied, Mädchen."""
        stems = (word, word[:-1], word[:-2])
        return any(stem in self.people or stem.lower().endswith(self.heads) for stem in stems) or (
            word.endswith(("chen", "lein")) and bool(self.kinds(word) & NEUTER)
        )

    def is_thing(self, word: str) -> bool:
        """Whether a noun, or the head of a compound, is known to be no subject of verbs of saying."""
        head = word.rsplit("-", 1)[-1]
        for form in (head, head[:-1], head[:-2]):
            if form in self.things:
                return True
        if head in self.grammar.nouns:
            return False
        return any(head[cut].upper() + head[cut + 1 :] in self.things for cut in range(3, len(head) - 3))


def load_lexicon(
    grammar: Grammar,
    verbs: Verbs,
    things: Path,
    rules: Path,
    places: frozenset[str],
    countries: frozenset[str],
    plain: frozenset[str],
) -> Lexicon:
    """Things (gzipped, a noun a line), the rules in TOML, and the names of places."""
    with gzip.open(things, "rt", encoding="utf-8") as file:
        nouns = frozenset(file.read().split())
    data: dict[str, Any] = tomllib.loads(rules.read_text(encoding="utf-8"))
    bits = {"m": MASCULINE, "f": FEMININE, "n": NEUTER, "p": PLURAL}
    articled = {name: bits[kind] for kind, names in data["places"].items() if kind in bits for name in names}
    words: dict[str, int] = {}
    for kind in ("m", "f"):
        for word in data["words"][kind]:
            words[word] = words.get(word, 0) | bits[kind]
    relatives = {form: sum(bits[kind] for kind in kinds) for form, kinds in data["relatives"].items()}
    lists = data["words"]
    return Lexicon(
        grammar=grammar,
        verbs=verbs,
        things=nouns,
        articled=articled,
        places=places,
        countries=countries - frozenset(data["places"]["no_country"]),
        plain=plain,
        words=words,
        before_noun=frozenset(lists["before_noun"]),
        small=frozenset(lists["small"]),
        plural=frozenset(lists["plural"]),
        times=frozenset(lists["months"]),
        people=frozenset(lists["people"]),
        heads=tuple(word.lower() for word in lists["people"] if len(word) > 5),
        relatives=relatives,
    )


def referents(tokens: tuple[Token, ...], first: int, end: int, starts: frozenset[int], lexicon: Lexicon) -> list[Referent]:
    """Everything in ``tokens[first:end]`` that a pronoun may refer to; ``starts``: offsets where a capital means nothing."""
    found: list[Referent] = []
    for i in range(first, end):
        token = tokens[i]
        if token.kind == "address":
            found.append(Referent(i, ANY, True, False))
        if token.kind != "word":
            continue
        word = token.text
        kinds = lexicon.words.get(word.lower(), 0)
        if kinds and not _is_determiner(tokens, i, end, lexicon):
            found.append(Referent(i, kinds, True, True))
        elif word[0].isupper() and not (token.start in starts and _is_small_word(word, lexicon)):
            found.append(_noun(tokens, i, first, lexicon))
    return found


def _is_determiner(tokens: tuple[Token, ...], i: int, end: int, lexicon: Lexicon) -> bool:
    """Whether "einer", "dieser", "jede" stand before a noun; possessives always point to somebody."""
    lower = tokens[i].text.lower()
    if lower.startswith(("sein", "ihr", "mein")) or lower not in lexicon.grammar.determiners or i + 1 >= end:
        return False
    after = tokens[i + 1].text
    return after[0].isupper() or lexicon.grammar.is_adjective(after)


def _is_small_word(word: str, lexicon: Lexicon) -> bool:
    """Whether a capital is only that of a beginning sentence."""
    lower = word.lower()
    if word in lexicon.countries or word in lexicon.articled:
        return False
    if lower in lexicon.small or lower in lexicon.grammar.determiners or lower in lexicon.before_noun:
        return True
    bits = lexicon.verbs.readings(lower)
    if bits and not (bits & INFINITIVE and word in lexicon.grammar.nouns):
        return True
    return lower in lexicon.plain or lower in lexicon.verbs.joints or lower in lexicon.grammar.closed


def _noun(tokens: tuple[Token, ...], i: int, first: int, lexicon: Lexicon) -> Referent:
    word = tokens[i].text
    named = _place(tokens, i, first, lexicon)
    if named is not None:
        return named
    opener = _opener(tokens, i, first, lexicon)
    if lexicon.kinds(word) and ((len(word) > 1 and word[1:].islower()) or "-" in word):
        kinds = _narrowed(tokens, i, opener, lexicon)
        if lexicon.is_person(word):
            return Referent(i, kinds | MASCULINE | FEMININE, True, True)
        if lexicon.is_thing(word):
            return Referent(i, kinds, False, True)
        shown = kinds == PLURAL or (opener is not None and _shows_noun(tokens, opener, lexicon))
        return Referent(i, kinds if shown else kinds | MASCULINE | FEMININE, True, shown)
    if i > first and tokens[i - 1].text == "(" and word.isupper():  # "die Organisation … (OSZE)"
        return Referent(i, 0, False, True)
    return Referent(i, _kinds_of_name(tokens, opener, lexicon), True, False)


def _place(tokens: tuple[Token, ...], i: int, first: int, lexicon: Lexicon) -> Referent | None:
    """What a name of the lists stands for; None for other words, and for nouns that are places, too (Zug, Ende)."""
    word = tokens[i].text
    if word in lexicon.times:
        return Referent(i, 0, False, True)
    for form in (word, word[:-1] if word.endswith("s") and word not in lexicon.articled else word):
        if form in lexicon.articled:
            apposed = i > first and lexicon.is_thing(tokens[i - 1].text)  # "die Halbinsel Krim"
            return Referent(i, lexicon.articled[form], not apposed, True)
        if form in lexicon.countries:
            return Referent(i, NEUTER, True, True)
        noun = form in lexicon.grammar.nouns and is_shown(tokens, i, first, lexicon)
        if form in lexicon.places and not noun:  # many are surnames
            placed = i > first and tokens[i - 1].text in ("in", "aus", "nach", "bei")
            return Referent(i, NEUTER | lexicon.kinds(form) if placed else ANY, True, placed)
    return None


def _narrowed(tokens: tuple[Token, ...], i: int, opener: int | None, lexicon: Lexicon) -> int:
    """The kinds of a known noun that its article allows; those of both where they contradict each other."""
    mask = lexicon.grammar.noun(tokens[i].text)
    direct = opener is not None and not any(token.text[0].isupper() for token in tokens[opener + 1 : i])
    article = lexicon.grammar.determiners.get(tokens[opener].text.lower()) if direct and opener is not None else None
    if article:
        mask = article.mask & mask or article.mask | mask
    kinds = (mask | mask >> 4 | mask >> 8 | mask >> 12) & 15
    if opener is not None and tokens[opener].text.lower() in lexicon.plural:
        return kinds & PLURAL or kinds
    return kinds if direct else kinds & _kinds_of_name(tokens, opener, lexicon) or kinds


def _opener(tokens: tuple[Token, ...], i: int, first: int, lexicon: Lexicon) -> int | None:
    """The token before a noun, its adjectives and the other capitalised words of its phrase left out; None at the start."""
    j = i - 1
    determiners = lexicon.grammar.determiners
    while j >= first and tokens[j].kind == "word" and tokens[j].text[0].isupper() and tokens[j].text.lower() not in determiners:
        j -= 1
    if j >= first and lexicon.grammar.is_adjective(tokens[j].text):
        while j > first and lexicon.grammar.is_adjective(tokens[j].text):
            if not lexicon.grammar.is_adjective(tokens[j - 1].text) and tokens[j - 1].text.lower() not in determiners:
                break
            j -= 1
    return j if j >= first else None


def _shows_noun(tokens: tuple[Token, ...], opener: int, lexicon: Lexicon) -> bool:
    """Whether what stands before a capitalised word shows it to be a noun: an article, an adjective, a preposition, a number."""
    token = tokens[opener]
    lower = token.text.lower()
    if token.kind == "number" or (token.text == "." and tokens[opener - 1].kind == "number"):
        return True
    if lower in ("und", "oder", "sowie", ",") and opener and tokens[opener - 1].text in lexicon.grammar.nouns:
        return True
    return lower in lexicon.grammar.determiners or lower in lexicon.before_noun or lexicon.grammar.is_adjective(token.text)


def is_shown(tokens: tuple[Token, ...], i: int, first: int, lexicon: Lexicon) -> bool:
    """Whether an article or adjective right before a capitalised word shows it to be a noun, or it is a known place."""
    if tokens[i].text in lexicon.countries or tokens[i].text in lexicon.articled:
        return True
    before = tokens[i - 1].text.lower() if i > first else ""
    if lexicon.verbs.readings(before) and before not in lexicon.grammar.determiners:  # "erklärte Klaus"
        return i - 2 >= first and tokens[i - 2].text.lower() in lexicon.grammar.determiners
    return before in lexicon.grammar.determiners or lexicon.grammar.is_adjective(before) or before in lexicon.plural


def _kinds_of_name(tokens: tuple[Token, ...], opener: int | None, lexicon: Lexicon) -> int:
    """What an unknown name may be: the article before it tells ("die NATO Western Defence"), nothing else does."""
    article = tokens[opener].text.lower() if opener is not None else ""
    return {"die": FEMININE | PLURAL, "das": NEUTER, "eine": FEMININE}.get(article, ANY)


def possible(found: Iterable[Referent], kinds: int, *, agents: bool) -> bool:
    """Whether one of them fits a pronoun of these kinds."""
    return any(referent.kinds & kinds and (referent.agent or not agents) for referent in found)
