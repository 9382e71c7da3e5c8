"""Records into reports: text, JSON, JSON Lines, CSV, SARIF, MQM ratings, Markdown, HTML. And JSON or batches into records."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from audit.errors import InputError, UsageError
from audit.output import write
from audit.report.compare import Comparison
from audit.report.words import words
from audit.types import SCHEMA_VERSION, DocumentReport, Record

FORMATS: Final = ("text", "json", "jsonl", "csv", "documents", "sarif", "mqm", "markdown", "html")
ENDINGS: Final = {
    ".txt": "text",
    ".json": "json",
    ".jsonl": "jsonl",
    ".documents.csv": "documents",
    ".csv": "csv",
    ".sarif": "sarif",
    ".tsv": "mqm",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
}
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")


def render(
    record: Record,
    format: str,
    *,
    ui_lang: str = "de",
    title: str | None = None,
    since: Comparison | None = None,
    color: bool = False,
    width: int = 100,
) -> str:
    """The report in one of `FORMATS`.

    ``ui_lang`` is the language of the report's own words, ``title`` its heading and ``since`` a comparison with an earlier run
    (text, markdown and html; SARIF takes its baseline states from it); ``color`` and ``width`` (in columns) are for text.
    Raises UsageError for an unknown format or language.
    """
    said = words(ui_lang)
    if format == "text":
        from audit.report.terminal import terminal_text

        return terminal_text(record, said, title=title, since=since, color=color, width=width)
    if format in ("html", "markdown"):
        from audit.report.html import html_text
        from audit.report.markdown import markdown_text

        return (html_text if format == "html" else markdown_text)(record, said, title=title, since=since)
    if format == "sarif":
        return _sarif(record, since)
    writers: dict[str, Callable[[Record], str]] = {
        "json": _json,
        "jsonl": _jsonl,
        "csv": _csv,
        "documents": _documents_csv,
        "mqm": _mqm,
    }
    if format not in writers:
        raise UsageError(f"no report format named {format!r} (there are: {', '.join(FORMATS)})")
    return writers[format](record)


def save(
    record: Record,
    path: str | Path,
    *,
    format: str | None = None,
    ui_lang: str = "de",
    title: str | None = None,
    since: Comparison | None = None,
) -> None:
    """Write the report in UTF-8; the format follows the ending unless it is given.

    Raises UsageError for an unknown ending, format or language, InputError where the file cannot be written.
    """
    path = Path(path)
    content = render(record, format or format_of(path), ui_lang=ui_lang, title=title, since=since)
    write(path, content.encode("utf-8"))


def format_of(path: Path) -> str:
    """The format that the ending names. Raises UsageError where it names none."""
    name = path.name.lower()
    for ending, format in ENDINGS.items():
        if name.endswith(ending):
            return format
    raise UsageError(f"the ending of {path.name!r} names no report format (there are: {', '.join(ENDINGS)})")


def load(path: str | Path) -> Record:
    """A record that was written as JSON, as JSON Lines (ending ``.jsonl``: documents only), or as the folder of a batch run.

    Raises InputError where it is none, or where a finding's quotation is not what stands at its offsets.
    """
    path = Path(path)
    if path.is_dir():
        from audit.runner import read_batch

        record = read_batch(path).record()
        for document in record.documents:
            _check(str(path), document)
        return record
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error)) from error
    return decode(data, str(path), lines=path.suffix.lower() == ".jsonl")


def decode(data: bytes, source: str, *, lines: bool = False) -> Record:
    """Like `load`, from bytes; ``source`` names them in errors, ``lines`` says that they are JSON Lines."""
    record = _documents(data, source) if lines else _whole(data, source)
    if record.schema != SCHEMA_VERSION:
        raise InputError(source, f"schema {record.schema} is not the one that is read here ({SCHEMA_VERSION})")
    for document in record.documents:
        _check(source, document)
    return record


def _whole(data: bytes, source: str) -> Record:
    try:
        return msgspec.json.decode(data, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(source, f"not a report: {error}") from error


def _documents(data: bytes, source: str) -> Record:
    documents: list[DocumentReport] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                documents.append(msgspec.json.decode(line, type=DocumentReport))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise InputError(f"{source}:{number}", f"not a document of a report: {error}") from error
    return Record(signature="", documents=tuple(documents))


def _check(source: str, document: DocumentReport) -> None:
    """Offsets that do not fit their text would put every mark in the wrong place."""
    fields = {"text": document.text, "title": document.title}
    for finding in document.findings:
        quote = fields[finding.field][max(finding.start, 0) : max(finding.end, 0)]
        if quote != finding.quote or not 0 <= finding.start < finding.end:
            raise InputError(source, f"document {document.id!r}: {finding.quote!r} does not stand at {finding.start}")
    for passage in document.passages:
        if not 0 <= passage.start <= passage.end <= len(document.text):
            raise InputError(source, f"document {document.id!r}: passage {passage.index} lies outside the text")


def _json(record: Record) -> str:
    encoded = msgspec.json.encode(record, order="deterministic")
    return msgspec.json.format(encoded, indent=2).decode("utf-8") + "\n"


def _jsonl(record: Record) -> str:
    encoder = msgspec.json.Encoder(order="deterministic")
    return "".join(encoder.encode(document).decode("utf-8") + "\n" for document in record.documents)


def _csv(record: Record) -> str:
    from audit.report.table import csv_text

    return csv_text(record)


def _documents_csv(record: Record) -> str:
    from audit.report.table import documents_text

    return documents_text(record)


def _mqm(record: Record) -> str:
    from audit.report.mqm import mqm_text

    return mqm_text(record)


def _sarif(record: Record, since: Comparison | None = None) -> str:
    from audit.report.sarif import sarif_log

    log = sarif_log(record, _manuals(record), since)
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode("utf-8") + "\n"


def _manuals(record: Record) -> dict[str, str]:
    """The manual pages of the detectors that found something; one that is not installed here has none."""
    from audit.detectors import manual

    pages: dict[str, str] = {}
    for detector in sorted({finding.detector for document in record.documents for finding in document.findings}):
        if _ID.fullmatch(detector):
            try:
                pages[detector] = manual(detector)
            except ModuleNotFoundError:
                continue
    return pages
