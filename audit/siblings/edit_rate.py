"""sacrebleu's TER with a faster edit distance and the same figures.

Most of TER's time goes into the edit distance of every shift that might help, of which only the number counts: how the words
were aligned matters for the shift that is chosen. So the number comes from rapidfuzz, the alignment from sacrebleu where it is
asked for. sacrebleu searches a band of 25 words along the diagonal; no cheapest path of sequences of up to 30 words leaves it
(one that did would insert and delete more than either sequence holds), so for them the two distances are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sacrebleu.metrics.ter import TER

# The longest sequences for which the band of 25 words cannot change the distance (tests compare the two).
LONGEST: Final = 30


def fast_ter() -> TER:
    """TER that is fast on segments of up to `LONGEST` words; longer ones take sacrebleu's own way."""
    from sacrebleu.metrics.ter import TER

    class FastTER(TER):
        def _compute_segment_statistics(self, hypothesis: str, ref_kwargs: dict[str, Any]) -> list[float]:
            words = hypothesis.split()
            references: list[list[str]] = ref_kwargs["ref_words"]
            if len(words) > LONGEST or any(not 0 < len(reference) <= LONGEST for reference in references):
                return super()._compute_segment_statistics(hypothesis, ref_kwargs)
            edits = min(_edits(words, reference) for reference in references)
            return [edits, sum(map(len, references)) / len(references)]

    return FastTER()


def _edits(words: list[str], reference: list[str]) -> int:
    """Shifts and edits from one sequence to the other, as `lib_ter.translation_edit_rate` finds them."""
    from sacrebleu.metrics import lib_ter

    distance = _Distance(reference)
    shifts = checked = 0
    while True:
        gain, shifted, checked = lib_ter._shift(words, reference, distance, checked)  # pyright: ignore[reportPrivateUsage]
        if checked >= lib_ter._MAX_SHIFT_CANDIDATES or gain <= 0:  # pyright: ignore[reportPrivateUsage]
            return shifts + distance(words)[0]
        shifts += 1
        words = shifted


class _Distance:
    """Stands in for `lib_ter.BeamEditDistance`: the distance at once, the trace of the edits on demand."""

    def __init__(self, reference: list[str]) -> None:
        from rapidfuzz.distance import Levenshtein
        from sacrebleu.metrics import lib_ter

        self._reference = reference
        self._distance = Levenshtein.distance
        self.traced = lib_ter.BeamEditDistance(reference)

    def __call__(self, words: Sequence[str]) -> tuple[int, _Trace]:
        return self._distance(words, self._reference), _Trace(self, words)


class _Trace:
    """The edits of a distance, found when they are first translated."""

    __slots__ = ("_distance", "_words")

    def __init__(self, distance: _Distance, words: Sequence[str]) -> None:
        self._distance = distance
        self._words = words

    def translate(self, table: dict[int, int]) -> str:
        return self._distance.traced(list(self._words))[1].translate(table)
