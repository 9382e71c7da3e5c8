#!/usr/bin/env python3
"""What batch runs cost: articles a second by runner, memory, and whether a killed run ends with the same bytes.

    python tests/bench/bench_batch.py throughput [--data TSV] [--articles 400] [--runners serial,pool1,pool2,ray2]
    python tests/bench/bench_batch.py screen [--data TSV] [--articles 4000]
    python tests/bench/bench_batch.py memory [--documents 200000]
    python tests/bench/bench_batch.py kill [--data TSV] [--articles 60] [--kills 10] [--whole-audit]

Articles have 450 words and come in stories of three that share a third of their sentences, dealt from the sentences of a TSV
file (document, tab, text), or of the bundled stories. Each run is a process of its own in a
session of its own, whose processes are looked at ten times a second: processor seconds (user and system, all processes), and
memory as the sum of their proportional set sizes, so that what they share counts once. Start-up is measured by a run over
two articles and taken off. On a machine that others use, processor seconds tell more than the clock.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WORDS, STORY = 450, 3
TICK = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds by the clock and of processors, peak memory in MB, and memory over time (seconds, MB, parts written)."""

    wall: float
    cpu: float
    peak: float
    course: list[tuple[float, float, int]]


def sentences(data: Path | None) -> list[str]:
    """All sentences, document by document."""
    if data is None:
        texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "reports" / "stories").rglob("*.txt"))]
    else:
        opened = gzip.open if data.suffix == ".gz" else open
        with opened(data, "rt", encoding="utf-8") as file:
            texts = [line.rstrip("\n").split("\t")[-1] for line in file]
    found = [s for text in texts for s in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„])", " ".join(text.split()))]
    return [sentence for sentence in found if len(sentence.split()) > 3]


def articles(data: Path | None, count: int) -> Iterator[dict[str, str]]:
    """Articles of stories: a third of the sentences is common to a story's articles, the rest is dealt among them."""
    pool, at, chance = sentences(data), 0, random.Random(1)
    for number in range(count):
        story, voice = divmod(number, STORY)
        if voice == 0:
            at = at if at + 90 < len(pool) else chance.randrange(max(1, len(pool) - 90))
            dealt = pool[at : at + 90]
            at += 90
            core, rest = dealt[::3], [s for i, s in enumerate(dealt) if i % 3]
        own = rest[voice::STORY] + rest[(voice + 1) % STORY :: STORY]
        body: list[str] = []
        words = 0
        for pair in zip(core, own, strict=False):
            for sentence in pair:
                if words < WORDS:
                    body.append(sentence)
                    words += len(sentence.split())
        text = "\n\n".join(" ".join(body[i : i + 4]) for i in range(0, len(body), 4))
        yield {"id": f"{story:05d}-{voice}", "text": text, "story": f"{story}"}


def write(rows: Iterator[dict[str, str]], path: Path) -> Path:
    """Rows as JSON Lines or, by the ending, Parquet."""
    if path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return path
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        while chunk := [row for _, row in zip(range(5_000), rows, strict=False)]:
            writer.write_table(pa.Table.from_pylist([{"id": row["id"], "text": row["text"]} for row in chunk], schema=schema))
    return path


def command(corpus: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "audit", "batch", str(corpus), "-o", str(out), "--quiet", *options]


def watched(arguments: Sequence[str], out: Path) -> Cost:
    """Run a command to its end and watch the processes of its session."""
    began = time.monotonic()
    process = subprocess.Popen(arguments, cwd=ROOT, start_new_session=True)
    cpu: dict[int, float] = {}
    course: list[tuple[float, float, int]] = []
    looked = 0.0
    while process.poll() is None:
        members = list(_session(process.pid))
        cpu.update(members)
        now = time.monotonic() - began
        if now - looked > 1:
            looked = now
            memory = sum(_memory(pid) for pid, _ in members)
            parts = len(list((out / ".work" / "parts").glob("*.json"))) if out.exists() else 0
            course.append((now, memory, parts))
        time.sleep(0.1)
    wall = time.monotonic() - began
    if process.returncode not in (0, 2):
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    return Cost(wall, sum(cpu.values()), max((memory for _, memory, _ in course), default=0.0), course)


