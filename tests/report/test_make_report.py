"""The report generation script: it runs as a program, from anywhere, and says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from audit.report import render, save
from audit.types import Record

SCRIPT = Path(__file__).resolve().parents[2] / "reports" / "make_report.py"


def run(*arguments: str | Path, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, check=False)


@pytest.fixture
def saved(small: Record, tmp_path: Path) -> Path:
    save(small, tmp_path / "record.json")
    return tmp_path / "record.json"


def test_it_writes_the_page_with_a_title(small: Record, saved: Path, tmp_path: Path) -> None:
    done = run(saved, "-o", "out.html", "--title", "Montag", "--ui-lang", "en", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out.html").read_bytes() == render(small, "html", title="Montag", ui_lang="en").encode()


def test_it_reads_standard_input_and_takes_a_format(small: Record, saved: Path, tmp_path: Path) -> None:
    done = run("-", "-o", "out", "--format", "sarif", cwd=tmp_path, stdin=saved.read_bytes())
    assert done.returncode == 0
    assert json.loads((tmp_path / "out").read_bytes()) == json.loads(render(small, "sarif"))


@pytest.mark.parametrize(
    ("content", "output", "reason"),
    [("{}", "out.html", b"not a report"), (None, "out.doc", b"ending"), (None, "no/such/folder/out.html", b"No such file")],
)
def test_it_names_what_is_wrong(saved: Path, tmp_path: Path, content: str | None, output: str, reason: bytes) -> None:
    if content is not None:
        saved.write_text(content, encoding="utf-8")
    done = run(saved, "-o", output, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"make_report: ") and reason in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out.html").exists()
