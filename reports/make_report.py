#!/usr/bin/env python3
"""Make a report from a record that ``mt-audit check --format json`` (or jsonl) wrote.

    python reports/make_report.py RECORD.json -o OUT.html
    python reports/make_report.py RECORD.json -o OUT.tsv --format mqm
    mt-audit check reports/stories/batteriewerk --format json | python reports/make_report.py - -o OUT.html --title Batteriewerk

The format follows the ending of OUT (.html, .json, .jsonl, .csv, .sarif, .tsv for MQM ratings, .txt) unless it is given.
The table of verdicts goes to standard output. Exit status: 0 written, 2 the record cannot be read or the report not be
written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if (ROOT / "audit").is_dir():
    sys.path.insert(0, str(ROOT))  # a checkout is usable without an installation

from audit.errors import AuditError  # noqa: E402
from audit.report import FORMATS, decode, load, save  # noqa: E402
from audit.report.terminal import verdict_table  # noqa: E402
from audit.report.words import languages, words  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the record, write the report, and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        record = decode(sys.stdin.buffer.read(), "standard input") if options.record == "-" else load(options.record)
        save(record, options.output, format=options.format, title=options.title, ui_lang=options.ui_lang)
    except (AuditError, OSError) as error:
        print(f"make_report: {error}", file=sys.stderr)
        return 2
    said = words(options.ui_lang)
    print(f"{verdict_table(record, said)}\n{said['report']}: {options.output}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record", metavar="RECORD", help="a report in JSON or JSON Lines, or - for standard input")
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, required=True, help="the file to write")
    parser.add_argument("--format", choices=FORMATS, help="how to write it, whatever the ending says")
    parser.add_argument("--title", help="the heading of the report (html and text)")
    parser.add_argument("--ui-lang", choices=languages(), default="de", help="the language of the report's own words")
    return parser


if __name__ == "__main__":
    sys.exit(main())
