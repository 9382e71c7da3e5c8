"""Parts of a batch: rows of documents and rows of findings, in Parquet or JSON Lines.

Rows have the fields of the record (`audit.types`), but that findings stand apart, each with the id of its document in
``document``. What is written depends on the rows alone: the same rows give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from audit.errors import InputError
from audit.types import DocumentReport

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["parquet", "jsonl"]
Row = dict[str, Any]

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
        file: Any = pq.ParquetFile(stream)
        for batch in file.iter_batches(batch_size=64, use_threads=False):
            yield from (_without_nulls(row) for row in batch.to_pylist())


def _without_nulls(value: Any) -> Any:
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

    text, whole, real = pa.string(), pa.int64(), pa.float64()

    def struct(**fields: Any) -> Any:
        return pa.struct([pa.field(name, kind) for name, kind in fields.items()])

    verdict = struct(
        label=text,
        p_machine=real,
        p_translated=real,
        source_lang=pa.list_(struct(lang=text, p=real)),
        damage=real,
        reasons=pa.list_(text),
    )
    agreement = struct(document=text, start=whole, end=whole, chrf=real, bleu=real, ter=real)
    passage = struct(index=whole, start=whole, end=whole, kind=text, score=real, label=text, agreement=pa.list_(agreement))
    evidence = struct(kind=text, note=text, lang=text, word=text, document=text, start=whole, end=whole, quote=text)
    documents = struct(
        id=text,
        lang=text,
        title=text,
        words=whole,
        text=text,
        verdict=verdict,
        siblings=pa.list_(struct(id=text, similarity=real, chrf=real)),
        passages=pa.list_(passage),
        skips=pa.list_(struct(detector=text, reason=text)),
    )
    findings = struct(
        document=text,
        detector=text,
        category=text,
        severity=text,
        field=text,
        start=whole,
        end=whole,
        quote=text,
        message=text,
        weight=real,
        probability=real,
        suggestions=pa.list_(struct(text=text, probability=real)),
        evidence=pa.list_(evidence),
        fingerprint=text,
    )
    return {"documents": pa.schema(list(documents)), "findings": pa.schema(list(findings))}
