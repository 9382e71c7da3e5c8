"""The same documents and findings whatever carries them, and the same as without any batch."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from runner.conftest import content

from audit.auditor import Auditor
from audit.io import read
from audit.runner import read_batch
from audit.runner.batch import Means, run
from audit.runner.manifest import Manifest
from audit.runner.plan import Plan, Request
from audit.types import Document

Batch = Callable[..., Manifest]


def test_a_batch_says_what_a_check_says(auditor: Auditor, corpus: Path, made: Path) -> None:
    rows = list(read([str(corpus)]))
    record = auditor.audit([row for row in rows if isinstance(row, Document)])
    batch = read_batch(made)
    assert list(batch.documents()) == list(record.documents)
    assert batch.signature == record.signature and batch.metrics == record.metrics
    assert any(document.siblings for document in record.documents)
    assert any(document.findings for document in record.documents)


def test_what_could_not_be_read_is_listed_in_its_order(made: Path) -> None:
    failures = read_batch(made).failures
    assert [failure.source.rpartition(":")[2] for failure in failures] == ["7", "12"]
    assert "white space" in failures[0].reason and "duplicate id" in failures[1].reason


def test_units_change_nothing(corpus: Path, made: Path, batch: Batch, tmp_path: Path) -> None:
    batch(corpus, unit=1)
    assert content(tmp_path / "out") == content(made)


def test_a_pool_says_the_same(corpus: Path, made: Path, batch: Batch, tmp_path: Path) -> None:
    batch(corpus, "two", runner="pool", workers=2, unit=3)
    assert content(tmp_path / "two") == content(made)


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed (pip install 'mt-audit[ray]')")
def test_a_cluster_says_the_same(corpus: Path, made: Path, batch: Batch, tmp_path: Path) -> None:
    batch(corpus, "ray", runner="ray", workers=2, unit=3)
    assert content(tmp_path / "ray") == content(made)


def test_the_screen_alone(corpus: Path, batch: Batch, auditor: Auditor, tmp_path: Path) -> None:
    batch(corpus, plan=Plan(screen_only=True))
    batch_ = read_batch(tmp_path / "out")
    documents = {document.id: document for document in batch_.documents()}
    assert batch_.summary["pass"] == "screen"
    assert not any(document.findings or document.siblings for document in documents.values())
    assert all(document.skips == () for document in documents.values() if document.lang == "de")
    machine = documents["faehrprozess-maschine"].verdict
    article = auditor.article(Document(id="x", text=documents["faehrprozess-maschine"].text))
    screened = auditor.screened(article)
    assert screened is not None and machine.p_machine == pytest.approx(screened.p_machine, abs=0.006)
    assert documents["alien"].lang == "en" and documents["short"].verdict.label == "undecided"


def test_a_cascade_audits_what_the_screen_suspects(corpus: Path, made: Path, batch: Batch, tmp_path: Path) -> None:
    batch(corpus, plan=Plan(cascade=0.5))
    found = {document.id: document for document in read_batch(tmp_path / "out").documents()}
    whole = {document.id: document for document in read_batch(made).documents()}
    left = {name for name, document in found.items() if any("screened only" in reason for reason in document.verdict.reasons)}
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["cascade"] == {"threshold": 0.5, "left_out": len(left)} and 0 < len(left) < len(found)
    assert all(found[name] == whole[name] for name in found if name not in left)
    assert all(document.skips and not document.findings for name, document in found.items() if name in left)


def test_without_siblings_nothing_is_compared(corpus: Path, batch: Batch, tmp_path: Path) -> None:
    batch(corpus, plan=Plan(seek_siblings=False))
    documents = list(read_batch(tmp_path / "out").documents())
    assert documents and not any(document.siblings for document in documents)
    assert any(skip.reason == "no siblings" for document in documents for skip in document.skips)


def test_only_the_first_documents(corpus: Path, tmp_path: Path) -> None:
    run(Request(paths=(str(corpus),), limit=4, format="jsonl"), tmp_path / "out", Means(runner="serial"))
    batch = read_batch(tmp_path / "out")
    assert [document.id for document in batch.documents()] == [
        "batteriewerk-agentur", "batteriewerk-maschine", "batteriewerk-regional", "alien",
    ]  # fmt: skip


def test_the_summary_counts_what_is_there(made: Path) -> None:
    batch = read_batch(made)
    documents = list(batch.documents())
    findings = [finding for document in documents for finding in document.findings]
    summary = batch.summary
    assert summary["documents"] == len(documents) == batch.manifest.documents
    assert summary["words"] == sum(document.words for document in documents)
    assert summary["findings"]["total"] == len(findings) == batch.manifest.findings
    assert sum(summary["findings"]["detectors"].values()) == sum(summary["findings"]["severities"].values()) == len(findings)
    assert sum(summary["labels"].values()) == sum(summary["p_machine"]["histogram"].values()) == len(documents)
    assert sum(summary["damage"]["histogram"].values()) == len(documents)
    mean = sum(document.verdict.damage for document in documents) / len(documents)
    assert summary["damage"]["mean"] == pytest.approx(mean, abs=1e-3)
    assert summary["failures"]["total"] == 2 and len(summary["failures"]["reasons"]) == 2


def test_nothing_to_read_still_makes_a_batch(tmp_path: Path, batch: Batch) -> None:
    manifest = batch(tmp_path / "nowhere.jsonl")
    assert manifest.documents == 0 and manifest.failures == 1
    assert [path.name for path in (tmp_path / "out" / "documents").iterdir()] == ["part-00000.parquet"]
