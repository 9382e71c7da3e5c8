"""Which passages of the siblings speak of what a passage of the article speaks of: sentence by sentence, many to many.

Two sentences are compared by their common lemmas and numbers, near-synonyms too, and by their common letter n-grams (so that
"Sicherheitsgarantien" answers "Garantien"), each weighted by how rare it is in the language and in the story. Names count
little, for the same people say and do many things in one story, and numbers much. Then context speaks: sentences that one
sentence of a third article answers belong together, and where either has a better partner in the other's article they are
taken apart.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from audit.article import Article
from audit.siblings import Aligned, Sibling
from audit.siblings.names import Name, proper_names
from audit.siblings.terms import rarity, terms
from audit.text import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Near-synonyms of a term, each with its synonymy (0–1).
Near = Callable[[str], Sequence[tuple[str, float]]]

# What else is known of the likeness of two lists of texts: from the matrix of scores to another one.
Closer = Callable[[Sequence[str], Sequence[str], "NDArray[Any]"], "NDArray[Any]"]

# Letter n-grams of chrF's usual middle orders: long enough to be rare, short enough to survive inflection.
_NGRAM: Final = 4
# A shorter sentence ("Der Kreml schweigt.") is read together with its neighbour.
_SHORT_WORDS: Final = 4


class _Unit(NamedTuple):
    """A sentence (or two, where one is very short) of a segment, and where in the article it stands (0–1).

    ``article`` is the number of its article (0: the audited one); ``names`` are the ranges of its names with their titles.
    """

    segment: Segment
    start: int
    end: int
    place: float
    article: int
    names: tuple[tuple[int, int], ...]


class _Read(NamedTuple):
    """An article's sentences, each with its terms, these with their near-synonyms, and its letter n-grams."""

    units: list[_Unit]
    bags: list[Counter[str]]
    meant: Sequence[Mapping[str, float]]
    letters: list[dict[str, float]]
    settings: Mapping[str, Any]
    near: Near | None


# Articles whose sentences are kept: stories are worked on one after the other, and an article takes some 300 KB.
_KEPT: Final = 64
_known: WeakKeyDictionary[Article, _Read] = WeakKeyDictionary()


def align(
    article: Article,
    siblings: Sequence[Sibling],
    settings: Mapping[str, Any],
    near: Near | None = None,
    closer: Closer | None = None,
) -> dict[Segment, tuple[Aligned, ...]]:
    """For each segment of the article's prose the sibling passages that speak of the same, best first.

    A segment of several sentences gets the passages of each of them; `Aligned.covers` tells which are for a given place.
    ``settings`` is the section ``[<lang>.siblings]`` of models/thresholds.toml; ``near`` gives the near-synonyms of a term, in
    lower case; ``closer`` corrects the scores of sentences. Segments without a partner have no entry.
    """
    read = [_read(one, settings["align"], near) for one in (article, *(sibling.article for sibling in siblings))]
    units = [unit._replace(article=i) for i, one in enumerate(read) for unit in one.units]
    own = [unit for unit in units if not unit.article]
    theirs = units[len(own) :]
    if not own or not theirs:
        return {}
    bags = [bag for one in read for bag in one.bags]
    scores = _scores(units, read, len(own), settings["align"], closer)
    found: dict[Segment, list[Aligned]] = defaultdict(list)
    for i, unit in enumerate(own):
        for j in _partners(scores[i], [other.article for other in theirs], settings["align"]):
            other = theirs[j]
            ties = sorted(bags[i].keys() & bags[len(own) + j].keys(), key=lambda t: (-rarity(t, article.lang), t))
            row = (siblings[other.article - 1], other.segment, round(float(scores[i][j]), 4), tuple(ties))
            found[unit.segment].append(Aligned(*row, other.start, other.end, unit.start, unit.end))
    return {segment: tuple(sorted(rows, key=lambda row: -row.score)) for segment, rows in found.items()}


