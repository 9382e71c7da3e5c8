"""Bytes in: plain, gzip and Zstandard files as one kind of stream, their lines, and the limits that keep a bad file small.

Nothing here holds more than one record in memory, whatever the size of the file.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

BOM: Final = b"\xef\xbb\xbf"
COMPRESSED: Final = (".gz", ".zst")
JSON: Final = (".jsonl", ".ndjson")
# One step of input must not swell to more than tens of megabytes: DEFLATE expands at most 1,032 times (RFC 1951), a
# Zstandard block of four bytes can stand for 128 KiB (RFC 8878, section 3.1.1.2).
_GZIP_STEP: Final = 16_384
_ZSTD_STEP: Final = 1_024
# The ratio of packed to unpacked bytes says nothing of a small file: a page of blanks is no bomb.
BOMB_FLOOR: Final = 64_000_000


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What is too much. Chosen generously: long reads in newspapers stay below 20,000 words, novels below 200,000.

    ``text_bytes`` and ``words`` bound one document's title and text (bytes of UTF-8); ``record_bytes`` bounds what is read
    to get at it: a line, a table row, an HTML page, a web-archive record. ``page_tags`` bounds the tags of a page, for the
    time that extraction takes can grow with their square (measured: 25 s for 70,000 tags around one sentence repeated;
    pages of articles have some hundred to some thousand). ``expansion`` is the highest ratio of unpacked to
    packed bytes: German news packs 2 to 6 times, JSON Lines with many like records up to about 50 times.
    """

    text_bytes: int = 2_000_000
    words: int = 200_000
    record_bytes: int = 16_000_000
    page_tags: int = 100_000
    expansion: int = 250


class Position:
    """How far reading has come: files that are done, and the one that is open; for progress alone."""

    def __init__(self) -> None:
        self._done = 0
        self._open: BinaryIO | None = None
        self._size = 0

    @property
    def bytes(self) -> int:
        """Bytes read of the files as they lie on disk."""
        return self._done + (min(self._open.tell(), self._size) if self._open is not None else 0)

    def opened(self, file: BinaryIO) -> None:
        """The next file is read."""
        self._open, self._size = file, os.fstat(file.fileno()).st_size

    def closed(self) -> None:
        """The file has been read, or given up."""
        self._done += self._size
        self._open, self._size = None, 0


class DamagedError(Exception):
    """A compressed stream that cannot be read on; the message is one line for people."""


def bomb(expansion: int) -> str:
    """The reason for refusing data that swell more than ``expansion`` times."""
    return f"the compressed data swell more than {expansion} times: refused as a decompression bomb"


class _Unpacked(io.RawIOBase):
    """The bytes within a gzip or Zstandard file of one or more members.

    Reading raises DamagedError where the data are damaged, end too early, or swell beyond ``expansion``.
    """

    def __init__(self, packed: BinaryIO, open_member: Callable[[], Any], step: int, expansion: int) -> None:
        self._packed = packed
        self._open_member = open_member
        self._member: Any = None
        self._step = step
        self._expansion = expansion
        self._rest = b""  # packed bytes that belong to the next member
        self._out = memoryview(b"")
        self._read = self._written = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            self._packed.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        while not self._out:
            if not self._advance():
                return 0
        count = min(len(buffer), len(self._out))
        buffer[:count] = self._out[:count]
        self._out = self._out[count:]
        return count

    def _advance(self) -> bool:
        """Unpacks one more step of input; False at the proper end of the file."""
        chunk = self._rest or self._packed.read(self._step)
        self._rest = b""
        if self._member is None:
            if self._read:
                chunk = chunk.lstrip(b"\0")  # tape blocks are filled up with zeros after the last member
            if not chunk:
                return bool(self._read) and self._more_padding()
            self._member = self._open_member()
        elif not chunk:
            raise DamagedError("the compressed data end too early: the file is cut off")
        self._read += len(chunk)
        try:
            out = self._member.decompress(chunk)
        except Exception as error:  # zlib.error and zstandard.ZstdError share no base, and zstandard may be absent
            raise DamagedError(f"the compressed data are damaged ({error})") from error
        if self._member.eof:
            self._rest = self._member.unused_data
            self._read -= len(self._rest)
            self._member = None
        self._written += len(out)
        if self._written > max(BOMB_FLOOR, self._expansion * self._read):
            raise DamagedError(bomb(self._expansion))
        self._out = memoryview(out)
        return True

    def _more_padding(self) -> bool:
        """Reads zeros after the last member; True if something else follows them."""
        while chunk := self._packed.read(self._step):
            self._rest = chunk.lstrip(b"\0")
            if self._rest:
                return True
        return False


def _gzip_member() -> Any:
    return zlib.decompressobj(wbits=31)


def _zstd_member() -> Any:
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj()


def kind(name: str) -> str:
    """The ending that says what a file is, in lower case, without .gz or .zst: ``a.CSV.gz`` is ``.csv``."""
    path = Path(name.lower())
    return Path(path.stem).suffix if path.suffix in COMPRESSED else path.suffix


def unpacked(packed: BinaryIO, name: str, limits: Limits) -> BinaryIO:
    """``packed`` as it is, or what is packed in it where ``name`` ends in .gz or .zst."""
    ending = Path(name).suffix.lower()
    if ending not in COMPRESSED:
        return packed
    member, step = (_gzip_member, _GZIP_STEP) if ending == ".gz" else (_zstd_member, _ZSTD_STEP)
    return io.BufferedReader(_Unpacked(packed, member, step, limits.expansion), buffer_size=262_144)


@contextmanager
def opened(path: Path, limits: Limits, position: Position) -> Generator[BinaryIO]:
    """A file opened for reading, unpacked where its name says so. Raises OSError, and DamagedError while it is read."""
    with path.open("rb") as packed, unpacked(packed, path.name, limits) as stream:
        position.opened(packed)
        try:
            yield stream
        finally:
            position.closed()


def lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines (from 1) with their line ends; None for a line of more than ``limit`` bytes, which is passed over.

    A byte order mark at the start of the stream is left out. Only LF ends a line.
    """
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) > limit and not line.endswith(b"\n"):
            while (rest := stream.readline(65_536)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line.removeprefix(BOM) if number == 1 else line


def decoded(raw: bytes) -> str:
    """UTF-8 to text, a byte order mark at the start left out. Raises ValueError with one line that says what is wrong where."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("not UTF-8: it starts with the byte order mark of UTF-16")
    try:
        return raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + (len(BOM) if raw.startswith(BOM) else 0)
        raise ValueError(not_utf8(raw, at)) from None


def not_utf8(raw: bytes, at: int) -> str:
    """The reason for refusing ``raw``, whose byte ``at`` (counted from 0) is not UTF-8."""
    if b"\0" in raw:
        return f"binary data, not text: byte {raw.index(0)} is NUL"
    return f"not UTF-8: byte {at} is 0x{raw[at]:02X}"
