"""Stretches of an article that the network of `audit.neural.slips` holds for slips, computed once for all who ask.

Only whole sentences of running text are read: no headlines, lists and captions, nothing short, no sentence of which the tables
hardly know the words (another language, a dialect, a list of names).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from audit.article import Article
from audit.assets import Assets
from audit.clauses import Sentence, sentences
from audit.neural.slips import Floats, Network, load
from audit.ngrams import key
from audit.syntax import load_lexis
from audit.text import Segment, Token
from audit.types import Finding

_LEAST_TOKENS: Final = 5
_LONGEST: Final = 90  # tokens; longer sentences are lists, or no sentences
_UNKNOWN: Final = 0.2  # share of small words that the tables do not hold, from which a sentence is left alone
# Neighbouring words belong to one slip while each of them is suspected this much.
_JOINED: Final = 0.3
# Nothing below this is a suspicion.
LEAST: Final = 0.3
_ENDS: Final = frozenset(".!?")


class Suspicion(NamedTuple):
    """``segment.tokens[first:end]`` likely bear a slip of this kind; ``score``: what the network gives for any slip, 0–1."""

    segment: Segment
    first: int
    end: int
    kind: str
    score: float


_found: WeakKeyDictionary[Article, tuple[Suspicion, ...]] = WeakKeyDictionary()


def network(assets: Assets) -> Network:
    """The network of a language, loaded once."""
    lexis = load_lexis(assets)
    return load(assets.path("slips"), lexis)


def suspicions(article: Article, assets: Assets) -> tuple[Suspicion, ...]:
    """The suspected stretches of an article, in order of their place."""
    found = _found.get(article)
    if found is None:
        found = _found[article] = tuple(_search(article, network(assets)))
    return found


def _search(article: Article, net: Network) -> list[Suspicion]:
    places = [
        (segment, sentence)
        for segment in article.prose
        if segment.kind == "body"
        for sentence in sentences(segment)
        if _is_read(segment.tokens[sentence.first : sentence.end], net)
    ]
    tokens = [segment.tokens[sentence.first : sentence.end] for segment, sentence in places]
    found: list[Suspicion] = []
    for (segment, sentence), scores in zip(places, net.probabilities(tokens), strict=True):
        found += _stretches(segment, sentence, scores, net.kinds)
    return found


def _is_read(tokens: Sequence[Token], net: Network) -> bool:
    if not _LEAST_TOKENS <= len(tokens) <= _LONGEST or not any(token.text in _ENDS for token in tokens[-2:]):
        return False
    small = [token.text for token in tokens if token.kind == "word" and token.text[0].islower()]
    unknown = sum(key(word) not in net.encoder.ngrams.words for word in small)
    return bool(small) and unknown <= max(1, _UNKNOWN * len(small))


def _stretches(segment: Segment, sentence: Sentence, scores: Floats, kinds: tuple[str, ...]) -> list[Suspicion]:
    """Runs of suspected words around one that is suspected enough."""
    any_slip = 1 - scores[:, 0]
    found: list[Suspicion] = []
    i = 0
    while i < len(any_slip):
        end = i
        while end < len(any_slip) and any_slip[end] >= _JOINED:
            end += 1
        if end > i and any_slip[i:end].max() >= LEAST:
            kind = kinds[1 + int(np.argmax(scores[i:end, 1:].sum(axis=0)))]
            score = round(float(any_slip[i:end].max()), 4)
            found.append(Suspicion(segment, sentence.first + i, sentence.first + end, kind, score))
        i = end + 1
    return found


_MESSAGES: Final = {
    "verb_missing": "A verb, or a part of one, is likely missing around “{words}”.",
    "preposition_missing": "A preposition is likely missing around “{words}”.",
    "article_missing": "An article is likely missing around “{words}”.",
    "sich_missing": "The verb likely lacks its “sich” around “{words}”.",
    "zu_missing": "The infinitive likely lacks its “zu” around “{words}”.",
    "particle_missing": "The verb likely lacks its particle around “{words}”.",
    "word_missing": "A word is likely missing around “{words}”.",
    "article_form": "The article in “{words}” likely has the wrong gender, number or case.",
    "adjective_form": "The adjective in “{words}” likely has the wrong ending.",
    "verb_number": "The verb “{words}” likely does not go with its subject.",
    "verb_form": "“{words}” is likely not the form of the verb that belongs here.",
    "relative_form": "The relative pronoun “{words}” likely does not fit its noun or its clause.",
    "order": "“{words}” likely stands in the wrong place of the clause.",
    "verb_extra": "“{words}” is likely one verb too many.",
    "word_extra": "“{words}” is likely one word too many, or another word is meant.",
    "preposition_wrong": "“{words}” is likely not the preposition that belongs here.",
    "seam": "Two sentences likely run into each other at “{words}”.",
    "cut": "The sentence likely breaks off at “{words}”.",
    "chain": "What joins these nouns is likely missing: “{words}”.",
}


def message(suspicion: Suspicion) -> str:
    """One sentence for the reader."""
    tokens = suspicion.segment.tokens[suspicion.first : suspicion.end]
    return _MESSAGES[suspicion.kind].format(words=suspicion.segment.text[tokens[0].start : tokens[-1].end])


class Charge(NamedTuple):
    """A suspicion that weighs something: a range of its segment's text, what to say of it, and its weight (log odds)."""

    suspicion: Suspicion
    start: int
    end: int
    message: str
    weight: float

    @property
    def segment(self) -> Segment:
        return self.suspicion.segment

    @property
    def kind(self) -> str:
        return self.suspicion.kind


def charges(
    article: Article, assets: Assets, steps: Mapping[str, Sequence[tuple[float, float]]], spoken: float, found: Sequence[Finding]
) -> Iterator[Charge]:
    """The suspicions that weigh something, without those on words that a rule has ``found`` to be wrong already.

    ``steps``: for each kind (score, weight) in rising order; a suspicion has the weight of the highest step it reaches, and
    ``spoken`` is added within quotation marks.
    """
    taken = [(finding.field, finding.start, finding.end) for finding in found]
    for suspicion in suspicions(article, assets):
        reached = [weight for least, weight in steps.get(suspicion.kind, ()) if suspicion.score >= least]
        if not reached:
            continue
        segment, tokens = suspicion.segment, suspicion.segment.tokens
        start, end = tokens[suspicion.first].start, tokens[suspicion.end - 1].end
        span = segment.span(start, end)
        if any(field == segment.field and first < span.end and span.start < last for field, first, last in taken):
            continue
        weight = reached[-1] + (spoken if article.in_quotation(segment, start, end) else 0.0)
        yield Charge(suspicion, start, end, message(suspicion), weight)
