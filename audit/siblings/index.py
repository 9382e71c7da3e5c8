"""An inverted index of articles that proposes which of them may tell the same story, and the cosine that decides.

Each article is a sparse vector of its terms (sublinear frequency times rarity in the language), and nothing else of it is kept:
some three kilobytes. Articles are compared only where they share several of their weightiest terms, and a
term that many articles have proposes nobody, so that the cost grows with the articles and not with their pairs.

Weights are whole numbers, and so are all sums of their products: a similarity never depends on which articles came before.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from zlib import crc32

from audit.article import Article
from audit.siblings.described import NO_DAY, UNIT, Described, described
from audit.siblings.grouping import Grouping

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Numbers = NDArray[np.int64]
    Cosines = NDArray[np.float64]

Entry = TypeVar("Entry", bound="np.generic")

# Meetings in the postings looked at in one go, and pairs whose cosines are: what bounds the memory (some 150 MB).
_MEETINGS: Final = 6_000_000
_COSINES: Final = 20_000


class Pair(NamedTuple):
    """Two articles on one story by their numbers, ``first`` < ``second``, and their cosine (0–1)."""

    first: int
    second: int
    similarity: float


class StoryIndex:
    """Collects articles one by one (`add`), then tells which belong together (`pairs`, `groups`).

    ``settings`` is the section ``[<lang>.siblings]`` of models/thresholds.toml. Articles are numbered as they come.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self._vocabulary: dict[str, int] = {}
        self._ends = array("q", [0])
        self._terms = array("i")
        self._weights = array("f")
        self._ids: list[str] = []
        self._days = array("i")
        self._stories: dict[str, list[int]] = {}
        self._story = array("i")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, article: Article) -> int:
        """Take in an article, which need not be kept, and return its number."""
        return self.take(described(article, self.settings))

    def take(self, entry: Described) -> int:
        """Take in what was described of an article, perhaps elsewhere, and return its number."""
        for term, weight in entry.terms.items():
            self._terms.append(self._vocabulary.setdefault(term, len(self._vocabulary)))
            self._weights.append(weight)
        number = len(self._ids)
        self._ends.append(len(self._terms))
        self._ids.append(entry.id)
        self._days.append(entry.day)
        if entry.story is None:
            self._story.append(-1)
        else:
            self._stories.setdefault(entry.story, []).append(number)
            self._story.append(self._stories[entry.story][0])
        return number

    def id(self, number: int) -> str:
        """The id of the article with this number."""
        return self._ids[number]

    def pairs(self, asking: int | None = None, *, mutual: bool = True) -> Iterator[Pair]:
        """The pairs on one story, by their numbers.

        ``asking`` limits them to those that one of the first so many articles is part of. With ``mutual`` false these are
        compared with the others only, and what one finds does not depend on who else asks.
        """
        import numpy as np

        if len(self) < 2:
            return
        weights = self._matrix(np.asarray(self._weights, dtype=np.float32))
        for left, right in self.proposals(asking, mutual=mutual):
            for at in range(0, len(left), _COSINES):
                ones, others = left[at : at + _COSINES], right[at : at + _COSINES]
                products = weights[ones].astype(np.float64).multiply(weights[others].astype(np.float64))
                cosines = self._weighed(ones, others, np.asarray(products.sum(axis=1)).ravel() / UNIT**2)
                near = self._one_story(ones, others, cosines)
                found = zip(ones[near].tolist(), others[near].tolist(), cosines[near].tolist(), strict=True)
                yield from (Pair(i, j, min(1.0, cosine)) for i, j, cosine in found)

    def _weighed(self, left: Numbers, right: Numbers, cosines: Cosines) -> Cosines:
        """The similarity of pairs, of which these are the cosines; an index that knows more of the articles says otherwise."""
        return cosines

    def proposals(self, asking: int | None = None, *, mutual: bool = True) -> Iterator[tuple[Numbers, Numbers]]:
        """Pairs worth a cosine, as two arrays of numbers, block by block in their order; the arguments are those of `pairs`."""
        import numpy as np

        asking = len(self) if asking is None else asking
        first_other = 0 if mutual else asking
        keys = self._keys(first_other)
        partners = keys[first_other:] if mutual else self._marks(self._common(first_other, 1))[first_other:]
        postings = partners.T.tocsr()
        meetings = np.cumsum(keys[:asking] @ np.diff(postings.indptr))
        start = 0
        while start < asking:
            before = meetings[start - 1] if start else 0
            end = max(start + 1, int(np.searchsorted(meetings, before + _MEETINGS, side="right")))
            shared = (keys[start:end] @ postings).tocoo()
            near = shared.data >= self.settings["shared_keys"]
            rows, columns = shared.row[near].astype(np.int64) + start, shared.col[near].astype(np.int64) + first_other
            named = np.array(self._named(start, end, first_other), dtype=np.int64).reshape(-1, 2)
            left, right = np.append(rows, named[:, 0]), np.append(columns, named[:, 1])
            wanted = (left < right) & self._possible(left, right)
            codes = np.unique(left[wanted] * len(self) + right[wanted])
            yield codes // len(self), codes % len(self)
            start = end

    def groups(self) -> list[list[tuple[int, float]]]:
        """Groups of two and more articles on one event, each member with its mean similarity to the others.

        Groups are in the order of their first member, members in the order of the articles. An article joins a group only
        if it is like its members on average, so that a chain of neighbours does not make one story of a whole topic.
        """
        links: dict[int, dict[int, float]] = {i: {} for i in range(len(self))}
        edges = list(self.pairs())
        for i, j, similarity in edges:
            links[i][j] = links[j][i] = similarity
        grouping = Grouping(links)
        for members in self._stories.values():
            for member in members[1:]:
                grouping.join(members[0], member)
        least = self.settings["cohesion"] * self.settings["similarity"]
        for i, j, _ in sorted(
            edges, key=lambda edge: (-edge.similarity, *sorted((self._ids[edge.first], self._ids[edge.second])))
        ):
            if grouping.cohesion(i, j) >= least:
                grouping.join(i, j)
        return grouping.groups(edges)

    def _matrix(self, values: NDArray[Entry]) -> csr_matrix[Entry]:
        """The vectors (articles × terms) with these entries."""
        import numpy as np
        from scipy.sparse import csr_matrix

        shape = (len(self), max(1, len(self._vocabulary)))
        places = np.frombuffer(self._terms, dtype=np.int32), np.frombuffer(self._ends, dtype=np.int64)
        return csr_matrix((values, *places), shape)

    def _marks(self, chosen: NDArray[np.bool_]) -> csr_matrix[np.int32]:
        """The vectors with a 1 for each entry that is chosen."""
        import numpy as np

        made = self._matrix(chosen.astype(np.int32)).copy()
        made.eliminate_zeros()
        return made

    def _common(self, first_other: int, least: int) -> NDArray[np.bool_]:
        """For each entry of the vectors whether at least so many, and not too many, of the other articles have its term."""
        import numpy as np

        terms = np.frombuffer(self._terms, dtype=np.int32)
        frequency = np.bincount(terms[self._ends[first_other] :], minlength=len(self._vocabulary))
        return ((frequency >= least) & (frequency <= self.settings["longest_posting"]))[terms]

    def _keys(self, first_other: int) -> csr_matrix[np.int32]:
        """A 1 for each of an article's weightiest terms, terms that nobody else or too many articles have left out.

        Of equally weighty ones the rarer come first, then chance (a checksum) decides, never the order of the collection. From
        ``first_other`` on, unless it is 0, articles only answer and need no keys.
        """
        import numpy as np

        terms, weights = np.frombuffer(self._terms, dtype=np.int32), np.frombuffer(self._weights, dtype=np.float32)
        frequency = np.bincount(terms[self._ends[first_other] :], minlength=len(self._vocabulary))
        chance = np.fromiter((crc32(term.encode()) for term in self._vocabulary), np.uint32, len(self._vocabulary))
        useful = self._common(first_other, 1 if first_other else 2)
        chosen = np.zeros(len(terms), dtype=np.bool_)
        for i in range(first_other or len(self)):
            at = self._ends[i] + np.flatnonzero(useful[self._ends[i] : self._ends[i + 1]])
            order = np.lexsort((chance[terms[at]], frequency[terms[at]], -weights[at]))
            chosen[at[order[: self.settings["keys"]]]] = True
        return self._marks(chosen)

    def _named(self, start: int, end: int, first_other: int) -> list[tuple[int, int]]:
        """Pairs that the user named as one story; where he named a crowd, its members must find each other."""
        return [
            (i, j)
            for members in self._stories.values()
            if len(members) <= self.settings["longest_posting"]
            for i in members
            if start <= i < end
            for j in members
            if j > i and j >= first_other
        ]

    def _possible(self, left: Numbers, right: Numbers) -> NDArray[np.bool_]:
        """Whether stories named and dates allow that two articles tell one story."""
        import numpy as np

        story, days = np.frombuffer(self._story, dtype=np.int32), np.frombuffer(self._days, dtype=np.int32)
        same = (story[left] == story[right]) & (story[left] >= 0)
        apart = (story[left] >= 0) & (story[right] >= 0) & ~same
        dated = (days[left] != NO_DAY) & (days[right] != NO_DAY)
        late = dated & (np.abs(days[left] - days[right]) > self.settings["window_days"])
        return same | ~(apart | late)

    def _one_story(self, left: Numbers, right: Numbers, cosines: Cosines) -> NDArray[np.bool_]:
        """Whether pairs that may be of one story are: the further apart their dates, the more alike they must be."""
        import numpy as np

        settings = self.settings
        story, days = np.frombuffer(self._story, dtype=np.int32), np.frombuffer(self._days, dtype=np.int32)
        dated = (days[left] != NO_DAY) & (days[right] != NO_DAY)
        by_day = float(settings["similarity_same_day"]) + float(settings["similarity_per_day"]) * np.abs(days[left] - days[right])
        least = np.where(dated, by_day, float(settings["similarity"]))
        return (cosines >= least) | ((story[left] == story[right]) & (story[left] >= 0))
