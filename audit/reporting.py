"""The command that makes reports anew from a finished run: mt-audit report, and reports/make_report.py.

Exit status as everywhere: 0 nothing at or above ``--fail-on``; 1 something is (of what is new, where an earlier run is given);
2 an input of the run could not be audited, or wrong usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit import console
from audit.errors import UsageError
from audit.types import Severity

if TYPE_CHECKING:
    from audit.report.compare import Comparison
    from audit.types import Finding, Record

_RECORD = "A report in JSON or JSON Lines, the folder of a batch run, or - for JSON on standard input."


def report(
    record: Annotated[str, typer.Argument(metavar="DIR|FILE", help=_RECORD)],
    output: Annotated[
        list[Path],
        typer.Option(
            "-o", "--output", metavar="OUT", help="The file to write; may be given more than once. A folder needs --format."
        ),
    ],
    format: Annotated[str, typer.Option("--format", "-f", metavar="F,…", help="The formats, whatever the ending says.")] = "",
    title: Annotated[str | None, typer.Option(help="The heading of the report.")] = None,
    ui_lang: Annotated[str, typer.Option(help="The language of the report's own words: de or en.")] = "de",
    since: Annotated[
        Path | None, typer.Option(metavar="FILE|DIR", help="Compare with this earlier run: what is new, known and gone.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE|DIR", help="Leave out the findings of this earlier run, list those that vanished."),
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="Exit with 1 for findings at least this severe.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No table of verdicts on standard output.")] = False,
) -> int:
    """Write reports anew: .html, .md, .json, .jsonl, .csv, .documents.csv, .sarif, .tsv (MQM), .txt."""
    from audit.report import save
    from audit.report.terminal import verdict_table
    from audit.report.words import words

    if since is not None and baseline is not None:
        raise UsageError("--since and --baseline exclude each other: one compares, the other hides")
    said = words(ui_lang)
    least = _severity(fail_on)
    targets = _targets(output, console.listed(format))
    current = _record(record)
    shown, comparison = _compared(current, since or baseline, hide=baseline is not None)
    for path, chosen in targets:
        save(shown, path, format=chosen, title=title, ui_lang=ui_lang, since=comparison)
    if not quiet:
        print(verdict_table(shown, said), end="")
        if comparison:
            print(_changes(comparison))
    return _status(current, comparison, least)


def _compared(current: Record, earlier: Path | None, *, hide: bool) -> tuple[Record, Comparison | None]:
    """What is shown of a record, with ``hide`` its new findings alone, and how it differs from an earlier one."""
    from audit.report.compare import compare, only_new

    if earlier is None:
        return current, None
    comparison = compare(console.record(earlier), current)
    return only_new(current, comparison) if hide else current, comparison


def _record(source: str) -> Record:
    if source == "-":
        from audit.report import decode

        return decode(sys.stdin.buffer.read(), "standard input")
    return console.record(Path(source))


def _targets(outputs: list[Path], formats: list[str]) -> list[tuple[Path, str]]:
    """The files to write and their formats, known before anything is read: a mistake should not cost the reading.

    A folder takes one file for each format; one file takes one format, or that of its ending.
    """
    from audit.report import ENDINGS, FORMATS, format_of

    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"no report format named {name!r} (there are: {', '.join(FORMATS)})")
    endings = {format: ending for ending, format in reversed(ENDINGS.items())}
    targets: list[tuple[Path, str]] = []
    for path in outputs:
        if path.is_dir():
            if not formats:
                raise UsageError(f"{path}: a folder needs --format")
            targets += [(path / f"report{endings[name]}", name) for name in formats]
        elif len(formats) > 1:
            raise UsageError(f"{path}: several formats need a folder")
        elif not path.parent.is_dir():
            raise UsageError(f"{path}: there is no such folder")
        else:
            targets.append((path, formats[0] if formats else format_of(path)))
    return targets


def _severity(name: str | None) -> Severity | None:
    from audit.types import SEVERITIES

    if name is None:
        return None
    for severity in SEVERITIES:
        if severity == name:
            return severity
    raise UsageError(f"no severity named {name!r} (there are: {', '.join(SEVERITIES)})")


def _changes(comparison: Comparison) -> str:
    """One line for a log: how much is new, known and gone, and how many verdicts changed."""
    return (
        f"{len(comparison.new)} new, {len(comparison.same)} same, {len(comparison.gone)} gone,"
        f" {len(comparison.changes)} verdicts changed"
    )


def _status(record: Record, comparison: Comparison | None, least: Severity | None) -> int:
    from audit.verdict import at_least

    if record.failures:
        return 2
    found: list[Finding] = [finding for document in record.documents for finding in document.findings]
    if comparison is not None:
        found = [finding for _, finding in comparison.new]
    return int(least is not None and any(at_least(finding.severity, least) for finding in found))
