"""Which articles tell the same story: the same event, not only the same topic.

Articles are compared by their terms (`audit.siblings.index`). The further apart two articles were published, the more alike
they must be, for a recurring topic looks like one event; stories that the user named overrule both. Copies of one text, as
agencies and press releases have them, are one voice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from audit.article import Article
from audit.siblings import Sibling
from audit.siblings.index import StoryIndex

_SHINGLE: Final = 5
_WORD: Final = re.compile(r"\w+")
# Articles whose shingles are kept: stories lie near each other in a collection, and one takes some 40 KB.
_KEPT: Final = 4_000


def discover(
    articles: Sequence[Article],
    witnesses: Sequence[Article],
    settings: Mapping[str, Any],
    *,
    mutual: bool = True,
    index: StoryIndex | None = None,
) -> list[tuple[Sibling, ...]]:
    """For each article its siblings among the articles and the witnesses, the most similar first.

    ``settings`` is the section ``[<lang>.siblings]`` of models/thresholds.toml. Copies of one text are one voice: of several
    the most similar is kept, and a copy of the article itself, which can tell nothing new, is left out, as is a witness of its
    id. With ``mutual`` false the articles are compared with the witnesses only. ``index`` is an empty one.
    """
    everyone = [*articles, *witnesses]
    index = StoryIndex(settings) if index is None else index
    for article in everyone:
        index.add(article)
    found: list[list[tuple[float, str, int]]] = [[] for _ in articles]
    for i, j, similarity in index.pairs(len(articles), mutual=mutual):
        one, other = everyone[i].document.id, everyone[j].document.id
        if one == other:
            continue
        found[i].append((-similarity, other, j))
        if j < len(articles):
            found[j].append((-similarity, one, i))
    voices = Voices(lambda i: shingles(everyone[i]), settings)
    return [
        tuple(Sibling(everyone[j], round(-score, 4)) for score, j in voices.distinct(i, [(s, j) for s, _, j in sorted(row)]))
        for i, row in enumerate(found)
    ]


def stories(
    articles: Sequence[Article], settings: Mapping[str, Any], index: StoryIndex | None = None
) -> list[list[tuple[int, float]]]:
    """Groups of two and more articles on one event, each member with its mean similarity to the others (`StoryIndex.groups`).

    ``index`` is an empty one.
    """
    index = StoryIndex(settings) if index is None else index
    for article in articles:
        index.add(article)
    return index.groups()


def shingles(article: Article) -> frozenset[int]:
    """Checksums of all runs of five words: sets of numbers, for there may be thousands of articles."""
    words = _WORD.findall("\n".join(segment.text for segment in article.prose).lower())
    runs = (" ".join(words[k : k + _SHINGLE]) for k in range(len(words) - _SHINGLE + 1))
    return frozenset(crc32(run.encode()) for run in runs)


class Voices:
    """Tells copies of one text from independent articles; shingles are asked for only where articles have siblings."""

    def __init__(self, shingles: Callable[[int], frozenset[int]], settings: Mapping[str, Any]) -> None:
        """``shingles`` gives those of the article with a number; the latest are kept."""
        self.overlap: float = settings["copy_overlap"]
        self.alike: float = settings["copy_similarity"]
        self.most: int = settings["most_siblings"]
        self.shingles = lru_cache(maxsize=_KEPT)(shingles)

    def distinct(self, i: int, row: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
        """The siblings of article ``i`` without its own copies and without copies of a better one.

        ``row`` holds pairs of negative similarity and number, the most similar first.
        """
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
