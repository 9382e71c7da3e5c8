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
    last = statement.lowers[end - 1]
    particle = last if last in rules.sets["denial.particles"] else ""
    joined = False
    for i in range(first, end):
        verb = verb_at(statement, i)
        if not verb:
            continue
        if particle and not joined and i < end - 1:
            verb, joined = particle + verb, True
        if verb not in rules.sets["denial.empty_verbs"]:
            yield i, verb


def verb_at(statement: Statement, i: int) -> str:
    """The infinitive of a word in small letters that looks like a form of a verb; "" for others."""
    token, lemma = statement.tokens[i], statement.lemmas[i]
    if token.kind != "word" or len(lemma) < 4 or not (token.text.islower() or i == 0):
        return ""
    if not lemma.endswith(("en", "ern", "eln")) or (lemma == statement.lowers[i] and not _infinitive(lemma)):
        return ""
    return lemma


_NO_VERBS = frozenset(
    ["gegen", "wegen", "neben", "zwischen", "eigen", "offen", "selten", "trocken", "verschieden", "morgen", "gestern", "heute", "deren", "denen", "seinen", "ihren", "einen", "keinen", "diesen", "jeden", "allen", "vielen", "anderen", "beiden", "ersten", "letzten", "zweiten", "dritten", "meisten", "weiteren", "neuen", "großen", "hinten", "unten", "oben", "außen", "innen", "sondern", "mindestens", "wenigen", "anderem", "vergangenen", "kommenden"]
)


def _infinitive(lemma: str) -> bool:
    return lemma not in _NO_VERBS


def choices(statement: Statement, rules: FactRules) -> Iterator[Mention]:
    """Words that exclude others of their group (kind "choice", key the group's number, value the class)."""
    words: list[tuple[int, str]] = [(i, lemma) for i, lemma in enumerate(statement.lemmas) if lemma in rules.choices]
    for first, end in statement.clauses:
        last = statement.lowers[end - 1]
        if last in rules.sets["denial.particles"]:
            words += [
                (i, last + verb)
                for i in range(first, end - 1)
                if (verb := verb_at(statement, i)) and last + verb in rules.choices
            ]
        if "sich" in statement.lowers[first:end]:
            words += [
                (i, f"{statement.lemmas[i]}:sich") for i in range(first, end) if f"{statement.lemmas[i]}:sich" in rules.choices
            ]
    joined = {i for i, word in words if word != statement.lemmas[i]}
    for i, word in sorted(words):
        if i in joined and word == statement.lemmas[i]:
            continue  # "lehnt … ab" is no "lehnen"
        for group, value in rules.choices[word]:
            yield Mention("choice", str(group), value, i, i + 1, word)
