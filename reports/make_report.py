#!/usr/bin/env python3
"""Make reports from a finished run: what a nightly job calls after ``mt-audit check --format json`` or ``mt-audit batch``.

    python reports/make_report.py RECORD.json -o OUT.html
    python reports/make_report.py BATCH_FOLDER -o OUT_FOLDER --format html,csv,documents,sarif,mqm,markdown,json
    python reports/make_report.py TODAY.json -o OUT.html -o OUT.md --since YESTERDAY.json --fail-on major --title "Montag"
    mt-audit check reports/stories/batteriewerk --format json | python reports/make_report.py - -o OUT.html

RECORD is a report in JSON or JSON Lines, the folder of a batch run, or - for JSON on standard input. The format follows the
ending of OUT (.html, .md, .json, .jsonl, .csv, .documents.csv, .sarif, .tsv for MQM ratings, .txt) unless --format says it; into
a folder go report.html, report.csv and so on. --since compares with an earlier run: what is new, known and gone, and whose
verdict changed; --baseline hides what the earlier run knew. The table of verdicts goes to standard output, with --since a last
line "N new, N same, N gone, N verdicts changed".

Exit status, as that of mt-audit: 0 nothing at or above --fail-on (with --since: nothing new); 1 something is; 2 an input of the
run could not be audited, the record cannot be read, the report not be written, or wrong usage. It is ``mt-audit report`` under
another name, for those who have a checkout and no installation. A line for cron:

    30 5 * * *  cd /srv/audit && python reports/make_report.py today.json -o public/report.html --since yesterday.json --quiet
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if (ROOT / "audit").is_dir():
    sys.path.insert(0, str(ROOT))

from audit.cli import run  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``mt-audit report`` with these arguments and return its exit status; without any, say what they are."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if given else 2
    return run(["report", *given])


if __name__ == "__main__":
    sys.exit(main())
