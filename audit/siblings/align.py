"""Which passages of the siblings speak of what a passage of the article speaks of: sentence by sentence, many to many.

Two sentences are compared by their common lemmas, names and numbers and by their common letter n-grams (so that
"Sicherheitsgarantien" answers "Garantien"), each weighted by how rare it is in the language and in the story: a name that
stands in every sentence ties none of them together.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.article import Article
from audit.siblings import Aligned, Sibling
from audit.siblings.terms import rarity, terms
from audit.text import Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Letter n-grams of chrF's usual middle order: long enough to be rare, short enough to survive inflection.
_NGRAM: Final = 5
# A shorter sentence ("Der Kreml schweigt.") is read together with its neighbour.
_SHORT_WORDS: Final = 4


class _Unit(NamedTuple):
    """A sentence (or two, where one is very short) of a segment, and where in the article it stands (0–1)."""

    segment: Segment
    start: int
    end: int
    place: float


def align(article: Article, siblings: Sequence[Sibling], settings: Mapping[str, Any]) -> dict[Segment, tuple[Aligned, ...]]:
    """For each segment of the article's prose the sibling passages that speak of the same, best first.

    A segment of several sentences gets the passages of each of them; `Aligned.covers` tells which are for a given place.
    ``settings`` is the section ``[<lang>.siblings]`` of models/thresholds.toml. Segments without a partner have no entry.
    """
    own = _units(article)
    theirs = [unit for sibling in siblings for unit in _units(sibling.article)]
    owner = [i for i, sibling in enumerate(siblings) for _ in _units(sibling.article)]
    if not own or not theirs:
        return {}
    bags = [Counter(terms(unit.segment, unit.start, unit.end)) for unit in [*own, *theirs]]
    scores = _scores([*own, *theirs], bags, len(own), settings["align"])
    found: dict[Segment, list[Aligned]] = defaultdict(list)
    for i, unit in enumerate(own):
        for j in _partners(scores[i], owner, settings["align"]):
            other = theirs[j]
            ties = sorted(bags[i].keys() & bags[len(own) + j].keys(), key=lambda t: (-rarity(t, article.lang), t))
            found[unit.segment].append(
                Aligned(
                    siblings[owner[j]],
                    other.segment,
                    round(float(scores[i][j]), 4),
                    tuple(ties),
                    other.start,
                    other.end,
                    unit.start,
                    unit.end,
                )
            )
    return {segment: tuple(sorted(rows, key=lambda row: -row.score)) for segment, rows in found.items()}


def _units(article: Article) -> list[_Unit]:
    ranges = [(segment, start, end) for segment in article.prose for start, end in _sentences(segment)]
    return [_Unit(*unit, i / max(1, len(ranges) - 1)) for i, unit in enumerate(ranges)]


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


def _scores(units: Sequence[_Unit], bags: Sequence[Counter[str]], own: int, settings: Mapping[str, Any]) -> NDArray[Any]:
    """Matrix of the article's own units (rows) against the others (columns), 0–1."""
    import numpy as np

    words = _unit_rows(bags, {term: rarity(term, units[0].segment.lang) for bag in bags for term in bag})
    grams = [Counter(_ngrams(unit.segment.text[unit.start : unit.end])) for unit in units]
    letters = _unit_rows(grams, defaultdict(lambda: 1.0))
    share = settings["letters"]
    similarity = (1 - share) * (words[:own] @ words[own:].T) + share * (letters[:own] @ letters[own:].T)
    places = np.array([unit.place for unit in units])
    distance = np.abs(places[:own, None] - places[None, own:])
    return np.clip(similarity.toarray() * (1 - settings["distance"] * distance), 0.0, 1.0)


def _unit_rows(bags: Sequence[Counter[str]], weight: Mapping[str, float]) -> csr_matrix:
    """Unit vectors (units × terms): weight of the term times its rarity among these units."""
    import numpy as np
    from scipy.sparse import csr_matrix

    frequency = Counter(term for bag in bags for term in bag)
    vocabulary = {term: i for i, term in enumerate(frequency)}
    indptr, indices, data = [0], [], []
    for bag in bags:
        row = {vocabulary[t]: weight[t] * math.log(1 + len(bags) / frequency[t]) * (1 + math.log(n)) for t, n in bag.items()}
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
