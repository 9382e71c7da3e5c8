"""Baselines and batch folders on the command line: known findings hide, vanished ones are listed, folders are read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

from audit.cli import run
from audit.report import load, save

STORY = Path(__file__).resolve().parents[2] / "reports" / "stories" / "faehrprozess"
MACHINE = STORY / "faehrprozess-maschine.txt"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An earlier report on the machine's article: its first finding is not in it, and one is that no longer occurs."""
    path = tmp_path_factory.mktemp("baseline") / "known.json"
    assert run(["check", str(MACHINE), "--format", "json", "-o", str(path), "--quiet"]) == 0
    record = load(path)
    [document] = record.documents
    vanished = msgspec.structs.replace(document.findings[0], fingerprint="0" * 16)
    document = msgspec.structs.replace(document, findings=(vanished, *document.findings[1:]))
    save(msgspec.structs.replace(record, documents=(document,)), path)
    return path


def checked(capsys: pytest.CaptureFixture[str], known: Path, *arguments: str) -> tuple[str, str]:
    capsys.readouterr()
    assert run(["check", str(MACHINE), "--baseline", str(known), *arguments]) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_known_findings_hide_and_a_vanished_one_is_said_aside(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = checked(capsys, known, "--format", "csv")
    first = load(known).documents[0].findings[0]
    assert [row["quote"] for row in csv.DictReader(io.StringIO(out, newline=""))] == [first.quote]
    assert f"vanished: faehrprozess-maschine: {first.detector}: " in err and "1 document, 1 finding" in err


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_readers_find_the_vanished_ones_in_the_report(known: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    out, err = checked(capsys, known, "--format", format, "--ui-lang", "en")
    assert "Findings that vanished" in out and "vanished" not in err


def test_sarif_gets_every_state(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = json.loads(checked(capsys, known, "--format", "sarif")[0])["runs"][0]["results"]
    states = [result["baselineState"] for result in results]
    count = len(load(known).documents[0].findings)
    assert (states.count("new"), states.count("absent"), states.count("unchanged")) == (1, 1, count - 1)


def test_what_is_not_asked_for_has_not_vanished(known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options in (["--only", "encoding"], ["--min-severity", "critical"], ["--min-probability", "1"]):
        assert "vanished" not in checked(capsys, known, "--format", "csv", *options)[1]


def test_only_what_is_new_fails_a_check(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = tmp_path / "whole.json"
    assert run(["check", str(MACHINE), "--format", "json", "-o", str(whole), "--quiet"]) == 0
    assert run(["check", str(MACHINE), "--baseline", str(whole), "--fail-on", "minor", "--format", "csv"]) == 0
    assert run(["check", str(MACHINE), "--baseline", str(known), "--fail-on", "minor", "--format", "csv"]) == 1
    capsys.readouterr()


def test_a_batch_folder_is_a_run_like_any_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, single = tmp_path / "batch", tmp_path / "single.json"
    assert run(["batch", str(STORY), "-o", str(folder), "--quiet"]) == 0
    assert run(["check", str(STORY), "--format", "json", "-o", str(single), "--quiet"]) == 0
    assert load(folder).documents == load(single).documents
    capsys.readouterr()
    assert run(["report", str(folder), "-o", str(tmp_path / "r.html"), "--since", str(single)]) == 0
    found = sum(len(document.findings) for document in load(single).documents)
    assert capsys.readouterr().out.endswith(f"0 new, {found} same, 0 gone, 0 verdicts changed\n")
    assert "<html" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_folder_that_is_no_batch_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", str(tmp_path), "-o", str(tmp_path / "r.html")]) == 2
    assert str(tmp_path) in capsys.readouterr().err
