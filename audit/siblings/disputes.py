"""Facts of an article that its siblings agree are otherwise.

Two facts are compared only where the words around them show that the same event is spoken of. A sibling that states the
article's fact anywhere clears it; siblings that disagree with each other clear it; copies of one text are one voice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from audit.article import Article
from audit.siblings import Sibling
from audit.siblings.facts import Fact, Facts, read
from audit.siblings.names import alike, inflected
from audit.siblings.numbers import Number
from audit.siblings.sameness import AMOUNTS, MOMENTS, same, same_name
from audit.siblings.statements import FactRules
from audit.siblings.voices import voices

NAMED: Final = frozenset({"place", "person", "link"})


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
        self.voices = voices(self.theirs, settings)
        self.mentioned = frozenset(
            str(f.value) for facts in self.theirs for f in facts.facts if f.kind in ("place", "nation", "border", "link")
        )
        self.endings = tuple(rules.data["denial"]["verb_endings"])
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
        found = {id(fact): dispute for fact in self.own.facts if (dispute := self._dispute(fact))}
        for dispute in list(found.values()):
            fact = dispute.fact
            for again in self.own.by_key[fact.kind, fact.key]:
                if fact.kind in _REPEATED and id(again) not in found and again.value_key == fact.value_key:
                    found[id(again)] = dispute._replace(fact=again)
        return [found[id(fact)] for fact in self.own.facts if id(fact) in found]

    def _dispute(self, fact: Fact) -> Dispute | None:
        limits = self.settings["kinds"].get(fact.kind)
        if limits is None or self._supported(fact, limits):
            return None
        witnesses = [w for i in range(len(self.theirs)) if (w := self._witness(fact, i, limits))]
        witnesses.sort(key=lambda w: -w.score)
        if not witnesses or any(same(witnesses[0].fact, w.fact) is False for w in witnesses[1:]):
            return None
        if fact.kind in _CONCORDANT or (fact.kind == "choice" and self.rules.data["choices"][int(fact.key)].get("single")):
            witnesses += self._concordant(fact, witnesses)
        voices: dict[int, float] = {}
        for witness in witnesses:
            voices.setdefault(witness.voice, witness.score * witness.sibling.weight)
        # What reads like a machine's translation itself can tie a fact, but is no report to be counted.
        credible = {witness.voice for witness in witnesses if witness.sibling.weight >= self.settings["credible"]}
        if not credible:
            return None
        if fact.kind in _GENERIC and len(witnesses[0].ties) < _LEAST_TIES:
            return None
        needed = limits["score"] * (self.settings["only"] if self._is_only(fact, witnesses) else 1.0)
        strength = sum(sorted(voices.values(), reverse=True)[:2]) / needed
        if fact.kind == "fate" and len(credible) > 1 and needed < limits["score"]:
            strength = max(1.0, strength)  # an event has one toll, wherever it is told
        if strength < 1:
            return None
        support = next((o for o in self.own.by_key[fact.kind, fact.key] if o is not fact and same(o, witnesses[0].fact)), None)
        silent = len(set(self.voices)) - len(voices)
        return Dispute(fact, tuple(witnesses), len(credible), silent, strength, support)

    def _witness(self, fact: Fact, i: int, limits: Mapping[str, float]) -> Witness | None:
        """The statement of a sibling that contradicts the fact in the nearest context, if it has one."""
        best: tuple[float, Fact] | None = None
        for other in self.theirs[i].by_key.get((fact.kind, fact.key), ()):
            if same(fact, other) is not False:
                continue
            score, share = self.score(fact, other)
            if fact.kind != "fate" and (score < self.settings["least"] * limits["score"] or share < limits["share"]):
                continue
            if (best is None or score > best[0]) and self._comparable(fact, other, score) and self._consistent(other, i):
                best = score, other
        if best is None:
            return None
        other = best[1]
        ties = sorted(fact.context.keys() & other.context.keys(), key=lambda t: (-fact.context[t], t))
        return Witness(self.siblings[i], self.voices[i], other, best[0], tuple(ties))

    def _concordant(self, fact: Fact, witnesses: Sequence[Witness]) -> list[Witness]:
        """Siblings that know, in whatever context, only what the witnesses say."""
        heard = {id(witness.sibling) for witness in witnesses}
        found: list[Witness] = []
        for i, facts in enumerate(self.theirs):
            told = facts.by_key.get((fact.kind, fact.key), ())
            if told and witnesses and id(self.siblings[i]) not in heard and all(same(witnesses[0].fact, other) for other in told):
                best = max(told, key=lambda other: self.score(fact, other)[0])
                found.append(Witness(self.siblings[i], self.voices[i], best, self.score(fact, best)[0], ()))
        return found

    def _is_only(self, fact: Fact, witnesses: Sequence[Witness]) -> bool:
        """Whether this is the one value under its key in which the articles that speak differ: then they speak of one thing."""
        if fact.kind not in _ONE_OF_A_KIND:
            return False
        key = fact.kind, fact.key
        heard = [read(witness.sibling.article, self.rules).by_key[key] for witness in witnesses]
        for own in self.own.by_key[key]:
            if same(own, fact) is False and not any(same(own, other) for facts in heard for other in facts):
                return False
        return all(
            same(other, witness.fact) is not False or self._answered(other)
            for witness, facts in zip(witnesses, heard, strict=True)
            for other in facts
        )

    def _consistent(self, fact: Fact, i: int) -> bool:
        """Whether the sibling's sentence states one thing only of this kind."""
        if fact.kind not in AMOUNTS | MOMENTS | {"place"}:
            return True
        rivals = [o for o in self.theirs[i].by_key[fact.kind, fact.key] if o.statement is fact.statement]
        return not any(same(fact, other) is False and not self._answered(other) for other in rivals)

    def _answered(self, fact: Fact) -> bool:
        """Whether the article states what a sibling's fact states, anywhere."""
        return any(same(fact, own) is not False for own in self.own.by_key.get((fact.kind, fact.key), ()))

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
                if same(fact, other) is False:
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
        if self._explained(fact, other):
            return False
        for rival in self.own.by_key[fact.kind, fact.key]:
            if rival is fact or same(rival, other) is False:
                continue
            if rival.statement is fact.statement or self.score(rival, other)[0] >= self.settings["rival"] * score:
                return False
        return True

    def _explained(self, fact: Fact, other: Fact) -> bool:
        """Whether the two statements differ for a reason that their kind knows of."""
        if fact.kind in _ACTS and self._others_act(fact, other):
            return True
        if fact.kind == "choice":
            return self._denied(fact, other) or self._both(fact, other)
        if fact.kind == "denial":
            return self._repeated(fact, other)
        if fact.kind == "border":
            return self._one_border(fact, other)
        sentence = fact.statement
        return fact.kind in NAMED and other.own.split()[-1] in sentence.segment.text[sentence.start : sentence.end]

    def _others_act(self, fact: Fact, other: Fact) -> bool:
        """Whether each of the two sentences names someone who is not in the other."""
        one, two = fact.statement.people, other.statement.people
        return bool(one and two) and all(
            any(not any(same_name(name, known) for known in against) for name in names)
            for names, against in ((one, two), (two, one))
        )

    def _one_border(self, fact: Fact, other: Fact) -> bool:
        """Whether the two may be one border seen from either side, or the article means a country's own border."""
        own, theirs = str(fact.value).split("|"), str(other.value).split("|")
        if any(b in self.rules.neighbours.get(a, ()) for a in own for b in theirs):
            return True
        return fact.own.islower() and any(name in self.mentioned for name in own)

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
        verbs = [{lemma for lemma in one.statement.lemmas if lemma.endswith(self.endings)} for one in (fact, other)]
        return not (verbs[0] & verbs[1]) - self.rules.sets["denial.empty_verbs"]


# Kinds of which a story often has one only.
_ONE_OF_A_KIND: Final = frozenset({*AMOUNTS, "border", "office", "holder", "date", "clock", "link"})
# Kinds that are told of one thing whatever the sentence is about.
_CONCORDANT: Final = frozenset({"fate", "border", "holder", "office"})
# Kinds that are disputed wherever the article says the same of the same.
_REPEATED: Final = frozenset({"fate", "count", "border", "holder", "office"})
# Kinds whose key says little: one common word, however rare, is no common event.
_GENERIC: Final = frozenset({"share", "money", "measure", "time", "weekday", "year", "month", "place", "person", "nation"})
_LEAST_TIES: Final = 2
# Kinds that belong to whoever did it: not compared where either sentence names someone whom the other does not.
_ACTS: Final = frozenset({*MOMENTS, "time", "denial", "choice", "nation"})
# Kinds of which a story has many: only a statement in a like context supports another one.
_LOOSE: Final = frozenset({"weekday", "denial", "choice", "nation", "count", "time"})
