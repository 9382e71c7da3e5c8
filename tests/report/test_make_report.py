"""The report generation script: it runs as a program, from anywhere, compares runs, and says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from audit.report import render, save
from audit.report.compare import compare
from audit.types import Record

SCRIPT = Path(__file__).resolve().parents[2] / "reports" / "make_report.py"


def run(*arguments: str | Path, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], input=stdin, capture_output=True, cwd=cwd, check=False)


@pytest.fixture
def today(small: Record) -> Record:
    """A run in which every input could be audited."""
    return msgspec.structs.replace(small, failures=())


@pytest.fixture
def saved(today: Record, tmp_path: Path) -> Path:
    save(today, tmp_path / "record.json")
    return tmp_path / "record.json"


@pytest.fixture
def earlier(today: Record, tmp_path: Path) -> Path:
    """The run before: one finding less, one more, and another verdict on the second document."""
    first, second = today.documents
    other = msgspec.structs.replace(first.findings[0], fingerprint="f" * 16)
    first = msgspec.structs.replace(first, findings=(other, *first.findings[1:]))
    verdict = msgspec.structs.replace(second.verdict, label="translated")
    second = msgspec.structs.replace(second, verdict=verdict)
    save(msgspec.structs.replace(today, documents=(first, second)), tmp_path / "earlier.json")
    return tmp_path / "earlier.json"


def test_it_writes_the_page_with_a_title(today: Record, saved: Path, tmp_path: Path) -> None:
    done = run(saved, "-o", "out.html", "--title", "Montag", "--ui-lang", "en", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out.html").read_bytes() == render(today, "html", title="Montag", ui_lang="en").encode()
    assert b"machine-translated" in done.stdout


def test_it_reads_standard_input_and_takes_a_format(today: Record, saved: Path, tmp_path: Path) -> None:
    done = run("-", "-o", "out", "--format", "sarif", "--quiet", cwd=tmp_path, stdin=saved.read_bytes())
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads((tmp_path / "out").read_bytes()) == json.loads(render(today, "sarif"))


def test_a_folder_takes_a_file_for_each_format(today: Record, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    formats = {"html": "html", "csv": "csv", "documents": "documents.csv", "sarif": "sarif", "mqm": "tsv", "markdown": "md"}
    done = run(saved, "-o", "reports", "-o", "x.txt", "--format", ",".join(formats), cwd=tmp_path)
    assert done.returncode == 2 and b"x.txt: several formats need a folder" in done.stderr
    assert run(saved, "-o", "reports", "--format", ",".join(formats), cwd=tmp_path).returncode == 0
    for format, ending in formats.items():
        assert (tmp_path / "reports" / f"report.{ending}").read_bytes() == render(today, format).encode()


def test_since_says_what_is_new_known_and_gone(today: Record, saved: Path, earlier: Path, tmp_path: Path) -> None:
    done = run(saved, "-o", "out.md", "-o", "out.html", "--since", earlier, "--fail-on", "minor", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.decode().endswith("1 new, 2 same, 1 gone, 1 verdicts changed\n")
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "1 neue Befunde, 2 bekannte, 1 verschwundene" in text
    assert "- b: übersetzt → **Original**" in text
    assert (tmp_path / "out.html").read_text(encoding="utf-8").count("Geänderte Urteile") == 2  # on the page, and in its words


def test_only_what_is_new_decides_the_exit_status(saved: Path, earlier: Path, tmp_path: Path) -> None:
    assert run(saved, "-o", "o.md", "--fail-on", "critical", cwd=tmp_path).returncode == 1
    assert run(saved, "-o", "o.md", "--fail-on", "critical", "--since", earlier, cwd=tmp_path).returncode == 0
    assert run(saved, "-o", "o.md", "--since", saved, "--fail-on", "minor", cwd=tmp_path).returncode == 0


def test_a_baseline_hides_and_since_does_not(saved: Path, earlier: Path, tmp_path: Path) -> None:
    for option, count in (("--baseline", 1), ("--since", 3)):
        assert run(saved, "-o", "o.jsonl", option, earlier, cwd=tmp_path).returncode == 0
        first = json.loads((tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()[0])
        assert len(first["findings"]) == count
    done = run(saved, "-o", "o.md", "--baseline", earlier, "--since", earlier, cwd=tmp_path)
    assert done.returncode == 2 and b"exclude each other" in done.stderr


def test_inputs_that_were_not_audited_show_in_the_exit_status(small: Record, tmp_path: Path) -> None:
    save(small, tmp_path / "r.json")
    assert run("r.json", "-o", "o.html", cwd=tmp_path).returncode == 2
    assert "x.jsonl:17" in (tmp_path / "o.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "output", "reason"),
    [("{}", "out.html", b"not a report"), (None, "out.doc", b"ending"), (None, "no/such/folder/out.html", b"no such folder")],
)
def test_it_names_what_is_wrong(saved: Path, tmp_path: Path, content: str | None, output: str, reason: bytes) -> None:
    if content is not None:
        saved.write_text(content, encoding="utf-8")
    done = run(saved, "-o", output, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"mt-audit: ") and reason in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out.html").exists()


def test_it_explains_itself(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0 and b"--since" in done.stdout and b"Exit status" in done.stdout
    assert run(cwd=tmp_path).returncode == 2


def test_a_comparison_of_a_run_with_itself_finds_nothing(today: Record) -> None:
    comparison = compare(today, today)
    assert (len(comparison.new), len(comparison.same), comparison.gone, comparison.changes) == (0, 3, (), ())
