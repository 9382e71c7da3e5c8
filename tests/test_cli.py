"""The program as its user meets it: commands, formats, exit statuses, bad input, the same bytes every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit.auditor import Auditor
from audit.cli import run
from audit.types import Document

ROOT = Path(__file__).resolve().parent.parent
STORIES = ROOT / "reports" / "stories"
STORY = STORIES / "faehrprozess"

GENUINE = (
    "Der Gemeinderat von Oberfelden hat am Dienstagabend den Haushalt für das kommende Jahr beschlossen. Strittig war bis "
    "zuletzt die Sanierung des Hallenbads, für die nun 1,2 Millionen Euro vorgesehen sind. Bürgermeisterin Anke Rothfuß sprach "
    "von einem Kompromiss, mit dem alle leben könnten. Die Fraktion der Freien Wähler stimmte dagegen, weil sie höhere "
    "Schulden fürchtet. Die Bauarbeiten sollen nach den Sommerferien beginnen und rund ein Jahr dauern."
)


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["check", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def record(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    return json.loads(check(capsys, *arguments, "--format", "json")[1])


def subprocess_run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-m", "audit", *arguments], capture_output=True, cwd=ROOT, env=env, check=False)


def test_the_record_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys, str(STORY))
    assert found["schema"] == 1 and found["signature"].startswith("mt-audit:") and found["failures"] == []
    assert [document["id"] for document in found["documents"]] == sorted(path.stem for path in STORY.glob("*.txt"))
    for document in found["documents"]:
        text = document["text"]
        verdict = document["verdict"]
        assert 0 <= verdict["p_machine"] <= verdict["p_translated"] <= 1 and verdict["damage"] >= 0
        for passage in document["passages"]:
            assert 0 <= passage["start"] < passage["end"] <= len(text)
            assert passage["kind"] in {"headline", "body", "caption", "furniture", "list"}
        order = [(finding["field"] == "text", finding["start"]) for finding in document["findings"]]
        assert order == sorted(order)
        for finding in document["findings"]:
            field = text if finding["field"] == "text" else document["title"]
            assert field[finding["start"] : finding["end"]] == finding["quote"]
            assert (
                (0.25 if verdict["p_machine"] >= 0.95 else 0.5) <= finding["probability"] <= 1
                and finding["message"]
                and len(finding["fingerprint"]) == 16
            )


def test_the_machine_article_is_told_from_its_siblings(capsys: pytest.CaptureFixture[str]) -> None:
    for folder in sorted(path for path in STORIES.iterdir() if path.is_dir()):
        rows = {document["id"]: document for document in record(capsys, str(folder))["documents"]}
        machine = rows.pop(next(name for name in rows if name.endswith("-maschine")))
        assert machine["verdict"]["label"] == "machine-translated" and len(machine["siblings"]) == 3
        for row in rows.values():
            assert row["verdict"]["label"] == "original" and row["verdict"]["p_machine"] < machine["verdict"]["p_machine"] - 0.3
            assert row["verdict"]["damage"] < machine["verdict"]["damage"] / 5


def test_the_same_bytes_whatever_the_hash_seed_locale_and_time_zone() -> None:
    arguments = ("check", str(STORY), "--format", "json")
    one = subprocess_run(*arguments, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC", OMP_NUM_THREADS="1")
    two = subprocess_run(*arguments, PYTHONHASHSEED="77", LC_ALL="C.UTF-8", TZ="Asia/Tokyo", OMP_NUM_THREADS="2")
    assert one.returncode == two.returncode == 0 and one.stdout == two.stdout and len(one.stdout) > 10_000


def test_one_at_a_time_with_siblings_says_what_all_at_once_says(capsys: pytest.CaptureFixture[str]) -> None:
    together = {document["id"]: document for document in record(capsys, str(STORY))["documents"]}
    for path in sorted(STORY.glob("*.txt")):
        (alone,) = record(capsys, str(path), "--siblings", str(STORY))["documents"]
        assert alone == together[path.stem]


def test_no_siblings_means_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert all(not document["siblings"] for document in record(capsys, str(STORY), "--no-siblings")["documents"])


def test_nothing_is_fetched() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('the network was touched')\n"
        "class Refused(socket.socket):\n"
        "    __init__ = connect = connect_ex = bind = refuse\n"
        "socket.socket = Refused\n"
        "socket.create_connection = socket.getaddrinfo = refuse\n"
        "from audit.cli import run\n"
        f"sys.exit(run(['check', {str(STORY)!r}, '--format', 'html']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"<html" in done.stdout


@pytest.mark.parametrize("name", ["text", "json", "jsonl", "csv", "documents", "sarif", "mqm", "markdown", "html"])
def test_every_format_is_written_the_same_twice(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    assert check(capsys, str(STORY), "--format", name, "-o", str(first))[0] == 0
    assert check(capsys, str(STORY), "--format", name, "-o", str(second))[0] == 0
    assert first.read_bytes() == second.read_bytes() and first.stat().st_size > 200


def test_exit_statuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean = tmp_path / "a.txt"
    clean.write_text(GENUINE, encoding="utf-8")
    machine = str(next(STORY.glob("*-maschine.txt")))
    assert check(capsys, str(clean), "--fail-on", "minor")[0] == 0
    assert check(capsys, machine)[0] == 0
    assert check(capsys, machine, "--fail-on", "minor")[0] == 1
    assert check(capsys, machine, str(tmp_path / "none.txt"), "--fail-on", "minor")[0] == 2


def test_bad_input_costs_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "latin.txt").write_bytes("Über allen Gipfeln".encode("latin-1"))
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    (tmp_path / "good.txt").write_text(GENUINE, encoding="utf-8")
    rows = [json.dumps({"id": "1", "text": GENUINE}), "{broken", json.dumps({"id": "2"}), json.dumps({"id": "1", "text": "x"})]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "nothing").mkdir()
    paths = [str(tmp_path), str(tmp_path / "gone.txt"), str(tmp_path / "nothing")]
    status, out, err = check(capsys, *paths, "--format", "json")
    found = json.loads(out)
    assert status == 2 and sorted(document["id"] for document in found["documents"]) == ["1", "good"]
    reasons = {failure["source"].removeprefix(str(tmp_path)): failure["reason"] for failure in found["failures"]}
    assert len(reasons) == 8 and any(source.endswith("rows.jsonl:2") for source in reasons)
    assert all(reason and "\n" not in reason for reason in reasons.values())
    assert sum(line.startswith("mt-audit: ") for line in err.splitlines()) == 8 and "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "x.txt", "--only", "nonsense"],
        ["check", "x.txt", "--skip", "nonsense"],
        ["check", "x.txt", "--lang", "xx"],
        ["check", "x.txt", "--weights", "nonsense"],
        ["check", "x.txt", "--format", "nonsense"],
        ["check", "x.txt", "--min-probability", "7"],
        ["check"],
        ["detectors", "nonsense"],
        ["nonsense"],
    ],
)
def test_wrong_usage_is_one_clear_line_and_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("mt-audit: ") and "Traceback" not in err and err.count("\n") == 1


def test_only_skip_severity_and_probability_choose(capsys: pytest.CaptureFixture[str]) -> None:
    everything = [f for d in record(capsys, str(STORY))["documents"] for f in d["findings"]]
    names = sorted({finding["detector"] for finding in everything})
    assert len(names) >= 3
    only = record(capsys, str(STORY), "--only", names[0])["documents"]
    assert {finding["detector"] for d in only for finding in d["findings"]} <= {names[0]}
    rest = record(capsys, str(STORY), "--skip", names[0])["documents"]
    assert names[0] not in {finding["detector"] for d in rest for finding in d["findings"]}
    grave = [f for d in record(capsys, str(STORY), "--min-severity", "major")["documents"] for f in d["findings"]]
    assert 0 < len(grave) < len(everything) and all(finding["severity"] != "minor" for finding in grave)
    sure = [f for d in record(capsys, str(STORY), "--min-probability", "0.9")["documents"] for f in d["findings"]]
    assert sure == [finding for finding in everything if finding["probability"] >= 0.9] and len(sure) < len(everything)


def test_weights_change_damage_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = tmp_path / "w.toml"
    weights.write_text("minor = 0\nmajor = 0\ncritical = 0\n", encoding="utf-8")
    usual, nothing = record(capsys, str(STORY))["documents"], record(capsys, str(STORY), "--weights", str(weights))["documents"]
    assert max(d["verdict"]["damage"] for d in usual) > 0 == max(d["verdict"]["damage"] for d in nothing)
    assert [d["findings"] for d in usual] == [d["findings"] for d in nothing]


def test_a_baseline_hides_what_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = tmp_path / "known.json"
    check(capsys, str(STORY), "--format", "json", "-o", str(known))
    again = record(capsys, str(STORY), "--baseline", str(known))
    assert all(not document["findings"] for document in again["documents"])


def test_standard_input_is_read_as_json_lines() -> None:
    row = json.dumps({"id": "from-pipe", "text": GENUINE})
    done = subprocess.run(
        [sys.executable, "-m", "audit", "check", "-", "--format", "jsonl"],
        input=row.encode(), capture_output=True, cwd=ROOT, check=True,
    )  # fmt: skip
    (line,) = done.stdout.decode().splitlines()
    assert json.loads(line)["id"] == "from-pipe"


def test_another_language_is_said_not_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "The town council met on Tuesday evening and voted for the budget of the coming year. The renovation of the swimming "
        "pool, for which more than a million has now been set aside, was disputed until the end. The mayor spoke of a compromise "
        "that everybody could live with, while the opposition voted against it because it fears higher debts."
    )
    (tmp_path / "en.txt").write_text(text, encoding="utf-8")
    (row,) = record(capsys, str(tmp_path / "en.txt"))["documents"]
    assert row["lang"] == "en" and row["verdict"]["label"] == "undecided" and not row["findings"]
    assert "English" in row["verdict"]["reasons"][0] and row["skips"]


def test_stories_detectors_models_report_and_evaluate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = tmp_path / "alone.txt"
    alone.write_text(GENUINE, encoding="utf-8")
    assert run(["stories", str(STORIES), str(alone)]) == 0
    captured = capsys.readouterr()
    assert captured.err == "8 documents in 2 stories, 1 stand alone\n"
    rows = [line.split("\t") for line in captured.out.splitlines()[1:]]
    assert all(0.1 < float(similarity) < 1 for _, similarity, _ in rows) and "alone" not in captured.out
    groups: dict[str, set[str]] = {}
    for number, _, name in rows:
        groups.setdefault(number, set()).add(name.rsplit("-", 1)[0])
    assert sorted(map(sorted, groups.values())) == [["batteriewerk"], ["faehrprozess"]]

    assert run(["detectors"]) == 0
    listed = capsys.readouterr().out
    assert "foreign_fragment" in listed and run(["detectors", "foreign_fragment"]) == 0
    assert len(capsys.readouterr().out) > 400

    assert run(["models"]) == 0
    assert all(line.endswith("verified") for line in capsys.readouterr().out.splitlines())

    assert run(["check", str(STORY), "--format", "json", "-o", str(tmp_path / "r.json"), "--quiet"]) == 0
    assert run(["report", str(tmp_path / "r.json"), "-o", str(tmp_path / "r.html")]) == 0
    assert "<html" in (tmp_path / "r.html").read_text(encoding="utf-8")

    capsys.readouterr()
    assert run(["evaluate", str(tmp_path / "r.json"), str(ROOT / "reports" / "gold" / "gold.jsonl"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    installed = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    story = tmp_path / "a.txt"
    story.write_text(next(STORY.glob("*-maschine.txt")).read_text(encoding="utf-8"), encoding="utf-8")
    code = "import audit, sys; print(audit.__file__, file=sys.stderr); from audit.cli import run; sys.exit(run(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(story), "--format", "html"],
        capture_output=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert str(installed) in done.stderr.decode() and b'id="article-0"' in done.stdout


def test_a_report_that_cannot_be_written_costs_no_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, errors = check(capsys, str(STORY), "--output", str(tmp_path / "none" / "report.html"))
    assert (status, out) == (2, "") and errors == f"mt-audit: {tmp_path / 'none' / 'report.html'}: there is no such folder\n"


@pytest.mark.parametrize("lang", ["de", "de-AT", "DE_ch", "deu", "German"])
def test_tags_that_do_not_say_another_language_are_audited(lang: str, auditor: Auditor) -> None:
    (row,) = auditor.audit([Document(id="a", text=GENUINE, lang=lang)]).documents
    assert (row.lang, row.verdict.label) == ("de", "original")


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("3", "3")])
def test_numpy_is_kept_to_one_thread_unless_told_otherwise(given: str | None, used: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    environment |= {"OPENBLAS_NUM_THREADS": given} if given else {}
    script = (
        "import sys, os, atexit; sys.argv = ['mt-audit', 'detectors']; from audit.__main__ import main; "
        "assert 'numpy' not in sys.modules; atexit.register(lambda: print(os.environ['OPENBLAS_NUM_THREADS'])); main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == used
