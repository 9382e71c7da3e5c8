"""Which models of their own a user wants to hear, and what was measured about them: options and calibration files.

A calibration file is TOML, written by ``mt-audit calibrate`` and given back by ``--calibration``. It names the models with their
revisions, so that it can stand for the options; a model of another revision is not taken for the measured one.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict, get_args

import msgspec

from audit.errors import UsageError

if TYPE_CHECKING:
    from audit.contrast import SecondWitness
    from audit.witnesses import Witnesses

Role = Literal["tagger", "lm", "nli", "embedder", "judge", "qe"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
# What a calibration file holds.
_Value: TypeAlias = "str | float | bool | list[_Value] | dict[str, _Value] | None"


class OwnModels(TypedDict, total=False):
    """Options of `Auditor` and, with dashes, of the command line.

    A role is given a folder, or a Hugging Face name that lies in the local cache (``owner/name@revision``). ``tagger_labels`` and
    ``nli_labels`` say what a model's labels mean where their names do not. ``pooling`` is that of the embedder. ``model_dtype``
    and ``batch_tokens`` hold for all of them; ``model_cache`` is a folder for their answers; ``calibration`` a file that
    ``mt-audit calibrate`` has written. Without ``allow_download`` nothing is fetched.
    """

    tagger: str
    lm: str
    nli: str
    embedder: str
    judge: str
    qe: str
    tagger_labels: dict[str, str]
    nli_labels: dict[str, str]
    pooling: Literal["mean", "cls"]
    model_dtype: Literal["auto", "float32", "bfloat16", "float16"]
    batch_tokens: int
    model_cache: str
    calibration: str
    allow_download: bool


class Line(msgspec.Struct, frozen=True, array_like=True):
    """Log odds from a value: ``bias`` + ``slope`` × value."""

    bias: float = 0.0
    slope: float = 0.0

    def at(self, value: float) -> float:
        return self.bias + self.slope * value

    def __bool__(self) -> bool:
        return bool(self.bias or self.slope)


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An embedder's part in a similarity: ``share`` (0–1) of it comes from the cosine.

    A cosine of ``unlike`` counts as 0 and one of ``alike`` as ``similarity``, on the scale of what it is mixed with.
    """

    share: float
    unlike: float
    alike: float
    similarity: float


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a calibration knows of one model.

    ``findings``: by signal, what the model adds to a finding's log odds. ``own``: the log odds of what it alone marks; None: it
    raises no findings of its own. ``scales``: an embedder's part in finding siblings (``stories``) and in aligning ``sentences``.
    """

    model: str
    revision: str
    findings: dict[str, Line] = {}
    own: Line | None = None
    scales: dict[str, Scale] = {}


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """A calibration file. ``digest``: the first digits of its sha256, for the signature; empty where nothing was calibrated."""

    schema: int = 1
    articles: int = 0
    roles: dict[str, Measured] = {}
    options: dict[str, Any] = {}
    digest: str = ""


def summoned(asked: Mapping[str, Any], device: str, settings: Mapping[str, Any], second: SecondWitness) -> Witnesses | None:
    """The models of these options, opened; None, and nothing of theirs imported, where no model is asked for.

    A language model that has the files of the embedded encoder takes its place as the ``second`` witness.
    """
    options = checked(asked)
    if not options:
        return None
    from audit.witnesses import Witnesses

    witnesses = Witnesses(options, device, settings, second.folder if "lm" in completed(options)[0] else None)
    if witnesses.encoder is not None:
        second.encoder = witnesses.encoder
    return witnesses


def checked(asked: Mapping[str, Any]) -> OwnModels:
    """The options of a caller. Raises UsageError for one that does not exist or has a value of the wrong kind."""
    known = OwnModels.__annotations__
    if strange := sorted(set(asked) - set(known)):
        raise UsageError(f"no option named {strange[0]!r} (own models: {', '.join(known)})")
    given = {name: str(value) if isinstance(value, Path) else value for name, value in asked.items() if value not in (None, "")}
    try:
        options: OwnModels = msgspec.convert(given, OwnModels)
    except msgspec.ValidationError as error:
        raise UsageError(f"own models: {error}") from error
    if options.get("batch_tokens", 1) < 1:
        raise UsageError("batch_tokens must be at least 1")
    if any(role in options for role in ROLES) or "calibration" in options:
        return options
    if idle := sorted(set(options) - {"allow_download"}):
        raise UsageError(f"--{idle[0].replace('_', '-')} is for a model of your own, and none is given")
    return {}


def completed(options: OwnModels) -> tuple[OwnModels, Calibration]:
    """The options with the models that the calibration file names, and the calibration; options given in words win."""
    if "calibration" not in options:
        return options, Calibration()
    calibration = read_calibration(Path(options["calibration"]))
    return checked({**calibration.options, **options}), calibration


def read_calibration(path: Path) -> Calibration:
    """A calibration file. Raises UsageError where it is none."""
    try:
        data = path.read_bytes()
        raw = tomllib.loads(data.decode("utf-8"))
        known = msgspec.convert(raw, Calibration)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: not a file that `mt-audit calibrate` has written ({' '.join(str(error).split())})") from error
    if known.schema != 1 or "schema" not in raw or set(known.roles) - set(ROLES):
        raise UsageError(f"{path}: not a file that `mt-audit calibrate` has written, or of a newer version of it")
    checked(known.options)
    return msgspec.structs.replace(known, digest=hashlib.sha256(data).hexdigest()[:8])


def written(calibration: Calibration, lines: list[str]) -> str:
    """The calibration as TOML; ``lines`` become comments at its head."""
    made = [f"# {line}".rstrip() for line in lines]
    made += [f"schema = {calibration.schema}", f"articles = {calibration.articles}"]
    if calibration.options:
        made += ["", "[options]", *(f"{name} = {_toml(value)}" for name, value in calibration.options.items())]
    for role, measured in calibration.roles.items():
        made += ["", f"[roles.{role}]"]
        for name, value in msgspec.to_builtins(measured).items():
            if value is not None:
                made.append(f"{name} = {_toml(value)}")
    return "\n".join([*made, ""])


def _toml(value: _Value) -> str:
    """A value in TOML: JSON's strings, numbers and lists are TOML's, too."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {_toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
