"""What goes wrong around the program: full disks, folders that vanish, signals, readers that go away, damaged models.

A fault is one clear line on standard error and exit status 2 (130 where a person stopped it), never a traceback; what was
complete before stays, and the same command goes on with it. Faults of single documents: tests/runner/test_failures.py.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from runner.conftest import content, documents, write_rows

from audit import assets
from audit.errors import ModelError
from audit.runner import read_batch

ROOT = Path(__file__).resolve().parents[1]
STORY = ROOT / "reports" / "stories" / "faehrprozess"
# Shards of two documents and the screen alone: much to interrupt, soon done.
SCRIPT = "\n".join(
    [
        "import sys",
        f"sys.path.insert(0, {str(ROOT)!r})",
        "import os, time",
        "from audit.runner import intake, shards",
        "intake.DOCUMENTS = 2",
        "put = shards.Folder.put",
        "def slowly(*rest):",
        "    done = put(*rest)",
        "    time.sleep(float(os.environ.get('AFTER_EACH_PART', '0')))",
        "    return done",
        "shards.Folder.put = slowly",
        "from audit.cli import run",
        "if __name__ == '__main__': sys.exit(run(sys.argv[1:]))",
    ]
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rows = [{**row, "id": f"{row['id']}-{i}"} for i in range(5) for row in documents()[:-1] if row["id"] != "blank"]
    return write_rows(tmp_path / "corpus.jsonl", rows)


@pytest.fixture
def command(tmp_path: Path, corpus: Path) -> Callable[[Path], list[str]]:
    """``command(folder)``: the batch of the corpus into that folder."""
    script = tmp_path / "batch.py"
    script.write_text(SCRIPT)
    return lambda folder: [
        sys.executable, str(script), "batch", str(corpus), "--screen", "--runner", "serial", "--output-format", "jsonl",
        "-o", str(folder),
    ]  # fmt: skip


def ran(arguments: list[str], before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300, preexec_fn=before)


def one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit status 2, no traceback, and a last line that says what is wrong."""
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert last.startswith("mt-audit: ") and all(word in last for word in words), last


def heeds() -> None:
    """A process that was started in the background of a shell ignores SIGINT, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begun(process: subprocess.Popen[str], folder: Path) -> None:
    """Wait until the first parts are complete."""
    parts = folder / ".work" / "parts"
    while process.poll() is None and not (parts.is_dir() and any(parts.glob("*.json"))):
        time.sleep(0.01)


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 KB; skipped where none may be mounted."""
    folder = tmp_path / "narrow"
    folder.mkdir()
    mounted = shutil.which("mount") and ran(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]).returncode == 0
    if not mounted:
        pytest.skip("no file system may be mounted here")
    yield folder
    ran(["umount", str(folder)])


def test_a_full_disk_and_more_room_later(command: Callable[[Path], list[str]], narrow: Path, tmp_path: Path) -> None:
    one_line(ran(command(narrow / "out")), "cannot be written", "No space left")
    assert not list((narrow / "out").rglob("*.tmp"))
    assert ran(["mount", "-o", "remount,size=50m", str(narrow)]).returncode == 0
    assert ran(command(narrow / "out")).returncode == 0
    assert ran(command(tmp_path / "whole")).returncode == 0
    assert content(narrow / "out") == content(tmp_path / "whole")


def test_files_that_may_not_grow(command: Callable[[Path], list[str]], tmp_path: Path) -> None:
    def narrow_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))

    one_line(ran(command(tmp_path / "out"), before=narrow_files), "cannot be written", "File too large")
    report = [
        sys.executable,
        "-m",
        "audit",
        "check",
        str(STORY),
        "--only",
        "typography",
        "--no-siblings",
        "--format",
        "json",
        "-q",
    ]
    one_line(ran([*report, "-o", str(tmp_path / "r.json")], before=narrow_files), "r.json", "File too large")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    "arguments", [["detectors"], ["models"], ["check", str(STORY), "--only", "encoding", "-q", "--format", "csv"]]
)
def test_standard_output_is_full(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "audit", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
        )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "No space left" in done.stderr, done.stderr


def test_places_where_nothing_can_be_written(corpus: Path, command: Callable[[Path], list[str]]) -> None:
    # A name below a file, and one in a file system of the kernel's: refused to every user, the superuser among them.
    for folder, words in ((corpus / "out", ("cannot be made", "Not a directory")), (Path("/proc/mt-audit"), ("cannot be made",))):
        one_line(ran(command(folder)), str(folder), *words)
    report = [sys.executable, "-m", "audit", "check", str(STORY), "--only", "encoding", "--no-siblings", "-q"]
    one_line(ran([*report, "-o", "/proc/report.html", "--format", "html"]), "/proc/report.html")


