"""The command line: data on standard output, everything else on standard error.

Exit status: 0 nothing at or above ``--fail-on``; 1 something is; 2 an input could not be audited, or wrong usage.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit import cli_batch, cli_models, console
from audit.cli_models import with_models
from audit.errors import AuditError, UsageError
from audit.output import write
from audit.own_models import OwnModels
from audit.reporting import report

if TYPE_CHECKING:
    from audit.auditor import Report
    from audit.types import Record

app = typer.Typer(
    name="mt-audit",
    help="Finds machine-translation artifacts in articles, without their source text, and checks them against their siblings.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
cli_batch.register(app)
cli_models.register(app)


class Severity(StrEnum):
    minor = "minor"
    major = "major"
    critical = "critical"


class Format(StrEnum):
    text = "text"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    documents = "documents"
    sarif = "sarif"
    mqm = "mqm"
    markdown = "markdown"
    html = "html"


Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders, or - for JSON Lines on standard input.")]
Siblings = Annotated[list[str] | None, typer.Option("--siblings", metavar="PATH", help="Documents that are only compared with.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here instead of standard output.")]
TextKey = Annotated[str, typer.Option(help="The field that holds the text (jsonl, csv, parquet).")]
IdKey = Annotated[str, typer.Option(help="The field that holds the id (jsonl, csv, parquet).")]
Lang = Annotated[str, typer.Option(help="The language that the documents are written in.")]
Device = Annotated[str, typer.Option(metavar="auto|cpu|cuda", help="Where models run.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages on standard error but errors.")]


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; no exception of ours, and no broken pipe, leaves a traceback."""
    # Lexicons are a million small objects that stay: looking through them for garbage costs a tenth of a short run.
    gc.set_threshold(1_000_000, 50, 50)
    # A detector that fails is one line in the report; its traceback is for those who ask (AUDIT_LOG=ERROR).
    logging.basicConfig(level=os.environ.get("AUDIT_LOG", "CRITICAL"), format="%(name)s: %(message)s")
    try:
        status = app(args=list(arguments), standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except AuditError as error:
        console.say(f"mt-audit: {error}")
        return 2
    except (BrokenPipeError, SystemExit):
        # The reader went away (only then does typer exit): that is its right. Python would complain once more on closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        console.say(f"mt-audit: {error.filename or 'standard output'}: {error.strerror or error}")
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # click's own usage errors, whichever click typer brings along, carry an exit code and show themselves.
        message = getattr(error, "format_message", None)
        if hasattr(error, "exit_code") and message is not None:
            console.say(f"mt-audit: {message()}")
            return 2
        raise


@app.command()
@with_models
def check(
    paths: Paths,
    siblings: Siblings = None,
    no_siblings: Annotated[bool, typer.Option("--no-siblings", help="Do not compare the documents with each other.")] = False,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write the report.")] = Format.text,
    output: Output = None,
    min_severity: Annotated[Severity, typer.Option(help="Leave out findings that are less severe.")] = Severity.minor,
    min_probability: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Leave out what is less likely.", show_default="0.5, sometimes 0.25")
    ] = None,
    only: Annotated[str, typer.Option(metavar="ID,…", help="Run only these detectors.")] = "",
    skip: Annotated[str, typer.Option(metavar="ID,…", help="Do not run these detectors.")] = "",
    weights: Annotated[
        str, typer.Option(metavar="PRESET|FILE", help="MQM weights by severity: default, linear, count, or a TOML file.")
    ] = "default",
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Leave out the findings of an earlier report, list those that vanished.")
    ] = None,
    fail_on: Annotated[Severity | None, typer.Option(help="Exit with 1 if a finding is at least this severe.")] = None,
    lang: Lang = "de",
    text_key: TextKey = "text",
    id_key: IdKey = "id",
    ui_lang: Annotated[str, typer.Option(help="The language of the report's own words: de or en.")] = "de",
    quiet: Quiet = False,
    device: Device = "auto",
    *,
    own: OwnModels,
) -> int:
    """Audit documents and report what was found."""
    from audit.auditor import Auditor
    from audit.options import Options

    if output is not None and not output.parent.is_dir():
        raise UsageError(f"{output}: there is no such folder")
    known = console.record(baseline) if baseline else None
    options = Options(
        only=console.names(only),
        skip=console.names(skip),
        min_probability=min_probability,
        min_severity=min_severity.value,
        weights=console.weights(weights),
        seek_siblings=not no_siblings,
    )
    auditor = Auditor(lang, device=device, options=options, **own)
    documents, failures = console.read(paths, text_key, id_key, console.stdin(paths))
    witnesses, missing = console.read(siblings or [], text_key, id_key, None)
    audited = auditor.audit(documents, witnesses, [*failures, *missing])
    shown, since = console.against(known, audited, options) if known else (audited, None)
    console.write(shown, format.value, output, ui_lang, since)
    for failure in audited.failures:
        console.say(f"mt-audit: {failure.source}: {failure.reason}")
    if not quiet:
        console.summary(shown)
    return _status(shown, fail_on)


