"""Which articles tell the same story: the same event, not only the same topic.

Each article is a sparse vector of its terms (sublinear frequency times rarity in the language). An inverted index over each
article's weightiest terms proposes pairs, so that the cost grows with the number of real neighbours and not with the square
of the collection; the cosine decides. The further apart two articles were published, the more alike they must be, for a
recurring topic looks like one event; stories that the user named overrule both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zlib import crc32

from audit.article import Article
from audit.siblings import Sibling
from audit.siblings.terms import document_terms, rarity

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_DATE: Final = re.compile(
    r"\b(?P<y1>(?:19|20)\d{2})-(?P<m1>\d{2})-(?P<d1>\d{2})|\b(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>(?:19|20)\d{2})\b"
)
# Rows multiplied at a time: bounds the memory of the pair matrix.
_BLOCK: Final = 2_000
_SHINGLE: Final = 5
_WORD: Final = re.compile(r"\w+")


class _Vectors(NamedTuple):
    """Unit vectors of all articles, and which of their terms are keys of the index (both n × terms)."""

    weights: csr_matrix
    keys: csr_matrix


def discover(
    articles: Sequence[Article], witnesses: Sequence[Article], settings: Mapping[str, Any], *, mutual: bool = True
) -> list[tuple[Sibling, ...]]:
    """For each article its siblings among the articles and the witnesses, the most similar first.

    ``settings`` is the section ``[<lang>.siblings]`` of models/thresholds.toml. Copies of one text are one voice: of several
    the most similar is kept, and a copy of the article itself, which can tell nothing new, is left out. With ``mutual`` false
    the articles are compared with the witnesses only.
    """
    everyone = [*articles, *witnesses]
    found: list[list[tuple[float, int]]] = [[] for _ in articles]
    for i, j, similarity in _pairs(everyone, settings):
        if not mutual and j < len(articles):
            continue
        if i < len(articles):
            found[i].append((-similarity, j))
        if j < len(articles):
            found[j].append((-similarity, i))
    voices = _Voices(everyone, settings)
    return [
        tuple(Sibling(everyone[j], round(-score, 4)) for score, j in voices.distinct(i, sorted(row)))
        for i, row in enumerate(found)
    ]


def stories(articles: Sequence[Article], settings: Mapping[str, Any]) -> list[list[tuple[int, float]]]:
    """Groups of two and more articles on one event, each member with its mean similarity to the others.

    Groups are in the order of their first member, members in the order of the articles. An article joins a group only if it
    is like its members on average, so that a chain of neighbours does not make one story of a whole topic.
    """
    similarity = {(i, j): score for i, j, score in _pairs(articles, settings)}
    named = {(i, j) for i, j in similarity if _named(articles[i], articles[j])}
    group = {i: [i] for i in range(len(articles))}
    for i, j in sorted(similarity, key=lambda pair: (pair not in named, -similarity[pair], pair)):
        one, other = group[i], group[j]
        if one is other:
            continue
        links = [similarity.get((min(a, b), max(a, b)), 0.0) for a in one for b in other]
        if (i, j) in named or sum(links) / len(links) >= settings["cohesion"] * settings["similarity"]:
            one.extend(other)
            group.update(dict.fromkeys(other, one))
    groups = {id(members): sorted(members) for members in group.values() if len(members) > 1}

    def mean(i: int, members: list[int]) -> float:
        return sum(similarity.get((min(i, j), max(i, j)), 0.0) for j in members if j != i) / (len(members) - 1)

    return [[(i, round(mean(i, members), 4)) for i in members] for members in sorted(groups.values())]


def _named(one: Article, other: Article) -> bool:
    """Whether the user said that the two tell the same story."""
    return one.document.story is not None and one.document.story == other.document.story


def _pairs(articles: Sequence[Article], settings: Mapping[str, Any]) -> Iterator[tuple[int, int, float]]:
    """Pairs (i < j) of the same story with their cosine, ordered by i, then j."""
    import numpy as np

    if len(articles) < 2:
        return
    vectors = _vectorize(articles, settings)
    days = [published(article) for article in articles]
    by_story: dict[str, list[int]] = {}
    for i, article in enumerate(articles):
        if article.document.story is not None:
            by_story.setdefault(article.document.story, []).append(i)
    for first in range(0, len(articles), _BLOCK):
        last = min(first + _BLOCK, len(articles))
        shared = (vectors.keys[first:last] @ vectors.keys.T).tocoo()
        near = shared.data >= settings["shared_keys"]
        rows, columns = shared.row[near] + first, shared.col[near]
        later = rows < columns
        wanted = set(zip(rows[later].tolist(), columns[later].tolist(), strict=True))
        for members in by_story.values():
            wanted |= {(i, j) for i in members if first <= i < last for j in members if i < j}
        pairs = sorted(wanted)
        if not pairs:
            continue
        left, right = np.array(pairs).T
        for at in range(0, len(pairs), _BLOCK):
            cut = slice(at, at + _BLOCK)
            cosines = np.asarray(vectors.weights[left[cut]].multiply(vectors.weights[right[cut]]).sum(axis=1)).ravel()
            for (i, j), cosine in zip(pairs[cut], cosines.tolist(), strict=True):
                if _same_story(articles[i], articles[j], cosine, days[i], days[j], settings):
                    yield i, j, min(1.0, cosine)


def _same_story(
    one: Article, other: Article, cosine: float, day: date | None, other_day: date | None, settings: Mapping[str, Any]
) -> bool:
    if one.document.story is not None and other.document.story is not None:
        return one.document.story == other.document.story
    if day is None or other_day is None:
        return cosine >= settings["similarity"]
    apart = abs((day - other_day).days)
    return apart <= settings["window_days"] and cosine >= settings["similarity_same_day"] + settings["similarity_per_day"] * apart


def _vectorize(articles: Sequence[Article], settings: Mapping[str, Any]) -> _Vectors:
    import numpy as np
    from scipy.sparse import csr_matrix

    vocabulary: dict[str, int] = {}
    indptr, indices, data = [0], [], []
    for article in articles:
        for term, count in document_terms(article, settings["headline"]).items():
            indices.append(vocabulary.setdefault(term, len(vocabulary)))
            data.append((1 + math.log(count)) * rarity(term, article.lang))
        indptr.append(len(indices))
    shape = (len(articles), max(1, len(vocabulary)))
    weights = csr_matrix((np.array(data, dtype=np.float64), np.array(indices, dtype=np.int64), np.array(indptr)), shape=shape)
    norms = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    weights = csr_matrix(weights.multiply((1 / np.where(norms > 0, norms, 1.0))[:, None]))
    return _Vectors(weights, _keys(weights, settings))


def _keys(weights: csr_matrix, settings: Mapping[str, Any]) -> csr_matrix:
    """A 1 for each of an article's weightiest terms, terms that too many articles share left out."""
    import numpy as np
    from scipy.sparse import csr_matrix

    frequency = np.bincount(weights.indices, minlength=weights.shape[1])
    rows, columns = [], []
    for i in range(weights.shape[0]):
        terms = weights.indices[weights.indptr[i] : weights.indptr[i + 1]]
        values = weights.data[weights.indptr[i] : weights.indptr[i + 1]]
        useful = (frequency[terms] > 1) & (frequency[terms] <= settings["longest_posting"])
        terms, values = terms[useful], values[useful]
        best = np.lexsort((terms, -values))[: settings["keys"]]
        columns.extend(terms[best].tolist())
        rows.extend([i] * len(best))
    return csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=weights.shape)