def _session(leader: int) -> Iterator[tuple[int, float]]:
    """Processes of a session with their processor seconds."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                fields = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader:
                yield int(entry.name), (int(fields[11]) + int(fields[12])) / TICK


def _memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def digest(folder: Path) -> str:
    """A checksum over documents and findings."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*/part-*")):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def throughput(folder: Path, data: Path | None, count: int, runners: Sequence[str]) -> None:
    """Articles a second for each runner, and langdetect on the same articles."""
    corpus = write(articles(data, count), folder / "corpus.jsonl")
    print(f"{count} articles; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    cpu = langdetect(corpus)
    print(f"langdetect, sentence by sentence: {count / cpu:.1f} articles a processor second")
    print(f"{'runner':<9}{'wall s':>8}{'cpu s':>8}{'start s':>8}{'art/s':>8}{'art/cpu s':>10}{'peak MB':>9}  digest")
    for runner in runners:
        name, workers = runner.rstrip("0123456789"), runner[len(runner.rstrip("0123456789")) :]
        options = ["--runner", name, *(["--workers", workers] if workers else [])]
        start = watched(command(corpus, folder / f"{runner}-start", *options, "--limit", "2"), folder / f"{runner}-start")
        cost = watched(command(corpus, folder / runner, *options), folder / runner)
        wall, spent = cost.wall - start.wall, cost.cpu - start.cpu
        print(
            f"{runner:<9}{cost.wall:8.1f}{cost.cpu:8.1f}{start.wall:8.1f}{count / wall:8.2f}{count / spent:10.2f}{cost.peak:9.0f}"
            f"  {digest(folder / runner)}",
            flush=True,
        )


def langdetect(corpus: Path) -> float:
    """Processor seconds of langdetect over every sentence of the corpus."""
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = 0
    detect_langs("Ein kurzer Satz zum Aufwärmen.")
    texts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    began = time.process_time()
    for text in texts:
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            try:
                detect_langs(sentence)
            except LangDetectException:
                continue
    return time.process_time() - began


def screen(folder: Path, data: Path | None, count: int) -> None:
    """The screen alone, from Parquet to Parquet, with two workers."""
    corpus = write(articles(data, count), folder / "corpus.parquet")
    options = ("--screen", "--runner", "pool", "--workers", "2")
    start = watched(command(corpus, folder / "start", *options, "--limit", "2"), folder / "start")
    cost = watched(command(corpus, folder / "screen", *options), folder / "screen")
    wall, spent = cost.wall - start.wall, cost.cpu - start.cpu
    print(f"{count} articles, load {os.getloadavg()[0]:.1f}: {count / wall:.0f} a second by the clock, "
          f"{count / spent:.0f} a processor second of all processes, {2 * count / spent:.0f} a second on two free cores; "
          f"start {start.wall:.1f} s, peak {cost.peak:.0f} MB")  # fmt: skip


def memory(folder: Path, count: int) -> None:
    """Memory while many short documents are screened, and what its slope says of a million."""
    pool, chance = sentences(None), random.Random(2)

    def short() -> Iterator[dict[str, str]]:
        for number in range(count):
            yield {"id": f"document-{number:09d}", "text": " ".join(chance.choices(pool, k=4))}

    corpus = write(short(), folder / "corpus.parquet")
    cost = watched(command(corpus, folder / "out", "--screen", "--runner", "pool", "--workers", "2"), folder / "out")
    points = [(1000 * parts, used) for _, used, parts in cost.course if 0 < 1000 * parts < count]  # then workers leave
    later = [point for point in points if point[0] >= count / 4]
    mean_x, mean_y = (sum(values) / len(later) for values in zip(*later, strict=True))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in later) / max(1, sum((x - mean_x) ** 2 for x, _ in later))
    for share in (0.1, 0.25, 0.5, 0.75, 1.0):
        x, y = min(points, key=lambda point: abs(point[0] - share * count))
        print(f"{x:>9,} documents: {y:7.0f} MB")
    print(f"peak {cost.peak:.0f} MB; slope {1e5 * slope:.1f} MB per 100,000 documents; "
          f"a million would take {mean_y + slope * (1e6 - mean_x):.0f} MB; {count / cost.wall:.0f} documents a second, "
          f"{count / cost.cpu:.0f} a processor second")  # fmt: skip


def kill(folder: Path, data: Path | None, count: int, kills: int, whole_audit: bool) -> None:
    """Killed at random moments and gone on with, against one uninterrupted run. Shards have five documents."""
    corpus = write(articles(data, count), folder / "corpus.jsonl")
    script = folder / "batch.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom audit.runner import intake\nintake.DOCUMENTS = 5\n"
        "from audit.cli import run\nif __name__ == '__main__':\n    sys.exit(run(sys.argv[1:]))\n"
    )
    options = ["--runner", "pool", "--workers", "2", "-q", *([] if whole_audit else ["--screen"])]

    def arguments(out: Path) -> list[str]:
        return [sys.executable, str(script), "batch", str(corpus), "-o", str(out), *options]

    began = time.monotonic()
    subprocess.run(arguments(folder / "whole"), check=True)
    whole = time.monotonic() - began
    chance, done = random.Random(3), 0
    while done < kills:
        process = subprocess.Popen(arguments(folder / "killed"))
        try:
            process.wait(chance.uniform(0.3, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            done += 1
            print(f"kill {done}: {len(list((folder / 'killed' / '.work' / 'parts').glob('*.json')))} parts complete", flush=True)
        else:
            shutil.rmtree(folder / "killed")  # it came to its end: begin again
        process.wait()
    subprocess.run(arguments(folder / "killed"), check=True)
    same = digest(folder / "whole") == digest(folder / "killed")
    names = [n for n in ("manifest.json", "summary.json", "failures.jsonl")
             if (folder / "whole" / n).read_bytes() != (folder / "killed" / n).read_bytes()]  # fmt: skip
    print(f"{kills} kills in runs of {whole:.0f} s: {'the same bytes' if same and not names else f'DIFFERENT {names}'}")
    if not same or names:
        raise SystemExit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("throughput", "screen", "memory", "kill"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--articles", type=int)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--runners", default="serial,pool1,pool2")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--whole-audit", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.what == "throughput":
            throughput(folder, asked.data, asked.articles or 400, asked.runners.split(","))
        elif asked.what == "screen":
            screen(folder, asked.data, asked.articles or 4_000)
        elif asked.what == "memory":
            memory(folder, asked.documents)
        else:
            kill(folder, asked.data, asked.articles or 60, asked.kills, asked.whole_audit)


if __name__ == "__main__":
    main()
