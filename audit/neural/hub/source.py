"""Where a user's model lies, which version of it, and under which licence; nothing is opened yet.

A model is named by a folder, or by its Hugging Face name with an optional revision (``owner/name@revision``). A name is looked
for in the local cache; the network is asked only if that is allowed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final, NamedTuple

from audit.errors import ModelError, UsageError

# What is fetched of a model: weights as safetensors, settings, vocabularies, the card. Never pickled weights or code.
WANTED: Final = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "README.md")
_LICENCE: Final = re.compile(r"^license:\s*[\"']?([\w.+ -]+)", re.MULTILINE)
_NAME: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_TOKENIZERS: Final = (
    "tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model", "spm.model",
)  # fmt: skip


class Source(NamedTuple):
    """A model on this machine.

    ``revision`` is the commit of a cached model, or the sha256 of a folder's files, in hexadecimal; ``licence`` is what its card
    says, or "not stated"; ``size`` is that of its weights in bytes.
    """

    role: str
    name: str
    folder: Path
    revision: str
    licence: str
    size: int

    @property
    def version(self) -> str:
        """Name and the first twelve digits of the revision, as signature and record name the model."""
        return f"{self.name}@{self.revision[:12]}"


def find(role: str, name: str, *, allow_download: bool = False) -> Source:
    """The model of this name. Raises UsageError where there is none, ModelError where files of it are missing."""
    if not name.strip():
        raise UsageError(f"--{role} names no model")
    folder = Path(name).expanduser()
    if folder.is_dir():
        weights = _checked(role, name, folder)
        shown, revision = folder.resolve().name, _digest(folder, weights)
    elif folder.exists():
        raise UsageError(f"--{role} {name}: a file; a model is a folder with config.json, tokenizer and model.safetensors")
    else:
        folder = _cached(role, name, allow_download)
        weights = _checked(role, name, folder)
        shown, revision = name.partition("@")[0], folder.name
    return Source(role, shown, folder, revision, _licence(folder), sum(path.stat().st_size for path in weights))


def _cached(role: str, name: str, allow_download: bool) -> Path:
    """The folder of a model in the local cache, fetched where that is allowed."""
    repository, _, revision = name.partition("@")
    if not _NAME.fullmatch(repository):
        raise UsageError(f"--{role} {name}: there is no such folder")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        with nullcontext() if allow_download else offline():
            found = snapshot_download(
                repository, revision=revision or None, local_files_only=not allow_download, allow_patterns=list(WANTED)
            )
    except LocalEntryNotFoundError as error:
        absent = "neither a folder nor in the local cache; --allow-download fetches it"
        reason = "could not be fetched" if allow_download else absent
        raise UsageError(f"--{role} {name}: {reason}") from error
    except (HfHubHTTPError, HFValidationError, OSError, ValueError) as error:
        raise UsageError(f"--{role} {name}: could not be fetched ({one_line(error)})") from error
    return Path(found)


def _checked(role: str, name: str, folder: Path) -> list[Path]:
    """The weight files of a folder that has all that a model needs."""
    missing = [] if (folder / "config.json").is_file() else ["config.json"]
    if not any((folder / file).is_file() for file in _TOKENIZERS):
        missing.append("a tokenizer (tokenizer.json)")
    weights = _weights(role, name, folder)
    if not weights:
        missing.append("model.safetensors")
    missing += [path.name for path in weights if not path.is_file()]
    if missing:
        pickled = sorted(path.name for path in folder.glob("*.bin"))
        hint = f"; {pickled[0]} is not read: pickled weights can run code" if pickled and not weights else ""
        raise ModelError(f"{role} model {name}: missing in the folder: {', '.join(missing)}{hint}")
    return weights


def _weights(role: str, name: str, folder: Path) -> list[Path]:
    """The weight files that the folder has or, where they are many, that its index names."""
    index = folder / "model.safetensors.index.json"
    if (folder / "model.safetensors").is_file() or not index.is_file():
        return [path for path in (folder / "model.safetensors",) if path.is_file()]
    try:
        named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        return [folder / Path(str(file)).name for file in sorted(named)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{role} model {name}: {index.name} cannot be read ({one_line(error)})") from error


def digest(folder: Path) -> str:
    """One sha256 over everything in a model's folder that says how it answers."""
    return _digest(folder, sorted(folder.glob("*.safetensors")))


def _digest(folder: Path, weights: list[Path]) -> str:
    whole = hashlib.sha256()
    settings = [path for pattern in WANTED[1:-1] for path in folder.glob(pattern) if path.is_file()]
    for path in sorted({*settings, *weights}):
        with path.open("rb") as file:
            whole.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def _licence(folder: Path) -> str:
    """The licence in the front matter of the model's card; of the embedded models the manifest knows it."""
    card = folder / "README.md"
    if card.is_file():
        head = card.read_text(encoding="utf-8", errors="replace")[:20_000]
        front = head.split("---", 2)[1] if head.startswith("---") and head.count("---") > 1 else ""
        if match := _LICENCE.search(front):
            return match[1].strip()
    return _embedded_licence(folder) or "not stated"


def _embedded_licence(folder: Path) -> str | None:
    from audit.assets import manifest, root

    lies: dict[Path, str] = {(root() / asset.path).parent.resolve(): asset.licence for asset in manifest().values()}
    return lies.get(folder.resolve())


@contextmanager
def offline() -> Generator[None]:
    """Whatever the libraries try inside, they do not ask the network, even where this process allows it elsewhere."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True  # what the variable HF_HUB_OFFLINE sets, which is read only once a process
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def one_line(error: BaseException) -> str:
    """What an error of a library says, in one line of at most 200 characters."""
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else text[:199] + "…"
