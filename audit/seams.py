"""Rules on strings of words that no speaker writes: seams, loose ends, clauses without a verb, nouns in a row.

Each takes a passage with the classes of its words (`audit.ngrams`) and gives what it sees; what a kind weighs is settled in
models/thresholds.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from audit.chains import ChainWords, chains
from audit.ngrams import Coded, Ngrams, key
from audit.text import Token

_QUOTES: Final = frozenset("„“”\"»«‚‘’›‹'")


class Rules(NamedTuple):
    """The word lists of models/<lang>/rules/garbled.toml."""

    finite: frozenset[str]
    auxiliary: frozenset[str]
    strict_articles: frozenset[str]
    prepositions: frozenset[str]
    openers: frozenset[str]
    openers_after_noun: frozenset[str]
    contractions: frozenset[str]
    conjunctions: frozenset[str]
    relatives: frozenset[str]
    articles: frozenset[str]
    noun_articles: frozenset[str]
    apart: frozenset[str]
    behind: frozenset[str]
    links: frozenset[str]
    participles: frozenset[str]
    subordinators: frozenset[str]
    infinitives: frozenset[str]
    governors: frozenset[str]
    reporting: frozenset[str]


class Flaw(NamedTuple):
    """A garbled stretch: indices of its first and last token, its kind (a key of the weights) and what is wrong."""

    first: int
    last: int
    kind: str
    message: str


class Passage(NamedTuple):
    """What the rules look at: tokens with their classes, and which of them stand in quotation marks."""

    tokens: Sequence[Token]
    coded: Sequence[Coded]
    rules: Rules
    ngrams: Ngrams
    settings: Mapping[str, Any]


def flaws(passage: Passage) -> list[Flaw]:
    """Everything that the rules see in a passage."""
    return [flaw for rule in _RULES for flaw in rule(passage)]


def _seams(p: Passage) -> Iterator[Flaw]:
    """A lower-case word, then a capitalised one that only begins sentences, then the verb of that sentence."""
    tokens, rules = p.tokens, p.rules
    for i in range(1, len(tokens) - 1):
        word, before, after = tokens[i].text, tokens[i - 1], tokens[i + 1].text
        if before.kind != "word" or after not in rules.finite:
            continue
        if word in (rules.openers if before.text[0].islower() else rules.openers_after_noun):
            message = f"Two sentences run into each other: a full stop is likely missing before “{word}”."
            yield Flaw(i - 1, i + 1, "seam", message)


def _loose_ends(p: Passage) -> Iterator[Flaw]:
    """An article or preposition that has nothing to open."""
    tokens, rules = p.tokens, p.rules
    for i in range(len(tokens) - 1):
        word, after = tokens[i].text, tokens[i + 1].text
        article = word in rules.strict_articles
        if not article and word not in rules.prepositions:
            continue
        if after == "." and (i == 0 or tokens[i - 1].text != "zu") and (i + 2 == len(tokens) or tokens[i + 2].text != "."):
            yield Flaw(
                max(0, i - 1), i + 1, "loose_end", f"“{word}” has nothing behind it: the phrase it opens is likely missing."
            )
        elif word in rules.contractions and after in rules.auxiliary:
            yield Flaw(i, i + 1, "loose_before_verb", f"“{word}” opens a phrase, but the verb “{after}” follows at once.")


def _verb_on_verb(p: Passage) -> Iterator[Flaw]:
    """Two finite auxiliaries side by side."""
    tokens, rules = p.tokens, p.rules
    for i in range(1, len(tokens) - 1):
        one, two = tokens[i].text, tokens[i + 1].text
        if one in rules.auxiliary and two in rules.auxiliary and one != two:
            yield Flaw(
                i, i + 1, "verb_on_verb", f"Two finite verbs, “{one} {two}”, stand side by side: one clause has lost its end."
            )


def _verbless(p: Passage) -> Iterator[Flaw]:
    """A conjunction, a noun phrase, its relative clause, and then the full stop: the main clause has no verb."""
    tokens, rules = p.tokens, p.rules
    for i, token in enumerate(tokens):
        if token.text not in rules.conjunctions or i + 3 >= len(tokens) or tokens[i + 1].text not in rules.articles:
            continue
        if i and tokens[i - 1].text not in ",;.–":
            continue
        comma = next((k for k in range(i + 2, min(i + 7, len(tokens))) if tokens[k].kind != "word"), None)
        if comma is None or tokens[comma].text != "," or not tokens[comma - 1].text[0].isupper():
            continue
        if comma + 1 >= len(tokens) or tokens[comma + 1].text not in rules.relatives:
            continue
        end = next((k for k in range(comma + 2, len(tokens)) if tokens[k].text in ".!?;:,–"), None)
        if end is None or tokens[end].text != "." or tokens[end - 1].text not in rules.finite:
            continue
        inner = [tokens[k].text for k in range(i + 1, end - 1)]
        if not any(word in rules.finite for word in inner):
            message = f"The clause that begins with “{token.text} {tokens[i + 1].text}” never gets a verb of its own."
            yield Flaw(i, end, "verbless", message)


def _unfinished(p: Passage) -> Iterator[Flaw]:
    """An article and an adjective at the end of a sentence, the noun lost."""
    tokens, rules = p.tokens, p.rules
    for i in range(2, len(tokens)):
        if tokens[i].text != "." or tokens[i - 1].kind != "word" or tokens[i - 2].text not in rules.noun_articles:
            continue
        adjective = tokens[i - 1].text
        if not adjective.startswith(tuple(rules.participles)) or not adjective.endswith(("ten", "enden")):
            continue
        if p.ngrams.names[p.ngrams.of(adjective)].startswith("ADJ(A)-en"):
            message = f"The noun is likely missing behind “{tokens[i - 2].text} {adjective}”."
            yield Flaw(i - 2, i, "noun_missing", message)


def _clauses(p: Passage) -> Iterator[Flaw]:
    """A clause opened by a conjunction in which, up to the full stop, nothing can be its verb."""
    tokens, rules = p.tokens, p.rules
    for i in range(len(tokens) - 4):
        if tokens[i].text not in rules.subordinators or (i and tokens[i - 1].text != ","):
            continue
        end = next((k for k in range(i + 1, len(tokens)) if tokens[k].text in ".!?;:–…("), None)
        if end is None or end - i < 4 or tokens[end].text != "." or not _is_full_stop(tokens, end):
            continue
        if not any(_may_be_finite(token, p) for token in tokens[i + 1 : end]):
            yield Flaw(i, end, "clause_without_verb", f"The clause that “{tokens[i].text}” opens never gets a verb.")


def _is_full_stop(tokens: Sequence[Token], i: int) -> bool:
    """Whether the full stop ends a sentence: not behind a number, an initial or an abbreviation."""
    before = tokens[i - 1]
    if before.kind != "word" or len(before.text) < 4 or before.text in ("Frau", "Herr"):
        return False
    return i + 1 == len(tokens) or tokens[i + 1].text[0].isupper() or tokens[i + 1].text in _QUOTES


def _may_be_finite(token: Token, p: Passage) -> bool:
    """Whether a word can be a finite verb: any small word can that is not known to be something else."""
    if token.kind != "word" or token.text[0].isupper():
        return False
    if token.text in p.rules.finite or token.text in p.rules.infinitives or key(token.text) not in p.ngrams.words:
        return True
    name = p.ngrams.names[p.ngrams.of(token.text)]
    return (
        "VV" in name
        or "FIN" in name
        or name == "UNKL"
        or (name[0] != "=" and not name.startswith(("ADJ(A)", "ADV", "CARD", "AP")))
    )


def _infinitives(p: Passage) -> Iterator[Flaw]:
    """A clause that has its finite verb already and ends in an infinitive which nothing governs."""
    tokens, rules = p.tokens, p.rules
    begin = 0
    for i, token in enumerate(tokens):
        if token.text not in ".!?,;:–":
            continue
        inner, begin = range(begin, i), i + 1
        if token.text != "." or len(inner) < 6:
            continue
        last = tokens[i - 1].text
        if p.ngrams.names[p.ngrams.of(last)] not in ("VV(FIN)|VV(INF)", "VV(INF)") or key(last) not in p.ngrams.words:
            continue
        if not last.endswith("en") or "ge" in last:  # participles of compound verbs look alike
            continue
        words = [tokens[k].text for k in inner]
        if any(word in rules.governors for word in words) or not any(word in rules.reporting for word in words[:-1]):
            continue
        yield Flaw(
            max(inner[0], i - 4),
            i - 1,
            "bare_infinitive",
            f"The infinitive “{last}” hangs loose: nothing in its clause governs it.",
        )


def _chains(p: Passage) -> Iterator[Flaw]:
    """Nouns side by side of which the first neither measures nor titles the next."""
    rules = p.rules
    for chain in chains(
        p.tokens,
        p.ngrams,
        ChainWords(rules.articles, rules.apart, rules.behind | rules.apart, rules.finite, tuple(sorted(rules.links))),
    ):
        words = " ".join(token.text for token in p.tokens[chain.first : chain.last + 1])
        message = f"Nouns in a row, “{words}”, that German would join, decline or link with a preposition."
        if chain.joined:
            message = f"Two words where German writes one: likely “{chain.joined}”."
        yield Flaw(chain.first, chain.last, chain.kind, message)


def _runs(p: Passage) -> Iterator[Flaw]:
    """Transitions that genuine German does not make, joined where they touch; the kind says how many nats they add up to."""
    for run in p.ngrams.runs(p.tokens, p.coded):
        level = max((level for level in p.settings["levels"] if run.nats >= level), default=None)
        if level is not None:
            words = " ".join(token.text for token in p.tokens[run.first : run.last + 1])
            yield Flaw(run.first, run.last, f"odd_{level}", f"Word order that German hardly ever makes: “{words}”.")


_RULES: Final[tuple[Callable[[Passage], Iterator[Flaw]], ...]] = (
    _seams,
    _loose_ends,
    _verb_on_verb,
    _verbless,
    _unfinished,
    _clauses,
    _infinitives,
    _chains,
    _runs,
)
