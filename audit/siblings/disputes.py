"""Facts of an article that its siblings agree are otherwise.

Two facts are compared only where the words around them show that the same event is spoken of. A sibling that states the
article's fact anywhere clears it; siblings that disagree with each other clear it; copies of one text are one voice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, cast

from audit.article import Article
from audit.siblings import Sibling, dates, numbers
from audit.siblings.dates import Moment
from audit.siblings.facts import Fact, Facts, read
from audit.siblings.names import alike, inflected
from audit.siblings.numbers import Number
from audit.siblings.statements import FactRules

AMOUNTS: Final = frozenset({"money", "measure", "share", "time", "count", "fate", "age"})
MOMENTS: Final = frozenset({"date", "month", "weekday", "year", "clock"})
NAMED: Final = frozenset({"place", "person", "link"})
# Whoever may stand in a story: only a fact of the same key can be its support.
_KEYED: Final = frozenset({"border", "nation", "holder", "office", "currency", "unit", "denial", "choice"})


class Witness(NamedTuple):
    """A sibling's statement that contradicts the article's: how tightly the two are tied (``score``, summed rarity)."""

    sibling: Sibling
    voice: int
    fact: Fact
    score: float
    ties: tuple[str, ...]


class Dispute(NamedTuple):
    """A fact and the witnesses against it, the nearest first.

    ``voices`` speak of it, ``silent`` ones do not; ``strength`` is how often the ties of the two nearest voices reach what
    the kind of fact asks for; ``support`` is what the article itself says elsewhere.
    """

    fact: Fact
    witnesses: tuple[Witness, ...]
    voices: int
    silent: int
    strength: float
    support: Fact | None


class Court:
    """The facts of an article and of its siblings, ready to be compared."""

    def __init__(self, article: Article, siblings: Sequence[Sibling], rules: FactRules, settings: Mapping[str, Any]) -> None:
        self.rules = rules
        self.settings = settings
        self.lang = article.lang
        self.own = read(article, rules)
        self.siblings = siblings
        self.theirs = [read(sibling.article, rules) for sibling in siblings]
        self.amounts = [
            frozenset(v for f in facts.facts if f.kind in AMOUNTS for v in cast(Number, f.value).values) for facts in self.theirs
        ]
        self.common = self._common()
        self.voices = _voices(self.theirs, settings["one_voice"])
        self.denying: frozenset[str] = rules.sets["denial.words"]

    def _common(self) -> dict[str, float]:
        """How much a stem's weight is worth in this story: names that stand in every sentence tie none of them together."""
        lines = [line for facts in (self.own, *self.theirs) for line in facts.statements]
        frequency = Counter(name for line in lines for name in {stem for stem, weight in line.stems if weight > 0})
        whole = math.log(1 + len(lines))
        return {name: math.log(1 + len(lines) / n) / whole for name, n in frequency.items()}

    def score(self, one: Fact, other: Fact) -> tuple[float, float]:
        """How much the surroundings of two facts share (summed rarity), and which part of the smaller that is."""
        a, b, common = one.context, other.context, self.common
        shared = sum(min(a[name], b[name]) * common[name] for name in a.keys() & b.keys())
        if not shared:
            return 0.0, 0.0
        least = min(sum(w * common[n] for n, w in a.items()), sum(w * common[n] for n, w in b.items()))
        return shared, shared / least

    def disputes(self) -> list[Dispute]:
        """The disputes of an article in order of their place."""
        return [dispute for fact in self.own.facts if (dispute := self._dispute(fact))]

    def _dispute(self, fact: Fact) -> Dispute | None:
        limits = self.settings["kinds"].get(fact.kind)
        if limits is None or self._supported(fact, limits):
            return None
        witnesses = [w for i in range(len(self.theirs)) if (w := self._witness(fact, i, limits))]
        witnesses.sort(key=lambda w: -w.score)
        if not witnesses or any(self._same(witnesses[0].fact, w.fact) is False for w in witnesses[1:]):
            return None
        voices: dict[int, float] = {}
        for witness in witnesses:
            voices.setdefault(witness.voice, witness.score)
        needed = limits["score"] * (self.settings["only"] if self._is_only(fact, witnesses) else 1.0)
        strength = sum(sorted(voices.values(), reverse=True)[:2]) / needed
        if strength < 1:
            return None
        support = next(
            (o for o in self.own.by_key[fact.kind, fact.key] if o is not fact and self._same(o, witnesses[0].fact)), None
        )
        return Dispute(fact, tuple(witnesses), len(voices), len(set(self.voices)) - len(voices), strength, support)

    def _witness(self, fact: Fact, i: int, limits: Mapping[str, float]) -> Witness | None:
        """The statement of a sibling that contradicts the fact in the nearest context, if it has one."""
        best: tuple[float, Fact] | None = None
        for other in self.theirs[i].by_key.get((fact.kind, fact.key), ()):
            if self._same(fact, other) is not False:
                continue
            score, share = self.score(fact, other)
            if score < self.settings["least"] * limits["score"] or share < limits["share"]:
                continue
            if (best is None or score > best[0]) and self._comparable(fact, other, score) and self._consistent(other, i):
                best = score, other
        if best is None:
            return None
        other = best[1]
        ties = sorted(fact.context.keys() & other.context.keys(), key=lambda t: (-fact.context[t], t))
        return Witness(self.siblings[i], self.voices[i], other, best[0], tuple(ties))

    def _is_only(self, fact: Fact, witnesses: Sequence[Witness]) -> bool:
        """Whether each article that speaks has one value only under this key: then they speak of one thing."""
        if not fact.key and fact.kind != "border":
            return False
        told = [fact, *(witness.fact for witness in witnesses)]
        lists = [self.own, *(read(witness.sibling.article, self.rules) for witness in witnesses)]
        return all(
            self._same(one, other) is not False
            for one, facts in zip(told, lists, strict=True)
            for other in facts.by_key[fact.kind, fact.key]
        )

    def _consistent(self, fact: Fact, i: int) -> bool:
        """Whether the sibling's sentence states one thing only of this kind."""
        if fact.kind not in AMOUNTS | MOMENTS:
            return True
        rivals = self.theirs[i].by_key[fact.kind, fact.key]
        return not any(other.statement is fact.statement and self._same(fact, other) is False for other in rivals)

    def _supported(self, fact: Fact, limits: Mapping[str, float]) -> bool:
        """Whether a sibling states what the article states: the same of the same, or, for rare things, at all."""
        if fact.kind in AMOUNTS:
            values = cast(Number, fact.value).values
            if any(v > self.settings["small"] and v in amounts for v in values for amounts in self.amounts):
                return True
        if fact.kind in NAMED:
            last = fact.own.split()[-1]
            if any(last in facts.words or f"{last}s" in facts.words or self._alike_in(last, facts) for facts in self.theirs):
                return True
        for facts in self.theirs:
            for other in facts.by_key.get((fact.kind, fact.key), ()):
                if self._same(fact, other) is False:
                    continue
                if fact.kind in _LOOSE and self.score(fact, other)[0] < self.settings["support"] * limits["score"]:
                    continue
                return True
        return False

    def _alike_in(self, last: str, facts: Facts) -> bool:
        return any(
            word[:1] == last[:1] and word != last and (alike(word, last) or inflected(word, last, self.lang))
            for word in facts.words
            if word[0].isupper()
        )

    def _comparable(self, fact: Fact, other: Fact, score: float) -> bool:
        """Whether nothing else explains the difference: another place in the article answers the sibling's statement better."""
        if fact.kind == "choice" and (self._denied(fact, other) or self._both(fact, other)):
            return False
        if fact.kind == "denial" and self._repeated(fact, other):
            return False
        if fact.kind in NAMED and other.own.split()[-1] in fact.statement.segment.text[fact.statement.start : fact.statement.end]:
            return False
        for rival in self.own.by_key[fact.kind, fact.key]:
            if rival is fact or self._same(rival, other) is False:
                continue
            if rival.statement is fact.statement or self.score(rival, other)[0] >= self.settings["rival"] * score:
                return False
        return True

    def _repeated(self, fact: Fact, other: Fact) -> bool:
        """Whether either statement both denies and affirms the verb."""
        return any(
            rival.statement is one.statement and rival.value != one.value
            for one, facts in ((fact, [self.own]), (other, self.theirs))
            for found in facts
            for rival in found.by_key.get((fact.kind, fact.key), ())
        )

    def _denied(self, fact: Fact, other: Fact) -> bool:
        return any(self.denying & set(one.statement.lowers) for one in (fact, other))

    def _both(self, fact: Fact, other: Fact) -> bool:
        """Whether one of the two statements has both words, or they share no verb where they must."""
        group = self.rules.data["choices"][int(fact.key)]
        for one, against in ((fact, other), (other, fact)):
            classes = {
                place[1]
                for lemma in one.statement.lemmas
                for place in self.rules.choices.get(lemma, ())
                if place[0] == int(fact.key)
            }
            if against.value in classes:
                return True
        if not group["verb"]:
            return False
        verbs = [{lemma for lemma in one.statement.lemmas if lemma.endswith(("en", "ern", "eln"))} for one in (fact, other)]
        return not (verbs[0] & verbs[1]) - self.rules.sets["denial.empty_verbs"]

    def _same(self, one: Fact, other: Fact) -> bool | None:
        """Whether two facts of one kind and key agree; None where that cannot be told."""
        kind = one.kind
        if kind == "age":
            a, b = cast(Number, one.value), cast(Number, other.value)
            return any(abs(x - y) <= 1 for x in a.values for y in b.values)
        if kind in AMOUNTS:
            return numbers.same(cast(Number, one.value), cast(Number, other.value))
        if kind in MOMENTS:
            return dates.same(cast(Moment, one.value), cast(Moment, other.value))
        if kind in ("currency", "unit"):
            return _same_unit(str(one.value), str(other.value))
        if kind in ("holder", "person"):
            return self._same_person(one, other)
        if kind in ("border", "nation"):
            return bool(set(str(one.value).split("|")) & set(str(other.value).split("|")))
        return one.value == other.value

    def _same_person(self, one: Fact, other: Fact) -> bool | None:
        a, b = str(one.value), str(other.value)
        if a == b:
            return True
        if alike(a, b) or inflected(a, b, self.lang) or a in other.own.split() or b in one.own.split():
            return None
        given = one.own.split()[0], other.own.split()[0]
        return None if given[0] == given[1] and len(one.own.split()) > 1 else False


# Kinds of which a story has many: only a statement in a like context supports another one.
_LOOSE: Final = frozenset({"weekday", "denial", "choice", "nation", "count", "time"})


def _same_unit(one: str, other: str) -> bool | None:
    if one == other:
        return True
    return None if one.endswith(f"-{other}") or other.endswith(f"-{one}") else False


def _voices(articles: Sequence[Facts], most: float) -> list[int]:
    """The number of the voice of each article: those that share many pairs of neighbouring content words are one."""
    pairs = []
    for facts in articles:
        stems = [stem for line in facts.statements for stem, weight in line.stems if weight > 1.0]
        pairs.append(frozenset(pairwise(stems)))
    voice = list(range(len(articles)))
    for i in range(len(articles)):
        for j in range(i):
            least = min(len(pairs[i]), len(pairs[j]))
            if least and len(pairs[i] & pairs[j]) > most * least:
                old, new = voice[i], voice[j]
                voice = [new if v == old else v for v in voice]
    return voice
