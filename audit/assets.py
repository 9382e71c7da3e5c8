"""Finds, checks and opens what lies under models/. The only module that knows where that is.

A file is used only after its sha256 has been compared with models/MANIFEST.toml, once a process; weights are safetensors,
tables are TOML or text: nothing is unpickled, nothing is fetched.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import msgspec

from audit.errors import ModelError, UsageError

_PACKAGE: Final = Path(__file__).resolve().parent


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file under models/: ``size`` in bytes, ``languages`` as ISO 639-1 codes, ``licence`` as an SPDX expression."""

    id: str
    path: str
    version: str
    sha256: str
    licence: str
    languages: list[str]
    size: int


def root() -> Path:
    """The models folder: inside the installed package, or beside it in a checkout."""
    for folder in (_PACKAGE / "models", _PACKAGE.parent / "models"):
        if (folder / "MANIFEST.toml").is_file():
            return folder
    raise ModelError("models/MANIFEST.toml is missing: the installation is incomplete")


@cache
def manifest() -> dict[str, Asset]:
    """Every asset by its id."""
    try:
        data = tomllib.loads((root() / "MANIFEST.toml").read_text(encoding="utf-8"))
        return {asset.id: asset for asset in msgspec.convert(data["asset"], list[Asset])}
    except (tomllib.TOMLDecodeError, KeyError, msgspec.ValidationError) as error:
        raise ModelError(f"models/MANIFEST.toml cannot be read: {error}") from error


def digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def locate(asset_id: str) -> Path:
    """The verified path of an asset. Raises ModelError where it is missing, or is not the file the manifest names."""
    asset = manifest().get(asset_id)
    if asset is None:
        raise ModelError(f"no asset named {asset_id!r} in models/MANIFEST.toml")
    path = root() / asset.path
    if not path.is_file():
        raise ModelError(f"models/{asset.path} is missing")
    if digest(path) != asset.sha256:
        raise ModelError(f"models/{asset.path} is not the file that models/MANIFEST.toml describes (sha256 differs)")
    return path


def languages() -> tuple[str, ...]:
    """The target languages that can be audited: those with thresholds of their own."""
    return tuple(sorted(_thresholds()))


@cache
def _thresholds() -> dict[str, Any]:
    return tomllib.loads(locate("thresholds").read_text(encoding="utf-8"))


class Assets:
    """What is installed for one target language."""

    def __init__(self, lang: str) -> None:
        if lang not in languages():
            raise UsageError(f"language {lang!r} is not supported (supported: {', '.join(languages())})")
        self.lang = lang

    def has(self, name: str) -> bool:
        """Whether ``<lang>/<name>`` is installed."""
        return f"{self.lang}/{name}" in manifest()

    def path(self, name: str) -> Path:
        """The verified file of ``<lang>/<name>``."""
        return locate(f"{self.lang}/{name}")

    def toml(self, name: str) -> dict[str, Any]:
        """The content of a TOML asset of this language."""
        return tomllib.loads(self.path(name).read_text(encoding="utf-8"))

    def words(self, name: str) -> frozenset[str]:
        """The lines of a text asset of this language."""
        return frozenset(self.path(name).read_text(encoding="utf-8").splitlines())

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """This language's section of models/thresholds.toml."""
        return _thresholds()[self.lang]

    @cached_property
    def versions(self) -> dict[str, str]:
        """Version by asset name, for the signature: this language's assets and the shared ones."""
        prefix = f"{self.lang}/"
        return {i.removeprefix(prefix): a.version for i, a in sorted(manifest().items()) if i.startswith(prefix) or "/" not in i}
