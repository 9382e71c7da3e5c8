"""What happens to the program when 2,000 nasty files (tests/nasty.py) are handed to it: crashes, hangs, memory, offsets.

    python tests/bench/run_nasty.py                       # 2,000 files, a table by kind on standard output
    python tests/bench/run_nasty.py --kinds gzip_bomb,deep_json --count 90 --size 0.1

Each file is read, audited with everything it brings along as siblings, and written in every format by a process of its own
memory; a file on which that process dies, takes longer than ``--seconds`` of processor time a document, or grows by more than
``--memory`` beyond what it takes at rest with all models loaded, is listed. A file counts once: as documents, as refused (a
failure with a reason), or as what went wrong.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, whatever is installed

from nasty import KINDS, Nasty, corpus

FORMATS = ("text", "json", "jsonl", "csv", "documents", "sarif", "mqm", "markdown", "html")
# A child that has spent so many times the limit of processor time on a file is ended; one that sleeps, after so many seconds.
_PATIENCE = 30
_ASLEEP = 900.0


def misplaced(report: Any) -> int:
    """Findings, passages, opinions and quotations of siblings that are not what stands at their place."""
    texts = {row.id: row.text for row in report.documents}
    wrong = 0
    for row in report.documents:
        for finding in row.findings:
            text = row.text if finding.field == "text" else row.title
            wrong += text[finding.start : finding.end] != finding.quote or finding.start >= finding.end
            for proof in finding.evidence:
                if proof.kind == "sibling" and proof.document in texts and proof.quote is not None:
                    wrong += texts[proof.document][proof.start : proof.end] != proof.quote
        wrong += sum(not 0 <= p.start < p.end <= max(len(row.text), len(row.title)) for p in row.passages)
    return wrong


def audited(auditor: Any, path: str) -> dict[str, Any]:
    """What one file came to: counts, the reasons of failures, seconds of processor time."""
    from audit.io import read
    from audit.report import render
    from audit.types import Document, Failure

    began = time.process_time()
    rows = list(read([path]))
    reading = time.process_time() - began
    report = auditor.audit([r for r in rows if isinstance(r, Document)], failures=[r for r in rows if isinstance(r, Failure)])
    auditing = time.process_time() - began
    for name in FORMATS:
        render(report, name).encode("utf-8")
    return {
        "documents": len(report.documents),
        "failures": [failure.reason for failure in report.failures],
        "findings": sum(len(row.findings) for row in report.documents),
        "misplaced": misplaced(report),
        "seconds": [round(reading, 2), round(auditing - reading, 2), round(time.process_time() - began - auditing, 2)],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _work(pipe: Connection[Any, Any]) -> None:
    from audit.auditor import Auditor
    from audit.types import Document

    auditor = Auditor("de")
    story = (Path(__file__).resolve().parents[2] / "reports/stories/faehrprozess/faehrprozess-maschine.txt").read_text("utf-8")
    auditor.audit([Document(id="warm", text=story)])
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    while True:
        path = pipe.recv()
        try:
            pipe.send(audited(auditor, path))
        except Exception as error:  # a crash is what this looks for
            pipe.send({"crash": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"})


class Child:
    """A process that audits files one after the other, replaced when it dies or hangs."""

    def __init__(self) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=_work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.resting: int = self.pipe.recv()

    def run(self, path: Path, patience: float) -> dict[str, Any]:
        self.pipe.send(str(path))
        asleep, spent = time.monotonic() + _ASLEEP, self._spent()
        try:
            while self.pipe.poll(1.0) or (self._spent() - spent < patience and time.monotonic() < asleep):
                if self.pipe.poll(0):
                    return self.pipe.recv()
        except EOFError:
            self.process.join()
            return {"crash": f"the process died (exit code {self.process.exitcode})"}
        seconds = self._spent() - spent
        self.process.kill()
        return {"crash": f"no answer after {seconds:.0f} s of processor time"}

    def _spent(self) -> float:
        """Processor time of the child, in seconds."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(files: Iterator[Nasty], seconds: float, memory: int, kept: Path | None) -> list[dict[str, Any]]:
    """A row a file, also appended to ``kept``; a child that died, hung or grew too much is replaced."""
    rows: list[dict[str, Any]] = []
    child = Child()
    with tempfile.TemporaryDirectory() as folder:
        for nasty in files:
            path = Path(folder, nasty.name)
            path.write_bytes(nasty.content)
            row = child.run(path, seconds * _PATIENCE)
            rows.append({"kind": nasty.kind, "name": nasty.name, "bytes": len(nasty.content), "resting": child.resting, **row})
            if kept:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
            bad = verdict(rows[-1], seconds, memory)
            if bad not in ("documents", "refused"):
                print(json.dumps(rows[-1], ensure_ascii=False)[:400], file=sys.stderr, flush=True)
            path.unlink()
            if "crash" in row or row["memory"] - child.resting > memory // 2:
                child.process.kill()
                child = Child()
    child.process.kill()
    return rows


def verdict(row: dict[str, Any], seconds: float, memory: int) -> str:
    """What became of a file, in one word."""
    if "crash" in row:
        return "crash" if "no answer" not in row["crash"] else "hang"
    if row["misplaced"]:
        return "offsets"
    if any("detector" in reason and "failed" in reason for reason in row["failures"]):
        return "detector"
    if sum(row["seconds"]) > seconds * max(1, row["documents"]):
        return "slow"
    if row["memory"] - row["resting"] > memory:
        return "memory"
    return "documents" if row["documents"] else "refused"


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--count", type=int, default=2_000)
    args.add_argument("--first", type=int, default=0, help="leave out so many at the start")
    args.add_argument("--size", type=float, default=1.0)
    args.add_argument("--seed", type=int, default=11)
    args.add_argument("--kinds", default="")
    args.add_argument("--seconds", type=float, default=10.0, help="of processor time, a document")
    args.add_argument("--memory", type=int, default=1_024, help="MiB at most beyond the models")
    args.add_argument("--rows", type=Path, help="append a line of JSON a file here")
    chosen = args.parse_args()
    kinds = set(chosen.kinds.split(",")) if chosen.kinds else set(KINDS)
    made = corpus(chosen.count, chosen.size, chosen.seed, chosen.first)
    files = (nasty for nasty in made if nasty.kind in kinds)
    rows = run(files, chosen.seconds, chosen.memory, chosen.rows)
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    print(f"{'kind':<30}{'files':>6}{'max s':>7}{'+MiB':>6}  what became of them")
    for kind, group in by_kind.items():
        outcomes = Counter(verdict(row, chosen.seconds, chosen.memory) for row in group)
        longest = max((sum(row["seconds"]) for row in group if "seconds" in row), default=0)
        largest = max((row["memory"] - row["resting"] for row in group if "memory" in row), default=0)
        print(f"{kind:<30}{len(group):>6}{longest:>7.1f}{largest:>6}  {', '.join(f'{n} {k}' for k, n in outcomes.most_common())}")
    total = Counter(verdict(row, chosen.seconds, chosen.memory) for row in rows)
    print(f"\n{len(rows)} files: {', '.join(f'{n} {k}' for k, n in total.most_common())}")
    return int(bool(set(total) - {"documents", "refused"}))


if __name__ == "__main__":
    sys.exit(main())
