"""Parquet a row at a time; a bad row is refused and the next one read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from audit.rows import Keys, Row, document
from audit.streams import BOMB_FLOOR, DamagedError, Limits, bomb, not_utf8
from audit.types import Document

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import FileMetaData

# Rows of a Parquet file decoded together: enough to be fast, few enough that long texts do not pile up.
_BATCH: Final = 64


def parquet_rows(stream: BinaryIO, keys: Keys, limits: Limits) -> Iterator[Row]:
    """Rows of a Parquet file, in which only the columns of a document are read. ``stream`` must be seekable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream, buffer_size=1 << 20, pre_buffer=False)
        # A value that stands in a dictionary is read once, however many rows point to it.
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        file = pq.ParquetFile(stream, buffer_size=1 << 20, pre_buffer=False, read_dictionary=texts)
        names = {field: name for field, name in keys.fields().items() if name in file.schema_arrow.names}
        if missing := [key for key in (keys.id, keys.text) if key not in names.values()]:
            yield 0, f"the table has no column {' and no column '.join(f'`{key}`' for key in missing)}"
            return
        number = read = 0
        size = stream.seek(0, 2)
        _refuse_bomb(file.metadata, size, limits)
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(names.values()), use_threads=False):
            columns = {field: batch.column(name) for field, name in names.items()}
            for index in range(batch.num_rows):
                number += 1
                row = _parquet_row(columns, names, index)
                read += len(row) if isinstance(row, str) else len(row.text)
                if read > max(BOMB_FLOOR, limits.expansion * size):
                    raise DamagedError(bomb(limits.expansion))
                yield number, row
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as error:  # damage of every kind, as pyarrow meets it
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise DamagedError(f"the Parquet file cannot be read ({why})") from error


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    return types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    from pyarrow import types

    return kind.value_type if types.is_dictionary(kind) else kind


def _refuse_bomb(metadata: FileMetaData, size: int, limits: Limits) -> None:
    """Raises DamagedError where a group of rows says that it swells too much. ``size``: bytes of the file.

    Single columns are not asked: where their metadata are damaged, pyarrow ends the process.
    """
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    if any(group.total_byte_size > max(BOMB_FLOOR, limits.expansion * size) for group in groups):
        raise DamagedError(bomb(limits.expansion))


def _parquet_row(columns: dict[str, pa.Array], names: dict[str, str], index: int) -> Document | str:
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
    return document(values)
