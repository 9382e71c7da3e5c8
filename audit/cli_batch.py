"""The command ``batch``: corpora of any size into a folder of tables, interrupted or not, on one machine or many."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from audit import console
from audit.cli_models import with_models
from audit.errors import UsageError
from audit.own_models import OwnModels


class Runner(StrEnum):
    serial = "serial"
    pool = "pool"
    ray = "ray"


class Table(StrEnum):
    parquet = "parquet"
    jsonl = "jsonl"


class Severity(StrEnum):
    minor = "minor"
    major = "major"
    critical = "critical"


_Paths = Annotated[
    list[str], typer.Argument(metavar="PATH…", help="Files, folders, quoted patterns, or - for JSON Lines on standard input.")
]
_Probability = Annotated[
    float | None, typer.Option(min=0.0, max=1.0, help="Leave out findings that are less likely.", show_default="0.5")
]
_Cascade = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, metavar="P", help="Audit fully only documents whose p_machine by the screen is at least P."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(batch)


@with_models
def batch(
    paths: _Paths,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder to write to, or to go on in.")],
    runner: Annotated[Runner, typer.Option(help="serial: this process; pool: processes here; ray: a cluster.")] = Runner.pool,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes.", show_default="one a core")] = None,
    device: Annotated[str, typer.Option(metavar="auto|cpu|cuda:0,…", help="Where the encoder runs.")] = "auto",
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Documents sent to a worker at once.", show_default="64, with siblings 8")
    ] = None,
    screen: Annotated[bool, typer.Option("--screen", help="Stop after the screen: no detector looks.")] = False,
    cascade: _Cascade = None,
    no_siblings: Annotated[bool, typer.Option("--no-siblings", help="Do not compare the documents with each other.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many documents.")] = None,
    output_format: Annotated[Table, typer.Option(help="The format of documents and findings.")] = Table.parquet,
    min_severity: Annotated[Severity, typer.Option(help="Leave out findings that are less severe.")] = Severity.minor,
    min_probability: _Probability = None,
    only: Annotated[str, typer.Option(metavar="ID,…", help="Run only these detectors.")] = "",
    skip: Annotated[str, typer.Option(metavar="ID,…", help="Do not run these detectors.")] = "",
    weights: Annotated[str, typer.Option(metavar="PRESET|FILE", help="MQM weights by severity, as for check.")] = "default",
    ray_address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The Ray cluster to join (with --runner ray); none: this machine.")
    ] = None,
    num_gpus: Annotated[
        float, typer.Option(min=0.01, max=64.0, help="The share of a card for each of Ray's encoders (with --device cuda).")
    ] = 1.0,
    lang: Annotated[str, typer.Option(help="The language that the documents are written in.")] = "de",
    text_key: Annotated[str, typer.Option(help="The field that holds the text (jsonl, csv, parquet).")] = "text",
    id_key: Annotated[str, typer.Option(help="The field that holds the id (jsonl, csv, parquet).")] = "id",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages on standard error but errors.")] = False,
    *,
    own: OwnModels,
) -> int:
    """Audit a corpus into a folder of tables; the same command goes on where it was interrupted."""
    from audit.runner.batch import Means, run
    from audit.runner.plan import Plan, Request

    if ray_address is not None and runner is not Runner.ray:
        raise UsageError("--ray-address is for --runner ray")
    if screen and cascade is not None:
        raise UsageError("--screen stops before what --cascade chooses for: give one of them")
    kind, cards = _devices(device)
    plan = Plan(
        lang=lang,
        device=kind,
        only=tuple(sorted(console.names(only))),
        skip=tuple(sorted(console.names(skip))),
        min_probability=min_probability,
        min_severity=min_severity.value,
        weights=console.weights(weights),
        seek_siblings=not no_siblings,
        screen_only=screen,
        cascade=cascade,
        own={**own},
    )
    request = Request(
        paths=tuple(paths), plan=plan, text_key=text_key, id_key=id_key, limit=limit, format=output_format.value
    )
    means = Means(
        runner=runner.value,
        workers=workers or 0,
        unit=batch_size,
        ray_address=ray_address,
        devices=cards,
        num_gpus=num_gpus,
    )
    with _stoppable(output):
        manifest = run(request, output, means, stdin=console.stdin(paths), stream=None if quiet else sys.stderr)
    if not quiet:
        failed = f", {manifest.failures:,} failures (see failures.jsonl)" if manifest.failures else ""
        console.say(f"{manifest.documents:,} documents, {manifest.findings:,} findings{failed}: {output}")
    return 2 if manifest.failures else 0


def _devices(device: str) -> tuple[str, tuple[str, ...]]:
    """The kind of device that the record's signature names, and the cards: "cuda:0,cuda:1" are two."""
    names = tuple(name.strip() for name in device.split(","))
    if names in (("auto",), ("cpu",)):
        return names[0], ()
    if not all(name == "cuda" or (name.startswith("cuda:") and name[5:].isdigit()) for name in names):
        raise UsageError(f"--device {device!r} is none of auto, cpu, cuda, or cards such as cuda:0,cuda:1")
    if len(set(names)) < len(names):
        raise UsageError(f"--device {device!r} names a card twice")
    return "cuda", names


@contextmanager
def _stoppable(output: Path) -> Generator[None]:
    """SIGTERM stops as Ctrl-C does: workers end, what is complete stays, and a line says how to go on."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        console.say(f"mt-audit: stopped; the same command goes on in {output}")
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
