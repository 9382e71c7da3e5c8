"""Options for a user's own models, for every command that takes them; the commands ``calibrate`` and ``models``."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_type_hints

import typer

from audit import console
from audit.errors import AuditError, InputError, UsageError
from audit.output import write
from audit.own_models import OwnModels, completed, read_calibration, written

if TYPE_CHECKING:
    from audit.neural.hub.source import Source
    from audit.own_models import Calibration


class Pooling(StrEnum):
    mean = "mean"
    cls = "cls"


class Dtype(StrEnum):
    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"
    float16 = "float16"


_MODEL: Final = "FOLDER|NAME"
_LABELS: Final = "LABEL=MEANING,…|FILE"
_PANEL: Final = "Models of your own"


def _option(*names: str, metavar: str | None = None, help: str, least: int | None = None) -> Any:
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel=_PANEL, min=least, show_default=False)


# Name of the parameter, its type with the option, its default: in the order of the help page.
_OPTIONS: Final[tuple[tuple[str, Any, Any], ...]] = (
    ("tagger", Annotated[str | None, _option(metavar=_MODEL, help="A token classifier that marks errors.")], None),
    ("lm", Annotated[str | None, _option(metavar=_MODEL, help="A masked or causal language model, for the encoder.")], None),
    ("nli", Annotated[str | None, _option(metavar=_MODEL, help="A classifier of contradictions, for siblings.")], None),
    ("embedder", Annotated[str | None, _option(metavar=_MODEL, help="An encoder of texts, to find and align siblings.")], None),
    ("judge", Annotated[str | None, _option(metavar=_MODEL, help="An instruction-tuned model that is asked for errors.")], None),
    ("qe", Annotated[str | None, _option(metavar=_MODEL, help="A regression model on pairs of passages.")], None),
    (
        "tagger_labels",
        Annotated[str | None, _option(metavar=_LABELS, help="ok, bad, minor, major, critical, or a kind of error.")],
        None,
    ),
    (
        "nli_labels",
        Annotated[str | None, _option(metavar=_LABELS, help="entailment, neutral or contradiction.")],
        None,
    ),
    ("pooling", Annotated[Pooling | None, _option(help="How the embedder's states become one vector (mean).")], None),
    ("calibration", Annotated[str | None, _option(metavar="FILE", help="What `mt-audit calibrate` has written.")], None),
    ("allow_download", Annotated[bool, _option("--allow-download", help="Fetch a model that is not in the local cache.")], False),
    ("model_dtype", Annotated[Dtype | None, _option(help="Precision of the models (auto: by device).")], None),
    ("model_cache", Annotated[str | None, _option(metavar="DIR", help="Keep the models' answers here.")], None),
    ("batch_tokens", Annotated[int | None, _option(help="Tokens that a model reads at once.", least=1)], None),
)


def with_models(command: Callable[..., int]) -> Callable[..., int]:
    """The command with the options for models; it gets them as its argument ``own``, ready for `Auditor`."""
    hints = get_type_hints(command, include_extras=True)
    names = {name for name, _, _ in _OPTIONS}

    @wraps(command)
    def run(**values: Any) -> int:
        given = {name: values.pop(name) for name in sorted(names)}
        return command(**values, own=_asked(given))

    own = [p.replace(annotation=hints[p.name]) for p in inspect.signature(command).parameters.values() if p.name != "own"]
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter(name, keyword, default=default, annotation=kind) for name, kind, default in _OPTIONS]
    signature = inspect.Signature([*(p.replace(kind=keyword) for p in own), *added])
    run.__dict__.pop("__wrapped__", None)
    run.__signature__ = signature  # pyright: ignore[reportAttributeAccessIssue]  # what typer reads the options from
    run.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    return run


def _asked(given: dict[str, Any]) -> OwnModels:
    """The options as values: labels are read, and what was not given is left out."""
    values: dict[str, Any] = {name: value for name, value in given.items() if value not in (None, "", False)}
    for name in ("tagger_labels", "nli_labels"):
        if name in values:
            values[name] = _labels(f"--{name.replace('_', '-')}", values[name])
    for name in ("pooling", "model_dtype"):
        if name in values:
            values[name] = str(values[name])
    return OwnModels(**values)


def _labels(option: str, chosen: str) -> dict[str, str]:
    """``LABEL=MEANING,…``, or a TOML file of such lines."""
    if Path(chosen).suffix == ".toml":
        try:
            table = tomllib.loads(Path(chosen).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(chosen, f"not a file of labels ({error})") from error
        return {label: str(meaning) for label, meaning in table.items()}
    pairs = [entry.partition("=") for entry in console.listed(chosen)]
    if wrong := [label for label, sign, meaning in pairs if not (label and sign and meaning)]:
        raise UsageError(f"{option}: {wrong[0]!r} is not LABEL=MEANING")
    return {label.strip(): meaning.strip() for label, _, meaning in pairs}


@with_models
def calibrate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="JSON Lines: id, start, end, quote, category, severity.")],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH…", help="The labelled documents; default: documents.jsonl beside GOLD.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON Lines: id, label (mt or human), complete; default: PATH, if it is such a file."),
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Write here.")] = Path("calibration.toml"),
    device: Annotated[str, typer.Option(metavar="auto|cpu|cuda", help="Where the models run.")] = "auto",
    lang: Annotated[str, typer.Option(help="The language that the documents are written in.")] = "de",
    text_key: Annotated[str, typer.Option(help="The field that holds the text (jsonl, csv, parquet).")] = "text",
    id_key: Annotated[str, typer.Option(help="The field that holds the id (jsonl, csv, parquet).")] = "id",
    *,
    own: OwnModels,
) -> int:
    """Measure what models of your own are worth on labelled articles; the result is a file for --calibration."""
    from audit.auditor import Auditor
    from audit.calibrate import calibrate as measure
    from audit.evaluate import read_gold, read_labels
    from audit.options import Options

    _writable(output)
    if "calibration" in own:
        own = completed(own)[0]
        own.pop("calibration", None)
    paths = paths or _beside(gold)
    known = {key: label for path in ([labels] if labels else paths) for key, label in _known(read_labels, path, id_key).items()}
    documents, failures = console.read(paths, text_key, id_key, console.stdin(paths))
    auditor = Auditor(lang, device=device, options=Options(min_probability=0.0), **own)
    outcome = measure(auditor, documents, read_gold(gold), known)
    head = ["What models are worth, measured by mt-audit calibrate; give it back with --calibration.", auditor.signature]
    write(output, written(outcome.calibration, [*head, *outcome.lines]).encode("utf-8"))
    for line in outcome.lines:
        print(line)
    console.say(f"written: {output}")
    for failure in failures:
        console.say(f"mt-audit: {failure.source}: {failure.reason}")
    return 2 if failures else 0


def _beside(gold: Path) -> list[str]:
    """The documents that lie beside a file of labels."""
    documents = gold.with_name("documents.jsonl")
    if not documents.is_file():
        raise UsageError(f"the documents are missing: name them after GOLD, or put them into {documents}")
    return [str(documents)]


def _known(read: Callable[..., Any], path: str | Path, id_key: str) -> Any:
    return read(path, id_key=id_key) if Path(path).is_file() else {}


def _writable(output: Path) -> None:
    """Refuse to write over a file that is not a calibration."""
    if not output.parent.is_dir():
        raise UsageError(f"{output}: there is no such folder")
    if output.exists():
        try:
            read_calibration(output)
        except UsageError as error:
            raise UsageError(f"{output}: exists and is no calibration file; name another one with -o") from error


@with_models
def models(*, own: OwnModels) -> int:
    """List what is installed under models/, and the models of your own that the options name.

    Installed: version, licence, size in bytes, languages, and whether the hash is right. Your own: role, model with revision,
    licence, size, and whether a calibration makes it count.
    """
    from audit.assets import locate, manifest

    status = 0
    for asset in manifest().values():
        try:
            locate(asset.id)
            state = "verified"
        except AuditError as error:
            state, status = str(error), 2
        print(f"{asset.id:<24}{asset.version:<10}{asset.licence:<46}{asset.size:>10}  {','.join(asset.languages):<10}{state}")
    if own:
        _print_own(own)
    return status


def _print_own(own: OwnModels) -> None:
    from audit.own_models import checked
    from audit.witnesses import sources

    options, calibration = completed(checked(own))
    for role, source in sources(options).items():
        state = _state(source, calibration)
        print(f"{role:<24}{source.revision[:8]:<10}{source.licence:<46}{source.size:>10}  {source.name:<10} {state}")


def _state(source: Source, calibration: Calibration) -> str:
    measured = calibration.roles.get(source.role)
    if measured is None:
        return "not calibrated: counts for nothing"
    if measured.revision != source.revision:
        return f"calibrated for another revision ({measured.revision[:8]}): calibrate again"
    return f"calibrated on {calibration.articles} articles"


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(calibrate)
    app.command()(models)
