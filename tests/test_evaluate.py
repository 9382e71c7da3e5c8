"""Evaluation: every measure against numbers worked out by hand."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from audit.errors import InputError
from audit.evaluate import Evaluation, as_json, as_text, evaluate
from audit.labels import Gold, Label, read_gold, read_labels
from audit.measures import auc, average_precision, calibration_error, reliability
from audit.types import DocumentReport, Field, Finding, Record, Severity, Verdict

# Ten words of five characters and a space: word n stands at 6n to 6n + 5.
TEXT = " ".join(f"wort{number}" for number in range(10))


def finding(
    start: int, end: int, probability: float = 0.8, detector: str = "garbled", field: Field = "text", quote: str | None = None
) -> Finding:
    return Finding(
        detector=detector,
        category="Coherence/Gibberish",
        severity="major",
        field=field,
        start=start,
        end=end,
        quote=TEXT[start:end] if quote is None else quote,
        message="likely no sentence",
        weight=1.0,
        probability=probability,
    )


def report(name: str, *findings: Finding, p: float = 0.5, text: str = TEXT, title: str = "") -> DocumentReport:
    label = "machine-translated" if p >= 0.5 else "original"
    verdict = Verdict(label=label, p_machine=p, p_translated=p, damage=0.0)
    return DocumentReport(id=name, lang="de", title=title, words=10, text=text, verdict=verdict, findings=findings)


def gold(name: str, start: int, end: int, category: str = "garbled", severity: Severity = "major", **more: Any) -> Gold:
    return Gold(id=name, start=start, end=end, quote=TEXT[start:end], category=category, severity=severity, **more)


def record(*documents: DocumentReport) -> Record:
    return Record(signature="test", documents=documents)


MACHINE = Label(label="mt", kind="wmt-system-output")
GENUINE = Label(label="human", kind="original")


@pytest.fixture
def measured() -> Evaluation:
    """Two machine translations, one of them fully labelled, two genuine texts, and a translation by people."""
    documents = record(
        report("m1", finding(0, 5, 0.9), finding(12, 17, 0.8), finding(24, 29, 0.3), p=0.9),
        report("m2", finding(0, 5, 0.7), finding(6, 11, 0.6), finding(30, 35, 0.55), p=0.4),
        report("h1", finding(0, 5, 0.6, "calque"), finding(6, 11, 0.2), finding(12, 17, 0.9, "site_furniture"), p=0.1),
        report("h2", p=0.4),
        report("t1", finding(0, 5, 0.9), p=0.6),
    )
    labelled = [
        gold("m1", 0, 5),
        gold("m1", 24, 29, "calque", "minor"),
        gold("m1", 36, 41, "calque", "critical"),
        gold("m1", 42, 47, evidence="source"),
        gold("m2", 0, 11, "grammar", "minor"),
        gold("absent", 0, 5),
    ]
    labels = {
        "m1": MACHINE,
        "m2": Label(label="mt", complete=True),
        "h1": GENUINE,
        "h2": Label(label="human"),
        "t1": Label(label="human", kind="professional-translation"),
    }
    return evaluate(documents, labelled, labels)


def test_recall_counts_gold_spans_that_a_reported_finding_claims(measured: Evaluation) -> None:
    assert (measured.documents, measured.gold, measured.gold_elsewhere) == (5, 4, 1)
    assert (measured.recall.count, measured.recall.total, measured.recall.value) == (2, 4, 0.5)
    assert {name: (s.count, s.total) for name, s in measured.recall_by_category.items()} == {
        "calque": (0, 2),  # one was found at 0.3 only, which is not reported
        "garbled": (1, 1),
        "grammar": (1, 1),
    }
    assert {name: (s.count, s.total) for name, s in measured.recall_by_severity.items()} == {
        "critical": (0, 1),
        "major": (1, 1),
        "minor": (1, 2),
    }


def test_precision_is_taken_where_everything_is_labelled(measured: Evaluation) -> None:
    # m2: two findings claim the one span, the third claims nothing.
    assert (measured.precision.count, measured.precision.total) == (2, 3)
    assert evaluate(record(report("m1", finding(0, 5))), [gold("m1", 0, 5)], {"m1": MACHINE}).precision.value is None


def test_false_findings_are_counted_on_genuine_documents(measured: Evaluation) -> None:
    false = measured.false
    assert (false.documents, false.words, false.count) == (2, 20, 1)  # furniture accuses nobody, 0.2 is not reported
    assert false.per_1000 == 50.0
    assert false.by_detector == {"calque": 50.0}


def test_documents_are_ranked_and_judged(measured: Evaluation) -> None:
    verdicts = measured.verdicts
    # 0.9 beats 0.1, 0.4 and 0.6; 0.4 beats 0.1 and ties with 0.4: 4.5 of 6 pairs.
    assert verdicts.auc == 0.75
    assert (verdicts.machine_called.count, verdicts.machine_called.total) == (1, 2)
    assert (verdicts.people_accused.count, verdicts.people_accused.total) == (1, 3)
    assert verdicts.confusion == {
        "mt": {"machine-translated": 1, "original": 1},
        "human": {"machine-translated": 1, "original": 2},
    }


def test_ranking_and_calibration_take_findings_whose_truth_is_known(measured: Evaluation) -> None:
    # True: 0.9 and 0.3 in m1, 0.7 and 0.6 in m2. False: 0.55 in m2, 0.6 and 0.2 in h1. Unknown: 0.8 in m1, 0.9 in t1.
    assert measured.known_findings == 7
    # By falling probability: span at 0.9 (1/1), span at 0.7 (2/2), [0.6, 0.6, 0.55 no new span], span at 0.3 (4/6), one missed.
    assert measured.average_precision == round((1 + 1 + 4 / 6) / 4, 6)
    bins = {row.low: (row.count, row.mean_probability, row.real) for row in measured.reliability}
    assert bins == {
        0.2: (1, 0.2, 0.0),
        0.3: (1, 0.3, 1.0),
        0.5: (1, 0.55, 0.0),
        0.6: (2, 0.6, 0.5),
        0.7: (1, 0.7, 1.0),
        0.9: (1, 0.9, 1.0),
    }
    assert measured.calibration_error == round((0.2 + 0.7 + 0.55 + 2 * 0.1 + 0.3 + 0.1) / 7, 6)


@pytest.mark.parametrize(
    ("marked", "claims"),
    [
        ((12, 17), True),
        ((16, 20), True),  # one character in common
        ((17, 22), False),  # touching is not overlapping
        ((6, 12), False),
        ((12, 52), True),  # 40 characters: 3 times 5, and 25
        ((12, 53), False),
        ((0, 59), False),
    ],
)
def test_a_finding_claims_what_it_overlaps_and_is_not_much_longer_than(marked: tuple[int, int], claims: bool) -> None:
    result = evaluate(record(report("m", finding(*marked))), [gold("m", 12, 17)], {})
    assert result.recall.count == claims


def test_fields_are_kept_apart() -> None:
    document = report("m", finding(0, 5, field="title"), title=TEXT)
    assert evaluate(record(document), [gold("m", 0, 5)], {}).recall.count == 0
    assert evaluate(record(document), [gold("m", 0, 5, field="title")], {}).recall.count == 1


def test_a_finding_on_a_labelled_error_of_a_genuine_document_is_not_false() -> None:
    result = evaluate(record(report("h", finding(0, 5), finding(12, 17))), [gold("h", 0, 5)], {"h": GENUINE})
    assert result.false.count == 1


def test_where_reporting_begins_can_be_chosen() -> None:
    documents = record(report("m", finding(0, 5, 0.3)))
    assert evaluate(documents, [gold("m", 0, 5)], {}).recall.count == 0
    assert evaluate(documents, [gold("m", 0, 5)], {}, reported=0.3).recall.count == 1


def test_a_quote_that_is_not_at_its_place_is_counted() -> None:
    documents = record(report("m", finding(0, 5, quote="wort1"), finding(6, 11), finding(0, 5, field="title", quote="wort0")))
    assert evaluate(documents, [], {}).offset_errors == 2


def test_gold_that_does_not_fit_its_document_is_an_error() -> None:
    row = Gold(id="m", start=0, end=5, quote="wort1", category="garbled", severity="major", place="gold.jsonl:7")
    with pytest.raises(InputError, match=r"gold\.jsonl:7: the quote 'wort1' is not what stands at 0:5"):
        evaluate(record(report("m")), [row], {})


def test_nothing_known_is_not_measurable_and_never_a_number() -> None:
    result = evaluate(record(), [], {})
    values = (result.precision.value, result.recall.value, result.false.per_1000, result.verdicts.auc)
    assert (*values, result.average_precision, result.calibration_error) == (None,) * 6
    assert as_text(result).count("not measurable") == 8
    assert "NaN" not in as_json(result)


def test_auc_equals_counting_pairs() -> None:
    rng = random.Random(3)
    for _ in range(50):
        positive = [rng.randint(0, 5) / 5 for _ in range(rng.randint(1, 9))]
        negative = [rng.randint(0, 5) / 5 for _ in range(rng.randint(1, 9))]
        pairs = [(a > b) + (a == b) / 2 for a in positive for b in negative]
        assert auc(positive, negative) == pytest.approx(sum(pairs) / len(pairs), abs=1e-6)
    assert auc([0.9], []) is None


def test_average_precision_does_not_depend_on_the_order_of_ties() -> None:
    rows = [(0.9, (0,)), (0.8, ()), (0.8, (1,)), (0.8, (1, 2)), (0.1, (0,))]
    rng = random.Random(5)
    # One span at 1/1; two spans at 3/4; of four spans one is missed.
    for _ in range(10):
        rng.shuffle(rows)
        assert average_precision(rows, 4) == (1 + 2 * 0.75) / 4
    assert average_precision([(0.9, ())], 2) == 0.0
    assert average_precision([], 0) is None


def test_reliability_bins_hold_their_edges() -> None:
    rows = reliability([(0.0, False), (0.1, False), (0.3, True), (0.6, True), (0.7, True), (0.9, True), (1.0, False)])
    assert [(row.low, row.count) for row in rows] == [(0.0, 1), (0.1, 1), (0.3, 1), (0.6, 1), (0.7, 1), (0.9, 2)]
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == 0.0
    assert calibration_error([]) is None


def test_both_outputs_tell_the_same(measured: Evaluation) -> None:
    decoded = json.loads(as_json(measured))
    assert decoded["recall"] == {"count": 2, "total": 4, "value": 0.5}
    assert decoded["false"]["by_detector"] == {"calque": 50.0}
    assert msgspec.json.decode(as_json(measured).encode(), type=Evaluation) == measured
    lines = {line[:42].strip(): line[42:].strip() for line in as_text(measured).splitlines()}
    assert lines["recall"] == "0.500   2 of 4"
    assert lines["false findings per 1,000 genuine words"] == "50.000   1 in 20 words"
    assert lines["documents: AUC"] == "0.750"
    assert lines["people accused"] == "0.333   1 of 3"
    assert lines["human judged"] == "1 machine-translated, 2 original"
    assert lines["real at 0.6 to 0.7"] == "0.500   promised 0.600, 2 findings"
    assert as_text(measured).startswith("5 documents, 4 labelled errors (1 more in other documents)")


# --- reading labels ----------------------------------------------------------------------------------------------------

ROW = {"id": "m", "start": 0, "end": 5, "quote": "wort0", "category": "garbled", "severity": "major"}


def file(path: Path, *rows: dict[str, Any] | str) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    data = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["gold.jsonl", "gold.jsonl.gz"])
def test_gold_is_read(tmp_path: Path, name: str) -> None:
    path = file(tmp_path / name, ROW, "", {**ROW, "id": 7, "evidence": "source", "field": "title", "note": "ignored"})
    first, second = read_gold(path)
    assert first == gold("m", 0, 5, place=f"{path}:1")
    assert (second.id, second.evidence, second.field, second.place) == ("7", "source", "title", f"{path}:3")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "broken JSON"),
        ("[]", "expected an object"),
        ({key: value for key, value in ROW.items() if key != "quote"}, "field `quote` is missing"),
        ({**ROW, "start": "0"}, "field `start`: expected a number, got text"),
        ({**ROW, "severity": "bad"}, "field `severity`: invalid enum value 'bad'"),
        ({**ROW, "field": "body"}, "field `field`"),
        ({**ROW, "start": 5}, "start 5 and end 5 are no range"),
        ({**ROW, "start": -5}, "start -5 and end 5 are no range"),
        ({**ROW, "end": 6}, "the quote has 5 characters, its range 6"),
        ({**ROW, "category": " "}, "the category is empty"),
    ],
)
def test_a_bad_gold_row_is_named(tmp_path: Path, row: dict[str, Any] | str, reason: str) -> None:
    path = file(tmp_path / "gold.jsonl", ROW, row)
    with pytest.raises(InputError) as raised:
        read_gold(path)
    assert raised.value.source == f"{path}:2"
    assert reason in raised.value.reason


def test_gold_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_gold(tmp_path / "missing.jsonl")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b"{}")[:-4])
    with pytest.raises(InputError, match="cut off"):
        read_gold(tmp_path / "cut.jsonl.gz")


def test_labels_are_read_from_the_documents_file(tmp_path: Path) -> None:
    path = file(
        tmp_path / "documents.jsonl",
        {"id": "a", "text": "x", "label": "mt", "kind": "wmt-system-output", "complete": True},
        {"id": 2, "text": "x", "label": "human", "kind": "professional-translation"},
        {"id": "c", "label": "original"},
        {"id": "d", "label": "translated"},
        {"id": "e", "label": "machine-translated"},
        {"id": "f", "text": "x"},
        "no document",
        {"id": "a", "label": "human"},
    )
    labels = read_labels(path)
    assert labels == {
        "a": Label(label="mt", kind="wmt-system-output", complete=True),
        "2": Label(label="human", kind="professional-translation"),
        "c": Label(label="human", kind="original"),
        "d": Label(label="human", kind="translated"),
        "e": Label(label="mt"),
    }
    assert [name for name, label in labels.items() if label.genuine] == ["c"]
    assert read_labels(file(tmp_path / "b.jsonl", {"nr": "a", "label": "mt"}), id_key="nr") == {"a": Label(label="mt")}


def test_other_files_carry_no_labels(tmp_path: Path) -> None:
    assert read_labels(tmp_path) == {}
    assert read_labels("-") == {}
    assert read_labels(tmp_path / "a.txt") == {}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": "a", "label": "robot"}, "label 'robot' is none of"),
        ({"id": "a", "label": 1}, "label 1 is none of"),
        ({"id": "a", "label": "mt", "complete": "yes"}, "`complete` true or false"),
        ({"id": "a", "label": "mt", "kind": 3}, "`kind` must be text"),
    ],
)
def test_a_label_of_the_wrong_kind_is_named(tmp_path: Path, row: dict[str, Any], reason: str) -> None:
    path = file(tmp_path / "documents.jsonl", {"id": "ok", "label": "mt"}, row)
    with pytest.raises(InputError) as raised:
        read_labels(path)
    assert raised.value.source == f"{path}:2"
    assert reason in raised.value.reason
