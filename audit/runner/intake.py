"""The corpus as a stream of shards: always the same documents in the same shard, however it is worked on."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from audit.io import ENDINGS, read
from audit.runner.plan import Request
from audit.runner.shards import CHARACTERS, DOCUMENTS, Source
from audit.runner.work import Numbered
from audit.streams import Position, kind
from audit.types import Document, Failure


@dataclass
class Shard:
    """Documents that follow each other in the corpus, numbered from ``first``, and what could not be read among them."""

    number: int
    first: int
    documents: list[Numbered] = field(default_factory=list[Numbered])
    failures: list[Failure] = field(default_factory=list[Failure])

    @property
    def digest(self) -> str:
        """A checksum of all that was read: a shard with the same one needs no second look."""
        encoder = msgspec.msgpack.Encoder()
        whole = hashlib.blake2b(encoder.encode(self.failures), digest_size=16)
        for numbered in self.documents:
            whole.update(encoder.encode(numbered.document))
        return whole.hexdigest()


def expanded(paths: Sequence[str]) -> tuple[str, ...]:
    """The paths with patterns (``*``, ``?``, ``[…]``, ``**``) replaced by what matches them, sorted.

    A path that exists is none; a pattern that matches nothing stays, and will be reported as missing.
    """
    found: list[str] = []
    for path in paths:
        matches = [] if os.path.exists(path) or not glob.has_magic(path) else sorted(glob.glob(path, recursive=True))
        found += matches or [path]
    return tuple(found)


def inputs(paths: Sequence[str]) -> list[Source]:
    """What each path holds; what is not read below a folder is not looked at, and standard input cannot be."""
    return [_source(path) for path in paths if path != "-"]


def _source(path: str) -> Source:
    files = size = 0
    whole = hashlib.blake2b(digest_size=16)
    for file in _files(path):
        with suppress(OSError):  # it will be reported as unreadable
            stat = os.stat(file)
            whole.update(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
            files += 1
            size += stat.st_size
    return Source(path=path, files=files, bytes=size, digest=whole.hexdigest())


def _files(path: str) -> Iterator[str]:
    """The files that reading looks at, folder by folder in the order of their names."""
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and kind(name) in ENDINGS:
                yield os.path.join(folder, name)


def shards(request: Request, stdin: BinaryIO | None, position: Position) -> Iterator[Shard]:
    """The shards of the corpus; there is always one, if only for what could not be read."""
    shard, characters = Shard(0, 0), 0
    rows = read(request.paths, text_key=request.text_key, id_key=request.id_key, stdin=stdin, position=position)
    for row in rows:
        total = shard.first + len(shard.documents)
        if isinstance(row, Document) and request.limit is not None and total >= request.limit:
            break
        if len(shard.documents) >= DOCUMENTS or characters >= CHARACTERS:
            yield shard
            shard, characters = Shard(shard.number + 1, total), 0
        if isinstance(row, Failure):
            shard.failures.append(row)
        else:
            shard.documents.append(Numbered(total, row))
            characters += len(row.text)
    yield shard
