"""Compounds and phrases that render a foreign term part by part: "Kopfquartier", "in Prüfung gesetzt"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from audit.article import Article
from audit.siblings.lexicon import Lexicon
from audit.siblings.names import proper_names
from audit.siblings.slots import Reading, read
from audit.text import Segment

# A compound that word lists have (Zipf above this) is no invention of a machine.
_ATTESTED_ZIPF: Final = 0.5
# The verb of a phrase may stand so many words after its noun, or before it.
_VERB_DISTANCE: Final = 8


class Calqued(NamedTuple):
    """A calque in ``segment.text[start:end]``: the term it renders, its German name, and how likely it is one (log odds)."""

    segment: Segment
    start: int
    end: int
    text: str
    places: tuple[int, ...]
    lang: str
    term: str
    name: str
    weight: float
    probability: float


def calqued(
    article: Article, reading: Reading, mates: Sequence[Article], lexicon: Lexicon, settings: Mapping[str, Any]
) -> Iterator[Calqued]:
    """The calques of an article, in order. ``settings``: the section ``[<lang>.wrong_sense.calque]``."""
    written = {token.text for mate in mates for segment in mate.prose for token in segment.words}
    lemmas = {lexicon.words[n] for mate in mates for n in read(mate, lexicon).places}
    named = [(name.segment, name.start, name.end) for name in proper_names(article)]
    for found in (*_compounds(reading, lexicon), *_attributes(reading, lexicon), *_phrases(reading, lexicon)):
        kind, places, lang, term, name = found
        first, last = reading.words[places[0]], reading.words[places[-1]]
        text = first.segment.text[first.start : last.end]
        if text in written or any(s is first.segment and start < last.end and first.start < end for s, start, end in named):
            continue
        backed = name in lemmas
        weight = settings[kind] + (settings["backed"] if backed else 0.0)
        yield Calqued(
            first.segment,
            first.start,
            last.end,
            text,
            places,
            lang,
            term,
            name,
            weight,
            settings["right_backed" if backed else "right"],
        )


_Found = tuple[str, tuple[int, ...], str, str, str]


def _compounds(reading: Reading, lexicon: Lexicon) -> Iterator[_Found]:
    for place, word in enumerate(reading.words):
        if word.split is None or (word.number >= 0 and lexicon.zipf[word.number] > _ATTESTED_ZIPF):
            continue
        if term := lexicon.calque(word.split.first, word.split.head, True):
            yield "compound", (place,), term.lang, term.term, term.name


def _attributes(reading: Reading, lexicon: Lexicon) -> Iterator[_Found]:
    for place in range(len(reading.words) - 1):
        one, other = reading.words[place], reading.words[place + 1]
        if one.number < 0 or other.number < 0 or one.segment is not other.segment or one.text[0].isupper():
            continue
        if one.segment.text[one.end : other.start] != " ":
            continue
        if term := lexicon.calque(one.number, other.number, False):
            yield "attribute", (place, place + 1), term.lang, term.term, term.name


def _phrases(reading: Reading, lexicon: Lexicon) -> Iterator[_Found]:
    """Preposition and noun side by side, the verb near them in the sentence."""
    for place, word in enumerate(reading.words):
        for phrase in lexicon.phrases.get(word.number, ()):
            if place == 0 or reading.words[place - 1].text.lower() not in phrase.prepositions:
                continue
            first, last = reading.sentences[word.sentence]
            near = range(max(first, place - _VERB_DISTANCE), min(last, place + _VERB_DISTANCE + 1))
            verb = next((i for i in near if reading.words[i].number == phrase.verb), None)
            if verb is None:
                continue
            places = (place - 1, place, verb) if verb == place + 1 else (place - 1, place)
            yield "phrase", places, phrase.lang, phrase.term, phrase.name
