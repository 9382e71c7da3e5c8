"""From files to documents: whatever a user hands in becomes a stream of Documents and Failures, in a fixed order.

Text is read as it stands. Line ends, CRLF among them, are kept and count in offsets; a byte order mark at the start of a
file is no part of the text, so offset 0 is the first character behind it. Files are UTF-8; an HTML page may declare another
encoding. Memory does not grow with the corpus, but for 16 bytes an id, by which duplicates are recognised.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Final, NamedTuple

from audit.csv_rows import csv_rows
from audit.errors import UsageError
from audit.page import article
from audit.parquet_rows import parquet_rows
from audit.rows import Keys, Row, json_lines
from audit.streams import COMPRESSED, JSON, DamagedError, Limits, Position, decoded, kind, opened
from audit.types import Document, Failure
from audit.warc import warc_records

__all__ = ["ENDINGS", "Limits", "Position", "read"]

TEXT: Final = (".txt", ".md")
HTML: Final = (".html", ".htm")
WARC: Final = (".warc", ".wet")
ENDINGS: Final = (*TEXT, *HTML, *JSON, ".csv", ".parquet", *WARC)
# An id longer than this is no name but a text in the wrong column.
_LONGEST_ID: Final = 1_000
# Stray control characters occur in text that went through old systems; one in a hundred does not.
_MOST_CONTROLS: Final = 0.01
_CONTROL: Final = bytes([*range(0x09), *range(0x0E, 0x1C), 0x7F])
# What must not stand in a name that is printed on one line: controls, line separators, and surrogates (undecodable bytes).
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_INVISIBLE: Final = "\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_VISIBLE: Final = re.compile(rf"[^\s{_INVISIBLE}\x00-\x1f]")

# Where something stands ("file", "file:line"), and a document or the reason why there is none.
_Item = tuple[str, Document | str]


class _Reading(NamedTuple):
    """How files are read, and how far reading has come."""

    keys: Keys
    limits: Limits
    position: Position


def read(
    paths: Sequence[str],
    *,
    text_key: str = "text",
    id_key: str = "id",
    stdin: BinaryIO | None = None,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    position: Position | None = None,
) -> Iterator[Document | Failure]:
    """The documents of files, folders and ``-`` (JSON Lines on ``stdin``), in the order of ``paths``.

    A file gives one document (.txt, .md, .html, .htm; its id is the file's name without endings) or many (.jsonl, .ndjson,
    .csv, .parquet, .warc, .wet); each may be packed (.gz, .zst). A folder gives every such file below it, in the order of
    its path relative to the folder; hidden entries and files of other kinds are left out, links to folders not followed.
    What cannot be read is a Failure, and the rest goes on: ``source`` is the path as it was given (and, below a folder, the
    relative part), with ``:n`` for line, row or record n (from 1) where the file holds several documents. Of two documents
    with one id, the later is a Failure. ``text_key`` and ``id_key`` name the fields of tables; UsageError where they are no
    two names. ``position`` is kept up to date while files are read.
    """
    if text_key == id_key or any(not key or _UNPRINTABLE.search(key) or set(key) & set('"\\') for key in (text_key, id_key)):
        raise UsageError("the keys of text and id must be two different names, without quotation marks and backslashes")
    keys = Keys(text=text_key, id=id_key)
    seen: set[bytes] = set()
    reading = _Reading(keys, limits, position or Position())
    for path in paths:
        for source, item in _items(path, stdin, reading):
            if isinstance(item, str):
                yield _failure(source, item)
                continue
            reason = _objection(item, limits) or _duplicate(item, seen)
            yield item if reason is None else _failure(source, reason)


def _failure(source: str, reason: str) -> Failure:
    return Failure(source=_printable(source), reason=_printable(reason))


def _duplicate(document: Document, seen: set[bytes]) -> str | None:
    digest = hashlib.blake2b(document.id.encode(), digest_size=16).digest()
    if digest in seen:
        return f"duplicate id {document.id!r}: an earlier document has it"
    seen.add(digest)
    return None


def _objection(document: Document, limits: Limits) -> str | None:
    """Why a document that was read is not fit to be audited."""
    for name in ("id", "text", "title", "lang", "url", "story", "source_lang"):
        value = getattr(document, name)
        try:
            size = len(value.encode()) if value else 0
        except UnicodeEncodeError as error:
            return f"field `{name}`: a lone surrogate at character {error.start}"
        if name == "id" and (not value.strip() or len(value) > _LONGEST_ID or _UNPRINTABLE.search(value)):
            return f"the id is empty, longer than {_LONGEST_ID:,} characters, or holds control characters"
        if name in ("text", "title") and size > limits.text_bytes:
            return f"too long: the {name} has more than {limits.text_bytes:,} bytes"
    return _unreadable(document.text) or _wordy(document.text, limits)


def _unreadable(text: str) -> str | None:
    if not text:
        return "empty"
    controls = _controls(text)
    if "\0" in text or controls > _MOST_CONTROLS * len(text):
        return f"binary data, not text: {controls} control characters"
    if not _VISIBLE.search(text):
        return "empty: only white space"
    return None


def _controls(text: str) -> int:
    raw = text.encode()
    return len(raw) - len(raw.translate(None, _CONTROL))


def _wordy(text: str, limits: Limits) -> str | None:
    # A word takes two characters with the space after it: shorter texts need no count.
    if len(text) >= 2 * limits.words - 1 and len(text.split()) > limits.words:
        return f"too long: more than {limits.words:,} words"
    return None


def _printable(source: str) -> str:
    """A path or reason in which undecodable bytes and control characters are written out: a failure is one line of UTF-8."""
    return _UNPRINTABLE.sub(lambda match: _written_out(match.group()), source)


def _written_out(char: str) -> str:
    byte = ord(char) - 0xDC00  # how Python holds a byte of a file name that is not UTF-8
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else repr(char)[1:-1]


def _items(path: str, stdin: BinaryIO | None, reading: _Reading) -> Iterator[_Item]:
    if path == "-":
        stream = stdin or (sys.stdin.buffer if sys.stdin else None)
        if stream is None:
            yield path, "standard input is closed"
        else:
            yield from _placed(path, json_lines(stream, reading.keys, reading.limits))
        return
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        yield path, "no such file or folder" if missing else f"cannot be opened ({_said(error)})"
        return
    if stat.S_ISDIR(mode):
        yield from _folder(path, reading)
    elif kind(path) in ENDINGS:
        yield from _file(path, Path(path), reading)
    else:
        yield path, f"unknown kind of file: its name ends in none of {', '.join(ENDINGS)} (nor in one of them with .gz or .zst)"


def _said(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _name(path: Path) -> str:
    """The file's name without its endings."""
    return Path(path.stem).stem if path.suffix.lower() in COMPRESSED else path.stem


