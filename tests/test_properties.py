"""Whatever is handed in: reading, cleaning, every detector and every report hold what they promise (tests/properties.py)."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nasty import KINDS, corpus
from properties import ENDINGS, PIECES, check_audit, check_reading, check_reports, check_text, made_of, record_of

# The same examples every time: what `make test` says must not depend on luck. tests/bench/fuzz_audit.py looks for new ones.
SETTINGS = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck)}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
MADE = st.binary(max_size=120).map(made_of)


@settings(max_examples=100, **SETTINGS)
@given(st.sampled_from(ENDINGS), st.binary(max_size=600))
def test_any_bytes_are_read(ending: str, content: bytes) -> None:
    check_reading(ending, gzip.compress(content) if ending.endswith(".gz") else content)


@settings(max_examples=120, **SETTINGS)
@given(st.one_of(TEXTS, MADE, st.lists(st.sampled_from(PIECES)).map("".join)))
def test_the_view_maps_back(text: str) -> None:
    check_text(text)


@settings(max_examples=25, **SETTINGS)
@given(st.lists(st.one_of(MADE, TEXTS), min_size=1, max_size=3), st.one_of(st.none(), MADE))
def test_every_detector_copes(texts: list[str], title: str | None) -> None:
    check_reports(check_audit(texts, title))


@settings(max_examples=40, **SETTINGS)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_every_report_can_be_written(strings: list[str]) -> None:
    report = record_of([string.encode("utf-8", "replace").decode() for string in strings])
    check_reports(report)


@pytest.mark.parametrize("kind", KINDS)
def test_nasty_documents(kind: str) -> None:
    """One small file of each kind; tests/bench/run_nasty.py takes 2,000 of full size."""
    for nasty in corpus(2 * len(KINDS), size=0.01):
        if nasty.kind == kind:
            texts = [document.text for document in check_reading(nasty.name[nasty.name.index(".") :], nasty.content)]
            check_reports(check_audit(texts[:5])) if texts else None
