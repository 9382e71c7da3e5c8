"""How an embedder's cosines compare with the similarities that siblings are found by, measured on articles of known stories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from audit.embedding import mixed
from audit.measures import auc
from audit.own_models import Scale
from audit.places import own_words, whole_text
from audit.siblings.described import described
from audit.testimony import Testimony

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audit.auditor import Auditor

_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
# Pairs of one story that it takes, articles that are compared at most (their pairs grow with the square), and sentences.
_PAIRS: Final = 10
_ARTICLES: Final = 400
_SENTENCES: Final = 400
# Cosines that lie nearer together than this tell nothing.
_APART: Final = 0.02


def scales(auditor: Auditor, heard: Sequence[Testimony], lines: list[str]) -> dict[str, Scale]:
    """The embedder's part for ``stories`` and ``sentences``; empty where it tells stories no better than words do.

    Stories are those that the documents name (`Document.story`).
    """
    import numpy as np

    embedder = auditor.own.embedder() if auditor.own else None
    named = [one.article for one in heard if one.article.document.story is not None][:_ARTICLES]
    stories = [article.document.story for article in named]
    same = np.array([[one == other for other in stories] for one in stories], dtype=bool).reshape(len(named), -1)
    upper = np.triu(np.ones(same.shape, dtype=bool), 1)
    if embedder is None or (same & upper).sum() < _PAIRS or not (~same & upper).any():
        lines.append(f"embedder: counts for nothing; it takes {_PAIRS} pairs of articles with the same `story`, and others")
        return {}
    vectors = embedder.embed([whole_text(article) for article in named])
    cosines = vectors @ vectors.T
    plain = _similarities([described(article, auditor.sibling_settings).terms for article in named])
    found = _scale(plain, cosines, same & upper, ~same & upper)
    if found is None or not found.share:
        lines.append("embedder: counts for nothing; it tells stories no better than words do")
        return {}
    lines.append(f"embedder: {found.share:.2f} of the similarity of articles and sentences")
    sentences = _sentences(embedder, heard, found.share)
    return {"stories": found} if sentences is None else {"stories": found, "sentences": sentences}


def _scale(plain: NDArray[Any], cosines: NDArray[Any], same: NDArray[Any], other: NDArray[Any]) -> Scale | None:
    """The share that tells pairs of one story from others best, the smallest of equally good ones."""
    unlike, alike = float(cosines[other].mean()), float(cosines[same].mean())
    if alike - unlike < _APART:
        return None
    best: tuple[float, Scale] | None = None
    for share in _SHARES:
        scale = Scale(share=share, unlike=round(unlike, 3), alike=round(alike, 3), similarity=round(float(plain[same].mean()), 3))
        values = mixed(plain, cosines, scale)
        told = auc(values[same].tolist(), values[other].tolist()) or 0.0
        if best is None or told > best[0]:
            best = (told, scale)
    return best[1] if best else None


def _similarities(articles: Sequence[dict[str, int]]) -> NDArray[Any]:
    """Cosines of the articles' terms, shape (articles, articles)."""
    import numpy as np

    found = np.zeros((len(articles), len(articles)))
    norms = [sum(weight * weight for weight in terms.values()) ** 0.5 or 1.0 for terms in articles]
    for i, one in enumerate(articles):
        for j in range(i + 1, len(articles)):
            shared = one.keys() & articles[j].keys()
            found[i, j] = found[j, i] = sum(one[term] * articles[j][term] for term in sorted(shared)) / (norms[i] * norms[j])
    return found


def _sentences(embedder: Any, heard: Sequence[Testimony], share: float) -> Scale | None:
    """The same for sentences: those that are aligned against those of different stories."""
    import numpy as np

    rows = [(own_words(segment, row), row) for one in heard for segment, row in one.compared()][:_SENTENCES]
    if len(rows) < _PAIRS:
        return None
    own = embedder.embed([text for text, _ in rows])
    theirs = embedder.embed([row.text for _, row in rows])
    alike = float(np.einsum("ij,ij->i", own, theirs).mean())
    # Every sentence against the one that lies half of the list away: another story's, but for a few.
    unlike = float(np.einsum("ij,ij->i", own, np.roll(theirs, len(rows) // 2, axis=0)).mean())
    if alike - unlike < _APART:
        return None
    similarity = sum(row.score for _, row in rows) / len(rows)
    return Scale(share=share, unlike=round(unlike, 3), alike=round(alike, 3), similarity=round(similarity, 3))