def _read(article: Article, settings: Mapping[str, Any], near: Near | None) -> _Read:
    """The sentences of an article; kept, since every article of a story is read once for each of the others."""
    known = _known.get(article)
    if known is None or known.settings is not settings or known.near is not near:
        units = _units(article)
        bags = [Counter(terms(unit.segment, unit.start, unit.end)) for unit in units]
        plain = [_discounted(unit, bag, settings["names"]) for unit, bag in zip(units, bags, strict=True)]
        meant = [_with_synonyms(bag, near, settings["synonyms"]) for bag in plain] if near else plain
        letters = [_letters(unit, settings["names"]) for unit in units]
        known = _known[article] = _Read(units, bags, meant, letters, settings, near)
        if len(_known) > _KEPT:
            _known.pop(next(iter(_known)))
    return known


def _units(article: Article) -> list[_Unit]:
    ranges = [(segment, start, end) for segment in article.prose for start, end in _sentences(segment)]
    names: dict[Segment, list[Name]] = defaultdict(list)
    for name in proper_names(article):
        names[name.segment].append(name)

    def unit(i: int, segment: Segment, start: int, end: int) -> _Unit:
        inside: list[tuple[int, int]] = []
        for name in names[segment]:
            if start <= name.start and name.end <= end:
                inside.append(_with_title(segment.text, inside[-1][1] if inside else start, name.start, name.end))
        return _Unit(segment, start, end, i / max(1, len(ranges) - 1), 0, tuple(inside))

    return [unit(i, *row) for i, row in enumerate(ranges)]


def _with_title(text: str, first: int, start: int, end: int) -> tuple[int, int]:
    """The range of a name with the capitalised word before it: "Richterin Ruth Blackwood"."""
    before = text[first:start].rstrip()
    word = before.rpartition(" ")[2]
    return (first + len(before) - len(word), end) if word[:1].isupper() and word[-1:].isalpha() else (start, end)


def _sentences(segment: Segment) -> list[tuple[int, int]]:
    """The sentences of a segment, very short ones joined to the one before."""
    joined: list[tuple[int, int]] = []
    for start, end in segment.sentences:
        words = segment.text.count(" ", start, end) + 1
        if joined and words < _SHORT_WORDS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _scores(
    units: Sequence[_Unit], read: Sequence[_Read], own: int, settings: Mapping[str, Any], closer: Closer | None
) -> NDArray[Any]:
    """Matrix of the article's own units (rows) against the others (columns), 0–1."""
    import numpy as np
    from scipy.sparse import hstack

    lang = units[0].segment.lang
    meant = [bag for one in read for bag in one.meant]
    weight = {term: rarity(term, lang) * (settings["numbers"] if term[0].isdigit() else 1.0) for bag in meant for term in bag}
    words = _unit_rows(meant, weight)
    letters = _unit_rows([bag for one in read for bag in one.letters], defaultdict(lambda: 1.0))
    share = settings["letters"]
    rows = hstack([math.sqrt(1 - share) * words, math.sqrt(share) * letters], format="csr")
    mine, others = rows[:own], rows[own:]
    owners = np.array([unit.article for unit in units[own:]])
    similarity = (mine @ others.T).toarray()
    if closer is not None:
        texts = [unit.segment.text[unit.start : unit.end] for unit in units]
        similarity = closer(texts[:own], texts[own:], similarity)
    similarity = 1 - (1 - similarity) * (1 - settings["relayed"] * _relayed(similarity, others, owners))
    places = np.array([unit.place for unit in units])
    similarity *= 1 - settings["distance"] * np.abs(places[:own, None] - places[None, own:])
    return np.clip(_contested(similarity, owners), 0.0, 1.0)


def _relayed(similarity: NDArray[Any], others: csr_matrix[np.float64], owners: NDArray[Any]) -> NDArray[Any]:
    """How alike two sentences are by way of a third article: the weaker link over its best sentence, at most."""
    import numpy as np

    articles = [np.flatnonzero(owners == article) for article in np.unique(owners)]
    found = np.zeros_like(similarity)
    if len(articles) < 2:
        return found
    for i, row in enumerate(similarity):
        best = np.array([columns[np.argmax(row[columns])] for columns in articles])
        onward = np.minimum((others[best] @ others.T).toarray(), row[best][:, None])
        onward[owners[best][:, None] == owners[None, :]] = 0.0
        found[i] = onward.max(axis=0)
    return found


