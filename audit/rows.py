"""Tables of documents: JSON Lines, CSV and Parquet, a row at a time; a bad row is refused and the next one read."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO, Final

import msgspec

from audit.streams import BOMB_FLOOR, DamagedError, Limits, bomb, decoded, lines, not_utf8
from audit.types import Document

# A row's place within its file (line, row or record, from 1), and its document or the reason why it is none.
Row = tuple[int, Document | str]

OPTIONAL: Final = ("title", "lang", "url", "date", "story", "source_lang")
_PATH: Final = re.compile(r" - at `(?P<path>[^`]*)`$")
_DAY: Final = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?$")
# What msgspec calls the types of JSON.
_KINDS: Final = {
    "str": "text",
    "int": "a number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
# Rows of a Parquet file decoded together: enough to be fast, few enough that long texts do not pile up.
_BATCH: Final = 64


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """What the fields ``text`` and ``id`` are called in a user's table."""

    text: str = "text"
    id: str = "id"

    def fields(self) -> dict[str, str]:
        """Field of a Document → name in the table. A renamed field hides an optional one of that name."""
        required = {"id": self.id, "text": self.text}
        return required | {name: name for name in OPTIONAL if name not in required.values()}


def _document(values: dict[str, Any]) -> Document:
    """A document of a row's values, by field; optional ones that are empty or None count as absent.

    A date that is not ISO 8601 is no date: it is left out, and the document is read. A number may stand for an id.
    """
    optional = {name: str(value) for name in OPTIONAL if (value := values.get(name)) not in (None, "")}
    if "date" in optional and not _is_iso(optional["date"]):
        del optional["date"]
    return Document(id=str(values["id"]), text=values["text"], **optional)


def _is_iso(text: str) -> bool:
    if _DAY.match(text):
        text = f"{text}-01-01"[:10]
    try:
        return bool(date.fromisoformat(re.split("[T ]", text, maxsplit=1)[0]))
    except ValueError:
        return False


def json_lines(stream: BinaryIO, keys: Keys, limits: Limits) -> Iterator[Row]:
    """One JSON object a line; blank lines are passed over, fields of other names ignored."""
    names = keys.fields()
    struct = msgspec.defstruct(
        "JsonRow",
        [("id", str | int), ("text", str)]
        + [(name, str | int | None if name == "story" else str | None, None) for name in names if name in OPTIONAL],
        rename=names,
        kw_only=True,
    )
    for number, row in typed_lines(stream, struct, limits):
        yield number, row if isinstance(row, str) else _document(msgspec.structs.asdict(row))


def typed_lines(stream: BinaryIO, type: Any, limits: Limits) -> Iterator[tuple[int, Any]]:
    """Numbered lines of JSON, each as an instance of ``type`` (no str) or the reason why it is none; blank ones are left out."""
    decoder = msgspec.json.Decoder(type)
    for number, line in lines(stream, limits.record_bytes):
        if line is None:
            yield number, f"the line is longer than {limits.record_bytes:,} bytes"
        elif not line.isspace():
            yield number, _typed_line(decoder, line)


def _typed_line(decoder: msgspec.json.Decoder[Any], line: bytes) -> Any:
    try:
        return decoder.decode(line)
    except msgspec.ValidationError as error:
        return _explained(str(error))
    except RecursionError:
        return "broken JSON: nested too deeply"
    except ValueError as error:  # msgspec.DecodeError and UnicodeDecodeError are both one
        return _malformed(line, str(error).removeprefix("JSON is malformed: "))


def _malformed(line: bytes, message: str) -> str:
    """Why a line is no JSON. The standard library lets lone surrogates pass, so it tells them from other damage."""
    try:
        json.loads(decoded(line))
    except json.JSONDecodeError:
        return f"broken JSON: {message[:1].lower()}{message[1:]}"
    except ValueError as error:
        return str(error)
    return "broken JSON: a lone surrogate" if b"\\u" in line else f"broken JSON: {message}"


def _explained(message: str) -> str:
    """msgspec's message with the field in front, in words: "field `text`: expected text, got a number"."""
    place = _PATH.search(message)
    message = re.sub("`(str|int|float|bool|null|array|object)`", lambda match: _KINDS[match[1]], _PATH.sub("", message))
    if missing := re.match(r"Object missing required field (`.*`)", message):
        return f"field {missing[1]} is missing"
    message = message[:1].lower() + message[1:]
    return f"field `{place['path'].removeprefix('$.')}`: {message}" if place else message


class _CsvLines:
    """Feeds a csv reader and remembers the lines of the record it is in, so that a bad one can be given back.

    Bytes that are not UTF-8 pass as lone surrogates; they are found again in the field that holds them.
    """

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._lines = lines(stream, limit)
        self._limit = limit
        self._waiting: deque[tuple[int, str]] = deque()
        self._record: list[tuple[int, str]] = []
        self._size = 0

    def __iter__(self) -> _CsvLines:
        return self

    def __next__(self) -> str:
        if self._waiting:
            number, line = self._waiting.popleft()
        else:
            number, raw = next(self._lines)
            line = "" if raw is None else raw.decode("utf-8", "surrogateescape")
            if raw is None:
                self._record.append((number, line))
                raise csv.Error(f"the line is longer than {self._limit:,} bytes")
        self._record.append((number, line))
        self._size += len(line)
        if self._size > self._limit:
            raise csv.Error(f"a quotation mark opens a field of more than {self._limit:,} bytes")
        return line

    def begin(self) -> None:
        """A new record starts with the next line."""
        self._record.clear()
        self._size = 0

    @property
    def number(self) -> int:
        """The line on which the record starts."""
        return self._record[0][0] if self._record else 0

    def give_back(self) -> None:
        """All lines of the record but the first are to be read again."""
        self._waiting.extendleft(reversed(self._record[1:]))


