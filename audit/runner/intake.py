"""The corpus as a stream of shards: always the same documents in the same shard, however it is worked on."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from audit.io import read
from audit.runner.plan import Request
from audit.runner.shards import CHARACTERS, DOCUMENTS
from audit.runner.work import Numbered
from audit.streams import Position
from audit.types import Document, Failure


@dataclass
class Shard:
    """Documents that follow each other in the corpus, numbered from ``first``, and what could not be read among them."""

    number: int
    first: int
    documents: list[Numbered] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

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


def inputs(paths: Sequence[str]) -> list[tuple[str, int, int]]:
    """Each file that will be looked at with its size in bytes and its time of change (ns), in the order of the paths."""
    found: list[tuple[str, int, int]] = []
    for path in paths:
        below = sorted(str(file) for file in Path(path).rglob("*")) if os.path.isdir(path) else [path]
        for file in below:
            if os.path.isfile(file):
                stat = os.stat(file)
                found.append((file, stat.st_size, stat.st_mtime_ns))
    return found


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
