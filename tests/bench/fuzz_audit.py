"""Coverage-guided fuzzing (atheris) of reading, cleaning, all detectors and all report writers.

    pip install atheris
    python tests/bench/fuzz_audit.py read --seconds 600          # files: bytes under every ending
    python tests/bench/fuzz_audit.py text --seconds 600          # the cleaned view and its offsets
    python tests/bench/fuzz_audit.py audit --seconds 600         # every detector, documents as each other's siblings
    python tests/bench/fuzz_audit.py report --seconds 600        # every format, from records no audit would make
    python tests/bench/fuzz_audit.py all --seconds 1200 --rounds 6    # the four in turn, and a table at the end

What must hold is in tests/properties.py. It starts from the nasty files (tests/nasty.py), the bundled stories and the sentences
of tests/cases, and what reached new code is kept in ``--corpus`` for the next run. libFuzzer counts executions and coverage on
standard error; an input that breaks a promise, takes over a minute or over 2 GB is kept in the folder named by ``--keep`` and
ends the run (``all`` goes on with the next target).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT))

# Bytes an input may have: an article's worth, so that a mutation can reach from one sentence into another.
MOST = 4_000


def read(data: bytes) -> None:
    """The first byte chooses the ending, the second whether packed bytes are made sound."""
    import gzip

    import zstandard
    from properties import ENDINGS, check_reading

    if len(data) < 2:
        return
    ending, content = ENDINGS[data[0] % len(ENDINGS)], data[2:]
    if data[1] % 2:
        if ending.endswith(".gz"):
            content = gzip.compress(content, 1)
        elif ending.endswith(".zst"):
            content = zstandard.ZstdCompressor().compress(content)
    check_reading(ending, content)


def _text(data: bytes) -> str:
    """The first byte says whether the rest is pieces, one a byte, or UTF-8."""
    from properties import made_of

    return made_of(data[1:]) if data[:1] < b"\x80" else data[1:].decode("utf-8", "replace")


def text(data: bytes) -> None:
    """Bytes as text, or as pieces."""
    from properties import auditor, check_segments, check_text

    from audit.errors import UsageError
    from audit.types import Document

    made = _text(data)
    check_text(made)
    document = Document(id="x", text=made)
    try:
        check_segments(auditor().article(document).segments, document)
    except UsageError:
        return


def audit(data: bytes) -> None:
    """Texts, or pieces, divided into documents at each 255 (which UTF-8 never holds); the first may have a title."""
    from properties import check_audit, check_reports

    texts = [made for part in data.split(b"\xff")[:4] if (made := _text(part)).strip()]
    title = texts[0][:80] if data[-1:] == b"\n" and texts else None
    check_reports(check_audit(texts or ["x"], title))


def report(data: bytes) -> None:
    """Strings, divided at each NUL."""
    from properties import check_reports, record_of

    check_reports(record_of([part.decode("utf-8", "replace") for part in data.split(b"\0")]))


TARGETS: dict[str, Callable[[bytes], None]] = {"read": read, "text": text, "audit": audit, "report": report}


def seeds(target: str) -> Iterator[bytes]:
    """What the fuzzer sets out from: small nasty files, case sentences, stories."""
    from nasty import KINDS, corpus
    from properties import ENDINGS

    if target == "read":
        for nasty in corpus(3 * len(KINDS), size=0.01):
            ending = nasty.name[nasty.name.index(".") :]
            if ending in ENDINGS and len(nasty.content) < MOST:
                yield bytes([ENDINGS.index(ending), 0]) + nasty.content
        return
    sentences: list[bytes] = []
    for path in sorted((ROOT / "tests/cases").glob("*.tsv")):
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        sentences += [re.sub(r"[\[\]]", "", row[1]).encode() for row in rows[::4] if len(row) > 1]
    if target == "report":
        yield from (b"\0".join(sentences[at : at + 8]) for at in range(0, len(sentences), 16))
        return
    yield from (b"\x80" + b" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
    stories = [[p.read_bytes()[:1_500] for p in sorted(folder.glob("*.txt"))] for folder in (ROOT / "reports/stories").iterdir()]
    yield from (b"\xff".join(b"\x80" + one for one in story) for story in stories)


def fuzz(target: str, seconds: int, kept: Path, corpus: Path, seed: int) -> None:
    """Runs one target until the time is over; does not come back."""
    import atheris

    kept.mkdir(parents=True, exist_ok=True)
    corpus.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["audit"]):
        import properties

        properties.auditor()
        properties.check_reports(properties.check_audit(["Der Rat der Stadt tagt am Montag in Bâle.", "Der Rat tagt."]))
    for number, content in enumerate(seeds(target)):
        (corpus / f"seed-{number:04d}").write_bytes(content)
    options = {
        "max_total_time": seconds,
        "timeout": 60,
        "rss_limit_mb": 3_000,
        "seed": seed,
        "max_len": MOST,
        "len_control": 0,
        "print_final_stats": 1,
        "artifact_prefix": f"{kept}/{target}-",
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)], TARGETS[target])
    atheris.Fuzz()


def fuzz_all(chosen: argparse.Namespace) -> int:
    """The targets in turn, each in a process of its own; a table of what they did."""
    executions, slowest, found = Counter[str](), Counter[str](), Counter[str]()
    for turn in range(chosen.rounds):
        for target in TARGETS:
            options = [
                f"--seconds={chosen.seconds}",
                f"--keep={chosen.keep}",
                f"--corpus={chosen.corpus}",
                f"--seed={chosen.seed + turn}",
            ]
            done = subprocess.run([sys.executable, __file__, target, *options], capture_output=True, check=False)
            said = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
            runs = re.findall(r"number_of_executed_units: (\d+)", said) or re.findall(r"^#(\d+)\s", said, re.M)[-1:] or ["0"]
            executions[target] += int(runs[0])
            slowest[target] = max(slowest[target], *(int(s) for s in re.findall(r"slowest_unit_time_sec: (\d+)", said)), 0)
            found[target] += done.returncode != 0
            tail = said[-1_500:] if done.returncode else ""
            print(f"turn {turn} {target}: {runs[0]} executions, exit {done.returncode} {tail}", flush=True)
    print(f"{'target':<10}{'executions':>12}{'slowest s':>11}{'findings':>10}")
    for target in TARGETS:
        print(f"{target:<10}{executions[target]:>12}{slowest[target]:>11}{found[target]:>10}")
    return int(bool(found.total()))


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("target", choices=[*TARGETS, "all"])
    args.add_argument("--seconds", type=int, default=600)
    args.add_argument("--rounds", type=int, default=1)
    args.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    args.add_argument("--corpus", type=Path, default=Path("fuzz-corpus"))
    args.add_argument("--seed", type=int, default=1)
    chosen = args.parse_args()
    if chosen.target == "all":
        return fuzz_all(chosen)
    fuzz(chosen.target, chosen.seconds, chosen.keep, chosen.corpus / chosen.target, chosen.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
