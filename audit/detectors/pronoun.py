"""Pronouns whose gender comes from another language, or that have nothing to refer to.

What it flags: (1) a relative pronoun that fits no noun of its clause ("der Ausschuss, die den Vertrag prüft"); (2) *er* or *sie*
as the subject of a verb where the paragraph and the sentences before it name nothing of that gender, or nothing of that
gender that could say, think or decide ("Die USA werfen Russland Truppenbewegungen vor. Er befürchtet …"); (3) *er*, *sie*
or *ihre* for a neuter country that is the subject just before ("Moskau schweigt … Sie unterstützt die Rebellen").

Why it betrays machine translation: a system that translates sentence by sentence keeps the gender of the source: French
*l'armée … elle* becomes *sie* though the German noun is *das Heer*, *le Comité … il* becomes *er* though it is *die
Kommission*; a swapped synonym leaves the pronoun of the old noun behind. People who write know whom they mean.

Example: "Der Rat lobte das Heer, die am Montag abgezogen ist." – *Heer* is neuter: "das am Montag abgezogen ist".

Innocent look-alikes that stay silent: demonstratives ("der Mann, die Frau"), determiners with long attributes ("die im Mai
gewählte Kanzlerin"), persons with nouns of another gender (das Mädchen … sie), unknown names, which may be anybody's, speech
within quotation marks and the sentences around it, pronouns that point forward ("Als er kam, schlief der Minister"), *es*,
the polite *Sie*, the beginnings of articles, minute-by-minute tickers.

Source of the rule: congruence of pronouns as in any school grammar. What can speak is counted in German texts
(models/de/morphology/things.py); names with articles are listed in models/de/rules/pronouns.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from audit.antecedents import ANY, FEMININE, MASCULINE, NEUTER, PLURAL, Lexicon, Referent, load_lexicon, possible, referents
from audit.assets import Assets
from audit.clauses import JOINED, OTHER, P3, PARTICIPLE, S3, SPEECH, Sentence, clause_end, load_verbs, sentences
from audit.detectors import Context, Detector
from audit.grammar import load
from audit.relatives import misfits
from audit.siblings.transliteration import tables
from audit.text import Segment
from audit.types import Evidence, Finding

_KINDS: Final = {"er": MASCULINE, "sie": FEMININE}
_POSSESSIVES: Final = frozenset({"ihre", "ihren", "ihrem", "ihrer", "ihres"})
_NAMES: Final = {MASCULINE: "masculine", FEMININE: "feminine", NEUTER: "neuter", PLURAL: "plural"}
_REACH: Final = 2  # sentences before the paragraph that a pronoun reaches back to; speech in quotation marks does not count
_REACH_FIRST: Final = 4  # the same for a pronoun with which a paragraph begins
_FARTHEST: Final = 7
_MINOR: Final = frozenset({"relative", "relative_das", "possessive"})
_HAVE: Final = frozenset({"hat", "hatte", "habe", "hätte"})
_SPEAKERS: Final = frozenset({"ich", "wir", "uns", "mich", "mir", "unser", "unsere", "unseren", "mein", "meine"})
_MARKS: Final = frozenset("„“”\"»«‚‘›‹")
_TICKER: Final = re.compile(r"^\W*\d{1,2}[.:]\d{2}\b|^\W*\+\+\+")


class Place(NamedTuple):
    """A sentence of the article, and the index of its segment among the article's prose."""

    number: int
    segment: Segment
    sentence: Sentence

    @property
    def words(self) -> list[str]:
        return [token.text for token in self.segment.tokens[self.sentence.first : self.sentence.end]]


class Trigger(NamedTuple):
    """A pronoun that is the subject of a clause, and its verb: indices of tokens. ``main``: the clause is a sentence's own."""

    at: int
    verb: int
    main: bool


def detect(context: Context) -> list[Finding]:
    if any(_TICKER.match(segment.text) for segment in context.article.prose):
        return []
    lexicon = _lexicon(context.article.lang)
    places = [Place(n, segment, sentence) for n, segment in enumerate(context.article.prose) for sentence in sentences(segment)]
    found: list[Finding] = []
    for n, place in enumerate(places):
        if place.segment.kind != "body":
            continue
        finder = _Finder(context, lexicon, places, n)
        found += finder.relatives()
        found += filter(None, map(finder.orphan, _triggers(place, lexicon)))
        found += finder.possessives()
    return found


