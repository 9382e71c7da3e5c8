"""Coverage-guided fuzzing (atheris) of reading, cleaning, all detectors and all report writers.

    pip install atheris
    python tests/bench/fuzz_audit.py read --seconds 600          # files: bytes under every ending
    python tests/bench/fuzz_audit.py text --seconds 600          # the cleaned view and its offsets
    python tests/bench/fuzz_audit.py audit --seconds 600         # every detector, documents as each other's siblings
    python tests/bench/fuzz_audit.py report --seconds 600        # every format, from records no audit would make

What must hold is in tests/properties.py. libFuzzer counts executions and coverage on standard error; an input that breaks a
promise, takes over 10 seconds or over 2 GB is kept in the folder named by ``--keep`` and ends the run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


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


def text(data: bytes) -> None:
    """Bytes as text, or as pieces."""
    from properties import auditor, check_segments, check_text, made_of

    from audit.errors import UsageError
    from audit.types import Document

    made = made_of(data[1:]) if data[:1] < b"\x80" else data[1:].decode("utf-8", "replace")
    check_text(made)
    document = Document(id="x", text=made)
    try:
        check_segments(auditor().article(document).segments, document)
    except UsageError:
        return


def audit(data: bytes) -> None:
    """Pieces, divided into documents at each 255."""
    from properties import check_audit, made_of

    texts = [made_of(part) for part in data.split(b"\xff")[:4]]
    check_audit([made for made in texts if made.strip()] or ["x"])


def report(data: bytes) -> None:
    """Strings, divided at each NUL."""
    from properties import check_reports, record_of

    check_reports(record_of([part.decode("utf-8", "replace") for part in data.split(b"\0")]))


TARGETS: dict[str, Callable[[bytes], None]] = {"read": read, "text": text, "audit": audit, "report": report}


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("target", choices=TARGETS)
    args.add_argument("--seconds", type=int, default=600)
    args.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    args.add_argument("--seed", type=int, default=1)
    chosen = args.parse_args()
    import atheris

    chosen.keep.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["audit"]):
        import properties

        properties.auditor()
        properties.check_reports(properties.check_audit(["Der Rat der Stadt tagt am Montag in Bâle.", "Der Rat tagt."]))
    options = {
        "max_total_time": chosen.seconds,
        "timeout": 10,
        "rss_limit_mb": 2048,
        "seed": chosen.seed,
        "max_len": 2_000,
        "print_final_stats": 1,
        "artifact_prefix": f"{chosen.keep}/{chosen.target}-",
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in options.items())], TARGETS[chosen.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
