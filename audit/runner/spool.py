"""What the first pass leaves for the second: the documents themselves and what was found out about each, on disk.

A file a shard, in it for each document two frames (four bytes of length, then MessagePack): the document, and its `Surveyed`.
In memory stays the place of each document, eight bytes. ``NNNNN.json`` beside it says that a file is complete.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from audit.errors import InputError
from audit.runner.intake import Shard
from audit.runner.shards import write
from audit.runner.work import Numbered, Surveyed
from audit.types import Document, Failure

_LENGTH: Final = struct.Struct("<I")


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A complete shard of the first pass: its documents, their words, its bytes, and what could not be read among them."""

    documents: int
    words: int
    bytes: int
    digest: str
    failures: tuple[Failure, ...]


class Spool:
    """Documents by number, as they were surveyed. Shards are added in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sheets: list[Sheet] = []
        self._firsts = array("q")
        self._places = array("q")
        self._file: tuple[int, BinaryIO] | None = None
        self._documents = msgspec.msgpack.Decoder(Document)
        self._surveyed = msgspec.msgpack.Decoder(Surveyed)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def words(self) -> int:
        """Words of all documents."""
        return sum(sheet.words for sheet in self.sheets)

    def known(self, number: int) -> Sheet | None:
        """The sheet of a shard that an earlier run has completed, None where it must be made."""
        try:
            sheet = msgspec.json.decode(self._sheet(number).read_bytes(), type=Sheet)
            whole = self._path(number).stat().st_size == sheet.bytes
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        return sheet if whole else None

    def put(self, shard: Shard, surveyed: Sequence[Surveyed]) -> None:
        """Write a shard and take it up."""
        encoder = msgspec.msgpack.Encoder()
        frames: list[bytes] = []
        for numbered, found in zip(shard.documents, surveyed, strict=True):
            for record in (encoder.encode(numbered.document), encoder.encode(found)):
                frames += [_LENGTH.pack(len(record)), record]
        data = b"".join(frames)
        sheet = Sheet(
            documents=len(surveyed),
            words=sum(found.words for found in surveyed),
            bytes=len(data),
            digest=shard.digest,
            failures=tuple(shard.failures),
        )
        write(self._path(shard.number), data)
        write(self._sheet(shard.number), msgspec.json.encode(sheet))
        self.take(shard.number, sheet)

    def take(self, number: int, sheet: Sheet) -> None:
        """Take up a shard that is complete on disk."""
        if number != len(self.sheets):
            raise ValueError(f"shard {number} comes after {len(self.sheets)}")
        self._firsts.append(len(self._places))
        self.sheets.append(sheet)
        with self._path(number).open("rb") as file:
            for _ in range(sheet.documents):
                self._places.append(file.tell())
                for _ in range(2):
                    file.seek(_length(file, self._path(number)), 1)

    def first(self, shard: int) -> int:
        """The number of a shard's first document."""
        return self._firsts[shard]

    def document(self, number: int) -> Numbered:
        """The document with this number."""
        return Numbered(number, self._documents.decode(_frame(self._at(number))))

    def surveyed(self, number: int) -> Surveyed:
        """What was found out about the document with this number."""
        file = self._at(number)
        file.seek(_length(file, self.folder), 1)
        return self._surveyed.decode(_frame(file))

    def all(self) -> Iterator[tuple[Document, Surveyed]]:
        """Every document with what was found out about it, in order."""
        for number, sheet in enumerate(self.sheets):
            with self._path(number).open("rb") as file:
                for _ in range(sheet.documents):
                    document = self._documents.decode(_frame(file))
                    yield document, self._surveyed.decode(_frame(file))

    def close(self) -> None:
        """Close the file that is open."""
        if self._file is not None:
            self._file[1].close()
        self._file = None

    def _at(self, number: int) -> BinaryIO:
        shard = bisect_right(self._firsts, number) - 1
        while self.sheets[shard].documents == 0:
            shard -= 1
        if self._file is None or self._file[0] != shard:
            self.close()
            self._file = (shard, self._path(shard).open("rb"))
        self._file[1].seek(self._places[number])
        return self._file[1]

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05d}.bin"

    def _sheet(self, number: int) -> Path:
        return self.folder / f"{number:05d}.json"


def _length(file: BinaryIO, path: Path) -> int:
    raw = file.read(_LENGTH.size)
    if len(raw) < _LENGTH.size:
        raise InputError(str(path), "the file is cut off; delete the batch's folder and begin again")
    return _LENGTH.unpack(raw)[0]


def _frame(file: BinaryIO) -> bytes:
    return file.read(_length(file, Path(file.name)))
