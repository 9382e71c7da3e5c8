"""A batch from beginning to end: a folder of results from files, folders or a stream of documents."""

from __future__ import annotations

import os
import platform
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final, Literal, TextIO

import msgspec

from audit.assets import manifest
from audit.auditor import VERSION, Auditor
from audit.errors import UsageError
from audit.runner import intake, passes
from audit.runner.manifest import Input, Manifest, Part, read_manifest
from audit.runner.mates import mates
from audit.runner.plan import Plan, Request
from audit.runner.progress import Progress
from audit.runner.serial import Runner, Serial
from audit.runner.shards import LOG, Folder, Started, opened, write
from audit.runner.spool import Spool
from audit.runner.summary import Tally, summary
from audit.siblings.agreement import metrics
from audit.streams import Position
from audit.types import Failure

RunnerName = Literal["serial", "pool", "ray"]
_SURVEYED: Final = "surveyed.json"


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how a batch runs; nothing in its results depends on it.

    ``workers`` 0: as many as there are cores. ``unit``: documents sent to a worker at once (None: what suits the pass).
    ``ray_address``: a cluster to join. ``devices``: cards of the encoder's processes ("cuda:0"); none: workers run it.
    ``num_gpus``: on Ray, the share of a card for each of the encoder's actors.
    """

    runner: RunnerName = "pool"
    workers: int = 0
    unit: int | None = None
    ray_address: str | None = None
    devices: tuple[str, ...] = ()
    num_gpus: float = 1.0


def run(
    request: Request, folder: Path, means: Means, *, stdin: BinaryIO | None = None, stream: TextIO | None = None
) -> Manifest:
    """Make the batch, or go on where an earlier run of the same request stopped; ``stream`` is told how it goes.

    Raises UsageError where something else lies in the folder, another run works in it, or the settings name what does not
    exist; InputError where a file cannot be written.
    """
    paths = intake.expanded(request.paths)
    _outside(folder, paths)
    auditor = request.plan.auditor()
    files = intake.inputs(paths)
    with opened(folder, request.format) as place:
        started = Started(signature=auditor.signature, models=models(), options=request.options(), inputs=files)
        complete = place.begin(started)
        progress = Progress(folder / LOG, stream)
        if place.finished:
            progress.say(f"{folder} is complete: nothing to do")
            return _manifest(folder)
        if complete:
            progress.say(f"going on after {complete} complete parts")
        runner = _runner(request.plan, means, auditor.second.device)
        try:
            known = msgspec.structs.replace(request, paths=paths)
            parts = _passes(known, place, runner, progress, auditor, means.unit, stdin, sum(source.bytes for source in files))
        finally:
            runner.close()
            progress.clear()
        return _finish(place, request, started, parts)


def _passes(
    request: Request,
    place: Folder,
    runner: Runner,
    progress: Progress,
    auditor: Auditor,
    unit: int | None,
    stdin: BinaryIO | None,
    size: int,
) -> int:
    """All passes; the number of parts."""
    position = Position()
    shards = intake.shards(request, stdin, position)

    def by_bytes() -> float | None:
        return position.bytes / size if size else None

    if not request.plan.two_passes:
        progress.begin("screen" if request.plan.screen_only else "audit", by_bytes)
        return passes.read(shards, place, runner, progress, unit)
    spool = Spool(place.work / "survey")
    marker = place.work / _SURVEYED
    try:
        if marker.exists():
            for number in range(msgspec.json.decode(marker.read_bytes(), type=int)):
                sheet = spool.known(number)
                if sheet is None:
                    raise UsageError(f"{spool.folder} is damaged: delete the batch's folder and begin again")
                spool.take(number, sheet)
        else:
            progress.begin("first pass", by_bytes)
            passes.survey(shards, place, spool, runner, progress, unit)
            write(marker, msgspec.json.encode(len(spool.sheets)))
        found = mates(spool, place.work, auditor.sibling_settings)
        before = sum(sheet.words for number, sheet in enumerate(spool.sheets) if place.done(number) is not None)
        progress.begin("second pass", lambda: (before + progress.words) / spool.words if spool.words else None)
        return passes.compare(spool, found, place, runner, progress, unit)
    finally:
        spool.close()


def _runner(plan: Plan, means: Means, device: str) -> Runner:
    """The runner that is asked for. ``device``: where the encoder runs; on cards it has processes of its own."""
    devices = means.devices or ((device,) if device != "cpu" else ())
    if means.runner == "serial":
        if len(devices) > 1:
            raise UsageError("several cards need --runner pool or ray")
        return Serial(msgspec.structs.replace(plan, device=devices[0]) if devices else plan)
    # Workers leave the cards alone: what they would load there lies in the encoder's own processes.
    plan = msgspec.structs.replace(plan, device="cpu")
    if means.runner == "ray":
        from audit.runner.ray import Cluster

        return Cluster(plan, means.workers, means.ray_address, means.num_gpus if devices else 0.0)
    from audit.runner.pool import Pool

    return Pool(plan, means.workers or os.cpu_count() or 1, devices)


def _finish(place: Folder, request: Request, started: Started, count: int) -> Manifest:
    """The description of the whole, from the records of its parts."""
    tally, parts = Tally(), list[Part]()
    failures: list[Failure] = []
    for number in range(count):
        done = place.done(number)
        if done is None:
            raise UsageError(f"part {number} of {place.path} is gone: run the same command again")
        tally = Tally.total((tally, done.tally))
        parts.append(done.part)
        failures += done.failures
    inputs = [Input(path=source.path, files=source.files, bytes=source.bytes) for source in started.inputs]
    inputs += [Input(path="-", files=None, bytes=None)] * ("-" in request.paths)
    manifest = Manifest(
        signature=started.signature,
        metrics=metrics(),
        versions={"mt-audit": VERSION, **_versions()},
        models=started.models,
        format=request.format,
        options=started.options,
        inputs=tuple(inputs),
        documents=sum(part.documents for part in parts),
        findings=sum(part.findings for part in parts),
        failures=len(failures),
        parts=tuple(parts),
    )
    reasons = Counter(_kind(failure.reason) for failure in failures)
    plan = request.plan
    place.finish(manifest, failures, summary(tally, reasons, screen_only=plan.screen_only, cascade=plan.cascade))
    return manifest


def _kind(reason: str) -> str:
    """What a reason says without the particulars of one document."""
    if detector := re.match(r"detector \w+ failed", reason):
        return detector[0]
    return re.split(r"[:'`(\"]|\s\d", reason, maxsplit=1)[0].strip()


def _manifest(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError(f"{folder} holds no finished batch")
    return manifest


def models() -> dict[str, str]:
    """What lies under models/, by the beginnings of its sha256: versions are raised by people, hashes by themselves."""
    return {asset.id: asset.sha256[:12] for asset in manifest().values()}


def _versions() -> dict[str, str]:
    import pyarrow

    return {"python": platform.python_version(), "pyarrow": pyarrow.__version__}


def _outside(folder: Path, paths: Sequence[str]) -> None:
    """Refuse to write where is read: the next run would take results for documents."""
    inner = folder.resolve()
    for path in paths:
        if path != "-" and os.path.isdir(path) and inner.is_relative_to(Path(path).resolve()):
            raise UsageError(f"{folder} lies in the input {path}: choose a folder outside of it")
