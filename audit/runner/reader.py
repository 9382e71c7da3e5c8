"""What a finished batch says: `read_batch` opens its folder, and the documents come out one by one.

>>> batch = read_batch(Path("out"))                      # doctest: +SKIP
>>> batch.signature, batch.failures, batch.summary       # doctest: +SKIP
>>> for document in batch.documents():                   # doctest: +SKIP
...     print(document.id, document.verdict.label)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from audit.errors import InputError
from audit.runner.manifest import FAILURES, MANIFEST, SUMMARY, Manifest, read_manifest
from audit.runner.tables import decode
from audit.types import DocumentReport, Failure, Record


@dataclass(frozen=True)
class Batch:
    """A finished batch; its documents stay on disk until they are asked for."""

    folder: Path
    manifest: Manifest
    failures: tuple[Failure, ...]
    summary: dict[str, Any]

    @property
    def signature(self) -> str:
        """Every version that a number in the batch depends on."""
        return self.manifest.signature

    @property
    def metrics(self) -> dict[str, str]:
        """sacrebleu's signatures of ``chrf``, ``bleu`` and ``ter``."""
        return self.manifest.metrics

    def documents(self) -> Iterator[DocumentReport]:
        """The documents with their findings, in the order of the input. Raises InputError where a part is damaged."""
        for part in self.manifest.parts:
            documents, findings = part.files(self.folder, self.manifest.format)
            yield from decode(documents, findings)

    def record(self) -> Record:
        """The whole batch as one record, in memory."""
        return Record(
            signature=self.signature, metrics=self.metrics, documents=tuple(self.documents()), failures=self.failures
        )


def read_batch(folder: str | Path) -> Batch:
    """Open the folder of a finished batch. Raises InputError where it is none, is not finished, or is damaged."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest is None:
        raise InputError(str(folder), f"no finished batch: there is no {MANIFEST} in it")
    try:
        lines = (folder / FAILURES).read_bytes().splitlines()
        failures = tuple(msgspec.json.decode(line, type=Failure) for line in lines)
        summary = msgspec.json.decode((folder / SUMMARY).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(str(folder), f"the batch cannot be read ({error})") from error
    return Batch(folder, manifest, failures, summary)
