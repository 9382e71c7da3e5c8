"""What could stand in place of words that are suspected: other forms of an article, an adjective, a verb, a relative pronoun.

These are questions, not answers: which of them fits the place better is for a reader, or for a model that compares words in
their context, to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from audit.clauses import P1, P3, S1, S3
from audit.grammar import Grammar
from audit.syntax import Lexis
from audit.text import Token

CONTRACTIONS: Final = {
    "im": "in", "am": "an", "beim": "bei", "vom": "von", "zum": "zu", "zur": "zu", "ins": "in", "ans": "an"
}  # fmt: skip
_ARTICLES: Final = ("der", "die", "das", "den", "dem", "des")
_RELATIVES: Final = ("der", "die", "das", "den", "dem", "denen")
_ENDINGS: Final = ("e", "en", "er", "es", "em")
# Singular and plural of a regular verb differ in these endings.
_NUMBERS: Final = (("te", "ten"), ("ten", "te"), ("t", "en"), ("en", "t"), ("et", "en"), ("e", "en"))
_IRREGULAR: Final = {
    "ist": "sind", "sind": "ist", "war": "waren", "waren": "war", "hat": "haben", "haben": "hat", "wird": "werden",
    "werden": "wird",
    "kann": "können", "können": "kann", "muss": "müssen", "müssen": "muss", "soll": "sollen", "sollen": "soll", "will": "wollen",
    "wollen": "will", "darf": "dürfen", "dürfen": "darf", "wurde": "wurden", "wurden": "wurde", "sei": "seien", "seien": "sei",
}  # fmt: skip
_REACH: Final = 4
_SINGULAR, _PLURAL = S1 | S3, P1 | P3


def family(grammar: Grammar, word: str) -> list[str]:
    """The forms of one determiner: der, die, das …; ein, eine …; dieser, diese …; or the contractions of one preposition."""
    if word in CONTRACTIONS:
        return [form for form in CONTRACTIONS if CONTRACTIONS[form] == CONTRACTIONS[word]]
    if word in _ARTICLES:
        return list(_ARTICLES)
    stem = "ein" if word.startswith("ein") else word[:-2] if word.endswith(("en", "em", "er", "es")) else word[:-1]
    return [form for form in grammar.determiners if form.startswith(stem) and len(form) - len(stem) <= 2]


def better_forms(grammar: Grammar, word: str, mask: int, governed: int) -> list[str]:
    """Forms of the same determiner that fit the noun in a case that the written one could have."""
    written = grammar.determiners[word].mask
    cases = sum(15 << (4 * case) for case in range(4) if written >> (4 * case) & 15)
    # A noun that cannot have the case at all ("zum Terrorist") lacks an ending of its own: no other determiner mends that.
    for wanted in (mask & cases & governed, mask & governed if governed != 0xFFFF else 0, mask & cases):
        forms = [form for form in family(grammar, word) if grammar.determiners[form].mask & wanted]
        if forms:
            return sorted(forms, key=lambda form: (-(grammar.determiners[form].mask & wanted).bit_count(), form))
    return []


def alternatives(kind: str, tokens: Sequence[Token], first: int, end: int, lexis: Lexis) -> tuple[int, tuple[str, ...]]:
    """The index of the word in ``tokens[first:end]`` that is in question, and what could stand there, if anything is known."""
    for i in range(first, end):
        word = tokens[i].text
        if kind == "article_form" and word.lower() in lexis.grammar.determiners:
            return i, _articles(tokens, i, lexis.grammar)
        if kind == "adjective_form" and word[0].islower() and (endings := lexis.grammar.adjective_endings(word)):
            stem = word[: -min(map(len, endings))]
            return i, tuple(stem + ending for ending in _ENDINGS if stem + ending != word)
        if kind == "relative_form" and word in _RELATIVES:
            return i, tuple(form for form in _RELATIVES if form != word)
        if kind == "verb_number" and (other := _other_number(word, lexis)):
            return i, (other,)
    return first, ()


def _articles(tokens: Sequence[Token], i: int, grammar: Grammar) -> tuple[str, ...]:
    """Other forms of the determiner that the next noun can have."""
    word = tokens[i].text
    noun = next((token.text for token in tokens[i + 1 : i + 1 + _REACH] if token.text[0].isupper()), "")
    mask = grammar.noun(noun) if noun else 0
    forms = [f for f in family(grammar, word.lower()) if f != word.lower() and (grammar.determiners[f].mask & mask or not mask)]
    return tuple(form.capitalize() if word[0].isupper() else form for form in forms)


def _other_number(word: str, lexis: Lexis) -> str:
    """The form of a verb in the other number; nothing where it is not known."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    bits = lexis.verbs.readings(word)
    wanted = _PLURAL if bits & _SINGULAR else _SINGULAR if bits & _PLURAL else 0
    for ending, other in _NUMBERS:
        form = word.removesuffix(ending) + other
        if word.endswith(ending) and lexis.verbs.readings(form) & wanted:
            return form
    return ""
