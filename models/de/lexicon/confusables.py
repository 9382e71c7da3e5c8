"""Finds each German word's confusables and near-synonyms, and the parts that German compounds are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from sources import word_list
from tables import Synonymy, Table

# Kept per word, by falling strength; below this strength a pivot explains a word by accident.
MOST_CONFUSABLES: Final = 60
LEAST_STRENGTH: Final = 0.0006
# Words as near as this are the same for a reader; as far as that they cannot be mistaken for synonyms.
NEAR: Final = 0.42
APART: Final = 0.4
MOST_NEAR: Final = 12
PIVOTS_PER_PAIR: Final = 2
# Lower-case words at this Zipf frequency are auxiliaries, pronouns, particles; nouns above the other have no sense to miss.
FUNCTION_ZIPF: Final = 5.75
NOUN_ZIPF: Final = 6.2
LEAST_ZIPF: Final = 1.4
# Attributes and adverbs as common as this mean little by themselves: which of them is written is a matter of style.
ATTRIBUTE_ZIPF: Final = 4.9
_STYLE: Final = word_list("style_words")
_LINKS: Final = ("", "s", "es", "n", "en", "er", "e")
_FAMILY_STEM: Final = 6
_SHORTEST_PART: Final = 3
_SHORTEST_HEAD: Final = 4
_LEAST_TYPES: Final = 3
_ADJECTIVES_IN_N: Final = word_list("adjectives_in_n")


class Confusable(NamedTuple):
    """``word`` may have been written where ``other`` was meant, because both translate ``pivot``.

    ``back``: p(pivot | word); ``forward``: p(other | pivot); ``wrong``: p(word | pivot); ``synonymy`` 0–1.
    """

    word: str
    other: str
    lang: str
    pivot: str
    back: float
    forward: float
    wrong: float
    synonymy: float

    @property
    def strength(self) -> float:
        return self.back * self.forward * (1 - self.synonymy) ** 2


def part_of_speech(word: str) -> str:
    """noun, verb or other, by spelling alone: capitals and the infinitive's ending decide in German."""
    if word[0].isupper():
        return "noun"
    return "verb" if word.endswith(("en", "eln", "ern")) and word not in _ADJECTIVES_IN_N else "other"


def usable(word: str, zipf: Mapping[str, float], inventory: frozenset[str]) -> bool:
    """Whether a German word can be confused at all: one word, known, and not a function word."""
    if " " in word or len(word) < _SHORTEST_PART or not word.replace("-", "").isalpha() or word.isupper():
        return False
    if word in _STYLE:
        return False
    common = zipf.get(word.lower(), 0.0)
    if part_of_speech(word) == "other" and common >= ATTRIBUTE_ZIPF and word not in inventory:
        return False
    if common >= (NOUN_ZIPF if word[0].isupper() else FUNCTION_ZIPF):
        return False
    return common >= LEAST_ZIPF or word in inventory


def same_family(word: str, other: str, pivot: str, apart: int) -> bool:
    """Whether the pair is no matter of sense: one word holds the other, or the written one is the foreign word itself.

    Pairs that the inventories know as different senses (Beruf and Berufung, both nl beroep) are kept.
    """
    if apart:
        return False
    one, two = word.lower(), other.lower()
    if one in two or two in one or one == pivot:
        return True
    stem, other_stem = one[:_FAMILY_STEM], two[:_FAMILY_STEM]
    if len(stem) == len(other_stem) == _FAMILY_STEM and (stem in two or other_stem in one):
        return True
    return one.removesuffix("in") == two.removesuffix("in")


def confusables(
    tables: Mapping[str, Table], backs: Mapping[str, Table], synonymy: Synonymy, allowed: frozenset[str]
) -> Iterator[Confusable]:
    """Every word's confusables, by word, strongest first; at most `PIVOTS_PER_PAIR` pivots for a pair."""
    for word in sorted(allowed):
        found: dict[str, list[Confusable]] = defaultdict(list)
        speech = part_of_speech(word)
        for lang, back in backs.items():
            for pivot, p_back in back.get(word, {}).items():
                row = tables[lang][pivot]
                for other, forward in row.items():
                    if other == word or p_back * forward < LEAST_STRENGTH or other not in allowed:
                        continue
                    if part_of_speech(other) != speech or same_family(word, other, pivot, synonymy.apart(word, other)):
                        continue
                    near = synonymy.of(word, other, pivot, lang)
                    item = Confusable(word, other, lang, pivot, p_back, forward, row[word], near)
                    if near < APART and item.strength >= LEAST_STRENGTH:
                        found[other].append(item)
        best = sorted(found.values(), key=lambda items: (-max(i.strength for i in items), items[0].other))[:MOST_CONFUSABLES]
        for items in best:
            yield from sorted(items, key=lambda i: (-i.strength, i.lang, i.pivot))[:PIVOTS_PER_PAIR]


def neighbours(
    tables: Mapping[str, Table], backs: Mapping[str, Table], synonymy: Synonymy, allowed: frozenset[str]
) -> dict[str, list[tuple[str, float]]]:
    """Every word's near-synonyms with their synonymy, nearest first."""
    found: dict[str, list[tuple[str, float]]] = {}
    for word in sorted(allowed):
        candidates = {
            other
            for lang, back in backs.items()
            for pivot in sorted(back.get(word, {}), key=lambda f: (-back[word][f], f))[:8]
            for other in tables[lang][pivot]
            if other != word and other in allowed
        }
        near = ((other, synonymy.of(word, other)) for other in sorted(candidates))
        best = sorted((item for item in near if item[1] >= NEAR), key=lambda item: (-item[1], item[0]))[:MOST_NEAR]
        if best:
            found[word] = best
    return found


def compound_parts(
    nouns: Mapping[str, int], stems: Mapping[str, str], compounds: Iterable[str]
) -> tuple[dict[str, str], frozenset[str]]:
    """The first parts of German compounds with the word each stands for, and the words that can be last parts.

    ``nouns``: lemma → occurrences; ``stems``: verb stem → infinitive; ``compounds``: nouns that may be made of parts. A part
    must be seen in several of them.
    """
    forms: dict[str, str] = {}
    for noun in sorted(nouns, key=lambda n: (-nouns[n], n)):
        for link in _LINKS:
            forms.setdefault(noun.lower() + link, noun)
    for stem, verb in sorted(stems.items()):
        forms.setdefault(stem, verb)
    firsts: Counter[str] = Counter()
    lasts: Counter[str] = Counter()
    for noun in sorted(compounds):
        lower = noun.lower()
        for cut in range(_SHORTEST_PART, len(lower) - _SHORTEST_HEAD + 1):
            head = lower[cut:].capitalize()
            if head in nouns and lower[:cut] in forms:
                firsts[lower[:cut]] += 1
                lasts[head] += 1
    kept = {form: forms[form] for form, types in sorted(firsts.items()) if types >= _LEAST_TYPES}
    return kept, frozenset(head for head, types in lasts.items() if types >= _LEAST_TYPES)
