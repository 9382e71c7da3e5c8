"""Two runs compared: new, known, gone; what was not looked for is not gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from audit.report import render
from audit.report.compare import compare, only_new
from audit.types import DocumentReport, Finding, Record, Skip, Verdict

TEXT = "Eins zwei drei vier."
SIGNATURE = "mt-audit:0.1.0|lang:de|detectors:agreement.1,wrong_sense.2|device:cpu"


@pytest.fixture
def run(
    record: Callable[..., Record], document: Callable[..., DocumentReport], finding: Callable[..., Finding]
) -> Callable[..., Record]:
    """``run("Eins", "zwei", id="a")``: one document with a finding on each of these words."""

    def make(*words: str, id: str = "a", signature: str = SIGNATURE, detector: str = "wrong_sense", **values: Any) -> Record:
        found = tuple(finding(TEXT, word, fingerprint=word, detector=detector) for word in words)
        return record(document(TEXT, found, id=id, **values), signature=signature)

    return make


def quotes(found: Sequence[tuple[str, Finding]]) -> list[str]:
    return [finding.quote for _, finding in found]


def test_new_known_and_gone(run: Callable[..., Record]) -> None:
    comparison = compare(run("Eins", "zwei"), run("zwei", "drei"))
    assert (quotes(comparison.new), quotes(comparison.same), quotes(comparison.gone)) == (["drei"], ["zwei"], ["Eins"])


def test_a_fingerprint_counts_as_often_as_it_was_there(run: Callable[..., Record]) -> None:
    twice = run("zwei", "zwei")
    assert quotes(compare(run("zwei"), twice).new) == ["zwei"]
    assert quotes(compare(twice, run("zwei")).gone) == ["zwei"]


def test_the_same_fingerprint_in_another_document_is_another_finding(run: Callable[..., Record]) -> None:
    comparison = compare(run("Eins", id="a"), run("Eins", id="b"))
    assert quotes(comparison.new) == ["Eins"] and comparison.gone == ()
    assert (comparison.added, comparison.missing) == (("b",), ("a",))


def test_a_finding_without_a_fingerprint_is_new(run: Callable[..., Record]) -> None:
    blank = run("Eins")
    document = blank.documents[0]
    found = (msgspec.structs.replace(document.findings[0], fingerprint=""),)
    blank = msgspec.structs.replace(blank, documents=(msgspec.structs.replace(document, findings=found),))
    assert quotes(compare(blank, blank).new) == ["Eins"]


@pytest.mark.parametrize(
    "later",
    [
        {"signature": "mt-audit:0.1.0|detectors:agreement.1"},
        {"skips": (Skip(detector="wrong_sense", reason="no siblings"),)},
    ],
    ids=["the detector did not run", "it could not look"],
)
def test_what_was_not_looked_for_is_not_gone(run: Callable[..., Record], later: dict[str, Any]) -> None:
    assert compare(run("Eins"), run(**later)).gone == ()


def test_a_run_without_a_signature_may_have_looked(run: Callable[..., Record]) -> None:
    assert quotes(compare(run("Eins"), run(signature="")).gone) == ["Eins"]


def test_what_would_not_be_reported_is_not_gone(run: Callable[..., Record]) -> None:
    assert compare(run("Eins"), run(), lambda finding: finding.probability > 0.9).gone == ()


def test_changed_verdicts_are_named(run: Callable[..., Record]) -> None:
    clean = Verdict(label="original", p_machine=0.1, p_translated=0.1, damage=0.0)
    [change] = compare(run(), run(verdict=clean)).changes
    assert (change.document, change.before.label, change.after.label) == ("a", "machine-translated", "original")
    assert compare(run(), run()).changes == ()


def test_only_new_keeps_verdicts_and_the_kind_of_record(run: Callable[..., Record]) -> None:
    later = run("zwei", "drei")
    shown = only_new(later, compare(run("zwei"), later))
    assert [finding.quote for finding in shown.documents[0].findings] == ["drei"]
    assert shown.documents[0].verdict == later.documents[0].verdict and type(shown) is type(later)


def test_sarif_carries_the_state_of_each_result(run: Callable[..., Record]) -> None:
    earlier, later = run("Eins", "zwei"), run("zwei", "drei")
    comparison = compare(earlier, later)
    for shown in (later, only_new(later, comparison)):
        results = json.loads(render(shown, "sarif", since=comparison))["runs"][0]["results"]
        states = {result["properties"]["quote"]: result["baselineState"] for result in results}
        assert states == {"Eins": "absent", "zwei": "unchanged", "drei": "new"}
        absent = next(result for result in results if result["baselineState"] == "absent")
        assert "region" not in absent["locations"][0]["physicalLocation"] and "fixes" not in absent
    assert all("baselineState" not in result for result in json.loads(render(later, "sarif"))["runs"][0]["results"])


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_readers_see_what_changed(run: Callable[..., Record], format: str) -> None:
    shown = render(run("drei"), format, since=compare(run("Eins", "zwei"), run("drei")), ui_lang="en")
    assert "Since the earlier run" in shown and "Findings that vanished" in shown
    assert "Eins" in shown and "zwei" in shown