def _status(report: Report, fail_on: Severity | None) -> int:
    from audit.verdict import at_least

    if report.failures:
        return 2
    findings = (finding for document in report.documents for finding in document.findings)
    return int(fail_on is not None and any(at_least(finding.severity, fail_on.value) for finding in findings))


@app.command()
@with_models
def stories(
    paths: Paths,
    lang: Lang = "de",
    text_key: TextKey = "text",
    id_key: IdKey = "id",
    output: Output = None,
    *,
    own: OwnModels,
) -> int:
    """Print which documents tell the same story: its number, mean similarity to the story's other documents, id.

    Documents that stand alone are counted on standard error.
    """
    from audit.auditor import Auditor

    auditor = Auditor(lang, **own)
    documents, failures = console.read(paths, text_key, id_key, console.stdin(paths))
    groups, unread = auditor.stories(documents)
    lines = [f"{number}\t{similarity:.3f}\t{name}" for number, group in enumerate(groups, 1) for name, similarity in group]
    content = "".join(f"{line}\n" for line in ["story\tsimilarity\tid", *lines])
    if output is None:
        print(content, end="")
    else:
        write(output, content.encode("utf-8"))
    told = sum(map(len, groups))
    console.say(f"{told} documents in {len(groups)} stories, {len(documents) - len(unread) - told} stand alone")
    for failure in [*failures, *unread]:
        console.say(f"mt-audit: {failure.source}: {failure.reason}")
    return 2 if failures or unread else 0


app.command()(report)


@app.command()
@with_models
def evaluate(
    docs: Annotated[str, typer.Argument(metavar="DOCS", help="The documents, or a JSON report on them.")],
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="JSON Lines: id, start, end, quote, category, severity.")],
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON Lines: id, label (mt or human), kind; default: DOCS, if it is such a file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    lang: Lang = "de",
    text_key: TextKey = "text",
    id_key: IdKey = "id",
    device: Device = "auto",
    *,
    own: OwnModels,
) -> int:
    """Compare findings with labelled errors: precision, recall, false alarms per 1,000 words, AP, AUC."""
    from audit import evaluate as room
    from audit.auditor import Auditor
    from audit.options import Options
    from audit.report import load

    if docs.endswith(".json"):
        audited: Record = load(Path(docs))
    else:
        documents, failures = console.read([docs], text_key, id_key, console.stdin([docs]))
        # Improbable findings are kept: average precision and calibration need them.
        audited = Auditor(lang, device=device, options=Options(min_probability=0.0), **own).audit(documents, failures=failures)
        if labels is None and docs.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
            labels = Path(docs)
    known = room.read_labels(labels, id_key=id_key) if labels else {}
    evaluation = room.evaluate(audited, room.read_gold(gold), known)
    print(room.as_json(evaluation) if as_json else room.as_text(evaluation))
    return 2 if audited.failures else 0


@app.command("detectors")
def list_detectors(
    detector: Annotated[str | None, typer.Argument(metavar="[ID]", help="Print the manual page of this one.")] = None,
) -> int:
    """List the detectors, or print the manual page of one."""
    from audit.detectors import detectors, manual

    known = detectors()
    if detector is None:
        for name, entry in known.items():
            print(f"{name:<18}{entry.category:<36}{manual(name).splitlines()[0]}")
        return 0
    if detector not in known:
        raise UsageError(f"no detector named {detector!r} (there are: {', '.join(known)})")
    print(manual(detector))
    return 0
