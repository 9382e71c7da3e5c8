"""A run that ends at any moment is gone on with by the same command, and ends with the same bytes."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from runner.conftest import content, documents, write_rows

from audit.errors import InputError, UsageError
from audit.runner import batch as room
from audit.runner import intake, mates, read_batch, shards, spool
from audit.runner.batch import Means, run
from audit.runner.plan import Plan, Request

ROOT = Path(__file__).resolve().parents[2]
# The screen alone, in shards of two documents, so that there is much to interrupt.
COMMAND = """
import os, sys, time
sys.path.insert(0, {root!r})
from audit.cli import run
from audit.runner import intake, shards
intake.DOCUMENTS = 2
put = shards.Folder.put
def slowly(*rest):
    done = put(*rest)
    time.sleep(float(os.environ.get("AFTER_EACH_PART", "0")))
    return done
shards.Folder.put = slowly
if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
"""


class Killed(BaseException):
    """Stands for the end of the process: nothing in the program catches it."""


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """``killer[0] = n`` ends the run at its n-th step of writing; a step is half a file, the whole of it, or its renaming."""
    left = [0]
    fsync, replace = os.fsync, Path.replace

    def step() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    def flush(handle: int) -> None:
        os.ftruncate(handle, os.fstat(handle).st_size // 2) if left[0] == 1 else None
        step()
        fsync(handle)

    def rename(self: Path, target: Path) -> Path:
        step()
        done = replace(self, target)
        step()
        return done

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(Path, "replace", rename)
    monkeypatch.setattr(intake, "DOCUMENTS", 4)
    yield left


def test_the_end_at_every_step_of_writing(corpus: Path, killer: list[int], tmp_path: Path) -> None:
    plan = Plan(only=("typography", "contradiction", "encoding"))
    request = Request(paths=(str(corpus),), plan=plan, format="jsonl")
    run(request, tmp_path / "whole", Means(runner="serial"))
    steps = 0
    for steps in itertools.count(1):
        killer[0] = steps
        try:
            run(request, tmp_path / "killed", Means(runner="serial"))
        except Killed:
            continue
        break
    assert steps > 10
    assert content(tmp_path / "killed") == content(tmp_path / "whole")
    ids = [document.id for document in read_batch(tmp_path / "killed").documents()]
    assert len(ids) == len(set(ids)) == len(documents()) - 2


def test_killed_at_random_moments(tmp_path: Path) -> None:
    rows = [{**row, "id": f"{row['id']}-{i}"} for i in range(3) for row in documents()]
    corpus = write_rows(tmp_path / "corpus.jsonl", rows)
    script = tmp_path / "batch.py"
    script.write_text(COMMAND.format(root=str(ROOT)))
    command = [sys.executable, str(script), "batch", str(corpus), "--screen", "--runner", "pool", "--workers", "2", "-q", "-o"]
    began = time.monotonic()
    assert subprocess.run([*command, str(tmp_path / "whole")], check=False).returncode == 2  # three texts are blank
    whole = time.monotonic() - began
    chance, kills = random.Random(8), 0
    for _ in range(3):
        process = subprocess.Popen([*command, str(tmp_path / "killed")])
        try:
            process.wait(chance.uniform(0.3, 0.9) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
    assert subprocess.run([*command, str(tmp_path / "killed")], check=False).returncode == 2
    assert kills
    assert content(tmp_path / "killed") == content(tmp_path / "whole")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_clean_stop(number: signal.Signals, tmp_path: Path) -> None:
    rows = [{**row, "id": f"{row['id']}-{i}"} for i in range(40) for row in documents()]
    corpus = write_rows(tmp_path / "corpus.jsonl", rows)
    script = tmp_path / "batch.py"
    script.write_text(COMMAND.format(root=str(ROOT)))
    command = [sys.executable, str(script), "batch", str(corpus), "--screen", "--runner", "serial", "-o", str(tmp_path / "out")]
    slow = {**os.environ, "AFTER_EACH_PART": "0.2"}  # so that it is not done before the signal comes
    # A process that was started in the background of a shell ignores SIGINT, and so do its children.
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=slow, preexec_fn=heeds)  # noqa: PLW1509
    parts = tmp_path / "out" / ".work" / "parts"
    while not (parts.is_dir() and any(parts.glob("*.json"))) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "the same command goes on" in said and "Traceback" not in said
    assert not list((tmp_path / "out").rglob("*.tmp")) and list(parts.glob("*.json"))


def test_what_is_complete_is_not_made_again(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "DOCUMENTS", 4)
    request = Request(paths=(str(corpus),), plan=Plan(screen_only=True))
    put, made = shards.Folder.put, []

    def stop_after_two(self: shards.Folder, number: int, *rest: object) -> shards.Done:
        if len(made) == 2:
            raise Killed
        made.append(number)
        return put(self, number, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(shards.Folder, "put", stop_after_two)
    with pytest.raises(Killed):
        run(request, tmp_path / "out", Means(runner="serial"))
    first = made.copy()
    monkeypatch.setattr(shards.Folder, "put", lambda self, number, *rest: (made.append(number), put(self, number, *rest))[1])
    run(request, tmp_path / "out", Means(runner="serial"))
    assert first == [0, 1] and sorted(made) == list(range(len(made)))


def test_a_damaged_part_is_made_anew(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(paths=(str(corpus),), plan=Plan(screen_only=True))
    run(request, tmp_path / "whole", Means(runner="serial"))
    monkeypatch.setattr(shards.Folder, "finish", _killed)
    with pytest.raises(Killed):
        run(request, tmp_path / "out", Means(runner="serial"))
    part = tmp_path / "out" / "documents" / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    monkeypatch.undo()
    run(request, tmp_path / "out", Means(runner="serial"))
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def _killed(*_: object) -> None:
    raise Killed


def test_other_options_are_refused_and_named(corpus: Path, tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"min_probability: null → 0.7.*another folder"):
        run(Request(paths=(str(corpus),), plan=Plan(min_probability=0.7)), made, Means(runner="serial"))
    with pytest.raises(UsageError, match=r"detectors: .*contradiction.* → .*"):
        run(Request(paths=(str(corpus),), plan=Plan(skip=("contradiction",))), made, Means(runner="serial"))
    models = room.models()
    monkeypatch.setattr(room, "models", lambda: {**models, "thresholds": "f00"})
    with pytest.raises(UsageError, match=r"thresholds: [0-9a-f]+ → f00"):
        run(Request(paths=(str(corpus),)), made, Means(runner="serial"))


def test_changed_input_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_rows(tmp_path / "corpus.jsonl", documents())
    request = Request(paths=(str(corpus),), plan=Plan(screen_only=True))
    monkeypatch.setattr(shards.Folder, "finish", _killed)
    with pytest.raises(Killed):
        run(request, tmp_path / "out", Means(runner="serial"))
    write_rows(corpus, documents()[1:])
    with pytest.raises(UsageError, match=r"corpus\.jsonl changed"):
        run(request, tmp_path / "out", Means(runner="serial"))


def test_a_changed_stream_is_refused(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(paths=("-",), plan=Plan(screen_only=True))
    monkeypatch.setattr(shards.Folder, "finish", _killed)
    with corpus.open("rb") as stream, pytest.raises(Killed):
        run(request, tmp_path / "out", Means(runner="serial"), stdin=stream)
    other = write_rows(tmp_path / "other.jsonl", documents()[::-1])
    with other.open("rb") as stream, pytest.raises(UsageError, match="the documents have changed"):
        run(request, tmp_path / "out", Means(runner="serial"), stdin=stream)


def test_a_folder_serves_one_run(corpus: Path, tmp_path: Path) -> None:
    request = Request(paths=(str(corpus),), plan=Plan(screen_only=True))
    with shards.opened(tmp_path / "out", "parquet"), pytest.raises(UsageError, match="another run is writing"):
        run(request, tmp_path / "out", Means(runner="serial"))


def test_a_folder_with_other_things_in_it_is_left_alone(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"not empty.*thesis\.txt"):
        run(Request(paths=(str(corpus),)), tmp_path / "out", Means(runner="serial"))
    with pytest.raises(UsageError, match="no folder"):
        run(Request(paths=(str(corpus),)), corpus, Means(runner="serial"))
    with pytest.raises(UsageError, match="lies in the input"):
        run(Request(paths=(str(tmp_path),)), tmp_path / "results", Means(runner="serial"))


def test_a_full_disk_is_one_line(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    request = Request(paths=(str(corpus),), plan=Plan(screen_only=True))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match=r"cannot be written.*No space left"):
            run(request, tmp_path / "out", Means(runner="serial"))
    assert not list((tmp_path / "out").rglob("*.tmp"))
    run(request, tmp_path / "out", Means(runner="serial"))
    assert read_batch(tmp_path / "out").manifest.documents == len(documents()) - 2


def test_siblings_are_looked_for_once(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(paths=(str(corpus),), plan=Plan(only=("encoding",)))
    monkeypatch.setattr(shards.Folder, "finish", _killed)
    with pytest.raises(Killed):
        run(request, tmp_path / "out", Means(runner="serial"))
    monkeypatch.undo()
    monkeypatch.setattr(mates, "_found", _killed)
    monkeypatch.setattr(spool.Spool, "put", _killed)
    run(request, tmp_path / "out", Means(runner="serial"))
    assert any(document.siblings for document in read_batch(tmp_path / "out").documents())