@cache
def _lexicon(lang: str) -> Lexicon:
    assets = Assets(lang)
    grammar = load(assets.path("rules/agreement"), assets.path("morphology/nouns"), assets.path("morphology/adjectives"))
    verbs = load_verbs(assets.path("morphology/verbs"), assets.path("rules/clauses"))
    names = tables(lang)
    spellings = (spelling for row in names.spellings.values() for spelling in row)
    countries = frozenset(spelling.german for spelling in spellings if spelling.source == "cldr" and spelling.kind == "place")
    plain = frozenset(word for word, kind in (row.split("\t") for row in assets.words("capitals")) if kind == "plain")
    things, rules = assets.path("morphology/things"), assets.path("rules/pronouns")
    return load_lexicon(grammar, verbs, things, rules, names.places, countries, plain)


def _triggers(place: Place, lexicon: Lexicon) -> Iterator[Trigger]:
    """*er* and *sie* at the start of a sentence, and behind the conjunction that opens a clause, with a verb in the singular."""
    tokens, (first, end) = place.segment.tokens, place.sentence
    if end - first < 3:
        return
    if tokens[first].text in ("Er", "Sie") and _is_singular(tokens[first + 1].text, lexicon):
        yield Trigger(first, first + 1, True)
    for i in range(first, end - 3):
        if tokens[i + 1].text in _KINDS and tokens[i].text.lower() in lexicon.verbs.subordinators:
            last = clause_end(tokens, i + 2, end) - 1
            if last > i + 2 and _is_singular(tokens[last].text, lexicon):
                yield Trigger(i + 1, last, False)


def _is_singular(word: str, lexicon: Lexicon) -> bool:
    bits = lexicon.verbs.readings(word)
    return bool(bits & S3) and not bits & (P3 | OTHER)


def _speaks(place: Place, trigger: Trigger, lexicon: Lexicon) -> bool:
    """Whether the predicate is a verb of saying, thinking or deciding, its particle and auxiliary looked through."""
    tokens, verbs = place.segment.tokens, lexicon.verbs
    word = tokens[trigger.verb].text
    last = clause_end(tokens, trigger.verb, place.sentence.end) - 1 if trigger.main else trigger.verb - 1
    if trigger.main and last > trigger.verb:
        joined = verbs.readings(tokens[last].text + word)
        if joined & JOINED:
            return bool(joined & SPEECH)
    if word in verbs.auxiliaries and not verbs.readings(word) & SPEECH:
        bits = verbs.readings(tokens[last].text)
        return word in _HAVE and bool(bits & PARTICIPLE) and bool(bits & SPEECH)
    return bool(verbs.readings(word) & SPEECH)


