"""What is said to happen or not to happen, and which of several things that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from audit.siblings.mentions import Mention
from audit.siblings.statements import FactRules, Statement


def denials(statement: Statement, rules: FactRules) -> Iterator[Mention]:
    """Each verb of a statement with whether its clause denies it (kind "denial", key the verb, value True where denied)."""
    for first, end in statement.clauses:
        lowers = statement.lowers[first:end]
        if rules.sets["denial.doubtful"] & set(lowers):
            continue
        found = [i for i in range(first, end) if statement.lowers[i] in rules.sets["denial.words"]]
        if len(found) > 1 or (found and not _plain(statement, found[0], rules)):
            continue
        verbs = list(predicates(statement, first, end, rules))
        for i, verb in verbs:
            if found:
                at, last = (found[0], i + 1) if found[0] < i else (i, found[0] + 1)
                yield Mention("denial", verb, True, at, last, verb)
            else:
                yield Mention("denial", verb, False, i, i + 1, verb)


def _plain(statement: Statement, i: int, rules: FactRules) -> bool:
    """Whether a word of denial denies its clause and no part of it."""
    after = statement.lowers[i + 1] if i + 1 < len(statement.tokens) else ""
    before = statement.lowers[i - 1] if i else ""
    return after not in rules.sets["denial.harmless_after"] and before not in rules.sets["denial.harmless_before"]


def predicates(statement: Statement, first: int, end: int, rules: FactRules) -> Iterator[tuple[int, str]]:
    """The verbs of a clause as infinitives, particles joined; verbs that say little left out."""
    at, particle = _particle(statement, first, end, rules)
    joined = False
    for i in range(first, end):
        verb = verb_at(statement, i, rules)
        if not verb:
            continue
        if particle and not joined and i < at:
            verb, joined = particle + verb, True
        if verb not in rules.sets["denial.empty_verbs"]:
            yield i, verb


def _particle(statement: Statement, first: int, end: int, rules: FactRules) -> tuple[int, str]:
    """The separated particle of the clause's verb and its place ("lehnte das Angebot ab"), "" where there is none."""
    for i in range(first + 1, end):
        closing = i == end - 1 or statement.lowers[i + 1] in rules.sets["joints"]
        if closing and statement.lowers[i] in rules.sets["denial.particles"]:
            return i, statement.lowers[i]
    return 0, ""


def verb_at(statement: Statement, i: int, rules: FactRules) -> str:
    """The infinitive of a word in small letters that looks like a form of a verb; "" for others."""
    token, lemma = statement.tokens[i], statement.lemmas[i]
    if token.kind != "word" or len(lemma) < 4 or not (token.text.islower() or i == 0):
        return ""
    if not lemma.endswith(rules.verb_endings) or lemma in rules.sets["no_verbs"]:
        return ""
    return lemma


def choices(statement: Statement, rules: FactRules) -> Iterator[Mention]:
    """Words that exclude others of their group (kind "choice", key the group's number, value the class)."""
    words: list[tuple[int, str]] = [(i, lemma) for i, lemma in enumerate(statement.lemmas) if lemma in rules.choices]
    for first, end in statement.clauses:
        at, particle = _particle(statement, first, end, rules)
        verbs = [(i, particle + verb_at(statement, i, rules)) for i in range(first, at)]
        words += [(i, verb) for i, verb in verbs if verb in rules.choices]
        if rules.data["denial"]["reflexive"] in statement.lowers[first:end]:
            words += [(i, reflexive) for i in range(first, end) if (reflexive := f"{statement.lemmas[i]}:sich") in rules.choices]
    joined = {i for i, word in words if word != statement.lemmas[i]}
    for i, word in sorted(words):
        if i in joined and word == statement.lemmas[i]:
            continue  # "lehnt … ab" is no "lehnen"
        for group, value in rules.choices[word]:
            yield Mention("choice", str(group), value, i, i + 1, word)
