"""Verbs that do not go with their subject, stand in the wrong place, or are missing: rules over the tokens of a sentence.

Each rule asks for a construction that leaves no other reading, and stays silent where words are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from audit.clauses import (
    FINITE,
    INFINITIVE,
    JOINED,
    OTHER,
    P3,
    PARTICIPLE,
    S3,
    Sentence,
    Verbs,
    clause_end,
    is_plain,
)  # fmt: skip
from audit.grammar import Grammar
from audit.text import Token

_NOMINATIVE_MASCULINE: Final = 1
_GENITIVE_PLURAL: Final = 0x80  # "Der Opfer gedachten": verbs with a genitive are left out
_GENITIVE_VERBS: Final = frozenset({"gedenken", "gedachten", "bedürfen", "bedurften", "harren", "harrten"})
_SPLITS: Final = frozenset({"und", "oder", "noch", "sowie", "als", "wie", "für", "von", "statt", "weder", "bis", "plus"})
_CLAUSE_SUBJECTS: Final = frozenset({"ich", "er", "sie", "es", "man", "wir", "ihr", "du"})
_ARTICLES: Final = frozenset({"der", "die", "das", "den", "dem", "denen", "deren", "dessen"})


class Discord(NamedTuple):
    """What is wrong in ``tokens[first:end]``: the rule, the verb (an index) and, where it is known, the subject's."""

    rule: str
    first: int
    end: int
    verb: int
    subject: int


MESSAGES: Final = {
    "person": "“{verb}” is not the form that goes with “{subject}”.",
    "person_after": "“{verb}” is not the form that goes with “{subject}”.",
    "number": "“{verb}” is plural, its subject “{subject}” singular.",
    "order": "The finite verb “{verb}” stands behind “{subject}”, where this clause demands it at the end.",
    "auxiliary": "The clause has no finite verb: an auxiliary is missing behind “{verb}”.",
    "two_verbs": "“{verb}” is a second finite verb in a sentence of one clause.",
}


def discords(tokens: tuple[Token, ...], sentence: Sentence, verbs: Verbs, grammar: Grammar) -> Iterator[Discord]:
    """Everything that the rules find in a sentence, in order of the rules."""
    yield from _pronouns(tokens, sentence, verbs, grammar)
    yield from _noun_subject(tokens, sentence, verbs, grammar)
    yield from _early_verb(tokens, sentence, verbs)
    yield from _missing_auxiliary(tokens, sentence, verbs)
    yield from _two_verbs(tokens, sentence, verbs, grammar)


def _pronouns(tokens: tuple[Token, ...], sentence: Sentence, verbs: Verbs, grammar: Grammar) -> Iterator[Discord]:
    """"er sind", "wir hat"; "waren er": a pronoun of one person beside a verb of another."""
    for i in range(sentence.first, sentence.end):
        text = tokens[i].text
        person = verbs.subjects.get(text if i > sentence.first else text.lower())
        if person is None:
            continue
        before = tokens[i - 1].text.lower() if i > sentence.first else ""
        if before in _SPLITS or i + 1 >= sentence.end:
            continue
        after = tokens[i + 1].text
        bits = 0 if grammar.is_adjective(after) else verbs.readings(after)
        if bits & FINITE and not bits & (person | JOINED | OTHER | PARTICIPLE) and not (bits & INFINITIVE and before):
            yield Discord("person", i, i + 2, i + 1, i)
        bits = verbs.readings(before) if tokens[i - 1].text[0].islower() or i == sentence.first + 1 else 0
        wrong = bits & FINITE and not bits & (person | JOINED | OTHER | PARTICIPLE | INFINITIVE)
        if wrong and after not in _SPLITS and after != ",":
            yield Discord("person_after", i - 1, i + 1, i - 1, i)


def _noun_subject(tokens: tuple[Token, ...], sentence: Sentence, verbs: Verbs, grammar: Grammar) -> Iterator[Discord]:
    """"Der Präsident haben": a phrase that is nominative masculine only, at the start, and a verb in the plural behind it."""
    noun = _phrase(tokens, sentence.first, sentence.end, grammar, _NOMINATIVE_MASCULINE)
    if noun is None or tokens[noun].text in verbs.quantities:
        return
    verb = _behind_genitive(tokens, noun, sentence.end, grammar)
    if verb >= sentence.end:
        return
    bits = verbs.readings(tokens[verb].text)
    if tokens[verb].text in verbs.copulas or tokens[verb].text in _GENITIVE_VERBS:  # "Ein weiterer Faktor sind die Preise"
        return
    ends = bool(bits & INFINITIVE) and verb + 2 >= sentence.end  # a caption: "Ein Kopf nicken."
    if bits & P3 and not bits & (S3 | JOINED | OTHER | PARTICIPLE) and not ends:
        yield Discord("number", sentence.first, verb + 1, verb, noun)


