"""CSV a row at a time; a bad row is refused, and reading goes on with the line behind its first one."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from audit.rows import Keys, Row, document
from audit.streams import Limits, lines, not_utf8
from audit.types import Document

if TYPE_CHECKING:
    from _csv import Reader


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


def _next_record(reader: Reader, limit: int) -> list[str] | None:
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
    return document(values)
