"""TER from the faster edit distance is sacrebleu's TER, shifts and all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import lib_ter
from sacrebleu.metrics.ter import TER

from audit.siblings.edit_rate import LONGEST, fast_ter, traced

# Few different words, so that many shifts are possible; and many, so that few are.
_sequences = st.sampled_from((2, 5, 25)).flatmap(lambda size: st.lists(st.integers(0, size), max_size=LONGEST))


def _text(words: list[int]) -> str:
    return " ".join(f"w{word}" for word in words)


@settings(max_examples=200, deadline=None)
@given(_sequences, _sequences)
def test_the_figures_are_sacrebleus(written: list[int], reference: list[int]) -> None:
    expected = TER().sentence_score(_text(written), [_text(reference)]).score
    assert fast_ter().sentence_score(_text(written), [_text(reference)]).score == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=4, max_size=LONGEST), st.data())
def test_moved_phrases_count_as_one_edit_each(words: list[int], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 2))
    end = data.draw(st.integers(start + 1, len(words)))
    rest = words[:start] + words[end:]
    at = data.draw(st.integers(0, len(rest)))
    moved = rest[:at] + words[start:end] + rest[at:]
    expected = TER().sentence_score(_text(moved), [_text(words)]).score
    assert fast_ter().sentence_score(_text(moved), [_text(words)]).score == expected


@pytest.mark.parametrize("lengths", [(LONGEST + 5, 10), (10, LONGEST + 5), (0, 5), (5, 0), (1, LONGEST), (LONGEST, 1)])
def test_long_and_empty_segments_too(lengths: tuple[int, int]) -> None:
    written, reference = (_text([i * 7 % 11 for i in range(length)]) for length in lengths)
    assert fast_ter().sentence_score(written, [reference]).score == TER().sentence_score(written, [reference]).score


def test_the_signature_is_sacrebleus() -> None:
    fast, plain = fast_ter(), TER()
    for metric in (fast, plain):
        metric.sentence_score("a", ["a"])
    assert str(fast.get_signature()) == str(plain.get_signature())


@settings(max_examples=200, deadline=None)
@given(_sequences, _sequences)
def test_the_edits_are_sacrebleus(written: list[int], reference: list[int]) -> None:
    words, others = _text(written).split(), _text(reference).split()
    distance, trace = lib_ter.BeamEditDistance(others)(words)
    assert traced(words, others) == trace
    assert sum(edit != " " for edit in trace) == distance