def _phrase(tokens: tuple[Token, ...], first: int, end: int, grammar: Grammar, wanted: int) -> int | None:
    """The noun of a phrase that begins with a determiner here and has the wanted readings only."""
    determiner = grammar.determiners.get(tokens[first].text.lower())
    if determiner is None:
        return None
    for i in range(first + 1, min(end, first + 4)):
        word = tokens[i].text
        if tokens[i].kind == "word" and word[0].isupper():
            mask = determiner.mask & grammar.noun(word)
            return i if mask & wanted and not mask & ~(wanted | _GENITIVE_PLURAL) and word not in grammar.titles else None
        if not grammar.is_adjective(word):
            return None
    return None


def _behind_genitive(tokens: tuple[Token, ...], noun: int, end: int, grammar: Grammar) -> int:
    """The index behind a noun and the phrase in the genitive that may follow it."""
    i = noun + 1
    if i < end and tokens[i].text in ("der", "des", "eines", "einer", "dieser", "dieses"):
        for j in range(i + 1, min(end, i + 4)):
            if tokens[j].text[0].isupper():
                return j + 1
            if not grammar.is_adjective(tokens[j].text):
                return i
    return i


def _early_verb(tokens: tuple[Token, ...], sentence: Sentence, verbs: Verbs) -> Iterator[Discord]:
    """"dass er hat gesagt den Präsidenten": the finite verb right behind the subject of a clause that demands it last."""
    for i in range(sentence.first, sentence.end - 3):
        if tokens[i].text.lower() not in verbs.subordinators or tokens[i + 1].text not in _CLAUSE_SUBJECTS:
            continue
        verb = tokens[i + 2].text
        if verb not in verbs.auxiliaries and verb not in ("haben", "werden"):
            continue
        stop = clause_end(tokens, i + 3, sentence.end)
        words = [token.text for token in tokens[i + 3 : stop]]
        if len(words) < 2 or (stop < sentence.end and tokens[stop].text not in ",.!?") or words[-1] in verbs.modals:
            continue
        if any(word in verbs.joints or _is_surely_finite(word, verbs) for word in words):
            continue
        if verbs.readings(words[-1]) & INFINITIVE and verb in ("haben", "werden", "wollen"):
            continue
        yield Discord("order", i, i + 3, i + 2, i + 1)


def _is_surely_finite(word: str, verbs: Verbs) -> bool:
    bits = verbs.readings(word)
    return bool(bits & FINITE) and not bits & (PARTICIPLE | INFINITIVE | OTHER)


def _missing_auxiliary(tokens: tuple[Token, ...], sentence: Sentence, verbs: Verbs) -> Iterator[Discord]:
    """"nachdem er die Schulden nicht zurückgezahlt.": a participle ends the clause, and no finite verb is in it."""
    for i in range(sentence.first, sentence.end - 3):
        if tokens[i].text.lower() not in verbs.subordinators:
            continue
        stop = clause_end(tokens, i + 1, sentence.end)
        words = tokens[i + 1 : stop]
        if len(words) < 3 or stop >= sentence.end or tokens[stop].text not in ".!?":
            continue
        last = verbs.readings(words[-1].text)
        if not last & PARTICIPLE or last & (FINITE | INFINITIVE | OTHER):
            continue
        if any(verbs.is_finite(word.text) or word.text.lower() in verbs.joints for word in words):
            continue
        yield Discord("auxiliary", i, stop, stop - 1, i)


def _two_verbs(tokens: tuple[Token, ...], sentence: Sentence, verbs: Verbs, grammar: Grammar) -> Iterator[Discord]:
    """"Der Rat ist wird tagen.": a second finite verb in a sentence that is one clause."""
    found = [i for i in range(sentence.first, sentence.end) if tokens[i].text in verbs.auxiliaries]
    if len(found) < 2 or not is_plain(tokens, sentence, verbs):
        return
    between = [token.text for token in tokens[found[0] + 1 : found[1] + 2]]
    if any(word in _CLAUSE_SUBJECTS for word in between) or any(word in ".!?" for word in between[:-2]):
        return  # a comma is missing, no verb is too many
    pairs = pairwise(between)
    if any(word in _ARTICLES and after[0].islower() and not grammar.is_adjective(after) for word, after in pairs):
        return
    yield Discord("two_verbs", found[0], found[1] + 1, found[1], found[0])
