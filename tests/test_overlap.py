"""Findings of one flaw are joined, wherever in a long text they stand."""

from __future__ import annotations

from audit.overlap import joined
from audit.types import Finding


def _finding(detector: str, start: int, end: int, weight: float, category: str = "Fluency/Grammar") -> Finding:
    return Finding(
        detector=detector, category=category, severity="minor", field="text", start=start, end=end, quote="x" * (end - start),
        message="…", weight=weight,
    )  # fmt: skip


def test_the_surest_of_two_on_the_same_words_stays_and_names_the_other() -> None:
    (kept,) = joined([_finding("agreement", 250, 270, 1.0), _finding("garbled", 240, 700, 2.0)])
    assert (kept.detector, kept.weight) == ("garbled", 2.5)
    assert [evidence.kind for evidence in kept.evidence] == ["detector"]


def test_neighbours_and_other_flaws_stay_apart() -> None:
    apart = [_finding("agreement", 0, 256, 1.0), _finding("garbled", 256, 300, 2.0)]
    other = [_finding("agreement", 512, 520, 1.0), _finding("wrong_sense", 512, 520, 2.0, "Accuracy/Mistranslation")]
    assert len(joined([*apart, *other])) == 4