class _Finder:
    """Judges the pronouns of one sentence."""

    def __init__(self, context: Context, lexicon: Lexicon, places: Sequence[Place], n: int) -> None:
        self.context = context
        self.lexicon = lexicon
        self.places = places
        self.n = n
        self.place = places[n]
        self.tokens = self.place.segment.tokens

    def relatives(self) -> Iterator[Finding]:
        if "," not in self.place.words:
            return
        starts = self.context.article.sentence_starts(self.place.segment)
        for misfit in misfits(self.tokens, self.place.sentence, starts, self.lexicon):
            nouns = ", ".join(f"“{self.tokens[noun.at].text}” is {_kinds(noun.kinds)}" for noun in misfit.nouns[-2:])
            message = f"The relative pronoun “{self.tokens[misfit.at].text}” fits no noun before it: {nouns}."
            slip = self.tokens[misfit.at].text == "das" and self.tokens[misfit.at - 1].text == ","  # perhaps "dass" is meant
            yield self._finding("relative_das" if slip else "relative", misfit.at, misfit.at, message, start=misfit.nouns[-1].at)

    def orphan(self, trigger: Trigger) -> Finding | None:
        """The finding on a pronoun that is a subject, or None where something before it can be meant."""
        place, kind = self.place, _KINDS[self.tokens[trigger.at].text.lower()]
        if self._quoted(trigger.at):
            return None
        reach = self._reach()
        if len(reach) < _REACH:
            return None
        speaks = _speaks(place, trigger, self.lexicon)
        last = self._referents(reach[-1])
        if possible(last, kind, agents=speaks):
            return None
        found = [referent for earlier in reach[:-1] for referent in self._referents(earlier)]
        if not trigger.main:  # "Als er ankam, war der Minister müde"
            found += [referent for referent in self._referents(place) if referent.at != trigger.at]
        end = trigger.verb if trigger.main else trigger.at
        word = self.tokens[trigger.at].text
        if not possible([*found, *last], kind, agents=speaks):
            rule = "nobody" if possible([*found, *last], kind, agents=False) else "nothing"
            what = f"nothing {_NAMES[kind]} that could say or think so" if rule == "nobody" else f"nothing {_NAMES[kind]}"
            message = f"“{word}” likely refers to nothing: the sentences before name {what}."
            return self._finding(rule if trigger.main else f"{rule}_in_clause", trigger.at, end, message)
        country = self._country(reach[-1], last)
        if trigger.main and speaks and country and reach[-1].number == place.number and not self._somebody(reach, kind):
            message = f"“{word}” likely takes up “{country}”, which is neuter: the gender is that of another language."
            return self._finding("country", trigger.at, end, message)
        return None

    def _somebody(self, reach: Sequence[Place], kind: int) -> bool:
        """Whether the paragraph names a person of this gender, or somebody of whom nothing is known."""
        for place in reach:
            for referent in self._referents(place) if place.number == self.place.number else ():
                word = place.segment.tokens[referent.at].text
                person = not referent.known or kind == MASCULINE or word.endswith(("in", "frau"))
                person = person or self.lexicon.is_person(word)
                if referent.kinds & kind and referent.agent and person and word.lower() not in self.lexicon.words:
                    return True
        return False

    def possessives(self) -> Iterator[Finding]:
        """*ihre* for a neuter country that is the subject, where nobody else in reach can be the owner."""
        first, end = self.place.sentence
        for i in range(first + 2, end - 1):
            if self.tokens[i].text not in _POSSESSIVES or self._quoted(i):
                continue
            own = [noun for noun in self._referents(self.place) if noun.at < i]
            country = self._country(self.place, own)
            reach = self._reach()
            if not country or len(reach) < _REACH or possible(own, FEMININE | PLURAL, agents=False):
                continue
            if any(possible(self._referents(earlier), FEMININE | PLURAL, agents=True) for earlier in reach):
                continue
            message = f"“{self.tokens[i].text}” likely takes up “{country}”, which is neuter: “sein-” is meant."
            yield self._finding("possessive", i, i, message)

    def _country(self, place: Place, found: Sequence[Referent]) -> str | None:
        """The neuter country that is the subject: right beside the first finite verb of the sentence."""
        tokens, verbs = place.segment.tokens, self.lexicon.verbs
        for referent in found:
            name = tokens[referent.at].text
            if name not in self.lexicon.countries or referent.kinds & ~NEUTER:
                continue
            opens = referent.at == place.sentence.first and verbs.is_finite(tokens[referent.at + 1].text)
            inverted = referent.at > place.sentence.first and verbs.is_finite(tokens[referent.at - 1].text)
            return name if opens or inverted else None
        return None

    def _reach(self) -> list[Place]:
        """The sentences a pronoun reaches back to: those of its paragraph, and some before it."""
        reach: list[Place] = []
        before = 0
        wanted = _REACH if self.n and self.places[self.n - 1].number == self.place.number else _REACH_FIRST
        for place in reversed(self.places[: self.n]):
            reach.insert(0, place)
            before += place.number != self.place.number and not self._is_speech(place)
            if before >= wanted or len(reach) > _FARTHEST:
                break
        return reach

    def _is_speech(self, place: Place) -> bool:
        """Whether somebody speaks here whom the sentence need not name."""
        words = place.words
        start, end = self._range(place)
        quoted = any(quote.start < end and start < quote.end for quote in self.context.article.quotations[place.segment])
        return quoted or any(word in _MARKS or word.lower() in _SPEAKERS for word in words)

    def _range(self, place: Place) -> tuple[int, int]:
        tokens = place.segment.tokens
        return tokens[place.sentence.first].start, tokens[place.sentence.end - 1].end

    def _referents(self, place: Place) -> list[Referent]:
        cache: dict[Place, list[Referent]] = self.context.article.__dict__.setdefault("referents", {})
        if place not in cache:
            starts = self.context.article.sentence_starts(place.segment)
            cache[place] = referents(place.segment.tokens, *place.sentence, starts, self.lexicon)
        return cache[place]

    def _quoted(self, at: int) -> bool:
        return self.context.article.in_quotation(self.place.segment, self.tokens[at].start, self.tokens[at].end)

    def _finding(self, rule: str, at: int, end: int, message: str, start: int | None = None) -> Finding:
        first = at if start is None else start
        return DETECTOR.finding(
            self.context, self.place.segment, self.tokens[first].start, self.tokens[end].end, message,
            weight=self.context.settings[rule], severity="minor" if rule in _MINOR else "major",
            evidence=[Evidence(kind="rule", note=rule)],
        )  # fmt: skip


def _kinds(bits: int) -> str:
    return "unknown" if bits == ANY else " or ".join(name for bit, name in _NAMES.items() if bits & bit)


DETECTOR = Detector(
    id="pronoun",
    version="1",
    category="Fluency/Grammar",
    detect=detect,
    needs=frozenset(
        {
            "rules/agreement", "rules/clauses", "rules/pronouns", "morphology/nouns", "morphology/adjectives", "morphology/verbs",
            "morphology/things", "names/people", "names/spellings", "names/spellings_wiktionary", "names/given", "names/rules",
            "capitals",
        }
    ),
)  # fmt: skip
