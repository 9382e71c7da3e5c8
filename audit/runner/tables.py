"""Parts of a batch: rows of documents and rows of findings, in Parquet or JSON Lines.

Rows have the fields of the record (`audit.types`), but that findings stand apart, each with the id of its document in
``document``. What is written depends on the rows alone: the same rows give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

import msgspec

from audit.errors import InputError
from audit.types import DocumentReport, Finding

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["parquet", "jsonl"]
Row = dict[str, Any]
# What a column holds.
_Value: TypeAlias = "str | float | bool | list[_Value] | dict[str, _Value] | None"

FORMATS: Final[tuple[Format, ...]] = ("parquet", "jsonl")
KINDS: Final = ("documents", "findings")
# Zstandard's own default level: text packs about three times, at some 300 MB a second.
_LEVEL: Final = 3


def rows(documents: Iterable[DocumentReport]) -> tuple[list[Row], list[Row]]:
    """Rows of the documents, in their order, and rows of their findings."""
    plain: list[Row] = []
    findings: list[Row] = []
    for document in documents:
        row: Row = msgspec.to_builtins(document)
        findings += [{"document": document.id, **finding} for finding in row.pop("findings")]
        plain.append(row)
    return plain, findings


def encode(documents: Sequence[DocumentReport], format: Format) -> dict[str, bytes]:
    """The content of a part's two files, by `KINDS`."""
    made = dict(zip(KINDS, rows(documents), strict=True))
    if format == "jsonl":
        encoder = msgspec.json.Encoder()  # fields in the order of the record
        return {kind: b"".join(encoder.encode(row) + b"\n" for row in made[kind]) for kind in KINDS}
    return {kind: _parquet(made[kind], _schemas()[kind]) for kind in KINDS}


def decode(documents: Path, findings: Path) -> Iterator[DocumentReport]:
    """The documents of a part with their findings. Raises InputError where the files are damaged or do not fit together."""
    waiting = _rows(findings)
    finding = next(waiting, None)
    for row in _rows(documents):
        own: list[Row] = []
        while finding is not None and finding.get("document") == row.get("id"):
            own.append({key: value for key, value in finding.items() if key != "document"})
            finding = next(waiting, None)
        try:
            yield msgspec.convert({**row, "findings": own}, DocumentReport)
        except msgspec.ValidationError as error:
            raise InputError(str(documents), f"not the documents of a batch: {error}") from error
    if finding is not None:
        raise InputError(str(findings), f"findings of a document that is not there: {finding.get('document')!r}")


def _rows(path: Path) -> Iterator[Row]:
    import pyarrow as pa

    try:
        yield from _json_rows(path) if path.suffix == ".jsonl" else _parquet_rows(path)
    except (pa.ArrowException, msgspec.DecodeError, OSError) as error:
        raise InputError(str(path), f"cannot be read ({str(error).splitlines()[0]})") from error


def _json_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for line in file:
            yield msgspec.json.decode(line)


def _parquet_rows(path: Path) -> Iterator[Row]:
    import pyarrow.parquet as pq

    with path.open("rb") as stream:
        file = pq.ParquetFile(stream)
        for batch in file.iter_batches(batch_size=64, use_threads=False):
            for row in batch.to_pylist():
                yield {key: _without_nulls(value) for key, value in row.items() if value is not None}


def _without_nulls(value: _Value) -> _Value:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _parquet(made: list[Row], schema: pa.Schema) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(made, schema=schema), buffer, compression="zstd", compression_level=_LEVEL)
    return buffer.getvalue()


@cache
def _schemas() -> dict[str, pa.Schema]:
    """The columns of the two kinds of files: the fields of `DocumentReport` and `Finding` in their order."""
    import pyarrow as pa

    documents = [field for field in _columns(DocumentReport) if field.name != "findings"]
    findings = [pa.field("document", pa.string()), *_columns(Finding)]
    return {"documents": pa.schema(documents), "findings": pa.schema(findings)}


def _columns(record: type[msgspec.Struct]) -> list[pa.Field]:
    return _struct(cast("msgspec.inspect.StructType", msgspec.inspect.type_info(record)))


def _struct(kind: msgspec.inspect.StructType) -> list[pa.Field]:
    import pyarrow as pa

    return [pa.field(field.encode_name, _column(field.type)) for field in kind.fields]


def _column(kind: msgspec.inspect.Type) -> pa.DataType:
    """The column for a type of the record; what may be missing may be null."""
    import pyarrow as pa

    inspect = msgspec.inspect
    match kind:
        case inspect.UnionType():
            (inner,) = (one for one in kind.types if not isinstance(one, inspect.NoneType | inspect.CustomType))
            return _column(inner)
        case inspect.StructType():
            return pa.struct(_struct(kind))
        case inspect.VarTupleType() | inspect.ListType():
            return pa.list_(_column(kind.item_type))
        case inspect.IntType():
            return pa.int64()
        case inspect.FloatType():
            return pa.float64()
        case inspect.StrType() | inspect.LiteralType():
            return pa.string()
        case _:
            raise TypeError(f"no column for {kind}")
