"""Between the command line and the auditor: options into values, files into documents, a report onto paper or screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from audit.errors import InputError
from audit.types import SEVERITIES

if TYPE_CHECKING:
    from audit.auditor import Report
    from audit.types import Document, Failure, Record


def say(line: str) -> None:
    print(line, file=sys.stderr)


def names(listed: str) -> frozenset[str]:
    return frozenset(name.strip() for name in listed.split(",") if name.strip())


def weights(chosen: str) -> str | dict[str, float]:
    """A preset's name, or the three weights of a TOML file."""
    import tomllib

    path = Path(chosen)
    if not path.suffix:
        return chosen
    try:
        weights = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(chosen, f"not a file of weights ({error})") from error
    if set(weights) != set(SEVERITIES) or not all(isinstance(w, int | float) and w >= 0 for w in weights.values()):
        raise InputError(chosen, "weights must be three numbers: minor, major and critical")
    return {severity: float(weight) for severity, weight in weights.items()}


def stdin(paths: Iterable[str]) -> BinaryIO | None:
    return sys.stdin.buffer if "-" in paths else None


def read(
    paths: Sequence[str], text_key: str, id_key: str, stdin: BinaryIO | None
) -> tuple[list[Document], list[Failure]]:
    from audit.io import read
    from audit.types import Document, Failure

    rows = list(read(paths, text_key=text_key, id_key=id_key, stdin=stdin)) if paths else []
    return [row for row in rows if isinstance(row, Document)], [row for row in rows if isinstance(row, Failure)]


def fingerprints(path: Path) -> frozenset[str]:
    return frozenset(finding.fingerprint for document in record(path).documents for finding in document.findings)


def record(path: Path) -> Record:
    """An earlier report, as JSON."""
    from audit.report import load

    return load(path)


def write(report: Report, format: str, output: Path | None) -> None:
    from audit.report import render

    content = render(report, format, color=output is None and in_color(), width=width())
    data = content.encode("utf-8") if isinstance(content, str) else content
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(data)


def in_color() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100


def summary(report: Report) -> None:
    count = sum(len(document.findings) for document in report.documents)
    failed = f", {len(report.failures)} not audited" if report.failures else ""
    say(f"{len(report.documents)} documents, {count} findings{failed}")
