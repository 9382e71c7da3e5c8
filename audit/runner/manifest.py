"""The manifest of a batch: by what it was made, from what, and which parts it consists of."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from audit.errors import InputError
from audit.runner.tables import KINDS, Format
from audit.types import SCHEMA_VERSION

MANIFEST: Final = "manifest.json"
FAILURES: Final = "failures.jsonl"
SUMMARY: Final = "summary.json"


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder that was read: its path as it was given, its files and their bytes (None for standard input)."""

    path: str
    files: int | None
    bytes: int | None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A complete part: its number (from 0), the rows of its files, what failed in it, and the hashes by kind of file."""

    number: int
    documents: int
    findings: int
    failures: int
    sha256: dict[str, str]

    def files(self, folder: Path, format: str) -> tuple[Path, Path]:
        """Its file of documents and its file of findings."""
        documents, findings = (part_path(folder, kind, self.number, format) for kind in KINDS)
        return documents, findings


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """manifest.json. ``metrics`` are sacrebleu's signatures, ``versions`` those of the programs that wrote the files.

    ``models`` are the beginnings of the sha256 of everything under models/ that was at hand, by its id.
    """

    schema: int = SCHEMA_VERSION
    signature: str
    metrics: dict[str, str]
    versions: dict[str, str]
    models: dict[str, str]
    format: Format
    options: dict[str, Any]
    inputs: tuple[Input, ...]
    documents: int
    findings: int
    failures: int
    parts: tuple[Part, ...]


def part_path(folder: Path, kind: str, number: int, format: str) -> Path:
    """Where a part's file lies: ``folder/documents/part-00000.parquet``."""
    return folder / kind / f"part-{number:05d}.{format}"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a finished batch, None where there is none. Raises InputError where it cannot be read."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(str(folder / MANIFEST), f"not the manifest of a batch ({error})") from error
