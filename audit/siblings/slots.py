"""Articles read through the lexicon: word numbers, compound parts, and what stands around a word."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakKeyDictionary

from audit.article import Article
from audit.siblings.lexicon import Lexicon, Split
from audit.text import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Words on either side that make up a slot: the window of the context vectors.
WINDOW: Final = 6
# log10 occurrences per thousand million words: commoner words do not tell one slot from another.
_COMMON_ZIPF: Final = 5.6
_MOST_RARITY: Final = 4.0


class Word(NamedTuple):
    """A word of an article: its place, its number in the lexicon (-1: unknown) and its parts, if it is a compound."""

    segment: Segment
    start: int
    end: int
    number: int
    split: Split | None
    sentence: int
    opening: bool

    @property
    def text(self) -> str:
        return self.segment.text[self.start : self.end]


# News articles have some hundred words. Each word brings dozens of confusables with a vector each: what lies behind this many
# words is not looked up, so that a book handed in by mistake costs seconds and not gigabytes.
_MOST_WORDS: Final = 5_000


@dataclass
class Reading:
    """An article's words in order, furniture left out; ``places`` finds the words that are, or end or begin with, a number."""

    words: list[Word]
    lexicon: Lexicon
    places: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @cached_property
    def numbers(self) -> NDArray[np.intp]:
        """The word numbers in order, -1 for unknown words [words]."""
        import numpy as np

        return np.array([word.number for word in self.words], dtype=np.intp)

    @cached_property
    def rarities(self) -> NDArray[np.float32]:
        """How much each word tells of what is spoken of, 0–4 [words]."""
        import numpy as np

        zipf = np.where(self.numbers >= 0, self.lexicon.zipf[np.maximum(self.numbers, 0)], _COMMON_ZIPF)
        return np.clip(_COMMON_ZIPF - zipf, 0.0, _MOST_RARITY).astype(np.float32)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Context vectors of the words, weighted by rarity [words, dimensions]."""
        import numpy as np

        known = np.where(self.numbers >= 0, self.numbers, len(self.lexicon))
        return self.lexicon.context_vectors(known) * self.rarities[:, None]

    @cached_property
    def document(self) -> NDArray[np.float32]:
        """The sum of all weighted vectors [dimensions]."""
        return self.vectors.sum(axis=0)

    @cached_property
    def slots(self) -> dict[int, dict[int, float]]:
        """Slots that were asked for, by place."""
        return {}

    @cached_property
    def segments(self) -> dict[Segment, tuple[int, list[int]]]:
        """For each segment the place of its first word, and where its words start."""
        found: dict[Segment, tuple[int, list[int]]] = {}
        for place, word in enumerate(self.words):
            if word.segment not in found:
                found[word.segment] = (place, [])
            found[word.segment][1].append(word.start)
        return found

    def between(self, segment: Segment, start: int, end: int) -> tuple[int, int]:
        """The places (half-open) of the words that start in a range of a segment's text."""
        first, starts = self.segments.get(segment, (0, []))
        return first + bisect_left(starts, start), first + bisect_left(starts, end)

    @cached_property
    def holders(self) -> dict[int, tuple[int, ...]]:
        """The places of the words that are a number, or have it as a part."""
        found: dict[int, set[int]] = {number: set(places) for number, places in self.places.items()}
        for number, places in self.parts.items():
            found.setdefault(number, set()).update(places)
        return {number: tuple(sorted(places)) for number, places in found.items()}

    @cached_property
    def said(self) -> dict[int, frozenset[int]]:
        """The numbers of each sentence's words and of the parts of its compounds."""
        found: dict[int, set[int]] = defaultdict(set)
        for word in self.words:
            found[word.sentence].add(word.number)
            if word.split is not None:
                found[word.sentence] |= {word.split.first, word.split.head}
        return {sentence: frozenset(numbers) for sentence, numbers in found.items()}

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """A key for each word that words of one lemma share, and unknown words of one form [words]."""
        import numpy as np

        base = len(self.lexicon)
        unknown = (base + int.from_bytes(word.text.lower().encode()[-6:], "big") for word in self.words)
        return np.array([w.number if w.number >= 0 else key for w, key in zip(self.words, unknown, strict=True)], dtype=np.int64)

    @cached_property
    def sentences(self) -> dict[int, tuple[int, int]]:
        """First word and end (half-open) of each sentence."""
        ranges: dict[int, tuple[int, int]] = {}
        for i, word in enumerate(self.words):
            ranges[word.sentence] = (ranges.get(word.sentence, (i, i))[0], i + 1)
        return ranges

    def around(self, place: int) -> dict[int, float]:
        """Numbers of the words in the slot around a word, with their rarity; the word itself left out."""
        if place in self.slots:
            return self.slots[place]
        first, last = self.sentences[self.words[place].sentence]
        low, high = max(first, place - WINDOW), min(last, place + WINDOW + 1)
        found: dict[int, float] = {}
        for i in range(low, high):
            if i == place:
                continue
            word = self.words[i]
            weight = float(self.rarities[i])
            if word.number >= 0 and weight > 0:
                found[word.number] = weight
            if word.split is not None:
                found.setdefault(word.split.head, 1.0)
                found.setdefault(word.split.first, 1.0)
        self.slots[place] = found
        return found


_READ: WeakKeyDictionary[Article, Reading] = WeakKeyDictionary()


def read(article: Article, lexicon: Lexicon) -> Reading:
    """The article's reading; computed once for each article."""
    known = _READ.get(article)
    if known is not None and known.lexicon is lexicon:
        return known
    reading = Reading(_words(article, lexicon), lexicon)
    for place, word in enumerate(reading.words):
        if word.number >= 0:
            reading.places[word.number].append(place)
        if word.split is not None:
            reading.parts[word.split.head].append(place)
            if word.split.first != word.split.head:
                reading.parts[word.split.first].append(place)
    _READ[article] = reading
    return reading


def _words(article: Article, lexicon: Lexicon) -> list[Word]:
    words: list[Word] = []
    sentence = 0
    for segment in article.prose:
        if len(words) >= _MOST_WORDS:
            break
        starts = article.sentence_starts(segment)
        ends = [end for _, end in segment.sentences]
        at = 0
        for token in segment.words[: _MOST_WORDS - len(words)]:
            while at < len(ends) - 1 and token.start >= ends[at]:
                at += 1
            opening = token.start in starts
            number = lexicon.key(token.text, opening)
            words.append(
                Word(
                    segment,
                    token.start,
                    token.end,
                    -1 if number is None else number,
                    lexicon.split(token.text),
                    sentence + at,
                    opening,
                )
            )
        sentence += len(ends) + 1
    return words


def overlap(one: dict[int, float], other: dict[int, float]) -> float:
    """How much two slots share: the rarity of their common words, 0 and up."""
    return sum(weight for number, weight in one.items() if number in other)


def inside(reading: Reading, places: Sequence[int], segment: Segment, start: int, end: int) -> list[int]:
    """Those places that lie in a range of a segment."""
    return [p for p in places if reading.words[p].segment is segment and start <= reading.words[p].start < end]