def _contested(similarity: NDArray[Any], owners: NDArray[Any]) -> NDArray[Any]:
    """The scores lowered where either sentence has a better partner in the other's article."""
    import numpy as np

    found = np.zeros_like(similarity)
    for article in np.unique(owners):
        columns = owners == article
        block = similarity[:, columns]
        best = (block.max(axis=1, keepdims=True) + block.max(axis=0, keepdims=True)) / 2
        found[:, columns] = block * block / np.where(best > 0, best, 1.0)
    return found


def _discounted(unit: _Unit, bag: Counter[str], worth: float) -> dict[str, float]:
    """The terms of a sentence, those of names counted at a fraction."""
    counts = {term: float(number) for term, number in bag.items()}
    for start, end in unit.names:
        for term in terms(unit.segment, start, end):
            if term in counts:
                counts[term] -= 1 - worth
    return {term: count for term, count in counts.items() if count > 0}


def _with_synonyms(bag: Mapping[str, float], near: Near, worth: float) -> dict[str, float]:
    """The terms with their near-synonyms, which count by their synonymy and at a fraction."""
    wider = dict(bag)
    for term, count in bag.items():
        for synonym, synonymy in near(term):
            wider[synonym] = max(wider.get(synonym, 0.0), worth * synonymy * count)
    return wider


def _letters(unit: _Unit, worth: float) -> dict[str, float]:
    """The letter n-grams of a sentence, those of names counted at a fraction."""
    counts: dict[str, float] = defaultdict(float)
    edges = [unit.start, *(edge for name in unit.names for edge in name), unit.end]
    for i in range(len(edges) - 1):
        for gram in _ngrams(unit.segment.text[edges[i] : edges[i + 1]]):
            counts[gram] += worth if i % 2 else 1.0
    return counts


def _unit_rows(bags: Sequence[Mapping[str, float]], weight: Mapping[str, float]) -> csr_matrix[np.float64]:
    """Unit vectors (units × terms): weight of the term times its rarity among these units."""
    import numpy as np
    from scipy.sparse import csr_matrix

    frequency = Counter(term for bag in bags for term in bag)
    vocabulary = {term: i for i, term in enumerate(frequency)}
    indptr: list[int] = [0]
    indices: list[int] = []
    data: list[float] = []
    for bag in bags:
        row = {vocabulary[t]: weight[t] * math.log(1 + len(bags) / frequency[t]) * math.log2(1 + n) for t, n in bag.items()}
        norm = math.sqrt(sum(value * value for value in row.values())) or 1.0
        indices.extend(row)
        data.extend(value / norm for value in row.values())
        indptr.append(len(indices))
    return csr_matrix(
        (np.array(data), np.array(indices, dtype=np.int64), np.array(indptr)),
        shape=(len(bags), max(1, len(vocabulary))),
    )


def _ngrams(text: str) -> Iterable[str]:
    for word in text.lower().split():
        padded = f" {word} "
        for i in range(max(1, len(padded) - _NGRAM + 1)):
            yield padded[i : i + _NGRAM]


def _partners(row: NDArray[Any], owner: Sequence[int], settings: Mapping[str, Any]) -> list[int]:
    """The best columns of a row: from each sibling at most ``best``, none far below the sibling's best one."""
    order = sorted((j for j in range(len(owner)) if row[j] >= settings["score"]), key=lambda j: (-row[j], j))
    taken: dict[int, list[int]] = defaultdict(list)
    for j in order:
        mine = taken[owner[j]]
        if len(mine) < settings["best"] and (not mine or row[j] >= settings["runner_up"] * row[mine[0]]):
            mine.append(j)
    return [j for columns in taken.values() for j in columns]