def csv_rows(stream: BinaryIO, keys: Keys, limits: Limits) -> Iterator[Row]:
    """Rows below a header line; separated by comma, semicolon or tab, whichever makes the header name the text field."""
    feed = _CsvLines(stream, limits.record_bytes)
    try:
        header_line = next(feed, "")
        separator, header = _header(header_line, keys)
    except csv.Error as error:
        yield 1, f"broken CSV header: {error}"
        return
    if not header_line.strip():
        return
    if missing := [key for key in (keys.id, keys.text) if key not in header]:
        yield 1, f"the header has no column {' and no column '.join(f'`{key}`' for key in missing)}"
        return
    columns = {field: header.index(name) for field, name in keys.fields().items() if name in header}
    reader = csv.reader(feed, delimiter=separator, strict=True)
    while True:
        feed.begin()
        try:
            cells = _next_record(reader, limits.record_bytes)
        except csv.Error as error:
            yield feed.number, f"broken CSV: {error}"
            feed.give_back()
            continue
        if cells is None:
            return
        if cells:
            yield feed.number, _csv_row(cells, header, columns)


def _header(line: str, keys: Keys) -> tuple[str, list[str]]:
    for separator in ",;\t":
        header = [name for row in csv.reader([line], delimiter=separator) for name in row]
        if keys.text in header:
            return separator, header
    return ",", [name for row in csv.reader([line]) for name in row]


def _next_record(reader: Any, limit: int) -> list[str] | None:
    """The next record, or None at the end. The module's own limit on a field (131,072) is lifted only while it reads."""
    before = csv.field_size_limit(limit)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(before)


def _csv_row(cells: list[str], header: list[str], columns: dict[str, int]) -> Document | str:
    if len(cells) != len(header):
        return f"broken CSV: {len(cells)} fields where the header has {len(header)}"
    values = {field: cells[column] for field, column in columns.items()}
    for field, value in values.items():
        if not value.isascii():
            raw = value.encode("utf-8", "surrogateescape")
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as error:
                return f"field `{header[columns[field]]}`: {not_utf8(raw, error.start)}"
    return _document(values)


def parquet_rows(stream: BinaryIO, keys: Keys, limits: Limits) -> Iterator[Row]:
    """Rows of a Parquet file, in which only the columns of a document are read. ``stream`` must be seekable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file: Any = pq.ParquetFile(stream, buffer_size=1 << 20, pre_buffer=False)
        # A value that stands in a dictionary is read once, however many rows point to it.
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        file = pq.ParquetFile(stream, buffer_size=1 << 20, pre_buffer=False, read_dictionary=texts)
        names = {field: name for field, name in keys.fields().items() if name in file.schema_arrow.names}
        if missing := [key for key in (keys.id, keys.text) if key not in names.values()]:
            yield 0, f"the table has no column {' and no column '.join(f'`{key}`' for key in missing)}"
            return
        _refuse_bomb(file.metadata, set(names.values()), limits)
        number = read = 0
        size = stream.seek(0, 2)
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(names.values()), use_threads=False):
            columns = {field: batch.column(name) for field, name in names.items()}
            for index in range(batch.num_rows):
                number += 1
                row = _parquet_row(columns, names, index)
                read += len(row) if isinstance(row, str) else len(row.text)
                if read > max(BOMB_FLOOR, limits.expansion * size):
                    raise DamagedError(bomb(limits.expansion))
                yield number, row
    except (pa.ArrowException, OSError, ValueError) as error:  # ValueError: names of columns that are not UTF-8
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise DamagedError(f"the Parquet file cannot be read ({why})") from error


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind)


def _plain_type(kind: Any) -> Any:
    from pyarrow import types

    return kind.value_type if types.is_dictionary(kind) else kind


def _refuse_bomb(metadata: Any, names: set[str], limits: Limits) -> None:
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        chunks = [row_group.column(i) for i in range(row_group.num_columns)]
        chunks = [chunk for chunk in chunks if chunk.path_in_schema in names]
        packed = sum(chunk.total_compressed_size for chunk in chunks)
        if sum(chunk.total_uncompressed_size for chunk in chunks) > max(BOMB_FLOOR, limits.expansion * packed):
            raise DamagedError(bomb(limits.expansion))


def _parquet_row(columns: dict[str, Any], names: dict[str, str], index: int) -> Document | str:
    values: dict[str, Any] = {}
    for field, column in columns.items():
        try:
            value = column[index].as_py()
        except UnicodeDecodeError as error:
            return f"field `{names[field]}`: {not_utf8(error.object, error.start)}"
        if field == "date" and isinstance(value, date):
            value = value.isoformat()
        number = isinstance(value, int) and not isinstance(value, bool) and field in ("id", "story")
        if value is None and field in ("id", "text"):
            return f"field `{names[field]}` is missing"
        if not (value is None or isinstance(value, str) or number):
            return f"field `{names[field]}`: expected text, got {_plain_type(column.type)}"
        values[field] = value
    return _document(values)
