from collections.abc import Iterator, Sequence
from typing import BinaryIO, Literal

from pyarrow import RecordBatch, Schema, Table

class RowGroupMetaData:
    total_byte_size: int

class FileMetaData:
    num_row_groups: int
    def row_group(self, i: int) -> RowGroupMetaData: ...

class ParquetFile:
    metadata: FileMetaData
    schema_arrow: Schema
    def __init__(
        self,
        source: BinaryIO,
        *,
        buffer_size: int = ...,
        pre_buffer: bool = ...,
        read_dictionary: Sequence[str] | None = ...,
    ) -> None: ...
    def iter_batches(
        self, batch_size: int = ..., *, columns: Sequence[str] | None = ..., use_threads: bool = ...
    ) -> Iterator[RecordBatch]: ...

def write_table(table: Table, where: BinaryIO, *, compression: Literal["zstd"], compression_level: int) -> None: ...
