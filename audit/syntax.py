"""What a clause must have: a finite verb, in its place, and the infinitive with "zu" that its conjunction or verb demands.

Each rule asks for a construction that leaves no other reading. A word that no list knows may be anything, a verb too: where
such a word stands, rules that miss a verb stay silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from audit.assets import Assets
from audit.clauses import FINITE, INFINITIVE, JOINED, OTHER, PARTICIPLE, Sentence, Verbs, load_verbs
from audit.concord import Discord
from audit.grammar import Grammar
from audit.grammar import load as load_grammar
from audit.ngrams import Ngrams, key
from audit.ngrams import load as load_ngrams
from audit.text import Token

_MARKS: Final = frozenset(",;:–—-()[]„“”\"»«‚‘’'›‹…|/•*.!?")
_ASIDE: Final = frozenset('„“”"»«‚‘›‹()[]…|/•*:;–—-')
_LEAST_SENTENCE: Final = 7  # words; shorter sentences without a verb are exclamations and captions
MAY, SURE, INF, PART = 1, 2, 4, 8

MESSAGES: Final = {
    "no_verb": "This sentence has no finite verb.",
    "clause_no_verb": "The clause that “{subject}” opens never gets its verb.",
    "early_verb": "The finite verb “{verb}” stands in the middle of the clause that “{subject}” opens; it belongs at the end.",
    "um_without_zu": "“um” demands “zu” before the infinitive “{verb}”.",
    "modal_participle": "Behind “{subject}” German has an infinitive, not the participle “{verb}”.",
    "modal_zu": "Behind “{subject}” the infinitive “{verb}” stands without “zu”.",
}


@dataclass(frozen=True, eq=False)
class Lexis:
    """What words may be: verbs with their forms, adjectives, and the classes of the tables."""

    verbs: Verbs
    grammar: Grammar
    ngrams: Ngrams
    seen: dict[str, int] = field(default_factory=dict[str, int])

    def flags(self, word: str) -> int:
        """Whether a word may be, or surely is, a finite verb, an infinitive, a participle (bits)."""
        flags = self.seen.get(word)
        if flags is None:
            plain = word[0].islower() and word not in self.grammar.determiners  # "einen" is an article, hardly ever a verb
            flags = self.seen[word] = self._flags(word) if plain else 0
        return flags

    def _flags(self, word: str) -> int:
        bits = self.verbs.readings(word)
        code = self.ngrams.words.get(key(word))
        name = self.ngrams.names[code] if code is not None else ""
        verbal = "VV" in name or "FIN" in name or name == "UNKL"
        flags = (INF if bits & INFINITIVE else 0) | (PART if bits & PARTICIPLE else 0)
        if not bits and "VV(PP)" in name and "INF" not in name:
            flags |= PART
        adjective = self.grammar.is_adjective(word)
        if bits & FINITE:
            other = bits & (PARTICIPLE | INFINITIVE | OTHER | JOINED)
            plain = not other and not adjective and (verbal or name[:1] == "=" or code is None)
            return flags | MAY | (SURE if plain else 0)
        if (code is None and not adjective) or (verbal and name[:1] != "="):
            flags |= MAY
        return flags


def load_lexis(assets: Assets) -> Lexis:
    """The words of a language, loaded once."""
    names = ("rules/agreement", "morphology/nouns", "morphology/adjectives", "morphology/verbs", "rules/clauses", "ngrams")
    return _loaded(*(assets.path(name) for name in names))


@cache
def _loaded(rules: Path, nouns: Path, adjectives: Path, verbs: Path, clauses: Path, tables: Path) -> Lexis:
    return Lexis(load_verbs(verbs, clauses), load_grammar(rules, nouns, adjectives), load_ngrams(tables))


def slips(tokens: tuple[Token, ...], sentence: Sentence, lexis: Lexis) -> Iterator[Discord]:
    """Everything that the rules find in a sentence."""
    if sentence.end - sentence.first < 4:
        return
    flags = [lexis.flags(token.text) if token.kind == "word" else 0 for token in tokens[sentence.first : sentence.end]]
    flags[0] |= lexis.flags(tokens[sentence.first].text.lower()) & MAY
    if _lacks_verb(tokens, sentence, flags):
        yield Discord("no_verb", sentence.first, sentence.end, sentence.first, sentence.first)
        return
    start = sentence.first
    for i in range(sentence.first, sentence.end):
        if tokens[i].text in _MARKS:
            if i - start > 2:
                yield from _clause(tokens, sentence, Sentence(start, i), flags, lexis)
            start = i + 1


def _ends(tokens: tuple[Token, ...], sentence: Sentence, end: int) -> bool:
    """Whether the full stop of the sentence stands here, and is none of an ordinal or abbreviation."""
    before = tokens[end - 1]
    return end == sentence.end - 1 and tokens[end].text == "." and before.kind == "word" and len(before.text) > 3


def _lacks_verb(tokens: tuple[Token, ...], sentence: Sentence, flags: list[int]) -> bool:
    first, end = sentence
    if not _ends(tokens, sentence, end - 1) or end - first <= _LEAST_SENTENCE or any(flag & MAY for flag in flags):
        return False
    words = [token.text for token in tokens[first:end]]
    return words[0][0].isupper() and words[1][0].islower() and not any(word in _ASIDE for word in words)


def _clause(tokens: tuple[Token, ...], sentence: Sentence, clause: Sentence, flags: list[int], lexis: Lexis) -> Iterator[Discord]:
    """The rules on one stretch between marks."""
    first, end = clause
    words = [token.text for token in tokens[first:end]]
    inner = flags[first - sentence.first : end - sentence.first]
    before = tokens[first - 1].text if first > sentence.first else ""
    opener, lists = words[0].lower(), lexis.verbs.syntax
    if before not in ("", ","):
        return
    if opener in lists["final"]:
        if _ends(tokens, sentence, end) and len(words) > 3 and not any(flag & MAY for flag in inner):
            yield Discord("clause_no_verb", first, end, first, first)
        early = _early(words, inner, lists)
        if early is not None and tokens[end].text in ".,":
            yield Discord("early_verb", first, first + early + 1, first + early, first)
    elif before == "," and _is_open_relative(words, inner, lexis) and _ends(tokens, sentence, end):
        yield Discord("clause_no_verb", first, end, first, first)
    elif before == "," and opener == "um" and _lacks_zu(words, inner, lexis):
        yield Discord("um_without_zu", first, end, end - 1, first)
    elif first == sentence.first and _ends(tokens, sentence, end):
        yield from _modal(words, inner, first, end, lists)


def _early(words: list[str], flags: list[int], lists: Mapping[str, frozenset[str]]) -> int | None:
    """The place of the only sure verb where the clause goes on behind it with a phrase of its own, and ends in no verb."""
    sure = [i for i, flag in enumerate(flags) if flag & SURE]
    if len(sure) != 1 or sure[0] < 2 or flags[-1] & (MAY | INF | PART):
        return None
    verb, rest = sure[0], words[sure[0] + 1 :]
    if len(rest) < 2 or rest[0] in lists["behind"] or any(word in lists["joined"] for word in rest):
        return None
    article = words[verb - 1].lower() in lists["relatives"]
    attribute = words[verb].endswith(("te", "ten")) and (rest[0][0].isupper() or article)
    return None if attribute else verb


def _is_open_relative(words: list[str], flags: list[int], lexis: Lexis) -> bool:
    """Whether the words open a relative clause in which nothing can be a verb, nor an attribute of the pronoun's noun."""
    lists = lexis.verbs.syntax
    if len(words) < 4 or words[0] not in lists["relatives"] or words[1] in lists["no_relative"]:
        return False
    if words[1][0].isupper() or lexis.grammar.is_adjective(words[1]):
        return False
    attributes = any(word.endswith(("ende", "enden", "ender", "te", "ten", "ter", "ene", "enen")) for word in words[2:])
    return not attributes and not any(flag & MAY for flag in flags)