def test_the_folder_is_deleted_during_the_run(command: Callable[[Path], list[str]], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    process = subprocess.Popen(command(folder), stderr=subprocess.PIPE, text=True, cwd=ROOT)
    begun(process, folder)
    folder.rename(tmp_path / "gone")
    shutil.rmtree(tmp_path / "gone")
    _, said = process.communicate(timeout=300)
    one_line(subprocess.CompletedProcess([], process.returncode, "", said), str(folder), "No such file or directory")
    assert ran(command(folder)).returncode == 0 and read_batch(folder).manifest.documents


def test_two_runs_into_one_folder(command: Callable[[Path], list[str]], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    first = subprocess.Popen(command(folder), stderr=subprocess.PIPE, text=True, cwd=ROOT)
    begun(first, folder)
    first.send_signal(signal.SIGSTOP)
    try:
        one_line(ran(command(folder)), "another run is writing")
    finally:
        first.send_signal(signal.SIGCONT)
    first.communicate(timeout=300)
    assert first.returncode == 0
    assert ran(command(folder)).returncode == 0  # the first one's end frees the folder; it is complete


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_and_going_on(number: signal.Signals, command: Callable[[Path], list[str]], tmp_path: Path) -> None:
    slow = {**os.environ, "AFTER_EACH_PART": "0.2"}  # so that it is not done before the signal comes
    process = subprocess.Popen(
        command(tmp_path / "out"), stderr=subprocess.PIPE, text=True, cwd=ROOT, env=slow, preexec_fn=heeds  # noqa: PLW1509
    )
    begun(process, tmp_path / "out")
    process.send_signal(number)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130 and "the same command goes on" in said and "Traceback" not in said
    assert ran(command(tmp_path / "out")).returncode == ran(command(tmp_path / "whole")).returncode == 0
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def test_check_is_stopped_by_a_person() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "audit", "check", "-", "--quiet"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        preexec_fn=heeds,  # noqa: PLW1509
    )
    time.sleep(3)  # it waits for documents that do not come
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert process.wait(timeout=60) in (130, -signal.SIGINT) and "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("format", ["json", "text", "html"])
def test_the_reader_goes_away(format: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "audit", "check", str(STORY), "--only", "encoding,typography", "--format", format, "-q"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=120) == 0 and process.stderr.read() == ""


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A models folder of links to the real files, in which single ones can be replaced."""
    folder = tmp_path / "models"
    for asset in assets.manifest().values():
        place = folder / asset.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(assets.root() / asset.path)
    shutil.copy(assets.root() / "MANIFEST.toml", folder)
    monkeypatch.setattr(assets, "root", lambda: folder)
    assets.locate.cache_clear()
    yield folder
    assets.locate.cache_clear()


def test_a_damaged_file_is_refused_whichever_it_is(copied: Path) -> None:
    for asset in assets.manifest().values():
        place = copied / asset.path
        raw = bytearray(place.read_bytes())
        place.unlink()
        raw[len(raw) // 2] ^= 1
        place.write_bytes(raw)
        with pytest.raises(ModelError, match="sha256 differs"):
            assets.locate(asset.id)
        place.unlink()
        with pytest.raises(ModelError, match="is missing"):
            assets.locate(asset.id)


def test_a_swapped_file_is_refused(copied: Path) -> None:
    one, two = (copied / assets.manifest()[name].path for name in ("de/lexicon", "de/vectors"))
    target = one.resolve()
    one.unlink()
    one.symlink_to(two.resolve())
    two.unlink()
    two.symlink_to(target)
    for name in ("de/lexicon", "de/vectors"):
        with pytest.raises(ModelError, match="sha256 differs"):
            assets.locate(name)


def test_a_damaged_installation_is_one_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "audit", tmp_path / "audit", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "models" / "de").mkdir(parents=True)
    for name in ("MANIFEST.toml", "thresholds.toml"):
        shutil.copy(ROOT / "models" / name, tmp_path / "models")
    with (tmp_path / "models" / "thresholds.toml").open("a") as file:
        file.write("\n# by another hand\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from audit.cli import run; sys.exit(run(sys.argv[1:]))"
    one_line(ran([sys.executable, "-c", code, "check", str(STORY)]), "models/thresholds.toml", "sha256 differs")


def test_a_clock_that_is_set_back_changes_nothing(corpus: Path, tmp_path: Path) -> None:
    script = tmp_path / "clock.py"
    # The clock on the wall loses an hour whenever it is looked at.
    script.write_text("import time\nnow = [4e9]\ndef back():\n    now[0] -= 3600\n    return now[0]\ntime.time = back\n" + SCRIPT)
    arguments = ["batch", str(corpus), "--screen", "--runner", "serial", "--limit", "20", "-q", "-o"]
    assert ran([sys.executable, str(script), *arguments, str(tmp_path / "back")]).returncode == 0
    script.write_text(SCRIPT)
    assert ran([sys.executable, str(script), *arguments, str(tmp_path / "forth")]).returncode == 0
    assert content(tmp_path / "back") == content(tmp_path / "forth")