def published(article: Article) -> date | None:
    """The day of the document's ``date``, else the first full date in a stamp of its page furniture; None if there is none."""
    document = article.document
    if document.date is not None:
        return _parse(document.date)
    for segment in article.segments:
        if segment.kind == "furniture" and (day := _parse(segment.text)):
            return day
    return None


def _parse(text: str) -> date | None:
    match = _DATE.search(text)
    if match is None:
        return None
    year, month, day = (match[f"{part}1"] or match[f"{part}2"] for part in "ymd")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


class _Voices:
    """Tells copies of one text from independent articles; shingles are computed only for articles that have siblings."""

    def __init__(self, articles: Sequence[Article], settings: Mapping[str, Any]) -> None:
        self.articles = articles
        self.overlap: float = settings["copy_overlap"]
        self.alike: float = settings["copy_similarity"]
        self.most: int = settings["most_siblings"]
        self._shingles: dict[int, frozenset[int]] = {}

    def distinct(self, i: int, row: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
        """The siblings of article ``i`` without its own copies and without copies of a better one."""
        kept: list[tuple[float, int]] = []
        for score, j in row:
            if len(kept) == self.most:
                break
            if not (-score >= self.alike and self.copies(i, j)) and not any(self.copies(j, k) for _, k in kept):
                kept.append((score, j))
        return kept

    def copies(self, i: int, j: int) -> bool:
        one, other = self.shingles(i), self.shingles(j)
        return bool(one and other) and len(one & other) >= self.overlap * min(len(one), len(other))

    def shingles(self, i: int) -> frozenset[int]:
        """Checksums of all runs of five words: sets of numbers, for there may be thousands of articles."""
        if i not in self._shingles:
            words = _WORD.findall("\n".join(segment.text for segment in self.articles[i].prose).lower())
            runs = (" ".join(words[k : k + _SHINGLE]) for k in range(len(words) - _SHINGLE + 1))
            self._shingles[i] = frozenset(crc32(run.encode()) for run in runs)
        return self._shingles[i]
