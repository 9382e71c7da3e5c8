"""How far a passage agrees with its siblings, in sacrebleu's figures, each with sacrebleu's own signature.

chrF, BLEU and TER were made to compare a translation with a reference. A sibling is no reference: two genuine articles on one
event agree little. The figures tell who wrote from whom, and where a passage stands alone; they accuse nobody by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from audit.article import Article
from audit.siblings import Aligned, Sibling
from audit.siblings.edit_rate import LONGEST, fast_ter
from audit.siblings.letter_overlap import fast_chrf
from audit.text import Segment
from audit.types import Agreement, Passage, SiblingLink

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

# TER's search for shifts grows with more than the square of the length, and would take most of an audit: 30 words are about
# the first sentence or two of a passage.
_TER_WORDS: Final = LONGEST


@cache
def _metrics() -> tuple[CHRF, BLEU, TER]:
    from sacrebleu.metrics.bleu import BLEU

    return fast_chrf(), BLEU(effective_order=True), fast_ter()


@cache
def metrics() -> dict[str, str]:
    """sacrebleu's signatures of the figures of this module by metric: ``chrf``, ``bleu``, ``ter``."""
    chrf, bleu, ter = _metrics()
    for metric in (chrf, bleu, ter):
        metric.sentence_score("a", ["a"])  # a signature is complete only after the first score: it counts references
    return {"chrf": str(chrf.get_signature()), "bleu": str(bleu.get_signature()), "ter": str(ter.get_signature())}


def agreement(segment: Segment, aligned: Sequence[Aligned]) -> tuple[Agreement, ...]:
    """For each sibling the scores (0–100; TER may exceed 100) of a passage against that sibling's best aligned passage.

    TER compares the first 30 words of either.

    ``start`` and ``end`` are the range of the sibling's ``text`` that served as reference; passages aligned with the
    sibling's separate title have none and are left out. Siblings are in the order of their best alignment.
    """
    by_sibling: dict[str, list[Aligned]] = defaultdict(list)
    for row in aligned:
        if row.segment.field == "text":
            by_sibling[row.sibling.article.document.id].append(row)
    return tuple(_score(segment, document, rows) for document, rows in by_sibling.items())


def _score(segment: Segment, document: str, rows: Sequence[Aligned]) -> Agreement:
    """Scores against the sibling's segment that holds most of the alignment, from its first to its last aligned word."""
    mass: dict[Segment, float] = defaultdict(float)
    for row in rows:
        mass[row.segment] += row.score
    best = max(mass, key=lambda candidate: mass[candidate])
    chosen = [row for row in rows if row.segment is best]
    start, end = min(row.range[0] for row in chosen), max(row.range[1] for row in chosen)
    own_start = min(row.own_start for row in chosen)
    own_end = max(len(segment.text) if row.own_end is None else row.own_end for row in chosen)
    written, reference = segment.text[own_start:own_end], [best.text[start:end]]
    chrf, bleu, ter = _metrics()
    span = best.span(start, end)
    return Agreement(
        document=document,
        start=span.start,
        end=span.end,
        chrf=round(chrf.sentence_score(written, reference).score, 2),
        bleu=round(bleu.sentence_score(written, reference).score, 2),
        ter=round(ter.sentence_score(_shortened(written), [_shortened(reference[0])]).score, 2),
    )


def _shortened(text: str) -> str:
    return " ".join(text.split()[:_TER_WORDS])


def document_chrf(article: Article, sibling: Sibling) -> float:
    """chrF (0–100) of the article's prose against the sibling's, each read as one passage."""
    return _metrics()[0].sentence_score(_prose(article), [_prose(sibling.article)]).score


def _prose(article: Article) -> str:
    return "\n".join(segment.text for segment in article.prose)


def link(article: Article, mate: Sibling) -> SiblingLink:
    """How the record names a sibling: its id, and how alike the two are."""
    return SiblingLink(
        id=mate.article.document.id, similarity=round(mate.similarity, 4), chrf=round(document_chrf(article, mate), 2)
    )


def compared(
    article: Article, passages: Sequence[Passage], aligned: Mapping[Segment, Sequence[Aligned]]
) -> tuple[Passage, ...]:
    """The passages with sacrebleu's scores against the sibling passages they are aligned with."""
    segments = [segment for segment in article.segments if segment.field == "text"]

    def measured(passage: Passage, segment: Segment) -> Passage:
        pairs = aligned.get(segment)
        return msgspec.structs.replace(passage, agreement=agreement(segment, pairs)) if pairs else passage

    return tuple(measured(passage, segment) for passage, segment in zip(passages, segments, strict=True))
