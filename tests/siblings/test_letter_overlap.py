"""chrF from counted numbers is sacrebleu's chrF."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF

from audit.siblings.letter_overlap import fast_chrf

_FEW = st.text(alphabet="ab c.", max_size=60)
_MANY = st.text(max_size=60)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.tuples(_FEW, _FEW), st.tuples(_MANY, _MANY)))
def test_the_figures_are_sacrebleus(texts: tuple[str, str]) -> None:
    hypothesis, reference = texts
    assert fast_chrf().sentence_score(hypothesis, [reference]).score == CHRF().sentence_score(hypothesis, [reference]).score


def test_more_signs_than_numbers() -> None:
    signs = "".join(chr(0x4E00 + i) for i in range(1_500))
    assert fast_chrf().sentence_score(signs, [signs[::-1]]).score == CHRF().sentence_score(signs, [signs[::-1]]).score


@pytest.mark.parametrize("length", [1, 5, 6, 7, 3_000])
def test_every_length(length: int) -> None:
    one = ("Der Fährverkehr ruht seit Montag. " * 100)[:length]
    other = ("Seit Montag fährt keine Fähre mehr. " * 100)[:length]
    assert fast_chrf().sentence_score(one, [other]).score == CHRF().sentence_score(one, [other]).score


def test_the_signature_is_sacrebleus() -> None:
    fast, plain = fast_chrf(), CHRF()
    for metric in (fast, plain):
        metric.sentence_score("a", ["a"])
    assert str(fast.get_signature()) == str(plain.get_signature())
