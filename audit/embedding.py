"""What an embedder adds to telling siblings: to the similarity of articles, and to that of their sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from audit.article import Article
from audit.own_models import Scale
from audit.places import whole_text
from audit.siblings.index import StoryIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audit.neural.hub.embedder import Embedder
    from audit.siblings.align import Closer

# An article's nearest neighbours by cosine that are looked at beside those with common words.
_NEIGHBOURS: Final = 20


class EmbeddedIndex(StoryIndex):
    """An index of stories for these articles, taken in in their order, that also knows their vectors."""

    def __init__(self, settings: Mapping[str, Any], embedder: Embedder, scale: Scale, articles: Sequence[Article]) -> None:
        super().__init__(settings)
        self._scale = scale
        self._vectors: NDArray[Any] = embedder.embed([whole_text(article) for article in articles])

    def _named(self, start: int, end: int, first_other: int) -> list[tuple[int, int]]:
        """Beside the pairs that the user named, each article's nearest neighbours by cosine."""
        import numpy as np

        named = super()._named(start, end, first_other)
        others = np.arange(first_other, len(self))
        cosines = self._vectors[start:end] @ self._vectors[others].T
        order = np.argsort(-cosines, axis=1, kind="stable")[:, : _NEIGHBOURS + 1]
        near = {(min(i, int(j)), max(i, int(j))) for i in range(start, end) for j in others[order[i - start]] if int(j) != i}
        return sorted({*named, *near})

    def _weighed(self, left: NDArray[Any], right: NDArray[Any], cosines: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        own = np.einsum("ij,ij->i", self._vectors[left], self._vectors[right])
        return mixed(cosines, own, self._scale)


def closer(embedder: Embedder, scale: Scale) -> Closer:
    """For `audit.siblings.align.align`: similarities of sentences, mixed with the embedder's."""

    def correct(own: Sequence[str], others: Sequence[str], similarity: NDArray[Any]) -> NDArray[Any]:
        vectors = embedder.embed([*own, *others])
        return mixed(similarity, vectors[: len(own)] @ vectors[len(own) :].T, scale)

    return correct


def mixed(similarity: NDArray[Any], cosine: NDArray[Any], scale: Scale) -> NDArray[Any]:
    """Similarities with the embedder's share in them; differences between processors are rounded away."""
    import numpy as np

    like = np.clip((cosine - scale.unlike) / (scale.alike - scale.unlike), 0.0, None) * scale.similarity
    return np.clip(np.round((1 - scale.share) * similarity + scale.share * like, 3), 0.0, 1.0)
