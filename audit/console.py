"""Between the command line and the auditor: options into values, files into documents, a report onto paper or screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from audit.errors import InputError
from audit.output import write as write_file
from audit.types import SEVERITIES

if TYPE_CHECKING:
    from audit.auditor import Report
    from audit.options import Options
    from audit.report.compare import Comparison
    from audit.types import Document, Failure, Finding, Record


def say(line: str) -> None:
    """A line on standard error."""
    print(line, file=sys.stderr)


def names(chosen: str) -> frozenset[str]:
    """The names of a list with commas."""
    return frozenset(listed(chosen))


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
    """Standard input as bytes, where ``-`` asks for it."""
    return sys.stdin.buffer if "-" in paths else None


def read(
    paths: Sequence[str], text_key: str, id_key: str, stdin: BinaryIO | None
) -> tuple[list[Document], list[Failure]]:
    """The documents of these paths, and what could not be read."""
    from audit.io import read
    from audit.types import Document, Failure

    rows = list(read(paths, text_key=text_key, id_key=id_key, stdin=stdin)) if paths else []
    return [row for row in rows if isinstance(row, Document)], [row for row in rows if isinstance(row, Failure)]


def listed(names: str) -> list[str]:
    """The names of a list with commas, in their order."""
    return [name.strip() for name in names.split(",") if name.strip()]


def against(known: Record, audited: Report, options: Options) -> tuple[Report, Comparison]:
    """The report without what an earlier one knows, and how the two compare.

    What this run would have left out for its probability or severity is neither known nor vanished.
    """
    from audit.report.compare import compare, only_new
    from audit.verdict import at_least

    least = options.min_probability or 0.0

    def reported(finding: Finding) -> bool:
        return finding.probability >= least and at_least(finding.severity, options.min_severity)

    comparison = compare(known, audited, reported)
    return only_new(audited, comparison), comparison


def record(path: Path) -> Record:
    """An earlier report, as JSON or as the folder of a batch run."""
    from audit.report import load

    return load(path)


def write(report: Report, format: str, output: Path | None, ui_lang: str = "de", since: Comparison | None = None) -> None:
    """The report in a format, to a file or to standard output (in colour only on a terminal that wants it).

    Findings that vanished since the baseline are part of the formats that people read and of SARIF; for the others they are
    lines on standard error.
    """
    from audit.report import render

    content = render(report, format, ui_lang=ui_lang, since=since, color=output is None and in_color(), width=width())
    data = content.encode("utf-8")
    if since is not None and format not in ("text", "markdown", "html", "sarif"):
        for document, finding in since.gone:
            say(f"vanished: {document}: {finding.detector}: {' '.join(finding.quote.split())}")
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_file(output, data)


def in_color() -> bool:
    """Whether standard output is a terminal that shows colours."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of the terminal; 100 where there is none, so that files are the same everywhere."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100


def summary(report: Report) -> None:
    """How much was audited and found, in a line on standard error."""
    count = sum(len(document.findings) for document in report.documents)
    failed = f", {len(report.failures)} not audited" if report.failures else ""
    documents = len(report.documents)
    say(f"{documents} {'document' if documents == 1 else 'documents'}, {count} {'finding' if count == 1 else 'findings'}{failed}")
