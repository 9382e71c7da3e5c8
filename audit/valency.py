"""Verbs and what they need: a subject of their number, "sich", the infinitive with "zu" or without.

Like the rules of `audit.syntax` these ask for constructions that leave no other reading: a subject right beside its verb, and
nothing else in the clause that could be the subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audit.clauses import P1, P3, S1, S3, Sentence
from audit.concord import Discord
from audit.syntax import INF, MAY, PART, SURE, Lexis
from audit.text import Token

_NOMINATIVE: Final = 0x000F
_SINGULAR: Final = 0x7777  # masculine, feminine and neuter in every case
_PLURAL: Final = 0x8888
_NOMINATIVE_SINGULAR: Final = 0x0007
_NOMINATIVE_PLURAL: Final = 0x0008
_MASCULINE: Final = 0x0001
_ADJECTIVES: Final = 3
_ENDS: Final = frozenset(".,!?;:–")

MESSAGES: Final = {
    "plural_subject": "“{verb}” is singular, its subject “{subject}” plural.",
    "singular_subject": "“{verb}” is plural, its subject “{subject}” singular.",
    "reflexive": "“{verb}” lacks its “sich”.",
    "perfect_infinitive": "Behind “{subject}” German has a participle, not the infinitive “{verb}”.",
    "infinitive_without_zu": "The infinitive “{verb}” lacks its “zu”.",
}


def slips(tokens: tuple[Token, ...], sentence: Sentence, lexis: Lexis) -> Iterator[Discord]:
    """Everything that the rules find in a sentence."""
    first, end = sentence
    if end - first < 4 or tokens[end - 1].text not in ".!":
        return
    words = [token.text for token in tokens[first:end]]
    flags = [lexis.flags(word) if token.kind == "word" else 0 for word, token in zip(words, tokens[first:end], strict=True)]
    for discord in (
        *_number(words, flags, lexis),
        *_reflexive(words, flags, lexis),
        *_perfect(words, flags, lexis),
        *_without_zu(words, flags, lexis),
    ):
        yield Discord(discord.rule, first + discord.first, first + discord.end, first + discord.verb, first + discord.subject)


def _is_finite(word: str, flags: int, lexis: Lexis) -> bool:
    """Whether a word in second place is surely the verb: plural forms of auxiliaries are infinitives as well."""
    return bool(flags & SURE) or word in lexis.verbs.syntax["plural_auxiliaries"]


def _is_singular(word: str, lexis: Lexis) -> bool:
    bits = lexis.verbs.readings(word)
    return bool(bits & (S1 | S3)) and not bits & (P1 | P3)


def _is_plural(word: str, lexis: Lexis) -> bool:
    bits = lexis.verbs.readings(word)
    return bool(bits & (P1 | P3)) and not bits & (S1 | S3)


def _number(words: list[str], flags: list[int], lexis: Lexis) -> Iterator[Discord]:
    """A noun phrase at the start of the sentence beside a verb of the other number, or a plural verb before its subject."""
    noun, mask = _phrase(words, 0, lexis)
    if noun and mask & _NOMINATIVE:
        verb = _behind_genitive(words, noun, lexis)
        if verb < len(words) - 2 and _is_finite(words[verb], flags[verb], lexis) and words[noun] not in lexis.verbs.quantities:
            plural = not mask & _SINGULAR and _is_singular(words[verb], lexis)
            singular = not mask & _PLURAL and _is_plural(words[verb], lexis) and words[verb] not in lexis.verbs.copulas
            wanted = _NOMINATIVE_SINGULAR if plural else _NOMINATIVE_PLURAL
            if (plural or singular) and not _has_rival(words, verb + 1, wanted, lexis):
                yield Discord("plural_subject" if plural else "singular_subject", 0, verb + 1, verb, noun)
        return
    verb = next((i for i in range(1, len(words) - 2) if flags[i] & MAY or words[i] in _ENDS), 0)
    if not verb or words[verb] in _ENDS or words[verb] in lexis.verbs.copulas:
        return
    if not _is_finite(words[verb], flags[verb], lexis) or not _is_plural(words[verb], lexis):
        return
    noun, mask = _phrase(words, verb + 1, lexis)
    joined = "und" in words[noun:] or "sowie" in words[noun:]
    if not noun or mask != _MASCULINE or words[noun] in lexis.verbs.quantities or joined:
        return
    rivals = _has_rival(words[:verb], 0, _NOMINATIVE_PLURAL, lexis) or _has_rival(words, noun + 1, _NOMINATIVE_PLURAL, lexis)
    if not rivals:
        yield Discord("singular_subject", verb, noun + 1, verb, noun)


def _has_rival(words: list[str], first: int, wanted: int, lexis: Lexis) -> bool:
    """Whether another word from here to the end of the clause may be the subject: a nominative of this number, a joined one."""
    lists, grammar = lexis.verbs.syntax, lexis.grammar
    governed, mask = False, 0xFFFF
    for i in range(first, len(words)):
        word = words[i]
        lower = word.lower()
        if word in _ENDS:
            return False
        if lower in lists["pronouns"]:
            return True
        if lower in lists["prepositions"]:
            governed, mask = True, 0xFFFF
        elif lower in grammar.determiners:
            mask = grammar.determiners[lower].mask
        elif word[0].isupper() and i:
            noun = grammar.noun(word) or (0x000F if wanted == _NOMINATIVE_SINGULAR else 0)
            if not governed and noun & mask & wanted:
                return True
            governed, mask = False, 0xFFFF
        elif not grammar.is_adjective(lower):
            governed, mask = False, 0xFFFF
    return False


def _phrase(words: list[str], first: int, lexis: Lexis) -> tuple[int, int]:
    """The noun of the phrase that begins here with a determiner, and its readings; 0 where there is none."""
    determiner = lexis.grammar.determiners.get(words[first].lower())
    if determiner is None:
        return 0, 0
    for i in range(first + 1, min(len(words) - 1, first + 2 + _ADJECTIVES)):
        word = words[i]
        if word[0].isupper():
            after = words[i + 1]
            known = word[1:].islower() and not after[0].isupper() and after not in ("-", "&", "/", "(", "„", "\"")
            return (i, determiner.mask & lexis.grammar.noun(word)) if known and word not in lexis.grammar.titles else (0, 0)
        if not lexis.grammar.is_adjective(word):
            return 0, 0
    return 0, 0


def _behind_genitive(words: list[str], noun: int, lexis: Lexis) -> int:
    """The index behind a noun and the phrase in the genitive that may follow it."""
    if words[noun + 1] in ("der", "des", "eines", "einer", "dieser", "dieses"):
        for i in range(noun + 2, min(len(words) - 1, noun + 5)):
            if words[i][0].isupper():
                return i + 1
            if not lexis.grammar.is_adjective(words[i]):
                break
    return noun + 1


def _reflexive(words: list[str], flags: list[int], lexis: Lexis) -> Iterator[Discord]:
    """A verb that is hardly ever without "sich", in a sentence without any."""
    lists = lexis.verbs.syntax
    if any(word.lower() in lists["reflexives"] or word.lower() in ("einander", "miteinander") for word in words):
        return
    for i, word in enumerate(words):
        if word in lists["reflexive_verbs"] and flags[i] & MAY and not (words[i - 1] in ("zu", "der", "die", "das", "den") and i):
            yield Discord("reflexive", i, i + 1, i, i)
            return


def _perfect(words: list[str], flags: list[int], lexis: Lexis) -> Iterator[Discord]:
    """"Er hat das Haus kaufen.": have and an infinitive that nothing else governs, in a sentence of one clause."""
    if any(word in _ENDS for word in words[:-1]) or words[-1] != ".":
        return
    infinitives = [i for i, flag in enumerate(flags) if flag & INF]
    last = len(words) - 2
    have = [i for i, word in enumerate(words) if word in ("hat", "hatte", "hatten", "habe")]
    if infinitives != [last] or len(have) != 1 or flags[last] & PART or last - have[0] < 2 or words[last - 1] in ("zu", "gut"):
        return
    if words[last] in lexis.verbs.modals or any(word in lexis.verbs.syntax["joined"] for word in words):
        return
    yield Discord("perfect_infinitive", have[0], last + 1, last, have[0])


def _without_zu(words: list[str], flags: list[int], lexis: Lexis) -> Iterator[Discord]:
    """"Er versucht, das Haus kaufen.": behind a comma an infinitive clause, and no verb before it that takes bare ones."""
    lists = lexis.verbs.syntax
    if words.count(",") != 1 or words[-1] != ".":
        return
    comma, last = words.index(","), len(words) - 2
    clause = words[comma + 1 : last]
    opener = words[comma + 1].lower() if comma + 1 < len(words) else ""
    if not len(clause) >= 2 or not flags[last] & INF or flags[last] & PART or "zu" in clause:
        return
    relative = opener in lists["relatives"]
    if relative and words[comma - 1][0].isupper():  # "die Leute, die Häuser kaufen"
        return
    if (opener in lists["openers"] and not relative) or opener in lists["joints"] or "zu" in words[last][1:-3]:
        return
    governor = [i for i in range(comma) if words[i] in lists["zu_verbs"]]
    others = any(flags[i] & (MAY | INF) for i in range(comma + 1, last))
    if governor and not others and not any(word in lists["modals"] or word in lists["joined"] for word in words):
        yield Discord("infinitive_without_zu", comma + 1, last + 1, last, governor[0])