def _lacks_zu(words: list[str], flags: list[int], lexis: Lexis) -> bool:
    last = words[-1]
    if len(words) < 4 or not flags[-1] & INF or flags[-1] & PART or "zu" in words:
        return False
    if words[1] in lexis.verbs.syntax["relatives"] and not (words[2][0].isupper() or lexis.grammar.is_adjective(words[2])):
        return False  # "die Kinder, um die wir uns kümmern"
    return not (lexis.verbs.readings(last) & JOINED and "zu" in last[1:])


def _modal(words: list[str], flags: list[int], first: int, end: int, lists: Mapping[str, frozenset[str]]) -> Iterator[Discord]:
    """A modal verb with a participle, or with "zu", in a sentence of one clause."""
    modals = [i for i, word in enumerate(words) if word in lists["modals"]]
    if len(modals) != 1 or any(word in lists["joined"] for word in words):
        return
    modal = modals[0]
    infinitives = [i for i in range(modal + 1, len(words)) if flags[i] & INF]
    if not infinitives and flags[-1] & PART and len(words) - modal > 2:
        yield Discord("modal_participle", first + modal, end, end - 1, first + modal)
    if infinitives == [len(words) - 1] and words[-2] == "zu" and len(words) - modal > 3:
        yield Discord("modal_zu", first + modal, end, end - 1, first + modal)
