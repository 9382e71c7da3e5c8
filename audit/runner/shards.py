"""The folder of a batch while it is being made: what is complete there, and how it gets there whole.

A part is written under a temporary name, flushed to disk and renamed; its record in ``.work/parts``, written last and in the
same way, says that it is complete. Whatever a kill leaves behind is either complete or not counted. ``.work`` also holds what
the first pass found out, and goes when the manifest is written.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from audit.errors import InputError, UsageError
from audit.runner.manifest import FAILURES, MANIFEST, SUMMARY, Manifest, Part, part_path, read_manifest
from audit.runner.plan import differences, parts_of
from audit.runner.summary import Tally
from audit.runner.tables import KINDS, Format, encode
from audit.types import DocumentReport, Failure

WORK: Final = ".work"
LOG: Final = "batch.log"
# A shard ends with so many documents or characters, whichever comes first: a minute's work, a few megabytes on disk.
DOCUMENTS: Final = 1_000
CHARACTERS: Final = 16_000_000


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder to be read; ``digest`` is over the names, sizes and times of its files."""

    path: str
    files: int
    bytes: int
    digest: str


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What the run in a folder was started with."""

    signature: str
    models: dict[str, str]
    options: dict[str, Any]
    inputs: list[Source]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a complete part. ``digest`` is that of the documents it was made from."""

    part: Part
    digest: str
    tally: Tally
    failures: tuple[Failure, ...]


class Folder:
    """The output folder of a batch; use `opened`."""

    def __init__(self, path: Path, format: Format) -> None:
        self.path = path
        self.work = path / WORK
        self.format: Format = format

    def begin(self, started: Started) -> int:
        """Take up the run that was begun here, or begin it; the number of parts that are complete.

        Raises UsageError where another run was begun or finished here, and says what differs.
        """
        manifest = read_manifest(self.path)
        if manifest is not None:
            self._same(manifest, started)
            self._same_inputs({one.path: (one.files, one.bytes) for one in manifest.inputs if one.path != "-"}, started, "size")
            return len(manifest.parts)
        known = self.work / "run.json"
        if known.exists():
            earlier = _decoded(known, Started)
            self._same(earlier, started)
            self._same_inputs({source.path: source.digest for source in earlier.inputs}, started, "digest")
        else:
            self._empty()
            _make(self.work)
            write(known, msgspec.json.encode(started))
        for folder in (*(self.path / kind for kind in KINDS), self.work / "parts", self.work / "survey"):
            _make(folder)
        self._sweep()
        return sum(1 for _ in (self.work / "parts").glob("*.json"))

    @property
    def finished(self) -> bool:
        """Whether a complete batch lies here."""
        return (self.path / MANIFEST).exists()

    def done(self, number: int) -> Done | None:
        """The record of a part that is complete and whole, None where it must be made."""
        record = self.work / "parts" / f"{number:05d}.json"
        if not record.exists():
            return None
        done = _decoded(record, Done)
        for path, kind in zip(done.part.files(self.path, self.format), KINDS, strict=True):
            if not path.exists() or _sha256(path.read_bytes()) != done.part.sha256[kind]:
                record.unlink()
                return None
        return done

    def put(
        self, number: int, digest: str, reports: Sequence[DocumentReport], failures: Sequence[Failure], left_out: int
    ) -> Done:
        """Write a part and its record."""
        files = encode(reports, self.format)
        for kind, data in files.items():
            write(part_path(self.path, kind, number, self.format), data)
        part = Part(
            number=number,
            documents=len(reports),
            findings=sum(len(report.findings) for report in reports),
            failures=len(failures),
            sha256={kind: _sha256(data) for kind, data in files.items()},
        )
        done = Done(part=part, digest=digest, tally=Tally.of(reports, left_out), failures=tuple(failures))
        write(self.work / "parts" / f"{number:05d}.json", msgspec.json.encode(done))
        return done

    def finish(self, manifest: Manifest, failures: Sequence[Failure], summary: Mapping[str, Any]) -> None:
        """Write what describes the whole, the manifest last; then the work is gone."""
        encoder = msgspec.json.Encoder(order="deterministic")
        write(self.path / FAILURES, b"".join(encoder.encode(failure) + b"\n" for failure in failures))
        write(self.path / SUMMARY, _pretty(summary))
        write(self.path / MANIFEST, _pretty(manifest))
        shutil.rmtree(self.work)

    def _same(self, before: Started | Manifest, started: Started) -> None:
        changed = [*differences(before.options, started.options)]
        changed += differences(parts_of(before.signature), parts_of(started.signature))
        changed += differences(before.models, started.models)
        if changed:
            raise UsageError(
                f"{self.path} holds a batch that was made otherwise, and the two cannot be mixed ({'; '.join(changed)}): "
                "choose another folder, or go on with the versions and options of then"
            )

    def _same_inputs(self, known: Mapping[str, object], started: Started, by: str) -> None:
        """Refuse other input; ``by`` says what is compared."""
        now = {one.path: one.digest if by == "digest" else (one.files, one.bytes) for one in started.inputs}
        changed = sorted(path for path in {*known, *now} if known.get(path) != now.get(path))
        if changed:
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            raise UsageError(f"{self.path} holds a batch of other input ({changed[0]}{more} changed): choose another folder")

    def _empty(self) -> None:
        """Refuse a folder in which something else lies."""
        with suppress(FileNotFoundError):
            others = sorted(entry.name for entry in os.scandir(self.path) if entry.name not in (WORK, LOG))
            if others:
                raise UsageError(f"{self.path} is not empty, and no batch was begun in it ({others[0]}): choose another folder")

    def _sweep(self) -> None:
        """Remove what a kill has left half-written."""
        for folder in (self.path, *(self.path / kind for kind in KINDS), self.work, self.work / "parts", self.work / "survey"):
            for path in folder.glob("*.tmp"):
                path.unlink()


@contextmanager
def opened(path: Path, format: Format) -> Generator[Folder]:
    """The folder, made where it is missing, for this process alone. Raises UsageError where another run works in it."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is no folder")
    _make(path)
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(ImportError):  # systems without POSIX locks do without
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"another run is writing to {path}: wait for it, or choose another folder") from None
        yield Folder(path, format)
    finally:
        os.close(handle)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under a temporary name, flushed, renamed. Raises InputError where that fails."""
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise InputError(str(path), f"cannot be written ({error.strerror or error})") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(folder), f"cannot be made ({error.strerror or error})") from error


def _pretty(record: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _decoded(path: Path, type: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type)
    except msgspec.DecodeError as error:
        raise InputError(str(path), f"cannot be read ({error}); delete the batch's folder and begin again") from error