def _folder(folder: str, reading: _Reading) -> Iterator[_Item]:
    empty = True
    for relative in _below(Path(folder), ""):
        empty = False
        if isinstance(relative, Exception):
            yield folder, f"cannot be opened ({_said(relative)})"
        else:
            yield from _file(f"{folder.rstrip('/')}/{relative}", Path(folder, relative), reading)
    if empty:
        yield folder, f"no documents in this folder: no file ends in one of {', '.join(ENDINGS)}"


def _below(folder: Path, prefix: str) -> Iterator[str | OSError]:
    """Relative paths of the files below a folder, in the order of these paths as strings."""
    try:
        with os.scandir(folder) as scan:
            entries = [(entry.name + "/" * entry.is_dir(follow_symlinks=False), entry) for entry in scan]
    except OSError as error:
        yield error
        return
    # With the separator at its end a folder sorts where the paths below it do.
    for name, entry in sorted(entries, key=lambda pair: pair[0]):
        if name.startswith("."):
            continue
        if name.endswith("/"):
            yield from _below(folder / entry.name, prefix + name)
        elif kind(name) in ENDINGS and (entry.is_file() or not os.path.exists(entry.path)):
            yield prefix + name  # a link that leads nowhere will be a failure; pipes and devices are no documents


def _file(source: str, path: Path, reading: _Reading) -> Iterator[_Item]:
    ending, limits = kind(path.name), reading.limits
    try:
        with opened(path, limits, reading.position) as stream:
            if ending in TEXT or ending in HTML:
                yield source, _single(stream, path, ending in HTML, limits)
            else:
                yield from _placed(source, _rows(ending, stream, path, reading.keys, limits))
    except OSError as error:
        yield source, f"cannot be read ({_said(error)})"
    except DamagedError as error:
        yield source, str(error)


def _single(stream: BinaryIO, path: Path, html: bool, limits: Limits) -> Document | str:
    limit = limits.record_bytes if html else limits.text_bytes
    raw = _up_to(stream, limit + 1)
    if len(raw) > limit:
        return f"too long: more than {limit:,} bytes"
    if not raw.strip():
        return "empty" if not raw else "empty: only white space"
    try:
        return article(raw, _name(path), limits) if html else Document(id=_name(path), text=decoded(raw))
    except ValueError as error:
        return str(error)


def _up_to(stream: BinaryIO, count: int) -> bytes:
    parts: list[bytes] = []
    while count > 0 and (chunk := stream.read(min(count, 1 << 20))):
        parts.append(chunk)
        count -= len(chunk)
    return b"".join(parts)


def _rows(ending: str, stream: BinaryIO, path: Path, keys: Keys, limits: Limits) -> Iterator[Row]:
    if ending in JSON:
        return json_lines(stream, keys, limits)
    if ending == ".csv":
        return csv_rows(stream, keys, limits)
    if ending in WARC:
        return warc_records(stream, limits)
    return _parquet(stream, path, keys, limits)


def _parquet(stream: BinaryIO, path: Path, keys: Keys, limits: Limits) -> Iterator[Row]:
    """A packed table is unpacked into a nameless temporary file: Parquet is read from its end."""
    if path.suffix.lower() not in COMPRESSED:
        yield from parquet_rows(stream, keys, limits)
        return
    with tempfile.TemporaryFile() as table:
        copyfileobj(stream, table, 1 << 20)
        table.seek(0)
        yield from parquet_rows(table, keys, limits)


def _placed(source: str, rows: Iterable[Row]) -> Iterator[_Item]:
    """Rows with their place; damage is reported at the row after the last good one."""
    last, empty = 0, True
    try:
        for last, item in rows:
            empty = False
            yield (f"{source}:{last}" if last else source), item
    except DamagedError as error:
        yield f"{source}:{last + 1}" if last else source, str(error)
        return
    if empty:
        yield source, "empty: no documents in it"
