"""sacrebleu's TER with a faster edit distance and the same figures.

Most of TER's time goes into the edit distance of every shift that might help, of which only the number counts: how the words
were aligned matters for the shift that is chosen. So the number comes from rapidfuzz, and the alignment from a table of plain
numbers, filled where it is asked for. sacrebleu searches a band of 25 words along the diagonal; no cheapest path of sequences of
up to 30 words leaves it (one that did would insert and delete more than either sequence holds), so for them the two are one.
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
        # TER's search for shifts is not offered under a public name.
        gain, shifted, checked = lib_ter._shift(words, reference, distance, checked)  # pyright: ignore[reportPrivateUsage]
        if checked >= lib_ter._MAX_SHIFT_CANDIDATES or gain <= 0:  # pyright: ignore[reportPrivateUsage]  # as above
            return shifts + distance(words)[0]
        shifts += 1
        words = shifted


class _Distance:
    """Stands in for `lib_ter.BeamEditDistance`: the distance at once, the trace of the edits on demand."""

    def __init__(self, reference: list[str]) -> None:
        from rapidfuzz.distance import Levenshtein

        self._reference = reference
        self._distance = Levenshtein.distance

    def __call__(self, words: Sequence[str]) -> tuple[int, _Trace]:
        return self._distance(words, self._reference), _Trace(words, self._reference)


class _Trace:
    """The edits of a distance, found when they are first translated."""

    __slots__ = ("_reference", "_words")

    def __init__(self, words: Sequence[str], reference: Sequence[str]) -> None:
        self._words = words
        self._reference = reference

    def translate(self, table: dict[int, int]) -> str:
        """As `str.translate`, of the edits: " " for a word that stays, "s" for another, "d" and "i"."""
        return traced(self._words, self._reference).translate(table)


def traced(words: Sequence[str], reference: Sequence[str]) -> str:
    """The cheapest edits; of equal ones a word is kept or replaced, then deleted, then inserted, as in lib_ter."""
    width = len(reference)
    above = list(range(width + 1))
    table = ["i" * (width + 1)]
    for row, word in enumerate(words, 1):
        left = row
        here, edits = [left], ["d"]
        for column, other in enumerate(reference):
            same = word == other
            cost, edit = (above[column], " ") if same else (above[column] + 1, "s")
            if above[column + 1] + 1 < cost:
                cost, edit = above[column + 1] + 1, "d"
            if left + 1 < cost:
                cost, edit = left + 1, "i"
            here.append(cost)
            edits.append(edit)
            left = cost
        above = here
        table.append("".join(edits))
    return _path(table, len(words), width)


def _path(table: Sequence[str], row: int, column: int) -> str:
    """The edits on the way through a table of them, from its beginning to this place."""
    path: list[str] = []
    while row or column:
        edit = table[row][column]
        path.append(edit)
        row -= edit != "i"
        column -= edit != "d"
    return "".join(reversed(path))
