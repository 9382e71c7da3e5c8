"""The overview's charts: every document in one bin, dots for a few, columns for many, integers only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.report.charts import WIDTH, categories, damage, machine
from audit.report.words import words
from audit.types import DocumentReport, Finding, Verdict


@pytest.fixture
def judged(document: Callable[..., DocumentReport]) -> Callable[..., DocumentReport]:
    def make(p: float, harm: float) -> DocumentReport:
        verdict = Verdict(label="original", p_machine=p, p_translated=p, damage=harm)
        return document("Wort.", verdict=verdict)

    return make


@pytest.mark.parametrize(("p", "bin"), [(0.0, 0), (0.09, 0), (0.1, 1), (0.55, 5), (0.999, 9), (1.0, 9)])
def test_probabilities_fall_into_tenths(judged: Callable[..., DocumentReport], p: float, bin: int) -> None:
    chart = machine([judged(p, 0.0)], words("de"))
    assert [len(b.members) for b in chart.bins] == [int(i == bin) for i in range(10)]


@pytest.mark.parametrize(
    ("harm", "label"), [(0.0, "0"), (0.1, "> 0"), (5.0, "> 0"), (5.1, "> 5"), (30.0, "> 25"), (200.0, "> 100"), (1e6, "> 200")]
)
def test_damage_grows_by_steps_and_none_stands_apart(judged: Callable[..., DocumentReport], harm: float, label: str) -> None:
    [hit] = [b for b in damage([judged(0.5, harm)], words("de")).bins if b.members]
    assert hit.label == label


def test_few_are_dots_and_many_are_columns(judged: Callable[..., DocumentReport]) -> None:
    few, many = machine([judged(0.5, 0.0)] * 7, words("en")), machine([judged(0.5, 0.0)] * 8 + [judged(0.1, 0.0)], words("en"))
    assert few.dots and not many.dots
    top = few.bins[5]
    assert 0 < top.dot(6) < top.dot(0) < few.floor
    columns = [b for b in many.bins if b.members]
    assert [b.height for b in columns] == sorted(b.height for b in columns) and all(b.y + b.height == many.floor for b in columns)
    assert all(b.x >= 0 and b.x + b.width <= WIDTH for chart in (few, many) for b in chart.bins)
    assert many.said == "10%–20%: 1; 50%–60%: 8"


def test_an_empty_corpus_has_empty_charts() -> None:
    assert machine([], words("de")).said == "" and categories([]) == ()


def test_categories_are_stacked_by_severity(document: Callable[..., DocumentReport], finding: Callable[..., Finding]) -> None:
    text = "eins zwei drei vier"
    found = (
        finding(text, "eins", severity="minor"),
        finding(text, "zwei", severity="critical"),
        finding(text, "drei", severity="minor"),
        finding(text, "vier", category="Locale convention", severity="minor"),
    )
    first, second = categories([document(text, found)])
    assert (first.category, first.total) == ("Accuracy/Mistranslation", 3)
    assert [(severity, n) for severity, n, _, _ in first.parts] == [("critical", 1), ("minor", 2)]
    assert first.parts[1][2] == first.parts[0][3] and second.parts[0][3] == 333
