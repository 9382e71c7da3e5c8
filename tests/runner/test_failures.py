"""What goes wrong with one document costs no other: it is listed, its traceback is in the log, and the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from batch_setups import KILLS, KILLS_ONCE, RAISES
from runner.conftest import content, documents, write_rows

from audit.cli import run as command
from audit.errors import ModelError, UsageError
from audit.runner import read_batch
from audit.runner.manifest import Manifest
from audit.runner.plan import Plan

Batch = Callable[..., Manifest]


def _corpus(path: Path, marks: dict[int, str]) -> Path:
    rows = documents()
    for at, mark in marks.items():
        rows[at] = {**rows[at], "text": f"{rows[at]['text']}\n\nAm Ende lag dort ein {mark}."}
    return write_rows(path, rows)


def test_a_detector_that_raises(tmp_path: Path, batch: Batch) -> None:
    corpus = _corpus(tmp_path / "corpus.jsonl", {1: RAISES, 8: RAISES})
    manifest = batch(corpus, plan=Plan(setup="batch_setups:raising"))
    found = read_batch(tmp_path / "out")
    broken = [failure for failure in found.failures if "raising" in failure.reason]
    assert [failure.source for failure in broken] == [documents()[1]["id"], documents()[8]["id"]]
    assert all("detector raising failed: ArithmeticError: no sum" in failure.reason for failure in broken)
    assert manifest.failures == 4 and manifest.documents == len(documents()) - 2
    assert found.summary["failures"]["reasons"]["detector raising failed"] == 2
    log = (tmp_path / "out" / "batch.log").read_text(encoding="utf-8")
    assert log.count("Traceback (most recent call last)") == 2 and "in _raise" in log


def test_a_worker_that_dies_on_a_document(tmp_path: Path, batch: Batch) -> None:
    corpus = _corpus(tmp_path / "corpus.jsonl", {4: KILLS})
    plan = Plan(setup="batch_setups:killing", seek_siblings=False)
    batch(corpus, plan=plan, runner="pool", workers=2, unit=4)
    found = read_batch(tmp_path / "out")
    died = [failure for failure in found.failures if "died" in failure.reason]
    assert [failure.source for failure in died] == [documents()[4]["id"]]
    assert "SIGKILL" in died[0].reason and "3 times" in died[0].reason
    assert {document.id for document in found.documents()} == {
        row["id"] for at, row in enumerate(documents()[:-1]) if at != 4 and row["text"].strip()
    }


def test_a_worker_that_dies_once(tmp_path: Path, batch: Batch) -> None:
    rows = documents()
    rows[4] |= {"text": f"{rows[4]['text']}\n\nAm Ende lag dort ein {KILLS_ONCE}.", "url": str(tmp_path / "once")}
    corpus = write_rows(tmp_path / "corpus.jsonl", rows)
    plan = Plan(setup="batch_setups:killing", seek_siblings=False)
    batch(corpus, plan=plan, runner="pool", workers=1, unit=4)
    assert (tmp_path / "once").exists()
    batch(corpus, "undisturbed", plan=plan)
    assert content(tmp_path / "out") == content(tmp_path / "undisturbed")


def test_workers_that_cannot_start(corpus: Path, batch: Batch) -> None:
    with pytest.raises(UsageError, match="names no function"):
        batch(corpus, plan=Plan(setup="batch_setups:nothing"))
    with pytest.raises(UsageError, match="no detector named"):
        batch(corpus, plan=Plan(only=("telepathy",)), runner="pool", workers=1)


def test_cards_that_are_not_there(corpus: Path, batch: Batch) -> None:
    with pytest.raises((ModelError, UsageError)):
        batch(corpus, plan=Plan(device="cuda"), devices=("cuda:7",), runner="pool", workers=1)


def test_the_command_exits_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = write_rows(tmp_path / "corpus.jsonl", documents())
    assert command(["batch", str(corpus), "-o", str(tmp_path / "out"), "--screen", "--runner", "serial"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "2 failures (see failures.jsonl)" in said.err
    before = content(tmp_path / "out")
    assert command(["batch", str(corpus), "-o", str(tmp_path / "out"), "--screen", "--runner", "serial"]) == 2
    assert "nothing to do" in capsys.readouterr().err and content(tmp_path / "out") == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--device", "tpu"], "none of auto, cpu"),
        (["--device", "cuda:0,cuda:0"], "a card twice"),
        (["--ray-address", "auto"], "for --runner ray"),
        (["--screen", "--cascade", "0.5"], "give one of them"),
        (["--workers", "0"], "workers"),
        (["--limit", "0"], "limit"),
        (["--runner", "slurm"], "runner"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], reason: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["batch", str(corpus), "-o", str(tmp_path / "out"), *arguments]) == 2
    said = capsys.readouterr().err
    assert reason in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists()
